"""The message of the view on ReLUs: how many units are dead at the start and after training, by their bias."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.words import number, percent, with_error

START, TRAINED, DEAD = "@open", "@limit", "@bad"
TICK = 0.25  # length of the mark on the side where a unit is on
FAR = 100.0  # how long the lines are


@dataclass(frozen=True, eq=False)
class Biased:
    """What G networks did whose biases were the same at first."""

    bias: float
    dead_told: float
    dead: np.ndarray  # (G,) share of the units, at the start
    dead_after: np.ndarray  # (G',) of those that did not diverge
    active_told: float
    active: np.ndarray  # (G,) share of all pairs of a unit and a row
    active_after: np.ndarray
    error: np.ndarray  # (G',) after training
    incoming: np.ndarray  # (M, 2) weights of the first network at the start
    steps: int
    networks: int


def relu_message(
    inputs: np.ndarray, labels: np.ndarray, found: list[Biased], at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``inputs`` (N, 2) are the rows with classes (N,), ``at`` the bias shown first."""
    arrays: dict[str, Any] = {"bias": [item.bias for item in found]}
    for place in (0, 1):
        arrays |= {f"row.x.{place}": inputs[labels == place, 0], f"row.y.{place}": inputs[labels == place, 1]}
    drawn = [_edges(inputs, item) for item in found]
    for name in ("on", "off"):
        arrays |= {f"{name}.x": [edges[name][0] for edges in drawn], f"{name}.y": [edges[name][1] for edges in drawn]}
    for name in ("dead", "active"):
        arrays[f"{name}.told"] = [getattr(item, f"{name}_told") for item in found]
        arrays[f"{name}.start"] = [getattr(item, name).mean() for item in found]
        arrays[f"{name}.after"] = [_mean(getattr(item, f"{name}_after")) for item in found]
    arrays["error"] = [_mean(item.error) for item in found]
    says = [_says(item, _mean(found[at].error)) for item in found]
    names = [f"b = {number(item.bias)}" for item in found]
    header = {
        "alt": f"Dead ReLUs against the bias. {says[at]}",
        "says": says,
        "caption": (
            f"Two moons, one hidden layer of {len(found[0].incoming)} ReLUs, weights as He draws them, all biases b;"
            f" {found[0].networks} networks for every b, ± one standard error. Predicted from the angle and the length"
            " of a normal weight vector: no unit is drawn for it. Dead is what is at most 0 on all rows."
        ),
        "index": {"id": f"{names}", "name": "Bias at the start", "texts": names, "at": at},
        "panels": [_plane(inputs, len(found)), _dead(found), _active(found), _errors(found, arrays["error"])],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else np.nan


def _edges(inputs: np.ndarray, item: Biased) -> dict[str, np.ndarray]:
    """Return the lines on which units are 0, each with a mark on the side where it is on: (2, M 6) for on and off."""
    dead = ((inputs @ item.incoming.T + item.bias) <= 0.0).all(axis=0)
    lines: dict[str, np.ndarray] = {}
    for name, those in (("on", ~dead), ("off", dead)):
        points = np.full((2, len(dead), 6), np.nan)
        for j in np.flatnonzero(those):
            length = float(np.linalg.norm(item.incoming[j]))
            normal = item.incoming[j] / length
            foot, along = -item.bias / length * normal, np.array([-normal[1], normal[0]])
            near = foot + ((inputs.mean(axis=0) - foot) @ along) * along  # the mark is where the rows are
            points[:, j, :5] = np.stack(
                [foot - FAR * along, foot + FAR * along, [np.nan, np.nan], near, near + TICK * normal], axis=1
            )
        lines[name] = points.reshape(2, -1)
    return lines


def _plane(inputs: np.ndarray, count: int) -> dict[str, Any]:
    curves: list[dict[str, Any]] = [
        {
            "x": {"name": f"row.x.{place}"},
            "y": {"name": f"row.y.{place}"},
            "points": True,
            "width": 3.0,
            "colour": f"@class{place}",
            "alpha": 0.8,
        }
        for place in (0, 1)
    ]
    for name, colour, dash, label in (("on", "@quiet", "solid", "on for some rows"), ("off", DEAD, "dash", "dead")):
        place = {"x": {"name": f"{name}.x", "rows": count}, "y": {"name": f"{name}.y", "rows": count}}
        curves.append({**place, "colour": colour, "dash": dash, "width": 1.6, "label": label})
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    middle, reach = 0.5 * (low + high), 0.75 * float((high - low).max())
    return {
        "label": "The rows, and for every unit of one network the line on one side of which it is on",
        "title": "Where units are on, at the start",
        "note": "a line for every unit, its mark on the side that is on",
        "height": 330,
        "plane": True,
        "x": {"title": "x₁", "range": [float(middle[0] - reach), float(middle[0] + reach)]},
        "y": {"title": "x₂", "range": [float(middle[1] - 0.7 * reach), float(middle[1] + 0.7 * reach)]},
        "curves": curves,
    }


def _dead(found: list[Biased]) -> dict[str, Any]:
    return _shares(found, "dead", "Dead units", "share of the units", found[0].steps)


def _active(found: list[Biased]) -> dict[str, Any]:
    return _shares(found, "active", "How often a unit is on", "share of all pairs of a unit and a row", found[0].steps)


def _shares(found: list[Biased], name: str, title: str, note: str, steps: int) -> dict[str, Any]:
    style: dict[str, Any] = {"x": {"name": "bias"}}
    highest = max(
        [getattr(item, f"{name}_told") for item in found]
        + [_mean(getattr(item, part)) for item in found for part in (name, f"{name}_after")]
    )
    highest = highest if np.isfinite(highest) else 1.0
    return {
        "label": f"{title} against the bias; arrow keys read it off",
        "title": title,
        "note": note,
        "height": 330 if name == "dead" else 250,
        "x": _biases(found),
        "y": {"title": "share", "range": [0.0, min(1.02, max(0.1, 1.15 * highest))]},
        "curves": [
            {
                **style,
                "y": {"name": f"{name}.told"},
                "label": "at the start, predicted",
                "colour": START,
                "dash": "solid",
                "width": 2.4,
            },
            {
                **style,
                "y": {"name": f"{name}.start"},
                "label": "measured",
                "points": True,
                "width": 3.6,
                "colour": START,
            },
            {
                **style,
                "y": {"name": f"{name}.after"},
                "label": f"after {steps} steps, measured",
                "colour": TRAINED,
                "dash": "dash",
                "width": 2.2,
            },
        ],
        "marks": _marks(found),
        "rest": [item.bias for item in found],
    }


def _errors(found: list[Biased], errors: list[float]) -> dict[str, Any]:
    known = [error for error in errors if np.isfinite(error)] or [1.0]
    return {
        "label": "Mean error after training against the bias; arrow keys read it off",
        "title": f"Error after {found[0].steps} steps",
        "note": "mean over the networks",
        "height": 250,
        "x": _biases(found),
        "y": {"title": "error", "range": [0.0, 1.15 * max(known)]},
        "curves": [
            {
                "x": {"name": "bias"},
                "y": {"name": "error"},
                "label": "measured",
                "colour": TRAINED,
                "dash": "dash",
                "width": 2.2,
                "absent": "diverged",
            }
        ],
        "marks": _marks(found),
        "rest": [item.bias for item in found],
    }


def _biases(found: list[Biased]) -> dict[str, Any]:
    return {"title": "bias b", "symbol": "b", "range": [found[0].bias - 0.03, found[-1].bias + 0.03]}


def _marks(found: list[Biased]) -> list[dict[str, Any]]:
    return [{"x": [item.bias for item in found], "colour": "@ink", "dash": "solid"}]


def _says(item: Biased, unbiased: float) -> str:
    text = (
        f"With all biases at {number(item.bias)}, {_beside(item.dead)} of the ReLUs are dead at the start (predicted"
        f" {percent(item.dead_told)}), and a unit is on for {_beside(item.active)} of the rows (predicted"
        f" {percent(item.active_told)})."
    )
    if not item.steps:
        return text
    if not len(item.error):
        return f"{text} All networks diverge at this learning rate."
    lost = f", {item.networks - len(item.error)} of {item.networks} networks diverged" * (
        len(item.error) < item.networks
    )
    return (
        f"{text} After {item.steps} steps {_beside(item.dead_after)} are dead, at an error of"
        f" {number(_mean(item.error))}{_against(item, unbiased)}{lost}."
    )


def _against(item: Biased, unbiased: float) -> str:
    return f" (from biases of 0 {number(unbiased)})" if item.bias != 0.0 and np.isfinite(unbiased) else ""


def _beside(shares: np.ndarray) -> str:
    values = 100.0 * shares
    unsure = float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return f"{with_error(float(values.mean()), unsure)} %"
