"""The message of the view on shapes: activations, their derivatives, and what both make of normal inputs."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.activations import LOOKS
from engine.words import number, percent, whole

REACH = 6.0  # |a| that is drawn
HIGH = (-1.6, 3.2)  # of h that is drawn
PALE = 0.72  # how much of the paper lies over a curve where the activation is flat


@dataclass(frozen=True, eq=False)
class Shape:
    """One activation at the abscissae that are drawn, and at every deviation of its inputs."""

    name: str
    value: np.ndarray  # (K,) h
    slope: np.ndarray  # (K,) h'
    flat: np.ndarray  # (K,) whether it is saturated
    edges: tuple[float, float]  # saturated below and above
    mean: np.ndarray  # (S,) E[h] of normal inputs
    measured: np.ndarray  # (S,) the same of drawn ones
    share: np.ndarray  # (S,) of inputs on a flat side, predicted
    counted: np.ndarray  # (S,) of drawn ones


def shapes_message(
    a: np.ndarray, deviations: np.ndarray, shapes: list[Shape], share: float, drawn: int, at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``share`` is below what part of its steepest slope a function counts as flat."""
    arrays: dict[str, np.ndarray] = {"a": a, "deviation": deviations, "bell": _bells(a, deviations)}
    for shape in shapes:
        for name, values in (("value", shape.value), ("slope", shape.slope)):
            arrays[f"{shape.name}.{name}"] = values
            arrays[f"{shape.name}.{name}.flat"] = np.where(shape.flat, values, np.nan)
        arrays |= {f"{shape.name}.{each}": getattr(shape, each) for each in ("mean", "measured", "share", "counted")}
    says = [_says(k, float(deviation), shapes) for k, deviation in enumerate(deviations)]
    header = {
        "alt": f"Activations and their derivatives. {says[at]}",
        "says": says,
        "caption": (
            f"Pale, and called flat: where |h′| is below {percent(share)} of its largest, {_where(shapes)}. Lower row:"
            f" curves predicted for normal inputs of mean 0, dots counted in {whole(drawn)} drawn ones."
        ),
        "index": {
            "id": "deviation",
            "name": "standard deviation of the inputs",
            "texts": [f"inputs ± {number(float(deviation))}" for deviation in deviations],
            "at": at,
        },
        "panels": [
            _values(len(deviations), shapes),
            _slopes(shapes),
            _over(deviations, shapes, ("mean", "measured"), "What comes out on average", "E[h(a)]", _means(shapes)),
            _over(deviations, shapes, ("share", "counted"), "How many inputs it is flat for", "share", [-0.03, 1.03]),
        ],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _bells(a: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    """Return the density of the inputs at every deviation, as high as 1 over the lower edge, (S, K)."""
    return HIGH[0] + np.exp(-0.5 * (a / deviations[:, None]) ** 2)


def _lines(shapes: list[Shape], what: str) -> list[dict[str, Any]]:
    curves: list[dict[str, Any]] = []
    for shape in shapes:
        look = LOOKS[shape.name]
        place = {"x": {"name": "a"}, "y": {"name": f"{shape.name}.{what}"}}
        over = {"x": {"name": "a"}, "y": {"name": f"{shape.name}.{what}.flat"}, "colour": "@paper"}
        curves += [
            {**place, "label": look.title, "colour": look.colour, "dash": look.dash, "width": 2.8},
            {**over, "dash": "solid", "width": 4.0, "alpha": PALE},
        ]
    return curves


def _values(count: int, shapes: list[Shape]) -> dict[str, Any]:
    bell = {"x": {"name": "a"}, "y": {"name": "bell", "rows": count}, "colour": "@quiet", "dash": "solid", "width": 1.2}
    return {
        "label": "Activations h against a; arrow keys read them off",
        "title": "h(a)",
        "note": "grey, at the lower edge: how the inputs are spread",
        "height": 300,
        "x": {"title": "a", "range": [-REACH, REACH]},
        "y": {"title": "h", "range": list(HIGH)},
        "curves": [bell, *_lines(shapes, "value")],
        "rest": 0.0,
    }


def _slopes(shapes: list[Shape]) -> dict[str, Any]:
    high = max(1.0, *(float(np.abs(shape.slope).max()) for shape in shapes))
    low = min(0.0, *(float(shape.slope.min()) for shape in shapes))
    return {
        "label": "Derivatives of activations against a; arrow keys read them off",
        "title": "h′(a)",
        "note": "what a gradient is multiplied by on its way through the unit",
        "height": 300,
        "x": {"title": "a", "range": [-REACH, REACH]},
        "y": {"title": "h′", "range": [low - 0.06 * high, 1.08 * high]},
        "curves": _lines(shapes, "slope"),
        "rest": 0.0,
    }


def _means(shapes: list[Shape]) -> list[float]:
    seen = np.concatenate([np.concatenate([shape.mean, shape.measured]) for shape in shapes])
    high = max(0.6, 1.1 * float(seen.max()))
    low = min(-0.1 * high, 1.1 * float(seen.min()))
    return [max(low, -2.0), min(high, 2.0)]


def _over(
    deviations: np.ndarray, shapes: list[Shape], names: tuple[str, str], title: str, axis: str, span: list[float]
) -> dict[str, Any]:
    predicted, measured = names
    curves: list[dict[str, Any]] = []
    for shape in shapes:
        look = LOOKS[shape.name]
        style = {"x": {"name": "deviation"}, "colour": look.colour}
        curves += [
            {**style, "y": {"name": f"{shape.name}.{predicted}"}, "label": look.title, "dash": look.dash, "width": 2.2},
            {**style, "y": {"name": f"{shape.name}.{measured}"}, "points": True, "width": 2.6, "alpha": 0.8},
        ]
    each = [float(value) for value in deviations]
    low, high = (float(np.log10(each[k])) for k in (0, -1))
    return {
        "label": f"{title}, against the standard deviation of the inputs; arrow keys read it off",
        "title": title,
        "height": 240,
        "x": {"title": "standard deviation of a", "symbol": "deviation", "log": True, "range": [low, high]},
        "y": {"title": axis, "range": span},
        "curves": curves,
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _where(shapes: list[Shape]) -> str:
    """Return in words where each is flat."""
    said = []
    for shape in shapes:
        low, high = shape.edges
        if low == -high and np.isfinite(high):
            place = f"beyond ±{number(high)}"
        else:
            sides = [f"below {number(low)}"] * bool(low > -np.inf) + [f"above {number(high)}"] * bool(high < np.inf)
            place = " and ".join(sides) or "nowhere"
        said.append(f"{LOOKS[shape.name].title} {place}")
    return ", ".join(said)


def _says(k: int, deviation: float, shapes: list[Shape]) -> str:
    found = [
        f"{LOOKS[shape.name].title} gives {number(float(shape.mean[k]), 2)} and is flat for"
        f" {percent(float(f'{shape.share[k]:.2g}'))}"
        for shape in shapes
    ]
    return f"Of inputs with standard deviation {number(deviation)}, on average, {'; '.join(found)}."
