"""The map figure's message: cells, axes, lines and points of one or two maps, and the key of their colours."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from charts.colours import HEAT, PALETTES
from engine.words import number

OPEN = -1.0  # a cell that did not get there
DIVERGED = -2.0  # one that diverged at step k holds DIVERGED - k
ASPECT = 1.7  # of the plot
TALLEST = 280  # px
TALLEST_PLANE = 320  # px, where both axes have one scale
APART = 0.14  # of the bar of the key, at least, from one of its numbers to the next
TICKS = (1, 3, 10, 30, 100, 300, 1000, 3000, 10_000)


class Axis(NamedTuple):
    """The values of the cells along one side, ascending, with equal steps on it; ``spaced`` says in which scale."""

    title: str
    values: np.ndarray
    spaced: str = "linear"

    @property
    def log(self) -> bool | str:
        """What the browser calls it."""
        return {"linear": False, "log": True}.get(self.spaced, self.spaced)

    @property
    def edges(self) -> tuple[float, float]:
        """Where the first cell begins and the last one ends, in the powers of ten of an axis that is not linear."""
        ends = self.values[[0, -1]]
        first, last = ends if self.spaced == "linear" else np.log10(ends if self.spaced == "log" else 1.0 - ends)
        half = 0.5 * (last - first) / max(len(self.values) - 1, 1)
        return float(first - half), float(last + half)


class Line(NamedTuple):
    """A line upon a map, in the axes' own units."""

    x: np.ndarray
    y: np.ndarray
    dash: str = "solid"
    label: str = ""
    at: int = 0  # the place of its point beside which the label stands


class Point(NamedTuple):
    """A place with words beside it; without a mark only the words."""

    x: float
    y: float
    label: str
    mark: bool = True


class Map(NamedTuple):
    """One map: ``values`` (rows, columns), 0 or more, OPEN, or DIVERGED less a step; ``keys`` are a cell's inputs."""

    title: str
    alt: str
    x: Axis
    y: Axis
    values: np.ndarray
    lines: Sequence[Line] = ()
    points: Sequence[Point] = ()
    keys: dict[str, Any] | None = None
    known: Mapping[str, np.ndarray] = {}  # what a read-out needs besides, by name
    says: Mapping[str, Any] = {}  # words for it
    equal: bool = False  # one scale on both axes
    table: np.ndarray | None = None  # which of the scale's tables colours each cell


class Scale(NamedTuple):
    """What the colours mean, from the best value to the worst."""

    title: str
    low: float
    high: float
    ticks: Sequence[float]
    log: bool = False
    tables: Sequence[Sequence[str]] = (HEAT,)
    names: Sequence[str] = ()


def step_scale(title: str, low: float, high: float) -> Scale:
    """Return the scale of numbers of steps from the fewest to the most that are told apart."""
    high = max(high, low + 1.0)
    ticks = [low]
    for tick in TICKS:
        if min(_gap(ticks[-1], tick), _gap(tick, high)) > APART * _gap(low, high):
            ticks.append(float(tick))
    return Scale(title, low, high, [*ticks, high], log=True)


def _gap(few: float, many: float) -> float:
    return float(np.log1p(many) - np.log1p(few))  # as far apart as on the bar of the key


def map_message(
    maps: Sequence[Map], scale: Scale, legend: Mapping[str, str], words: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays. ``legend`` names the cells without a value, ``words`` hold what only a view knows."""
    arrays: dict[str, np.ndarray] = {}
    header = {
        "palettes": PALETTES,
        "scale": {
            "title": scale.title,
            "low": scale.low,
            "high": scale.high,
            "log": scale.log,
            "ticks": [{"value": value, "text": number(value)} for value in scale.ticks],
            "tables": scale.tables,
            "names": scale.names,
        },
        "legend": [{"kind": kind, "text": text} for kind, text in legend.items()],
        "maps": [_map(item, f"{place}", arrays) for place, item in enumerate(maps)],
        **words,
    }
    return header, arrays


def _map(item: Map, name: str, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    def sent(key: str, values: np.ndarray) -> str:
        arrays[f"{name}.{key}"] = values
        return f"{name}.{key}"

    (x_low, x_high), (y_low, y_high) = item.x.edges, item.y.edges
    return {
        "title": item.title,
        "alt": item.alt,
        "x": {"title": item.x.title, "log": item.x.log, "range": item.x.edges, "values": sent("x", item.x.values)},
        "y": {"title": item.y.title, "log": item.y.log, "range": item.y.edges, "values": sent("y", item.y.values)},
        "aspect": (x_high - x_low) / (y_high - y_low) if item.equal else ASPECT,
        "equal": item.equal,
        "tallest": TALLEST_PLANE if item.equal else TALLEST,
        "values": sent("values", item.values),
        "table": None if item.table is None else sent("table", item.table),
        "lines": [
            {**line._asdict(), "x": sent(f"line{k}.x", line.x), "y": sent(f"line{k}.y", line.y)}
            for k, line in enumerate(item.lines)
        ],
        "points": [point._asdict() for point in item.points],
        "keys": item.keys,
        "known": {key: sent(key, values) for key, values in item.known.items()},
        "says": dict(item.says),
    }


def middle(places: np.ndarray) -> tuple[int, int] | None:
    """Return the row and column that lie deepest within a region (rows, columns) of True; None where it is empty."""
    if not places.any():
        return None
    left = places
    while left.any():
        deepest = left
        inner = left.copy()
        inner[1:] &= left[:-1]
        inner[:-1] &= left[1:]
        inner[:, 1:] &= left[:, :-1]
        inner[:, :-1] &= left[:, 1:]
        inner[[0, -1]] = inner[:, [0, -1]] = False
        left = inner
    rows, columns = np.nonzero(deepest)
    centre = len(rows) // 2
    return int(rows[centre]), int(columns[centre])
