"""The message of the schedules' figure: two runs that differ in the learning rate alone, and both learning rates."""

import math
from typing import Any, NamedTuple

import numpy as np

from charts.colours import FONT, PALETTES
from charts.curve import curve_figure
from charts.landscape import heights
from charts.plane import ground_figure
from charts.thin import drawn_steps
from engine.comparison import compare, ending, last_steps, lowest_known
from engine.plane import Plane
from engine.trajectory import Trajectory
from engine.words import number

MOST = 3e38  # what float32 holds
DEEP = 1e-3  # share of the largest learning rate below which a logarithmic axis shows no more
ROOM = 1.25  # of the axis above the largest
TALL, DEPTH = 3.0, 12.0  # decades of the learning curves above the first error and below it
IN_SIGHT = 4.0  # times the largest learning rate: a limit that is further away is not drawn


class Run(NamedTuple):
    """One of the two runs, as it is drawn and named."""

    label: str
    colour: str
    dash: str
    path: Trajectory


def schedules_message(
    surface: Any, plane: Plane, rule: str, schedule: Run, constant: Run, limit: float, log: bool
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``rule`` is the optimizer's title, ``limit`` nan or inf where there is none."""
    steps, known = schedule.path.steps, lowest_known(surface, plane.view, (schedule.path, constant.path))
    lowest = known or 0.0
    shown, runs, over = drawn_steps(steps), (schedule, constant), heights(surface, plane.view)
    arrays: dict[str, np.ndarray] = {}
    for i, item in enumerate(runs):
        arrays[f"run.{i}"] = _track(item.path, plane, lowest, shown)
        arrays[f"rate.{i}"] = item.path.learning_rate[:, 0]
    status, sentence = compare(rule, schedule.path, constant.path, known, surface.bounded_below, limit)
    curve = curve_figure(steps, 1.0, None, "|E|" if known is None else "E − E<sub>min</sub>")
    low, high = _decades([item.path for item in runs], lowest)
    curve["layout"]["yaxis"] |= {"range": [low, high], "dtick": math.ceil((high - low) / 5)}
    header = {
        "surface": repr(surface),
        "view": str(plane.view),
        "alt": f"Contours of {surface.title} with two paths of {rule}: {schedule.label}; {constant.label}. {sentence}",
        "palettes": PALETTES,
        "ground": ground_figure(over.x, over.y, over.height, [], _minima(surface, plane)),
        "curve": curve,
        "curveId": f"{steps}|{curve['layout']['yaxis']['range']}|{known is None}",
        "last": last_steps(steps),
        "steps": shown.tolist(),
        "runs": [
            {
                "label": item.label,
                "colour": item.colour,
                "dash": item.dash,
                "array": f"run.{i}",
                "rate": f"rate.{i}",
                "ends": _ends(item.path, lowest),
            }
            for i, item in enumerate(runs)
        ],
        "rates": _rates([item.path for item in runs], limit, log),
        "verdict": {"status": status, "sentence": sentence},
        "mean": f"mean {'E' if known is None else 'E − E_{min}'} of the last {last_steps(steps)}",
        "sliders": [],
        "families": {},
    }
    return header, arrays


def _track(path: Trajectory, plane: Plane, lowest: float, shown: np.ndarray) -> np.ndarray:
    """Return place and error above the lowest at every drawn step, (steps, 3)."""
    assert path.error is not None
    with np.errstate(all="ignore"):
        rows = np.concatenate([plane.project(path.weights[shown, 0]), path.error[shown] - lowest], axis=1)
        return np.clip(rows, -MOST, MOST)


def _decades(paths: list[Trajectory], lowest: float) -> list[int]:
    """Return the axis of the learning curves in whole powers of ten, at most TALL above the start and DEPTH below."""
    errors = np.abs(np.concatenate([path.error for path in paths if path.error is not None]) - lowest)
    seen = np.log10(errors[np.isfinite(errors) & (errors > 0.0)])
    first = float(np.log10(errors[0, 0])) if np.isfinite(errors[0, 0]) and errors[0, 0] > 0.0 else 0.0
    low, high = seen.min(initial=first), seen.max(initial=first)
    top = math.ceil(min(high, first + TALL) + 0.01)
    return [min(math.floor(max(low, first - DEPTH)), top - 2), top]


def _ends(path: Trajectory, lowest: float) -> str:
    if path.diverged_at[0] >= 0:
        return f"diverges at step {path.diverged_at[0]}"
    return number(ending(path, lowest), 2)


def _rates(paths: list[Trajectory], limit: float, log: bool) -> dict[str, Any]:
    """Return the axis of the learning rates: in powers of ten where it is logarithmic."""
    etas = np.concatenate([path.learning_rate[:, 0] for path in paths])
    positive = etas[etas > 0.0]
    high = float(positive.max(initial=1e-300))
    seen = np.isfinite(limit) and 0.0 < limit <= IN_SIGHT * high
    top = max(high, limit) if seen else high
    if log:
        low = max(float(positive.min(initial=high)), DEEP * high)
        low, high = float(np.log10(low)), float(np.log10(top))
        span = [low - 0.1 * max(high - low, 0.5), high + 0.16 * max(high - low, 0.5)]
    else:
        span = [0.0, ROOM * top]
    return {"log": log, "range": span, "limit": limit if seen else None, "limitText": f"limit {number(limit, 4)}"}


def _minima(surface: Any, plane: Plane) -> list[dict[str, Any]]:
    """Return crosses at the known minima in view."""
    places = [place for place in surface.minima.tolist() if plane.contains(np.array(place))]
    return [
        {
            "type": "scatter",
            "name": "minima",
            "x": [place[0] for place in places],
            "y": [place[1] for place in places],
            "mode": "markers",
            "marker": {"symbol": "cross-thin", "size": 11, "line": {"color": "@ink", "width": 2}},
            "textfont": FONT,
            "hoverinfo": "skip",
        }
    ]
