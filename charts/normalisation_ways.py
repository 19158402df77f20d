"""The message of the view on ways to prepare inputs: the cloud before and after, and the way down of a model."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.cloud import DOTS, ellipse
from engine.dataset import Dataset
from engine.normalisation.best_descent import FIRST, TOLERANCE, Descent
from engine.words import count, number

AROUND = 2.0  # standard deviations at which the ellipse is drawn
BEFORE, AFTER = "@class0", "@class1"
KEPT = 300  # points of a curve
NOTHING = 1e-12
WORDS = {
    "as they are": "As they are",
    "mean subtracted": "Less their mean",
    "standardised": "Less their mean, over their standard deviation",
    "min-max": "Between their least and their largest, from 0 to 1",
    "PCA": "Turned into the principal directions",
    "whitened": "Turned, and each direction over the root of its eigenvalue",
    "by singular values": "Turned, and each direction over its singular value",
}


@dataclass(frozen=True, eq=False)
class Way:
    """Inputs prepared in one way."""

    name: str
    inputs: np.ndarray  # (N, 2)
    covariance: np.ndarray  # (2, 2)
    found: Descent


def ways_message(data: Dataset, ways: list[Way], at: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``at`` is the way that is shown first, as they are comes first of all."""
    raw = ways[0]
    arrays: dict[str, np.ndarray] = {}
    for name, each in (("before", [raw]), ("after", ways)):
        dots = np.stack([_dots(way.inputs) for way in each])
        rings = np.stack([ellipse(way.covariance, way.inputs.mean(axis=0), AROUND) for way in each])
        arrays |= {f"{name}.x": dots[..., 0], f"{name}.y": dots[..., 1]}
        arrays |= {f"{name}.ring.x": rings[:, 0], f"{name}.ring.y": rings[:, 1]}
        for k in (0, 1):
            axes = np.stack([_axis(way, k) for way in each])
            arrays |= {f"{name}.axis.{k}.x": axes[..., 0], f"{name}.axis.{k}.y": axes[..., 1]}
    steps = np.stack([np.linspace(0.0, _end(way), KEPT) for way in ways]).round()
    arrays["step"] = steps
    arrays["left"] = np.stack([_left(way, each) for way, each in zip(ways, steps.astype(int), strict=True)])
    says = [_says(way, raw) for way in ways]
    header = {
        "alt": f"{data.title}: the rows before and after their inputs are prepared. {says[at]}",
        "says": says,
        "caption": (
            f"{data.title}, y = w₁ x₁ + w₂ x₂ + b by least squares from w = 0. With mean m and covariance C of the"
            " inputs H = [[C + m mᵀ, m], [mᵀ, 1]]. Covariances divide by N, not N − 1. Short lines are the principal"
            " directions, two standard deviations long; the ellipse is at two. Every way is made of the rows that train"
            " and done to all others alike."
        ),
        "index": {"id": repr(data), "name": "The inputs", "texts": [way.name for way in ways], "at": at},
        "panels": [
            _cloud("before", [raw], data.input_names, BEFORE, "As they came"),
            _cloud("after", ways, ("first", "second"), AFTER, "Prepared"),
            _way_down(ways),
        ],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _dots(inputs: np.ndarray) -> np.ndarray:
    return inputs if len(inputs) <= DOTS else inputs[np.linspace(0, len(inputs) - 1, DOTS).round().astype(int)]


def _axis(way: Way, k: int) -> np.ndarray:
    """Return the ends of a principal direction through the mean, (2, 2)."""
    values, vectors = np.linalg.eigh(way.covariance)
    if values[1] - values[0] < 1e-9 * values[1]:
        vectors = np.eye(2)  # of a round cloud every direction is principal
    reach = AROUND * np.sqrt(max(float(values[k]), 0.0)) * vectors[:, k]
    return np.asarray(way.inputs.mean(axis=0) + np.stack([-reach, reach]))


def _end(way: Way) -> float:
    """Return up to which step the way down is drawn."""
    return float(min(max(np.ceil(1.2 * way.found.predicted), 8.0), FIRST))


def _left(way: Way, steps: np.ndarray) -> np.ndarray:
    """Return the share of the error that is left at some steps; what is 0 but for rounding is far below the picture."""
    above = way.found.above
    return np.where(steps < len(above), np.maximum(above[np.minimum(steps, len(above) - 1)], NOTHING), np.nan)


def _cloud(name: str, each: list[Way], names: tuple[str, ...], colour: str, title: str) -> dict[str, Any]:
    def moving(what: str) -> dict[str, Any]:
        more = {"rows": len(each)} if name == "after" else {}
        return {axis: {"name": f"{name}.{what}{axis}", **more} for axis in ("x", "y")}

    spans = [_seen(way.inputs) for way in each]
    ranges = [[span[i].tolist() for span in spans] for i in (0, 1)]
    curves = [
        {**moving(""), "points": True, "width": 2.6, "alpha": 0.6, "colour": colour},
        {**moving("ring."), "colour": colour, "width": 1.6, "dash": "solid"},
        *({**moving(f"axis.{k}."), "colour": "@ink", "width": 2.0, "dash": "solid"} for k in (0, 1)),
    ]
    return {
        "label": f"{title}: the rows as dots, with their ellipse and principal directions",
        "title": title,
        "height": 340,
        "plane": True,
        "x": {"title": names[0], "range": ranges[0] if name == "after" else ranges[0][0]},
        "y": {"title": names[1], "range": ranges[1] if name == "after" else ranges[1][0]},
        "curves": curves,
        "marks": [{axis: 0.0, "colour": "@quiet", "dash": "dot", "width": 1.0} for axis in ("x", "y")],
    }


def _seen(inputs: np.ndarray) -> np.ndarray:
    """Return what is seen of a cloud, (2, 2): all of it and the origin, with some room."""
    reach = AROUND * inputs.std(axis=0)
    low = np.minimum(np.minimum(inputs.min(axis=0), inputs.mean(axis=0) - reach), 0.0)
    high = np.maximum(np.maximum(inputs.max(axis=0), inputs.mean(axis=0) + reach), 0.0)
    room = 0.06 * float((high - low).max())
    return np.stack([low - room, high + room], axis=1)


def _way_down(ways: list[Way]) -> dict[str, Any]:
    return {
        "label": "Error above the least against the step; arrow keys read it off",
        "title": "Gradient descent at its best rate, on the prepared inputs",
        "height": 250,
        "wide": True,
        "x": {"title": "step", "range": [[0.0, _end(way)] for way in ways]},
        "y": {"title": "(E − E*) / start", "log": True, "range": [float(np.log10(TOLERANCE)) - 0.6, 0.3]},
        "curves": [
            {
                **{"x": {"name": "step", "rows": len(ways)}, "y": {"name": "left", "rows": len(ways)}},
                **{"label": "measured", "colour": AFTER, "dash": "solid", "width": 2.4},
            }
        ],
        "marks": [
            {"y": TOLERANCE, "name": "a millionth"},
            {
                "x": [float(way.found.predicted) for way in ways],
                "name": [f"{count(way.found.predicted)} predicted" for way in ways],
                "colour": "@limit",
            },
        ],
        "rest": [float(min(way.found.predicted, _end(way))) for way in ways],
    }


def _says(way: Way, raw: Way) -> str:
    c = way.covariance
    rows = "; ".join(", ".join(number(float(value)) for value in part) for part in _clean(c))
    found, before = way.found, raw.found
    steps = (
        f"{count(found.measured)} step{'' if found.measured == 1 else 's'} ({count(found.predicted)} predicted)"
        if found.followed and np.isfinite(found.measured)
        else f"{count(found.predicted)} steps, predicted"
    )
    first = f"{WORDS[way.name]}: covariance [{rows}], κ = {number(found.condition)}, {steps}."
    if way is raw:
        return first
    beside = f"As they came, κ = {number(before.condition)}, {count(before.predicted)} steps."
    more = {
        "PCA": " Turning alone changes no eigenvalue: κ is that of less their mean.",
        "min-max": " Their means are not 0 and their deviations at most 1/2, so that κ stays above that of the"
        " standardised.",
        "by singular values": f" The covariance is 1/N, N = {len(way.inputs)}, not 1 as some notes say: κ is N.",
    }
    return f"{first} {beside}{more.get(way.name, '')}"


def _clean(matrix: np.ndarray) -> np.ndarray:
    """Return a matrix in which rounding is 0."""
    return np.where(np.abs(matrix) < 1e-12 * np.abs(matrix).max(), 0.0, matrix)
