"""The message of the view on planes: one plane through the weights, under every activation, with the runs."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.activations import LOOKS
from engine.plane import Plane
from engine.words import number, percent

LEVELS = 14
HIGH = 0.75  # the share of all heights above which they are alike


@dataclass(frozen=True, eq=False)
class Sibling:
    """One activation: its error over the plane, and its run."""

    name: str
    heights: np.ndarray  # (n, n) E, row y
    feet: np.ndarray  # (S, 2) places of the run in the plane
    error: np.ndarray  # (S,)
    below: np.ndarray  # (S,) E in the plane at the foot
    held: float  # share of the run's movement that the plane holds


@dataclass(frozen=True, eq=False)
class Compared:
    """All of them in one plane."""

    plane: Plane
    steps: np.ndarray  # (S,) that are drawn
    siblings: list[Sibling]


def planes_message(compared: Compared, words: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``words`` say what is run."""
    plane, steps, found = compared.plane, compared.steps, compared.siblings
    known = np.concatenate([each.heights.ravel() for each in found])
    known = known[np.isfinite(known)]
    low, high = (float(known.min()), float(np.quantile(known, HIGH))) if len(known) else (0.0, 1.0)
    high = high if high > low else low + 1.0
    arrays = {"step": steps}
    for each in found:
        arrays[f"{each.name}.field"] = np.sqrt(np.clip((each.heights - low) / (high - low), 0.0, 1.0))
        arrays |= {f"{each.name}.x": each.feet[:, 0], f"{each.name}.y": each.feet[:, 1], f"{each.name}.E": each.error}
    says = [_says(s, int(step), found) for s, step in enumerate(steps.tolist())]
    header = {
        "alt": f"The same plane through the weights of one network under {len(found)} activations. {says[-1]}",
        "says": says,
        "many": True,
        "caption": (
            f"{words} One plane and one colour scale for all: E from {number(low)} to {number(high)} in {LEVELS} bands"
            " equally spaced in the root. “Holds” is the share of the run's movement within the plane; of the rest the"
            " picture shows the shadow, below which the error is another one. Given are E of the run and E in the"
            " plane, at its shadow."
        ),
        "index": {
            "id": f"planes|{steps[-1]}",
            "name": "step",
            "texts": [f"step {step} / {steps[-1]}" for step in steps.tolist()],
            "at": len(steps) - 1,
        },
        "panels": [*(_plane(plane, len(steps), each) for each in found), _errors(steps, found)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _plane(plane: Plane, count: int, each: Sibling) -> dict[str, Any]:
    look, (x, y) = LOOKS[each.name], (list(span) for span in plane.view)
    whole = {"x": {"name": f"{each.name}.x"}, "y": {"name": f"{each.name}.y"}}
    now = {"x": {"name": f"{each.name}.x", "rows": count}, "y": {"name": f"{each.name}.y", "rows": count}}
    said = [
        f"E of the run {number(float(error), 2)}, in the plane {number(float(below), 2)}"
        for error, below in zip(each.error, each.below, strict=True)
    ]
    field = {"values": {"name": f"{each.name}.field"}, "columns": len(each.heights), "x": x, "y": y}
    return {
        "label": f"{look.title}: error in the plane, and the run",
        "title": look.title,
        "note": f"plane holds {percent(float(f'{each.held:.2g}'))}",
        "height": 330,
        "plane": True,
        "square": True,
        "field": {**field, "levels": LEVELS},
        "x": {"range": x},
        "y": {"range": y},
        "curves": [
            {**whole, "colour": "@halo", "width": 5.0, "dash": "solid"},
            {**whole, "colour": look.colour, "width": 1.4, "alpha": 0.5, "dash": "solid"},
            {**whole, "colour": look.colour, "width": 2.6, "dash": "solid", "seen": True, "label": said},
            {**now, "colour": look.colour, "points": True, "width": 4.5},
            {**now, "colour": "@ink", "points": True, "width": 2.0},
        ],
    }


def _errors(steps: np.ndarray, found: list[Sibling]) -> dict[str, Any]:
    seen = np.concatenate([each.error for each in found])
    seen = seen[np.isfinite(seen) & (seen > 0.0)]
    low, high = (
        (float(np.log10(value)) for value in (seen.min(), np.quantile(seen, 0.99))) if len(seen) else (-1.0, 0.0)
    )
    each = [float(step) for step in steps]
    return {
        "label": "The error of every activation's run against the step; arrow keys read it off",
        "title": "The error along every run",
        "height": 260,
        "wide": True,
        "x": {"title": "step", "range": [0.0, each[-1]]},
        "y": {"title": "E", "log": True, "range": [max(low, high - 6.0) - 0.1, high + 0.1]},
        "curves": [
            {
                "x": {"name": "step"},
                "y": {"name": f"{item.name}.E"},
                "label": LOOKS[item.name].title,
                "tag": LOOKS[item.name].title,
                "colour": LOOKS[item.name].colour,
                "dash": LOOKS[item.name].dash,
                "width": 2.2,
                "absent": "diverged",
            }
            for item in found
        ],
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _says(s: int, step: int, found: list[Sibling]) -> str:
    errors = {LOOKS[each.name].title: float(each.error[s]) for each in found}
    there = {name: error for name, error in errors.items() if np.isfinite(error)}
    lost = [name for name in errors if name not in there]
    gone = f" Diverged: {', '.join(lost)}." if lost else ""
    if not there:
        return f"At step {step} every run has diverged."
    least, most = min(there, key=lambda name: there[name]), max(there, key=lambda name: there[name])
    if step == 0:
        return (
            f"The same weights at the start, and yet E is {number(there[least])} with {least} and {number(there[most])}"
            f" with {most}: the activation makes the surface."
        )
    return (
        f"At step {step} the lowest is {least}, E = {number(there[least])}; the highest {most}, {number(there[most])}."
        f"{gone}"
    )
