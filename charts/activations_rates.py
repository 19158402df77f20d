"""The message of the view on rates: how many units end dead or saturated, against the learning rate."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.activations import LOOKS
from engine.words import number, with_error

SEEN = 1e6  # times the median error is the highest that is drawn


@dataclass(frozen=True, eq=False)
class Ends:
    """Where runs of one activation end, for every initial scale (S) and learning rate (K); nan where all diverge."""

    name: str
    dead: np.ndarray  # (S, K) mean share of units
    saturated: np.ndarray  # (S, K)
    unsure: np.ndarray  # (S, K) standard error of the mean of both together
    error: np.ndarray  # (S, K) the median

    @property
    def lost(self) -> np.ndarray:
        """Dead or saturated."""
        return self.dead + self.saturated


def rates_message(
    etas: np.ndarray, scales: tuple[float, ...], found: list[Ends], words: str, at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; the slider goes through the initial scales."""
    arrays = {"eta": etas}
    for each in found:
        arrays |= {f"{each.name}.{what}": getattr(each, what) for what in ("dead", "saturated", "error")}
    says = [_says(k, scale, etas, found) for k, scale in enumerate(scales)]
    header = {
        "alt": f"Dead and saturated units at the end of runs, against the learning rate. {says[at]}",
        "says": says,
        "caption": words,
        "index": {
            "id": "scale",
            "name": "initial scale",
            "texts": [f"weights × {number(scale)}" for scale in scales],
            "at": at,
        },
        "panels": [
            _panel("dead", "Dead at the end", "share of units", etas, found, len(scales)),
            _panel("saturated", "Saturated at the end", "share of units", etas, found, len(scales)),
            _panel("error", "The median error at the end", "E", etas, found, len(scales)),
        ],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _panel(what: str, title: str, axis: str, etas: np.ndarray, found: list[Ends], count: int) -> dict[str, Any]:
    vertical: dict[str, Any] = {"title": axis, "range": [-0.03, 1.03]}
    if what == "error":
        seen = np.concatenate([each.error.ravel() for each in found])
        seen = seen[np.isfinite(seen) & (seen > 0.0)]
        ends = (seen.min(), min(seen.max(), SEEN * np.median(seen))) if len(seen) else (0.1, 1.0)
        low, high = (float(np.log10(value)) for value in ends)
        vertical = {"title": axis, "log": True, "range": [max(low, high - 6.0) - 0.1, high + 0.1]}
    return {
        "label": f"{title} against the learning rate; arrow keys read it off",
        "title": title,
        "height": 300 if what != "error" else 240,
        "wide": what == "error",
        "x": {
            "title": "learning rate",
            "symbol": "η",
            "log": True,
            "range": [float(np.log10(etas[0])), float(np.log10(etas[-1]))],
        },
        "y": vertical,
        "curves": [
            {
                "x": {"name": "eta"},
                "y": {"name": f"{each.name}.{what}", "rows": count},
                "label": LOOKS[each.name].title,
                "colour": LOOKS[each.name].colour,
                "dash": LOOKS[each.name].dash,
                "width": 2.4,
                "absent": "diverged",
            }
            for each in found
        ],
        "rest": float(etas[-1]),
    }


def _says(k: int, scale: float, etas: np.ndarray, found: list[Ends]) -> str:
    parts = [f"{LOOKS[each.name].title} {_range(each.lost[k], each.unsure[k])}" for each in found]
    return (
        f"First weights × {number(scale)}. Per cent of units that end dead or saturated, with η ="
        f" {number(float(etas[0]))} and with η = {number(float(etas[-1]))}: {'; '.join(parts)}."
    )


def _range(lost: np.ndarray, unsure: np.ndarray) -> str:
    said = [
        with_error(100.0 * float(lost[j]), 100.0 * float(unsure[j])) if np.isfinite(lost[j]) else "all diverge"
        for j in (0, -1)
    ]
    return " and ".join(said)
