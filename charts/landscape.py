"""The landscape: what the live figure shows of any surface, whose runs travel point by point."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np

from charts.colours import FONT
from charts.curve import curve_figure
from charts.gauge import WHERE, gauge
from charts.plane import GRID, ground_figure
from charts.thin import drawn_steps
from engine.family import Family
from engine.local import Expansion, local_limits
from engine.outcome import state_of
from engine.plane import Plane
from engine.planes import near as near_start
from engine.remembered import remembered
from engine.section import Section, seen
from engine.shadow import below, random_walk_ends, random_walk_plane, shadow
from engine.stationary import Stationary, floor, stationary_points
from engine.study import Entry, Study, judged_alone, unnamed
from engine.surface import View
from engine.trajectory import Trajectory
from engine.words import number, percent

SECTION_GRID = 61  # points along each side of a section, whose every point may be a pass over data
SHORTEST = 4  # steps near the start of which a plane can tell something
DRAWN = 131  # steps at most: a point takes five numbers, and a message 400 kB
REMEMBERED = 32  # views whose heights are kept, 80 kB each
KEPT = 256  # runs of which what was seen is kept, 10 kB each
PIECE = 33  # drawn steps whose limits are found at once
MOST = 3e38  # what float32 holds
SPREAD = 0.2  # bands are spaced in the logarithm where half of the view lies below this share of the highest root
NAMED = 14  # stationary points in view up to which they are named on the picture
REACH = 0.11  # of the view's height: how long the longest half axis of a stationary point is
SHORT = 0.03  # and where there are more of them
CROWDED = 60  # stationary points in view above which only their places are drawn, minima louder than the rest
SYMBOLS = {"minimum": "circle", "maximum": "triangle-up-open", "saddle": "x-thin", "degenerate": "diamond-open"}
NAMES = {"maximum": "max", "saddle": "saddle", "degenerate": "degenerate"}  # of a minimum its error is said


def track(surface: Any, study: Study, family: Family, shown: np.ndarray) -> np.ndarray:
    """Return what travels of every drawn step of a family, (steps, R, K), the K of ``columns``.

    The place in the plane, E above its floor, the direction of -grad E as an angle; the rule's local limit there; by
    what the schedule multiplied the learning rate.
    """
    weights = family.trajectory.weights[shown]
    with np.errstate(all="ignore"):
        error, gradient = surface.evaluate(weights)
        down = -study.plane.project(gradient + study.plane.origin)
        angle = np.where((down == 0.0).all(axis=-1), np.nan, np.arctan2(down[..., 1], down[..., 0]))
        above = np.clip(error - floor(surface, study.plane.view)[0], -MOST, MOST)
        place = np.clip(study.plane.project(weights), -MOST, MOST)
        more = {}
        if "limit" in (names := columns(study)):
            limits = local_limits(surface, family.optimizers, weights, state_of(family, shown))
            more["limit"] = np.minimum(limits, MOST)
        if "pace" in names:
            more["pace"] = family.pace(shown)
    return np.concatenate([place, np.stack([above, angle, *more.values()], axis=-1)], axis=-1)


def columns(study: Study) -> tuple[str, ...]:
    """Return what the numbers of a track are called.

    Of a surface with more than two weights a local limit takes all of H: it is known of the run under the sliders
    alone, and travels with it. Learning rates are each run's own where a schedule follows the error.
    """
    limit = ("limit",) if study.plane.whole else ()
    followed = any(entry.schedule is not None and entry.schedule.feedback for entry in study.entries)
    return ("x", "y", "above", "angle", *limit, *(("pace",) if followed else ()))


@lru_cache(maxsize=KEPT)
def _limits_alone(surface: Any, entry: Entry, start: tuple[float, ...], steps: int, first: int) -> np.ndarray:
    """Return the local limits of one run at ``PIECE`` drawn steps from a first one on, (K,)."""
    path = _path(surface, entry, start, steps)
    rows = drawn_steps(steps, DRAWN)[first : first + PIECE]
    after = np.minimum(rows + 1, steps)  # what a step uses is the state of the next
    state = {slot: values[after] for slot, values in path.state.items()}
    found: np.ndarray = local_limits(surface, [entry.optimizer], path.weights[rows], state)[:, 0]
    return found


def _path(surface: Any, entry: Entry, start: tuple[float, ...], steps: int) -> Trajectory:
    given = (surface, entry.optimizer, entry.learning_rate, start, steps)
    path = remembered(*given, entry.clip, entry.batch, entry.schedule)
    assert path is not None
    return path


def pieces(surface: Any, entry: Entry, start: tuple[float, ...], steps: int, plane: Plane) -> list[Callable[[], Any]]:
    """Return what takes long of the picture of a run in a plane through many weights, to be done one by one.

    Each is kept, so that the picture is soon drawn after them.
    """
    given = (surface, unnamed(entry), start, steps)
    places = range(0, len(drawn_steps(steps, DRAWN)), PIECE)
    return [
        partial(heights, seen(surface, plane), plane.view),
        *(partial(_limits_alone, *given, first) for first in places),
        partial(_near, *given, plane),
        partial(judged_alone, *given, plane),
    ]


def near_run(surface: Any, study: Study, shown: np.ndarray) -> dict[str, np.ndarray]:
    """Return what only the server knows of the run under the sliders, ``local`` (steps, 10).

    At each drawn step the gradient, H_11, H_12, H_22, the change of the weights that follows, nan after the last step,
    the gradient that made it, which differs where a rule looks ahead, and E where a Newton step would lead. Of a
    surface with more than two weights they are those of the section at the foot of the step, ``shadow`` (steps, 2)
    holds how far the step is from the plane, and E at its foot above the floor, and ``limits`` (steps,) are the local
    ones in all weights.
    """
    given = (surface, unnamed(study.edited), study.start, study.steps)
    arrays = dict(_near(*given, study.plane))
    if not study.plane.whole:
        limits = np.concatenate([_limits_alone(*given, first) for first in range(0, len(shown), PIECE)])
        arrays["limits"] = np.minimum(limits, MOST)
    return arrays


@lru_cache(maxsize=KEPT)
def _near(surface: Any, entry: Entry, start: tuple[float, ...], steps: int, plane: Plane) -> dict[str, np.ndarray]:
    path, shown = _path(surface, entry, start, steps), drawn_steps(steps, DRAWN)
    weights, used = path.weights[:, 0], path.used_gradient
    assert used is not None
    arrays = {}
    if not plane.whole:
        distance = shadow(plane, weights).distance[shown]
        hidden = below(surface, plane, weights[shown]) - floor(surface, plane.view)[0]
        arrays["shadow"] = np.clip(np.stack([distance, hidden], axis=1), -MOST, MOST)
    section = seen(surface, plane)
    weights, used = plane.project(weights), plane.project(used + plane.origin)
    here = Expansion.at(section, weights[shown])
    after = np.minimum(shown + 1, steps)
    change = np.where((after > shown)[:, None], weights[after] - weights[shown], np.nan)
    h = here.hessian.reshape(-1, 4)[:, [0, 1, 3]]
    with np.errstate(all="ignore"):
        there, _ = section.evaluate(weights[shown] + here.newton_step)
        rows = np.concatenate([here.gradient, h, change, used[shown, 0], there[:, None]], axis=1)
        rows = np.clip(rows, -MOST, MOST)
    return {**arrays, "local": rows}


def frame(surface: Any, study: Study) -> dict[str, Any]:
    """Return what the browser needs to read a track."""
    lowest, minimum = floor(surface, study.plane.view)
    over = heights(seen(surface, study.plane), study.plane.view)
    return {
        "columns": columns(study),
        "names": [name.replace("_{", "").replace("}", "") for name in study.plane.names],
        "section": None if study.plane.whole else told(surface, study),
        "floor": lowest,
        "bounded": minimum,
        "low": over.low,
        "unit": over.unit,
        "title": surface.title,
    }


def ground(surface: Any, study: Study) -> dict[str, Any]:
    """Return bands of error, and the stationary points in view with the axes of their Hessians."""
    plane, section, marks = study.plane, seen(surface, study.plane), []
    if found := _stationary(surface, plane):
        marks = [*_axes(found, plane), *_points(section, found), *_landmarks(section, found)]
    over = heights(section, plane.view)
    return ground_figure(over.x, over.y, over.height, [], marks, plane.names)


def _stationary(surface: Any, plane: Plane) -> Stationary | None:
    """Return the stationary points of what is seen; None in a plane through a model of data: it would take too long."""
    if plane.whole:
        return stationary_points(surface, plane.view)
    return None if len(surface.rows()) else stationary_points(seen(surface, plane), plane.view)


def told(surface: Any, study: Study) -> dict[str, Any]:
    """Return in words how much of the run under the sliders its plane shows, and with what to compare it."""
    path = study.present.family.trajectory.weights[:, study.index]
    near = near_start(path)
    found = shadow(study.plane, near)
    along = " and ".join(f"{percent(share)} along {axis}" for share, axis in zip(found.explained, "xy", strict=True))
    run = "the run" if len(near) == len(path) else f"its first {len(near) - 1} steps"
    held = f"Of the variance of the {surface.dim} weights along {run} the plane holds {percent(sum(found.explained))}"
    if len(near) < SHORTEST:
        lost = "The run is far away after a step or two: no plane tells much of it."
        return {"short": lost, "explained": "", "farthest": float(found.distance.max()), "length": found.length}
    whose = "the run's movement" if len(near) == len(path) else f"the movement of {run}"
    return {
        "short": f"This plane holds {percent(sum(found.explained))} of {whose}; {_by_chance(study.plane, len(near))}.",
        "explained": f"{held}, {along}; {_without_reason(study.plane, len(near))}.",
        "farthest": float(found.distance.max()),
        "length": found.length,
    }


def _by_chance(plane: Plane, points: int) -> str:
    """Return the same in a few words."""
    if not plane.fitted:
        return f"one laid at random {percent(2.0 / plane.dim)}"
    return f"a random walk's would hold {percent(round(random_walk_plane(max(points, 2), plane.dim)[0], 2))}"


def _without_reason(plane: Plane, points: int) -> str:
    """Return what a plane holds of a run without any structure."""
    if not plane.fitted and not plane.through:
        return f"one laid at random holds 2 of {plane.dim} parts, {percent(2.0 / plane.dim)}"
    walks, its = random_walk_ends, "one through both its ends"
    if plane.fitted:
        walks, its = random_walk_plane, "its own plane"
    mean, most = walks(max(points, 2), plane.dim)
    return (
        f"of a random walk of as many steps {its} holds {percent(round(mean, 3))}, in 95 of 100 cases less than"
        f" {percent(round(most, 3))}"
    )


class Heights(NamedTuple):
    """What bands are equally spaced in: the root of E - low, or log(1 + (E - low)/unit) where there is a unit."""

    x: np.ndarray
    y: np.ndarray
    height: np.ndarray  # (y, x), nan where there is no error
    low: float
    unit: float  # 0 where it is the root


@lru_cache(maxsize=REMEMBERED)
def heights(surface: Any, view: View) -> Heights:
    """Return heights over a view; the logarithm is taken where roots would show little."""
    x, y, points = replace(Plane.of(surface), view=view).grid(SECTION_GRID if isinstance(surface, Section) else GRID)
    error, _ = surface.evaluate(points)
    error = np.where(np.isfinite(error), error, np.nan)
    if np.isnan(error).all():
        return Heights(x, y, np.zeros_like(error), 0.0, 0.0)
    low = float(np.nanmin(error))
    root = np.sqrt(error - low)
    unit = float(np.nanquantile(root, 0.05)) ** 2
    if unit == 0.0 or np.nanmedian(root) > SPREAD * np.nanmax(root):
        return Heights(x, y, root, low, 0.0)
    return Heights(x, y, np.log1p(root**2 / unit), low, unit)


def _axes(found: Stationary, plane: Plane) -> list[dict[str, Any]]:
    """Return the lines along the eigenvectors, lengths in the ratio 1/sqrt|lambda|, dashed where the surface curves
    down, dotted where it does not curve.
    """
    height = plane.view[1][1] - plane.view[1][0]
    reach = (REACH if len(found.kinds) <= NAMED else SHORT) * height
    if len(found.kinds) > CROWDED:
        return []
    lines: dict[str, tuple[list[Any], list[Any]]] = {"solid": ([], []), "dash": ([], []), "dot": ([], [])}
    for place, values, vectors in zip(found.places, found.eigenvalues, found.eigenvectors, strict=True):
        sizes = np.abs(values)
        flat = sizes <= 1e-6 * sizes.max()
        smallest = np.min(sizes[~flat], initial=np.inf)
        for i, value in enumerate(values.tolist()):
            length = reach * (1.0 if flat[i] else float(np.sqrt(smallest / sizes[i])))
            dash = "dot" if flat[i] else "solid" if value > 0.0 else "dash"
            ends = place[:, None] + np.array([-length, length]) * vectors[:, i][:, None]
            for coordinates, row in zip(lines[dash], ends.tolist(), strict=True):
                coordinates.extend([*row, None])
    return [
        {
            "type": "scatter",
            "name": f"axes, {dash}",
            "x": x,
            "y": y,
            "mode": "lines",
            "line": {"color": "@quiet", "width": 1.4, "dash": dash},
            "hoverinfo": "skip",
        }
        for dash, (x, y) in lines.items()
        if x
    ]


def _points(surface: Any, found: Stationary) -> list[dict[str, Any]]:
    few, crowd = len(found.kinds) <= NAMED, len(found.kinds) > CROWDED
    taken = {tuple(np.round(place, 9)) for place in surface.landmarks.values()}
    traces = []
    for kind, symbol in SYMBOLS.items():
        which = [k for k, name in enumerate(found.kinds) if name == kind]
        if not which:
            continue
        texts = [
            ""
            if not few or tuple(np.round(found.places[k], 9)) in taken
            else NAMES.get(kind, f"E = {number(float(found.errors[k]))}")
            for k in which
        ]
        traces.append(
            {
                "type": "scatter",
                "name": kind,
                "x": found.places[which, 0].tolist(),
                "y": found.places[which, 1].tolist(),
                "mode": "markers+text" if few else "markers",
                "text": texts,
                "textposition": "bottom right",
                "textfont": {**FONT, "size": 12, "color": "@quiet"},
                "marker": {
                    "symbol": "circle" if crowd else symbol,
                    "size": 9 if few else 4 if crowd else 6,
                    "color": "@ink",
                    "line": {"color": "@ink", "width": 2 if few else 0 if crowd else 1},
                    "opacity": 0.3 if crowd and kind != "minimum" else 1.0,
                },
                "hoverinfo": "skip",
            }
        )
    return traces


def _landmarks(surface: Any, found: Stationary) -> list[dict[str, Any]]:
    names, places = list(surface.landmarks), [list(place) for place in surface.landmarks.values()]
    if not names:
        return []
    return [
        {
            "type": "scatter",
            "name": "landmarks",
            "x": [place[0] for place in places],
            "y": [place[1] for place in places],
            "mode": "markers+text",
            "marker": {"size": 18, "opacity": 0.0},  # keeps the name off what is drawn at its place
            "text": [f"{name.replace('_', '<sub>')}</sub>" if "_" in name else name for name in names],
            "textposition": "bottom right",
            "textfont": {**FONT, "size": 14},
            "hoverinfo": "skip",
        }
    ]


def curve(surface: Any, study: Study) -> dict[str, Any]:
    """Return the learning curve's axes, with a name that says when they differ."""
    lowest, minimum = floor(surface, study.plane.view)
    error = abs(float(surface.evaluate(np.array(study.start))[0]) - lowest)
    error = error if np.isfinite(error) else 1.0
    # what is learned from data has no known floor, and hardly falls by ten powers of ten
    reach = (-10, 3) if minimum or not len(surface.rows()) else (-4, 2)
    title = "E − E_min" if minimum else f"|E − {number(lowest)}|" if lowest else "|E|"
    return {
        "curve": curve_figure(study.steps, error, None, title.replace("_min", "<sub>min</sub>"), reach),
        "curveId": f"{study.steps}|{error:.4g}|{title}",
    }


def gauge_of(surface: Any, study: Study) -> dict[str, Any] | None:
    """Return the gauge of the learning rate; its limit moves along the path; None for a rule that has none."""
    if not study.edited.optimizer.has_learning_rate:
        return None
    rule, where = study.edited.optimizer, "" if study.edited.clip is None else f",{WHERE}"
    if not rule.linear and not rule.adaptive:
        words = f"no limit of {rule.title} is known in closed form"
    elif rule.linear:
        words = f"local limit = {rule.limit_formula} with H at the point that is looked at{where}"
    else:
        words = f"local limit = {rule.limit_formula}, with H and the averages at the point that is looked at{where}"
    words += f"; E is {surface.made_of}" if surface.made_of else ""
    limited = gauge(0.0, study.limit, None, rule.linear, None, words, "local limit")
    return {**limited, "unlimited": {**limited, "words": "nothing curves up here: there is no local limit"}}


def alt(surface: Any, study: Study) -> str:
    """Return what the picture shows, in words."""
    plane, points = study.plane, ""
    if found := _stationary(surface, plane):
        counts = [(kind, found.kinds.count(kind)) for kind in SYMBOLS if kind in found.kinds]
        listed = ", ".join(f"{count} {kind}{'' if count == 1 else ' points'}" for kind, count in counts)
        flat = "a flat floor" if found.floor else "a curve along which the gradient vanishes"
        curve = f" and {flat}" if len(found.curve) else ""
        points = f" with {listed or 'no stationary points'}{curve}"
    paths = "; ".join(entry.label for entry in study.entries)
    said = study.present.verdicts[study.index].sentence
    cut = "" if plane.whole else f"a plane through the {surface.dim} weights of "
    return f"Contours of {cut}{surface.title}{points}, and the paths of {paths}. {said}"
