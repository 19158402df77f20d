"""The message of the view on sparse inputs: how far each weight has come, by how often its input is there."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.words import number, percent, with_error

ALIKE = 2.0  # times as often as the rarest input: the most frequent one is, where none is rare beside another
NONE_IS_RARE = "No input is rare beside another here: make the rarest one rarer to see what this is about."


@dataclass(frozen=True, eq=False)
class Way:
    """One rule at its best learning rate."""

    label: str
    title: str
    colour: str
    dash: str
    error: np.ndarray  # (E+1,) mean E - E* after every epoch
    left: np.ndarray  # (E+1, K) mean share of each weight's way that is left
    unsure: np.ndarray  # (E+1, K) its standard error


def sparse_message(
    shares: np.ndarray, ways: list[Way], told: np.ndarray, rows: int, words: str, at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays.

    ``shares`` (K,) of the rows have each input, ``told`` (E+1, K) is what gradient descent, the first of ``ways``, is
    predicted to leave on average.
    """
    epochs = len(told)
    order = np.argsort(shares)
    arrays = {"share": shares[order], "epoch": np.arange(epochs), "told": np.abs(told[:, order])}
    for i, way in enumerate(ways):
        arrays |= {f"error.{i}": way.error, f"left.{i}": np.abs(way.left[:, order])}
    rarest, caption = int(order[0]), words
    if shares[order[-1]] <= ALIKE * shares[rarest]:
        caption = f"{words} {NONE_IS_RARE}"
    says = [_says(k, ways, told, rarest, float(shares[rarest]) * rows, rows) for k in range(epochs)]
    header = {
        "alt": f"How much of its way each weight has left, against how often its input is there. {says[at]}",
        "says": says,
        "caption": caption,
        "index": {"id": words, "name": "Epoch", "texts": [f"epoch {k}" for k in range(epochs)], "at": at},
        "panels": [_left(shares, ways, epochs), _errors(ways, epochs)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _left(shares: np.ndarray, ways: list[Way], epochs: int) -> dict[str, Any]:
    x = {"name": "share"}
    curves: list[dict[str, Any]] = [
        {
            "x": x,
            "y": {"name": "told", "rows": epochs},
            "label": f"{ways[0].title}: predicted",
            "colour": ways[0].colour,
            "dash": "dot",
            "width": 1.8,
        }
    ]
    for i, way in enumerate(ways):
        y = {"name": f"left.{i}", "rows": epochs}
        curves.append({"x": x, "y": y, "colour": way.colour, "dash": way.dash, "width": 1.2, "alpha": 0.5})
        curves.append({"x": x, "y": y, "label": way.title, "colour": way.colour, "points": True, "width": 4.0})
    return {
        "label": "Share of each weight's way left against the share of rows with its input; arrow keys read it off",
        "title": "How much of its way each weight has left",
        "height": 340,
        "x": {
            "title": "share of the rows that have the input",
            "symbol": "share",
            "log": True,
            "range": [float(np.log10(shares.min())) - 0.1, float(np.log10(shares.max())) + 0.1],
        },
        "y": {"title": "left of the way", "range": [-0.03, 1.1]},
        "curves": curves,
        "rest": float(shares.min()),
    }


def _errors(ways: list[Way], epochs: int) -> dict[str, Any]:
    seen = np.concatenate([way.error for way in ways])
    curves = [
        {
            "x": {"name": "epoch"},
            "y": {"name": f"error.{i}"},
            "label": way.label,
            "colour": way.colour,
            "dash": way.dash,
            "width": 2.4,
        }
        for i, way in enumerate(ways)
    ]
    each = [float(k) for k in range(epochs)]
    return {
        "label": "Mean error above the least against the epoch; arrow keys read it off",
        "title": "The error of all rows, above the least",
        "height": 340,
        "x": {"title": "epoch", "range": [0.0, each[-1]]},
        "y": {
            "title": "E − E*",
            "log": True,
            "range": [float(np.log10(seen.min())) - 0.2, float(np.log10(seen.max())) + 0.2],
        },
        "curves": curves,
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _says(k: int, ways: list[Way], told: np.ndarray, rarest: int, times: float, rows: int) -> str:
    plain, adapted = ways
    if k == 0:
        return f"The rarest input is in {number(times)} of {rows} rows; all weights start at 0."
    left = with_error(100.0 * float(plain.left[k, rarest]), 100.0 * float(plain.unsure[k, rarest]))
    other = with_error(100.0 * float(adapted.left[k, rarest]), 100.0 * float(adapted.unsure[k, rarest]))
    expected = percent(float(told[k, rarest]))
    return (
        f"After {k} epoch{'s' if k > 1 else ''} the weight of the rarest input, in {number(times)} of {rows} rows, has"
        f" {left} % of its way left with {plain.title.lower()} (predicted {expected}) and {other} % with"
        f" {adapted.title}."
    )
