"""The map of settings: the cells, the theory upon them, and what a read-out needs to know of both."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from charts.maps import DIVERGED, OPEN, Axis, Line, Map, Point, map_message, step_scale
from engine import slug, theory
from engine.parameter import Parameter
from engine.settings_map import STARTS, SettingsMap, Theory, spacing
from engine.study import Entry
from engine.sweep import FIELD
from engine.words import number, percent


class Frame(NamedTuple):
    """What the maps of one figure share, and the run that is open."""

    up: str
    declared: Parameter  # of what goes up the side
    log: bool  # whether the learning rates are
    steps: int
    tolerance: float
    entry: Entry
    value: float  # of what goes up the side, in the run that is open


def settings_message(maps: list[SettingsMap], frame: Frame) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays of the figure."""
    entry = frame.entry
    words = {
        "regimes": theory.REGIMES,
        "symbols": ["η", frame.declared.plain],
        "labels": sorted(maps[0].theory.labels[0]) if maps[0].theory else [],
        "steps": frame.steps,
        "chosen": {
            "map": [type(item.optimizer) for item in maps].index(type(entry.optimizer)),
            "x": entry.learning_rate,
            "y": frame.value,
            "slug": slug(entry.optimizer),
            "live": {"x": "learning_rate", "y": frame.up},
        },
    }
    legend = {"open": f"not within {frame.steps} steps", "diverged": "diverges"}
    fewest = min((float(np.nanmin(item.reached)) for item in maps if np.isfinite(item.reached).any()), default=0.0)
    scale = step_scale(f"steps to {number(frame.tolerance)} of the first error", fewest, float(frame.steps))
    return map_message([_map(item, frame) for item in maps], scale, legend, words)


def _map(item: SettingsMap, frame: Frame) -> Map:
    rule, name = item.optimizer, item.up.removeprefix(FIELD).replace("_", " ")
    name = "start" if item.up in STARTS else name
    values = np.where(np.isfinite(item.reached), item.reached, OPEN)
    known, lines, points = _overlay(item, _by_name(item.theory)) if item.theory else _local(item)
    best = item.theory.best[0] if item.theory else None
    return Map(
        rule.title,
        f"{rule.title}: steps over learning rate and {name}. Arrow keys move the cross-hair, Enter opens the run.",
        Axis("learning rate η", item.learning_rates, "log" if frame.log else "linear"),
        Axis(f"{name} {frame.declared.plain}", item.values, spacing(frame.declared)),
        np.where(item.diverged_at >= 0, DIVERGED - item.diverged_at, values),
        lines,
        points,
        keys={
            "x": "a.learning_rate",
            "y": item.up if item.up.startswith(FIELD) or item.up in STARTS else f"a.{item.up}",
            "also": {"a": slug(rule)},
        },
        known=known,
        says={
            "best": percent(best.rate) if points and best else "",
            "stays": rule.steps_shrink,
            "limit": "Limit" if item.theory else "Local limit at w*:",
        },
    )


def _local(item: SettingsMap) -> tuple[dict[str, np.ndarray], list[Line], list[Point]]:
    """Return what holds where there is no closed form: the local limit at the lowest minimum."""
    if item.local_limits is None or not np.isfinite(item.local_limits).any():
        return {}, [], []
    line = np.where(np.isfinite(item.local_limits), item.local_limits, np.nan)
    at = len(line) * 3 // 10
    label = "local limit at w*" if np.isfinite(line[at]) else ""
    return {"limits": line}, [Line(line, item.values, "dash", label, at)], []


def _by_name(known: Theory) -> Theory:
    """Return what is known with u1 first in every row: which direction is the steeper one changes where they cross."""
    named = np.argsort([list(labels) for labels in known.labels], axis=1)  # (rows, D) their places by eigenvalue
    places = np.argsort(named, axis=1)
    return replace(
        known,
        eigenvalues=np.take_along_axis(known.eigenvalues, named, 1),
        regimes=np.take_along_axis(known.regimes, named[:, None, :], 2),
        slowest=np.take_along_axis(places, known.slowest, 1),
        critical=np.take_along_axis(known.critical, named[..., None], 1),
        labels=["".join(sorted(labels)) for labels in known.labels],
    )


def _overlay(item: SettingsMap, known: Theory) -> tuple[dict[str, np.ndarray], list[Line], list[Point]]:
    """Return what the read-out needs of the theory, and its lines and points upon the map."""
    count = len(item.values)
    lines = [Line(known.limits, item.values, label="limit", at=count * 3 // 10)]
    for direction, dash, at in ((0, "dash", count * 3 // 4), (known.eigenvalues.shape[1] - 1, "dot", count // 5)):
        for branch in (0, 1):
            line = known.critical[:, direction, branch]
            with np.errstate(invalid="ignore"):
                line = np.where(line < known.limits, line, np.nan)
            there = np.flatnonzero(np.isfinite(line))
            if len(there):
                words = f"critical u{known.labels[0][direction]}" if branch == 0 else ""
                lines.append(Line(line, item.values, dash, words, int(there[np.abs(there - at).argmin()])))
    best, points = known.best, []
    if best[0] and item.up in item.optimizer.parameters():
        place = getattr(best[0].optimizer, item.up)
        points.append(Point(best[0].learning_rate, place, f"best: keeps {percent(best[0].rate)} a step"))
    elif not item.optimizer.parameters():
        line = np.array([setting.learning_rate if setting else np.nan for setting in best])
        if np.isfinite(line).any():
            lines.append(Line(line, item.values, "longdash", "best", int(np.flatnonzero(np.isfinite(line))[0])))
    arrays = {
        "regimes": np.moveaxis(known.regimes, -1, 0),
        "slowest": known.slowest,
        "polynomials": known.polynomials,
        "eigenvalues": known.eigenvalues,
        "limits": known.limits,
    }
    return arrays, lines, points
