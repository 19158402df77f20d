"""The line: what the live figure shows of a surface with one weight, its curve E(w) and the runs' points on it."""

from typing import Any

import numpy as np

from charts.colours import FONT
from charts.landscape import DRAWN, MOST, NAMES, SYMBOLS, curve, gauge_of
from charts.plane import ground_figure
from engine.family import Family
from engine.local import local_limits
from engine.outcome import state_of
from engine.plane import Plane
from engine.stationary import floor, stationary_points
from engine.study import Study
from engine.words import number

__all__ = ["DRAWN", "alt", "curve", "frame", "gauge_of", "ground", "near_run", "track"]

POINTS = 401  # of the curve
MARGIN = 0.08  # of the view's height


def track(surface: Any, study: Study, family: Family, shown: np.ndarray) -> np.ndarray:
    """Return what travels of every drawn step of a family, (steps, R, 5).

    The weight and E, E above its floor, the direction of -dE/dw as an angle, and the rule's local limit there.
    """
    weights = family.trajectory.weights[shown]
    with np.errstate(all="ignore"):
        error, gradient = surface.evaluate(weights)
        angle = np.where(gradient[..., 0] > 0.0, np.pi, np.where(gradient[..., 0] < 0.0, 0.0, np.nan))
        limits = local_limits(surface, family.optimizers, weights, state_of(family, shown))
        above = error - floor(surface, study.plane.view)[0]
        columns = np.stack([weights[..., 0], error, above, angle, np.minimum(limits, MOST)], axis=-1)
    return np.clip(columns, -MOST, MOST)


def near_run(surface: Any, study: Study, shown: np.ndarray) -> dict[str, np.ndarray]:
    """Return what keeps the start on the curve while it is dragged: ``heights``, E evenly over the view."""
    return {"heights": _curve(surface, study.plane)[1]}


def frame(surface: Any, study: Study) -> dict[str, Any]:
    """Return what the browser needs to read a track."""
    lowest, minimum = floor(surface, study.plane.view)
    span = study.plane.view[0]
    return {
        "columns": ("x", "y", "above", "angle", "limit"),
        "weights": 1,
        "span": span,
        "floor": lowest,
        "bounded": minimum,
        "title": surface.title,
    }


def ground(surface: Any, study: Study) -> dict[str, Any]:
    """Return the curve, with what lies below it in a band's colour, and the stationary points in view."""
    view = study.plane.view
    x, error = _curve(surface, study.plane)
    low, high = view[1]
    if view[0] != surface.view[0]:  # it has grown to hold the start
        high = max(high, 1.05 * float(np.nanmax(error)))
    low -= MARGIN * (high - low)  # a minimum at the bottom is seen whole
    layout = ground_figure(x, np.array([low, high]), np.zeros((2, POINTS)), [])["layout"]
    layout["xaxis"]["title"]["text"] = "w"
    layout["yaxis"]["title"]["text"] = "E(w)"
    for equal in ("scaleanchor", "scaleratio"):  # a weight and an error have no common scale
        del layout["yaxis"][equal]
    shared = {"type": "scatter", "x": x, "mode": "lines", "hoverinfo": "skip"}
    bottom = {**shared, "name": "bottom", "y": np.full(POINTS, low), "line": {"color": "@quiet", "width": 0}}
    filled = {"line": {"color": "@quiet", "width": 2}, "fill": "tonexty", "fillcolor": "@band3"}
    return {
        "bands": None,
        "data": [bottom, {**shared, "name": "curve", "y": error, **filled}, *_points(surface, view)],
        "layout": layout,
    }


def alt(surface: Any, study: Study) -> str:
    """Return what the picture shows, in words."""
    kinds = stationary_points(surface, study.plane.view).kinds
    points = ", ".join(f"{n} {kind}{'' if n == 1 else ' points'}" for kind in SYMBOLS if (n := kinds.count(kind)))
    paths = "; ".join(entry.label for entry in study.entries)
    said = study.present.verdicts[study.index].sentence
    shown = f"{surface.title} as a curve over its one weight, with {points or 'no stationary points'}"
    return f"{shown}, and the paths of {paths}. {said}"


def _curve(surface: Any, plane: Plane) -> tuple[np.ndarray, np.ndarray]:
    x, _, points = plane.grid(POINTS)
    error, _ = surface.evaluate(points)
    return x, np.where(np.isfinite(error), error, np.nan)


def _points(surface: Any, view: Any) -> list[dict[str, Any]]:
    found = stationary_points(surface, view)
    return [
        {
            "type": "scatter",
            "name": kind,
            "x": [float(found.places[k, 0])],
            "y": [float(found.errors[k])],
            "mode": "markers+text",
            "text": [NAMES.get(kind, f"E = {number(float(found.errors[k]))}")],
            "textposition": "bottom center",
            "textfont": {**FONT, "size": 12, "color": "@quiet"},
            "marker": {"symbol": SYMBOLS[kind], "size": 9, "color": "@ink", "line": {"color": "@ink", "width": 2}},
            "hoverinfo": "skip",
        }
        for k, kind in enumerate(found.kinds)
    ]
