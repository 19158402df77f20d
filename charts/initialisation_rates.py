"""The message of the view on learning rates by fan-in: errors against rates, and the best and largest by width."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.words import number, with_error

POWERS = (0.0, 0.5, 1.0)  # of the fan-in by which rates are divided
COLOURS, DASHES = ("@bad", "@limit", "@good"), ("dot", "dash", "solid")
NAMES = ("not divided", "divided by √fan-in", "divided by fan-in")
FAR = 3.0  # errors so many times that of the start are above the picture


@dataclass(frozen=True, eq=False)
class Width:
    """What networks of one width did, for every power."""

    width: int
    errors: np.ndarray  # (3, G, K) at the end, for K learning rates
    limits: np.ndarray  # (3, G) of the learning rate, at the start
    told: np.ndarray  # (3,) predicted
    begun: float  # mean error at the start

    @property
    def means(self) -> np.ndarray:
        """Mean errors, infinite where a run diverged, (3, K)."""
        return np.where(np.isfinite(self.errors), self.errors, np.inf).mean(axis=1)


def rates_message(
    found: list[Width], etas: np.ndarray, steps: int, at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``at`` is the width that is shown first."""
    arrays: dict[str, Any] = {"eta": etas, "width": [item.width for item in found]}
    best = np.array([etas[item.means.argmin(axis=1)] for item in found])
    for p in range(len(POWERS)):
        means = np.array([item.means[p] for item in found])
        arrays[f"error.{p}"] = np.where(np.isfinite(means), means, np.nan)
        arrays[f"told.{p}"] = [item.told[p] for item in found]
        arrays[f"limit.{p}"] = [_middle(item.limits[p])[0] for item in found]
        arrays[f"best.{p}"] = best[:, p]
    says = [_says(item, found[0], best[k], steps) for k, item in enumerate(found)]
    names = [f"M = {item.width}" for item in found]
    header = {
        "alt": f"Errors against the learning rate, divided by the fan-in or not. {says[at]}",
        "says": says,
        "caption": (
            f"Gradient descent on two moons, least squares, one hidden layer of M units, weights as He draws them;"
            f" {found[0].errors.shape[1]} networks for every width. A weight's rate is η over a power of the number of"
            " units that its layer receives: 2 in the first layer, M in the second. The limit is 2/λ of the Hessian at"
            " the start, rescaled; predicted for wide layers. Collobert and others (2011) divide by the fan-in; the"
            " notes, which name Collobert, take its root."
        ),
        "index": {"id": f"{names}", "name": "Width", "texts": names, "at": at},
        "panels": [_errors(found, etas), _widths(found, best, arrays)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _middle(limits: np.ndarray) -> tuple[float, float]:
    """Return the limit of the mean curvature, and its standard error."""
    curvatures = 2.0 / limits
    mean = float(curvatures.mean())
    unsure = float(curvatures.std(ddof=1)) / np.sqrt(len(curvatures))
    return 2.0 / mean, 2.0 / mean * unsure / abs(mean)


def _errors(found: list[Width], etas: np.ndarray) -> dict[str, Any]:
    count = len(found)
    lowest = min(float(item.means.min()) for item in found)
    highest = FAR * max(item.begun for item in found)
    curves = []
    for p, name in enumerate(NAMES):
        place = {"x": {"name": "eta"}, "y": {"name": f"error.{p}", "rows": count}, "colour": COLOURS[p]}
        place |= {"absent": "diverged"}
        curves.append({**place, "label": name, "dash": DASHES[p], "width": 2.4})
        curves.append({**place, "points": True, "width": 2.6})
    return {
        "label": "Mean error at the end against the learning rate; arrow keys read it off",
        "title": "The error at the end",
        "note": "upright: the predicted limits",
        "height": 360,
        "x": {"title": "learning rate η", "symbol": "η", "log": True, "range": _log(etas, 0.05)},
        "y": {"title": "error", "log": True, "range": [float(np.log10(lowest)) - 0.15, float(np.log10(highest))]},
        "curves": curves,
        "marks": [
            {"x": [float(item.told[p]) for item in found], "colour": COLOURS[p], "dash": DASHES[p], "width": 1.4}
            for p in range(len(POWERS))
        ],
        "rest": float(etas[len(etas) // 2]),
    }


def _widths(found: list[Width], best: np.ndarray, arrays: dict[str, Any]) -> dict[str, Any]:
    curves: list[dict[str, Any]] = []
    for p, name in enumerate(NAMES):
        style = {"x": {"name": "width"}, "colour": COLOURS[p]}
        curves += [
            {
                **style,
                "y": {"name": f"told.{p}"},
                "label": f"limit, {name}: predicted",
                "dash": DASHES[p],
                "width": 2.4,
            },
            {**style, "y": {"name": f"limit.{p}"}, "label": "measured", "points": True, "width": 3.4},
            {
                **style,
                "y": {"name": f"best.{p}"},
                "label": "best of those tried",
                "dash": "longdashdot",
                "width": 1.0,
                "alpha": 0.7,
            },
        ]
    known = np.concatenate([np.ravel(arrays[f"{name}.{p}"]) for name in ("told", "limit", "best") for p in range(3)])
    known = known[np.isfinite(known) & (known > 0.0)]
    each = [float(item.width) for item in found]
    return {
        "label": "Limit of the learning rate at the start, and the best one, by the width; arrow keys read them off",
        "title": "What learning rate a width wants",
        "note": "lines: predicted limits",
        "height": 360,
        "x": {"title": "hidden units M", "symbol": "M", "log": True, "range": _log(np.array(each), 0.05)},
        "y": {"title": "η", "log": True, "range": _log(known, 0.15)},
        "curves": curves,
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _log(values: np.ndarray, room: float) -> list[float]:
    return [float(np.log10(values.min())) - room, float(np.log10(values.max())) + room]


def _says(item: Width, first: Width, best: np.ndarray, steps: int) -> str:
    limits = [_middle(item.limits[p]) for p in range(len(POWERS))]
    least = item.means.min(axis=1)
    plain, full = (f"{with_error(*limits[p])} (predicted {number(float(item.told[p]))})" for p in (0, 2))
    text = (
        f"With {item.width} units the limit of η is {plain}, divided by the fan-in {full}. After {steps} steps at the"
        f" best η tried the error is {number(float(least[0]))} not divided, {number(float(least[1]))} by the root,"
        f" {number(float(least[2]))} by the fan-in."
    )
    if item.width == first.width:
        return text
    fall = [float(first.told[p] / item.told[p]) for p in (0, 2)]
    return f"{text} From {first.width} units on the limit fell {number(fall[0], 2)}-fold, divided {_times(fall[1])}."


def _times(fall: float) -> str:
    return f"{number(fall, 2)}-fold" if fall > 1.0 else f"it rose {number(1.0 / fall, 2)}-fold"
