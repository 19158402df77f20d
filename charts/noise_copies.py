"""The message of the view on duplicated data: what every copy of the data costs, by rows that are looked at."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.words import number, whole, with_error

BATCH, STOCHASTIC = "@limit", "@good"


@dataclass(frozen=True, eq=False)
class Copies:
    """What both need where every row is there so many times."""

    copies: int
    batch: np.ndarray  # (T+1,) share of E - E* that is left, of gradient descent on all rows, at every step
    stochastic: np.ndarray  # (T+1,) mean over runs on one row at a time
    steps: int  # of gradient descent to the target
    rows: float  # mean of the rows that runs on one row at a time look at up to the target
    unsure: float  # its standard error


def copies_message(
    count: int, target: float, found: list[Copies], runs: int, rates: tuple[float, float]
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``count`` rows are there at first, ``rates`` the learning rates of both."""
    arrays = {
        "batch.x": np.stack([np.arange(len(item.batch)) * count * item.copies for item in found]),
        "batch.y": np.stack([item.batch for item in found]),
        "one.x": np.arange(len(found[0].stochastic)),
        "one.y": np.stack([item.stochastic for item in found]),
        "first.x": np.arange(len(found[0].batch)) * count,
        "first.y": found[0].batch,
        "copies": np.array([item.copies for item in found]),
        "batch.rows": np.array([item.steps * count * item.copies for item in found]),
        "batch.told": np.array([found[0].steps * count * item.copies for item in found]),
        "one.rows": np.array([item.rows for item in found]),
        "one.told": np.full(len(found), found[0].rows),
    }
    says = [_says(item, found[0], count, target) for item in found]
    header = {
        "alt": f"What is left of the error against the rows looked at, with every row there several times. {says[1]}",
        "says": says,
        "caption": (
            f"A line through {count} points by least squares, averaged over the rows. Gradient descent on all rows with"
            f" η = {number(rates[0])}; on one row at a time, drawn from all, with η = {number(rates[1])}, the mean of"
            f" {runs} runs, ± one standard error. Summed instead of averaged, copies would make E as many times as"
            " large and the limit of η as many times smaller."
        ),
        "index": {
            "id": f"{count}|{target}",
            "name": "Copies of the data",
            "texts": [f"× {item.copies}" for item in found],
            "at": 1,
        },
        "panels": [_way(found, target, count), _cost(found)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _way(found: list[Copies], target: float, count: int) -> dict[str, Any]:
    rows = len(found)
    return {
        "label": "Share of the error above the least that is left, against rows looked at; arrow keys read it off",
        "title": "The way down",
        "height": 340,
        "x": {"title": "rows looked at", "symbol": "rows", "log": True, "range": [0.0, _power(found)]},
        "y": {"title": "(E − E*) / start", "log": True, "range": [float(np.log10(target)) - 0.7, 0.15]},
        "curves": [
            {
                "x": {"name": "batch.x", "rows": rows},
                "y": {"name": "batch.y", "rows": rows},
                "label": "all rows in every step",
                "colour": BATCH,
                "dash": "solid",
                "width": 2.4,
            },
            {
                "x": {"name": "first.x"},
                "y": {"name": "first.y"},
                "label": "the same, without copies",
                "colour": BATCH,
                "dash": "dot",
                "width": 1.4,
            },
            {
                "x": {"name": "one.x"},
                "y": {"name": "one.y", "rows": rows},
                "label": "one row in every step",
                "colour": STOCHASTIC,
                "dash": "dash",
                "width": 2.4,
            },
        ],
        "marks": [{"y": target, "name": "target"}],
        "rest": float(count),
    }


def _cost(found: list[Copies]) -> dict[str, Any]:
    x, each = {"name": "copies"}, [float(item.copies) for item in found]
    rows = np.array([[item.rows, item.steps] for item in found])
    low = float(np.log10(rows[:, 0].min()))
    return {
        "label": "Rows looked at up to the target against the copies; arrow keys read it off",
        "title": "Rows looked at, up to the target",
        "height": 340,
        "x": {"title": "copies of the data", "symbol": "copies", "log": True, "range": [-0.05, _tens(each[-1]) + 0.05]},
        "y": {"title": "rows", "log": True, "range": [low - 0.3, _power(found) - 0.1]},
        "curves": [
            _line(x, "batch.told", "all rows: predicted, as many times as at first", BATCH, "solid"),
            _dots(x, "batch.rows", BATCH),
            _line(x, "one.told", "one row: predicted, as at first", STOCHASTIC, "dash"),
            _dots(x, "one.rows", STOCHASTIC),
        ],
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _line(x: dict[str, Any], name: str, words: str, colour: str, dash: str) -> dict[str, Any]:
    return {"x": x, "y": {"name": name}, "label": words, "colour": colour, "dash": dash}


def _dots(x: dict[str, Any], name: str, colour: str) -> dict[str, Any]:
    return {"x": x, "y": {"name": name}, "label": "measured", "colour": colour, "points": True, "width": 3.6}


def _tens(value: float) -> float:
    return float(np.log10(value))


def _power(found: list[Copies]) -> float:
    return _tens(float(found[0].steps * found[-1].copies * 100))


def _says(item: Copies, first: Copies, count: int, target: float) -> str:
    batch, told = item.steps * count * item.copies, first.steps * count * item.copies
    times = {1: "once", 2: "twice"}.get(item.copies, f"{item.copies} times")
    return (
        f"With every row there {times}, steps on all of them look at {whole(batch)} rows until"
        f" {number(100.0 * target)} % of the error is left (predicted {whole(told)}), steps on one row at"
        f" {with_error(item.rows, item.unsure)} (without copies {with_error(first.rows, first.unsure)})."
    )
