"""The map of starts: a colour for each minimum, a shade for the number of steps."""

from typing import Any

import numpy as np

from charts.colours import HEAT, OTHER_HEATS
from charts.maps import DIVERGED, OPEN, Axis, Map, Point, map_message, step_scale
from engine.basins import Basins
from engine.study import Entry
from engine.words import number

MOST_MINIMA = 1 + len(OTHER_HEATS)  # a colour for each


def basins_message(
    found: Basins,
    surface: Any,
    entry: Entry,
    start: tuple[float, ...],
    keys: list[str],
    steps: int,
    tolerance: float,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays of the figure; ``keys`` are those of the inputs of the start."""
    minima = surface.minima.tolist()
    places = [f"w* = ({number(x)}, {number(y)})" for x, y in minima]
    values = np.where(found.end >= 0, found.steps, OPEN)
    item = Map(
        entry.label,
        f"{entry.label}: where every start of the plane ends. Arrow keys move the cross-hair, Enter opens the run.",
        Axis("start w₁", found.x),
        Axis("start w₂", found.y),
        np.where(found.outside, DIVERGED, values),
        points=[Point(x, y, "w*") for x, y in minima],
        keys={"x": keys[0], "y": keys[1], "also": {}},
        known={"end": found.end},
        equal=True,
        table=np.maximum(found.end, 0),
    )
    tables = [HEAT, *OTHER_HEATS][: max(len(minima), 1)]
    # a start that lies at a minimum by chance is no reason to make all others look alike
    told = found.steps[np.isfinite(found.steps)]
    ends = np.percentile(told, [1, 100], method="nearest").tolist() if len(told) else (0.0, float(steps))
    scale = step_scale(f"steps to {number(tolerance)} of the first error", *ends)._replace(
        tables=tables, names=places if len(places) > 1 else ()
    )
    legend = {"open": f"not within {steps} steps", "diverged": "outside this picture at the last step"}
    words = {"places": places, "steps": steps, "chosen": {"map": 0, "x": start[0], "y": start[1]}}
    return map_message([item], scale, legend, words)
