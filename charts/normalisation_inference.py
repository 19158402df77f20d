"""The message of the view on inference: moving averages along a run, and the answers to one row."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.words import number

FORMS = ("variance", "deviation", "unbiased")  # what is averaged: sigma^2, sigma as in 7.57, B/(B - 1) sigma^2
WORDS = {"variance": "σ² averaged", "deviation": "σ averaged, (7.57)", "unbiased": "B/(B − 1) σ² averaged"}
STYLES = {"variance": ("@class1", "solid"), "deviation": ("@limit", "dash"), "unbiased": ("@good", "dashdot")}
BATCH = "@class0"
KEPT = 400  # steps that are drawn


@dataclass(frozen=True, eq=False)
class Stop:
    """The moving averages of one decay."""

    decay: float
    mean: np.ndarray  # (T,) of one unit
    deviation: dict[str, np.ndarray]  # (T,) of that unit, in each of FORMS
    found: dict[str, tuple[float, float]]  # what one row is told in inference mode, and the error of all rows


def inference_message(
    names: tuple[int, int, int, int],
    batch: np.ndarray,
    everything: np.ndarray,
    answers: np.ndarray,
    whole: tuple[float, float],
    stops: list[Stop],
    at: int,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays.

    ``names`` are the unit, the row, the batch size B and the number of rows N; ``batch`` and ``everything`` (2, T) mean
    and deviation of the unit over every step's batch and over all rows; ``answers`` (M,) those to the row in M batches;
    ``whole`` the answer and the error with the statistics of all rows; ``at`` the decay shown first.
    """
    steps = np.unique(np.linspace(0, batch.shape[1] - 1, KEPT).round().astype(int))
    arrays = {
        "step": steps + 1,
        "batch.mean": batch[0, steps],
        "batch.deviation": batch[1, steps],
        "all.mean": everything[0, steps],
        "all.deviation": everything[1, steps],
        "mean": np.stack([stop.mean[steps] for stop in stops]),
        "company": np.arange(1, len(answers) + 1),
        "answer": answers,
        "across": np.array([0.0, len(answers) + 1.0]),
        "told": np.array([[stop.found["variance"][0]] * 2 for stop in stops]),
        "whole": np.full(2, whole[0]),
        "memory": np.array([1.0 / (1.0 - stop.decay) for stop in stops]),
    }
    for form in FORMS:
        arrays[f"deviation.{form}"] = np.stack([stop.deviation[form][steps] for stop in stops])
        arrays[f"error.{form}"] = np.array([stop.found[form][1] for stop in stops])
    unit, which, size, rows = names
    says = [_says(names, answers, whole, stop, everything) for stop in stops]
    header = {
        "alt": f"Moving averages of batch statistics, and one row's answers in many batches. {says[at]}",
        "says": says,
        "caption": (
            f"Moons, 2–8–1, tanh, batches of {size} without replacement. Averages are replayed from the run, on which"
            " they have no influence: m ← α m + (1 − α) v, (7.56), from the first batch on. (7.57) averages σ where"
            " Ioffe and Szegedy, and libraries, average σ²: the root of the mean square is never the smaller one. At"
            f" the same weights a batch's σ² is (1 − 1/B)/(1 − 1/N) of that of all N = {rows} rows on average,"
            f" {number((1.0 - 1.0 / size) / (1.0 - 1.0 / rows))} here: Ioffe and Szegedy, and PyTorch, take B/(B − 1)"
            " times as much, which is right of many rows."
        ),
        "index": {
            "id": f"{names} {len(batch[0])}",
            "name": "Weight α on the old average",
            "texts": [f"α = {number(stop.decay)}" for stop in stops],
            "at": at,
        },
        "panels": [
            _answers(which, answers, stops),
            _errors(whole, stops),
            _mean(unit, batch, stops),
            _deviation(unit, batch, stops),
        ],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _span(values: np.ndarray, share: float = 0.01) -> list[float]:
    """Return a range that holds nearly all of some numbers."""
    low, high = np.quantile(values, [share, 1.0 - share])
    room = 0.15 * float(high - low) or 0.5
    return [float(low - room), float(high + room)]


def _answers(which: int, answers: np.ndarray, stops: list[Stop]) -> dict[str, Any]:
    return {
        "label": "The answer to one row in many batches; arrow keys read it off",
        "title": f"What row {which} is told at the end of the run",
        "height": 320,
        "x": {"title": "batch", "range": [0.0, len(answers) + 1.0]},
        "y": {"title": "probability of class 1", "range": [-0.04, 1.04]},
        "curves": [
            {
                **{"x": {"name": "company"}, "y": {"name": "answer"}, "points": True, "width": 2.4, "alpha": 0.7},
                **{"label": "in training mode, with other rows each time", "colour": BATCH},
            },
            {
                **{"x": {"name": "across"}, "y": {"name": "told", "rows": len(stops)}, "label": "in inference mode"},
                **{"colour": STYLES["variance"][0], "dash": "solid", "width": 2.4},
            },
            {
                **{"x": {"name": "across"}, "y": {"name": "whole"}, "label": "with the statistics of all rows"},
                **{"colour": "@ink", "dash": "dot", "width": 1.6},
            },
        ],
        "rest": 1.0,
    }


def _errors(whole: tuple[float, float], stops: list[Stop]) -> dict[str, Any]:
    memory = [1.0 / (1.0 - stop.decay) for stop in stops]
    values = np.array([stop.found[form][1] for stop in stops for form in FORMS] + [whole[1]])
    values = values[values > 0.0]
    curves = []
    for form in FORMS:
        colour, dash = STYLES[form]
        y = {"x": {"name": "memory"}, "y": {"name": f"error.{form}"}}
        curves.append({**y, "label": WORDS[form], "colour": colour, "dash": dash, "width": 2.2})
    return {
        "label": "Error of all rows in inference mode against how many steps are remembered; arrow keys read it off",
        "title": "The error of all rows in inference mode",
        "height": 320,
        "x": {"title": "steps remembered, 1/(1 − α)", "symbol": "1/(1 − α)", "log": True, "range": [-0.05, 3.05]},
        "y": {
            "title": "error",
            "log": True,
            "range": [float(np.log10(values.min())) - 0.15, float(np.log10(values.max())) + 0.15],
        },
        "curves": curves,
        "marks": [
            {"x": memory, "colour": "@ink", "dash": "solid"},
            {"y": whole[1], "name": "statistics of all rows", "colour": "@ink", "dash": "dot"},
        ],
        "rest": memory,
    }


def _along(name: str, words: str, more: list[dict[str, Any]]) -> list[dict[str, Any]]:
    x = {"x": {"name": "step"}}
    return [
        {
            **{**x, "y": {"name": f"batch.{name}"}, "points": True, "width": 1.8, "alpha": 0.6},
            **{"label": f"{words} of each batch", "colour": BATCH},
        },
        *({**x, "width": 2.2, **curve} for curve in more),
        {**x, "y": {"name": f"all.{name}"}, "label": "of all rows", "colour": "@ink", "dash": "dot", "width": 1.6},
    ]


def _mean(unit: int, batch: np.ndarray, stops: list[Stop]) -> dict[str, Any]:
    y = {"name": "mean", "rows": len(stops)}
    average = {"y": y, "label": "moving average, (7.56)", "colour": "@class1", "dash": "solid"}
    return {
        "label": "Mean of one hidden unit over each batch and its moving average; arrow keys read them off",
        "title": f"Mean of hidden unit {unit}",
        "height": 280,
        "x": {"title": "step", "range": [0.0, batch.shape[1] + 1.0]},
        "y": {"title": "μ", "range": _span(batch[0])},
        "curves": _along("mean", "μ", [average]),
        "rest": float(batch.shape[1]),
    }


def _deviation(unit: int, batch: np.ndarray, stops: list[Stop]) -> dict[str, Any]:
    averages = []
    for form in FORMS:
        colour, dash = STYLES[form]
        y = {"name": f"deviation.{form}", "rows": len(stops)}
        averages.append({"y": y, "label": WORDS[form], "colour": colour, "dash": dash})
    return {
        "label": "Deviation of one hidden unit over each batch and its moving averages; arrow keys read them off",
        "title": f"Standard deviation of hidden unit {unit}",
        "height": 280,
        "x": {"title": "step", "range": [0.0, batch.shape[1] + 1.0]},
        "y": {"title": "σ", "range": _span(batch[1])},
        "curves": _along("deviation", "σ", averages),
        "rest": float(batch.shape[1]),
    }


def _says(
    names: tuple[int, int, int, int],
    answers: np.ndarray,
    whole: tuple[float, float],
    stop: Stop,
    everything: np.ndarray,
) -> str:
    unit, which, size, _ = names
    told, error = stop.found["variance"]
    sigma, plain = (float(stop.deviation[form][-1]) for form in ("variance", "deviation"))
    return (
        f"Row {which} is told {number(float(answers.min()), 2)} to {number(float(answers.max()), 2)} in"
        f" {len(answers)} batches of {size}, and in inference mode always {number(told)}; with the statistics of all"
        f" rows {number(whole[0])}. The error of all rows is {number(error)} then, {number(whole[1])} with their own"
        f" statistics. σ of unit {unit}: {number(plain)} if σ is averaged, {number(sigma)} if σ² is,"
        f" {number(float(everything[1, -1]))} over all rows."
    )
