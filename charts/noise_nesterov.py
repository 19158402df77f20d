"""The message of the view on momentum and noise: what the best settings need, from all rows down to one."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.words import count, number, with_error

FASTER = 1.05  # times: less is hardly anything


@dataclass(frozen=True, eq=False)
class Lane:
    """One rule at its best setting for one batch size."""

    title: str
    colour: str
    dash: str
    label: str  # the rule with its settings
    steps: float  # until the mean error stays at the target, inf where it is not reached
    told: np.ndarray  # (K,) the mean error predicted at the steps that are drawn
    measured: np.ndarray  # (K,) the mean over runs
    at_target: tuple[float, float, float]  # the measured mean at that step, its standard error, and the predicted one


def nesterov_message(
    sizes: list[int], steps: np.ndarray, lanes: list[list[Lane]], target: float, runs: int, words: str, at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``lanes`` holds the rules of every size, plain gradient descent first."""
    rules = range(len(lanes[0]))
    arrays: dict[str, np.ndarray] = {"size": np.array(sizes), "step": steps}
    for i in rules:
        arrays[f"steps.{i}"] = np.array([lane[i].steps for lane in lanes])
        arrays[f"told.{i}"] = np.stack([lane[i].told for lane in lanes])
        arrays[f"mean.{i}"] = np.stack([lane[i].measured for lane in lanes])
    says = [_says(size, lane) for size, lane in zip(sizes, lanes, strict=True)]
    header = {
        "alt": f"Steps to the target against the batch size, each rule at its best setting. {says[at]}",
        "says": says,
        "caption": f"{words} Dots are means of {runs} runs; the best settings come from the prediction.",
        "index": {
            "id": words,
            "name": "Batch size",
            "texts": [f"B = {size}" for size in sizes],
            "at": at,
        },
        "panels": [_needed(sizes, lanes), _ways(steps, lanes, target)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _needed(sizes: list[int], lanes: list[list[Lane]]) -> dict[str, Any]:
    known = [lane.steps for each in lanes for lane in each if np.isfinite(lane.steps) and lane.steps > 0]
    low, high = np.log10(min(known, default=1.0)), np.log10(max(known, default=10.0))
    each = [float(size) for size in sizes]
    curves = [
        {
            "x": {"name": "size"},
            "y": {"name": f"steps.{i}"},
            "label": lane.title,
            "tag": lane.title,
            "colour": lane.colour,
            "dash": lane.dash,
            "width": 2.4,
            "absent": "not reached",
        }
        for i, lane in enumerate(lanes[0])
    ]
    return {
        "label": "Steps to the target against the batch size; arrow keys read them off",
        "title": "Steps to the target, each at its best",
        "height": 360,
        "x": {"title": "batch size B", "symbol": "B", "log": True, "range": [-0.05, float(np.log10(each[-1])) + 0.05]},
        "y": {"title": "steps", "log": True, "range": [float(low) - 0.1, float(high) + 0.15]},
        "curves": curves,
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _ways(steps: np.ndarray, lanes: list[list[Lane]], target: float) -> dict[str, Any]:
    count_, curves = len(lanes), []
    for i, lane in enumerate(lanes[0]):
        labels = [each[i].label for each in lanes]
        told, mean = {"name": f"told.{i}", "rows": count_}, {"name": f"mean.{i}", "rows": count_}
        style = {"x": {"name": "step"}, "colour": lane.colour}
        curves.append({**style, "y": told, "label": labels, "dash": lane.dash, "width": 2.0})
        curves.append({**style, "y": mean, "label": "measured", "points": True, "width": 3.0})
    return {
        "label": "Mean error against the step at this batch size; arrow keys read it off",
        "title": "The mean error at this batch size",
        "height": 360,
        "x": {"title": "step", "log": True, "range": [0.0, float(np.log10(steps[-1])) + 0.04]},
        "y": {"title": "(E − E*) / start", "log": True, "range": [float(np.log10(target)) - 1.0, 0.3]},
        "curves": curves,
        "marks": [{"y": target, "name": "target"}],
    }


def _says(size: int, lanes: list[Lane]) -> str:
    plain, *others = lanes
    rows = f"{size} row{'s' if size > 1 else ''}"
    if not all(np.isfinite(lane.steps) for lane in lanes):
        missing = " and ".join(lane.title for lane in lanes if not np.isfinite(lane.steps))
        return (
            f"With batches of {rows} there is too much noise: {missing} cannot reach the target in the steps followed."
        )
    needs = " and ".join(f"{lane.title} {count(lane.steps)}" for lane in others)
    best = lanes[-1]
    gain = plain.steps / max(best.steps, 1.0)
    faster = f"{number(gain, 2)} times as fast" if gain >= FASTER else "hardly faster" if gain > 1.0 else "no faster"
    measured, unsure, told = (100.0 * share for share in best.at_target)
    return (
        f"With batches of {rows} {plain.title.lower()} needs {count(plain.steps)} steps, {needs}: {best.title} is"
        f" {faster}. By then its runs have {with_error(measured, unsure)} % of the error left, predicted"
        f" {number(told)} %."
    )
