"""The message of the view on symmetry: how far apart units are that began alike, or nearly."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.words import count, near_one, number

COLOURS = ("@class0", "@class1", "@class2", "@class3", "@class4", "@good", "@bad", "@quiet")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid", "dash")
DISTURBED, EQUAL, CHANCE = "@limit", "@open", "@quiet"
LEAST = 1e-17  # the lowest distance on the axis
BROKEN = 0.1  # distance at which units count as apart


@dataclass(frozen=True, eq=False)
class Split:
    """Runs that begin with equal weights, each with a disturbance, the first with none; and one by chance."""

    sizes: tuple[float, ...]  # (S,) of the disturbances
    seen: np.ndarray  # (P,) steps that are drawn
    apart: np.ndarray  # (T+1, S) distance between the two units that are farthest apart
    rows: float  # the largest difference between two units' gradients, in any step of the run that is not disturbed
    told: np.ndarray  # (T+1,) what is predicted of ``apart`` for a disturbance of size 1, to first order
    error: np.ndarray  # (T+1, S+1), the last that of weights drawn by chance
    incoming: np.ndarray  # (P, S, M, 2) weights from both inputs
    curvature: float  # the least eigenvalue for differences at the end
    learning_rate: float


def symmetry_message(split: Split, at: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``at`` is the disturbance that is shown first."""
    size, seen = len(split.sizes), split.seen
    arrays = {"step": seen, "apart": split.apart[seen].T, "told": np.outer(split.sizes, split.told[seen])}
    arrays |= {"equal": split.error[seen, 0], "chance": split.error[seen, -1], "error": split.error[seen, :-1].T}
    units = split.incoming.shape[2]
    for j in range(units):
        arrays |= {f"x.{j}": split.incoming[:, :, j, 0].T, f"y.{j}": split.incoming[:, :, j, 1].T}
        arrays |= {f"end.x.{j}": split.incoming[-1, :, j, 0], f"end.y.{j}": split.incoming[-1, :, j, 1]}
    says = [_says(split, k) for k in range(size)]
    names = ["none" if value == 0.0 else number(value, 1) for value in split.sizes]
    header = {
        "alt": f"Hidden units that begin alike. {says[at]}",
        "says": says,
        "caption": (
            "One hidden layer on points of two rings, gradient descent on all rows. A disturbance is a normal number"
            " of that size added to every weight. Predicted to first order: the difference of two units obeys"
            " d ← (1 − η B) d with B = H_{ii} − H_{ij} along the run that is not disturbed; a unit is its incoming"
            " weights, its bias and its outgoing weight."
        ),
        "index": {"id": f"{names}", "name": "Disturbance", "texts": names, "at": at},
        "panels": [_paths(split, units, size), _distances(split, size), _errors(split, size)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _paths(split: Split, units: int, size: int) -> dict[str, Any]:
    curves: list[dict[str, Any]] = []
    for j in range(units):
        place = {"x": {"name": f"x.{j}", "rows": size}, "y": {"name": f"y.{j}", "rows": size}}
        curves.append({**place, "colour": COLOURS[j], "dash": DASHES[j], "width": 2.2, "label": f"unit {j + 1}"})
    for j in range(units):
        end = {"x": {"name": f"end.x.{j}", "rows": size}, "y": {"name": f"end.y.{j}", "rows": size}}
        curves.append({**end, "points": True, "colour": COLOURS[j], "width": 4.5})
    horizontal, vertical = zip(*(_view(split.incoming[:, k]) for k in range(size)), strict=True)
    return {
        "label": "Paths of the units' incoming weights, from their common start to the dots at the end",
        "title": "Where the units go",
        "note": "their weights from the two inputs, from the start to the dot",
        "height": 360,
        "plane": True,
        "x": {"title": "weight from x₁", "range": horizontal},
        "y": {"title": "weight from x₂", "range": vertical},
        "curves": curves,
    }


def _view(paths: np.ndarray) -> tuple[list[float], list[float]]:
    """Return ranges of both weights that hold all paths (P, M, 2), and at least a width of 1."""
    kept = paths.reshape(-1, 2)
    kept = kept[np.isfinite(kept).all(axis=1)]
    low, high = kept.min(axis=0), kept.max(axis=0)
    middle, reach = 0.5 * (low + high), max(0.5, 0.56 * float((high - low).max()))
    return [float(middle[0] - reach), float(middle[0] + reach)], [float(middle[1] - reach), float(middle[1] + reach)]


def _distances(split: Split, size: int) -> dict[str, Any]:
    style: dict[str, Any] = {"x": {"name": "step"}, "colour": DISTURBED, "absent": "0 exactly"}
    return {
        "label": "Distance between the units that are farthest apart against the step; arrow keys read it off",
        "title": "How far apart they are",
        "note": "the two that are farthest apart",
        "height": 360,
        "x": _steps(split),
        "y": {"title": "distance", "log": True, "range": [float(np.log10(LEAST)), 2.0]},
        "curves": [
            {**style, "y": {"name": "apart", "rows": size}, "label": "measured", "width": 2.6, "dash": "solid"},
            {
                **style,
                "y": {"name": "told", "rows": size},
                "label": "predicted while it is small",
                "dash": "dot",
                "width": 2.2,
                "colour": "@ink",
            },
        ],
        "marks": [
            {
                "y": [2.0 * LEAST if value == 0.0 else LEAST**2 for value in split.sizes],
                "name": ["0 apart, exactly" if value == 0.0 else "" for value in split.sizes],
                "colour": DISTURBED,
                "dash": "solid",
                "width": 2.6,
            }
        ],
        "rest": float(split.seen[-1]),
    }


def _errors(split: Split, size: int) -> dict[str, Any]:
    known = split.error[split.seen]
    known = known[np.isfinite(known) & (known > 0.0)]
    style: dict[str, Any] = {"x": {"name": "step"}}
    return {
        "label": "Error against the step; arrow keys read it off",
        "title": "What they learn",
        "height": 220,
        "wide": True,
        "x": _steps(split),
        "y": {
            "title": "error",
            "log": True,
            "range": [float(np.log10(known.min())) - 0.1, float(np.log10(np.quantile(known, 0.999))) + 0.1],
        },
        "curves": [
            {**style, "y": {"name": "equal"}, "label": "equal weights", "colour": EQUAL, "dash": "dash", "width": 3.0},
            {
                **style,
                "y": {"name": "chance"},
                "label": "drawn by chance",
                "colour": CHANCE,
                "dash": "dot",
                "width": 2.0,
            },
            {
                **style,
                "y": {"name": "error", "rows": size},
                "label": "disturbed",
                "colour": DISTURBED,
                "dash": "solid",
                "width": 2.2,
            },
        ],
        "rest": float(split.seen[-1]),
    }


def _steps(split: Split) -> dict[str, Any]:
    return {"title": "step", "range": [0.0, 1.03 * float(split.seen[-1])]}


def _says(split: Split, k: int) -> str:
    steps, units = len(split.apart) - 1, split.incoming.shape[2]
    if split.sizes[k] == 0.0:
        if not np.isfinite(split.error[-1, 0]):
            return "At this learning rate the run diverges. Take a smaller one."
        return (
            f"Not disturbed, the {units} units stay {number(float(split.apart[:, k].max()))} apart through"
            f" {count(steps)} steps, and their gradients differ by {number(split.rows)}: they are worth one unit. The"
            f" error ends at {number(split.error[-1, 0])}, from weights drawn by chance at"
            f" {number(split.error[-1, -1])}."
        )
    end, told = float(split.apart[-1, k]), split.sizes[k] * float(split.told[-1])
    broken = np.flatnonzero(split.apart[:, k] > BROKEN)
    name = f"Disturbed by {number(split.sizes[k], 1)}"
    if not len(broken):
        return (
            f"{name} the units are {number(end)} apart after {count(steps)} steps (predicted {number(told)}), and"
            f" still learn as one: the error ends at {number(split.error[-1, k])}, with equal weights at"
            f" {number(split.error[-1, 0])}.{_rate(split)}"
        )
    when = f"more than {number(BROKEN)} apart at step {count(float(broken[0]))} of {count(steps)}"
    if not broken[0]:
        when = f"{number(float(split.apart[0, k]))} apart already at the start"
    return (
        f"{name} the units are {when}; the error ends at {number(split.error[-1, k])}; with equal weights at"
        f" {number(split.error[-1, 0])}.{_rate(split)}"
    )


def _rate(split: Split) -> str:
    change = 1.0 - split.learning_rate * split.curvature
    if split.curvature >= 0.0 or not np.isfinite(change):
        return ""
    return f" At the end of the equal run a difference grows by {near_one(change)} a step."
