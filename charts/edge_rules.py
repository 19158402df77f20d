"""The message of the view on rules: sharpness over its own limit for each."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.edge_training import limit_words, story_of
from engine.edge import EARLY, Edge
from engine.optimizer import Optimizer

HIGHEST = 2.2  # times the limit, beyond which a curve leaves the picture


@dataclass(frozen=True, eq=False)
class Lane:
    """One rule's run."""

    label: str
    rule: Optimizer
    edge: Edge


def rules_message(lanes: list[Lane], weights: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays."""
    steps = len(lanes[0].edge.error)
    arrays = {"error.at": np.arange(steps), "error": np.stack([lane.edge.error for lane in lanes])}
    looked = [lane.edge.known for lane in lanes]
    most = max(map(len, looked))
    arrays["ratio.at"] = np.stack([_padded(places, most) for places in looked])
    arrays["ratio"] = np.stack(
        [_padded(lane.edge.ratio[places], most) for lane, places in zip(lanes, looked, strict=True)]
    )
    for k, (lane, places) in enumerate(zip(lanes, looked, strict=True)):
        arrays |= {f"ratio.at.{k}": places, f"ratio.{k}": lane.edge.ratio[places], f"error.{k}": lane.edge.error}
    says = [f"{lane.label}. {story_of(lane.edge, limit_words(lane.rule))}" for lane in lanes]
    header = {
        "alt": f"Sharpness over its own limit for {len(lanes)} rules. {says[0]}",
        "says": says,
        "caption": (
            f"A net of {weights} weights, the same first ones for all, all rows in every step. Sharpness of RMSProp,"
            " AdaGrad and Adam is the largest eigenvalue of P⁻¹H, P the roots of their averages, of others that of H."
            f" {_looked(lanes[0].edge.every)}"
        ),
        "index": {"id": f"{len(lanes)}", "name": "Rule", "texts": [lane.rule.title for lane in lanes], "at": 0},
        "panels": [_panel(lanes, "ratio", steps), _panel(lanes, "error", steps)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _looked(every: int) -> str:
    """Return at which steps the sharpness is known."""
    if every == 1:
        return "It is computed exactly at every step."
    return (
        f"It is computed exactly at the first {EARLY} steps, at one in {every} after, and at all where it may first"
        " meet its limit."
    )


def _padded(values: np.ndarray, length: int) -> np.ndarray:
    return np.pad(np.asarray(values, dtype=float), (0, length - len(values)), constant_values=np.nan)


def _panel(lanes: list[Lane], name: str, steps: int) -> dict[str, Any]:
    """Return a panel of every rule's curve, that of the slider's rule with a broad band below it."""
    own = name == "ratio"  # every rule's sharpness is known at steps of its own
    x: dict[str, Any] = {"name": f"{name}.at", "rows": len(lanes)} if own else {"name": f"{name}.at"}
    curves: list[dict[str, Any]] = [
        {"x": x, "y": {"name": name, "rows": len(lanes)}, "colour": "@ink", "width": 7.0, "alpha": 0.16}
    ]
    for k, lane in enumerate(lanes):
        style = {"colour": lane.rule.colour, "dash": lane.rule.dash, "width": 1.8, "absent": "none yet or lost"}
        at = {"name": f"{name}.at.{k}" if own else f"{name}.at"}
        curves.append({"x": at, "y": {"name": f"{name}.{k}"}, "label": lane.rule.title, **style})
    titles = {"ratio": ("Sharpness over its own limit", "times the limit"), "error": ("The error meanwhile", "error")}
    title, axis = titles[name]
    return {
        "label": f"{title} along the run, for every rule; arrow keys read it off",
        "title": title,
        "height": 300 if name == "ratio" else 240,
        "wide": True,
        "x": {"title": "step", "range": [0, 1.02 * (steps - 1)]},
        "y": {"title": axis, "range": [0.0, HIGHEST]} if name == "ratio" else _errors(lanes, axis),
        "curves": curves,
        "marks": [{"y": 1.0, "name": "the limit", "colour": "@limit", "dash": "dash", "width": 1.8}]
        if name == "ratio"
        else [],
        "rest": float(steps - 1),
    }


def _errors(lanes: list[Lane], axis: str) -> dict[str, Any]:
    first = max(float(lanes[0].edge.error[0]), 1e-12)
    known = np.concatenate([lane.edge.error for lane in lanes])
    known = known[np.isfinite(known) & (known > 0.0)]
    low = float(np.log10(known.min())) if len(known) else np.log10(first) - 1.0
    return {"title": axis, "log": True, "range": [float(low) - 0.1, float(np.log10(first)) + 0.3]}
