"""The message of the view on sorted data: the same batches in the data's order, and reshuffled."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.words import number, with_error

ALL = "A batch of all rows knows no order: both runs come to rest at the least error."
IN_ORDER, RESHUFFLED = "@limit", "@good"


@dataclass(frozen=True, eq=False)
class Ordered:
    """What both orders do at one learning rate."""

    learning_rate: float
    lines: dict[str, np.ndarray]  # name -> (2,) slope and offset at the end of the last epoch
    errors: dict[str, np.ndarray]  # name -> (K,) E - E* at the steps that are drawn
    in_order: float  # E - E* at the end of the last epoch
    predicted: float  # by the fixed point of an epoch
    reshuffled: float  # mean of E - E* at the ends of epochs
    unsure: float  # its standard error


def sorted_message(
    points: np.ndarray, best: np.ndarray, epochs: np.ndarray, found: list[Ordered], batch_size: int, at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays: ``points`` (N, 2), the line ``best`` (2,), ``epochs`` (K,) of the drawn steps."""
    ends = np.array([points[:, 0].min(), points[:, 0].max()])
    arrays = {"x": points[:, 0], "t": points[:, 1], "ends": ends, "best": best[0] * ends + best[1], "epoch": epochs}
    for name in ("in_order", "reshuffled"):
        each = np.stack([item.lines[name] for item in found])
        arrays[f"{name}.line"] = each[:, :1] * ends + each[:, 1:]
        arrays[f"{name}.error"] = np.stack([item.errors[name] for item in found])
    says = [ALL if batch_size == len(points) else _says(item) for item in found]
    header = {
        "alt": f"A line fitted to points that are sorted, in their order and reshuffled. {says[at]}",
        "says": says,
        "caption": (
            f"Gradient descent with batches of {batch_size} of {len(points)} rows on a line y = wx + b through points"
            " on a bend, sorted by x, from w = b = 0. ± one standard error."
        ),
        "index": {
            "id": f"{batch_size}|{len(points)}",
            "name": "η",
            "texts": [f"η = {number(item.learning_rate)}" for item in found],
            "at": at,
        },
        "panels": [_lines(points, len(found)), _errors(epochs, found)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _lines(points: np.ndarray, count: int) -> dict[str, Any]:
    def line(name: str, colour: str, dash: str, words: str, rows: int = 1) -> dict[str, Any]:
        y = {"name": name, "rows": rows} if rows > 1 else {"name": name}
        return {"x": {"name": "ends"}, "y": y, "label": words, "colour": colour, "dash": dash, "width": 2.4}

    (left, low), (right, high) = points.min(axis=0), points.max(axis=0)
    room = 0.25 * (high - low)
    return {
        "label": "The points, and the line at the end of an epoch in either order",
        "title": "The line at the end of an epoch",
        "height": 340,
        "x": {"title": "x", "symbol": "x", "range": [float(left) - 0.05, float(right) + 0.05]},
        "y": {"title": "t", "range": [float(low - room), float(high + room)]},
        "curves": [
            {"x": {"name": "x"}, "y": {"name": "t"}, "label": "rows", "colour": "@quiet", "points": True, "width": 2.2},
            line("best", "@ink", "dot", "least error of all rows"),
            line("in_order.line", IN_ORDER, "solid", "in the data's order", count),
            line("reshuffled.line", RESHUFFLED, "dash", "reshuffled", count),
        ],
    }


def _errors(epochs: np.ndarray, found: list[Ordered]) -> dict[str, Any]:
    seen = np.concatenate([values for item in found for values in item.errors.values()])
    seen = np.log10(seen[np.isfinite(seen) & (seen > 0.0)])
    curves = [
        {
            "x": {"name": "epoch"},
            "y": {"name": f"{name}.error", "rows": len(found)},
            "label": words,
            "colour": colour,
            "dash": dash,
            "width": 1.8,
        }
        for name, colour, dash, words in (
            ("in_order", IN_ORDER, "solid", "in the data's order"),
            ("reshuffled", RESHUFFLED, "dash", "reshuffled"),
        )
    ]
    return {
        "label": "Error of all rows above the least, against the epoch; arrow keys read it off",
        "title": "The error of all rows, above the least",
        "height": 340,
        "x": {"title": "epoch", "range": [0.0, float(epochs[-1])]},
        "y": {"title": "E − E*", "log": True, "range": [float(np.quantile(seen, 0.02)) - 0.2, float(seen.max()) + 0.2]},
        "curves": curves,
        "marks": [
            {
                "y": [item.predicted for item in found],
                "name": "ends of epochs, predicted",
                "colour": IN_ORDER,
                "dash": "dot",
            }
        ],
        "rest": float(epochs[-1]),
    }


def _says(item: Ordered) -> str:
    return (
        f"Sorted and taken in that order, every epoch ends {number(item.in_order)} above the least error (predicted"
        f" {number(item.predicted)}): the line leans towards the rows it saw last. Reshuffled the ends are"
        f" {with_error(item.reshuffled, item.unsure)} above it."
    )
