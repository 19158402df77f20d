"""The message of the view on depth: how many paths and edges there are, and how long both ways take."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.graph import agreeing_digits
from engine.words import duration, number, whole

PATHS, EDGES = "@limit", "@good"


@dataclass(frozen=True, eq=False)
class Depth:
    """A graph of so many layers: its counts, how long both ways take, and what they give."""

    layers: int
    paths: int
    edges: int
    by_paths: float  # seconds, nan where it was not tried
    expected: float  # seconds, at the least time that a path took
    backwards: float  # seconds
    sums: tuple[float, float]  # do/dw by paths, nan where not tried, and backwards


def depth_message(width: int, found: list[Depth], at: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``at`` is the place of the depth that is shown first."""
    nets = [_net(width, item.layers) for item in found]
    arrays = {
        "layers": np.array([item.layers for item in found]),
        "paths": np.array([item.paths for item in found]),
        "edges": np.array([item.edges for item in found]),
        "by_paths": np.array([item.by_paths for item in found]),
        "expected": np.array([item.expected for item in found]),
        "backwards": np.array([item.backwards for item in found]),
        **{f"net.{name}": _filled([net[name] for net in nets]) for name in nets[0]},
    }
    says = [_says(width, item) for item in found]
    header = {
        "alt": f"Paths and edges, and the time of both ways to the derivative, against the layers. {says[at]}",
        "says": says,
        "caption": (
            "Units are tanh, w = 0.5. Both ways are the same plain Python, timed on the machine that draws this page,"
            f" each time the shortest of several. {_beginnings(width)}Both counts are exact: Kᴸ paths, 2K + K²(L − 1)"
            " edges."
        ),
        "index": {
            "id": "depth",
            "name": "Layers",
            "texts": [_plural(item.layers, "layer") for item in found],
            "at": at,
        },
        "panels": [_picture(width, found), _counts(found), _times(found)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _beginnings(width: int) -> str:
    """Return how the sum is taken; there is nothing to say of one path."""
    if width == 1:
        return ""
    return (
        "What two paths have in common at their beginning is multiplied once, and still every layer multiplies the time"
        " of the sum. Dotted: at the least time that a path took. "
    )


def _net(width: int, layers: int) -> dict[str, np.ndarray]:
    """Return the edges of a graph of layers as one line with gaps, and its nodes, in columns one apart."""
    rows = np.arange(width) - (width - 1) / 2.0
    columns = [np.zeros(1), *[rows] * layers, np.zeros(1)]
    ends = [(k, one, other) for k in range(layers + 1) for one in columns[k] for other in columns[k + 1]]
    x = np.array([[k, k + 1, np.nan] for k, _, _ in ends], dtype=float).ravel()
    y = np.array([[one, other, np.nan] for _, one, other in ends], dtype=float).ravel()
    nodes = np.array([(k, height) for k, column in enumerate(columns) for height in column], dtype=float)
    return {"edge.x": x, "edge.y": y, "node.x": nodes[:, 0], "node.y": nodes[:, 1]}


def _filled(rows: list[np.ndarray]) -> np.ndarray:
    """Return rows of different lengths as one array, filled with nan."""
    longest = max(map(len, rows))
    return np.stack([np.concatenate([row, np.full(longest - len(row), np.nan)]) for row in rows])


def _picture(width: int, found: list[Depth]) -> dict[str, Any]:
    many = len(found)

    def part(what: str) -> dict[str, dict[str, Any]]:
        return {axis: {"name": f"net.{what}.{axis}", "rows": many} for axis in ("x", "y")}

    return {
        "label": "The graph: w on the left, the layers, the output on the right",
        "title": "The graph, from w on the left to the output",
        "height": 150,
        "wide": True,
        "silent": True,
        "bare": True,
        "x": {"title": "", "range": [-0.3, found[-1].layers + 1.3]},
        "y": {"title": "", "range": [-width / 2.0 - 0.3, width / 2.0 + 0.3]},
        "curves": [
            {**part("edge"), "label": "", "colour": EDGES, "dash": "solid", "width": 1.2, "alpha": 0.75},
            {**part("node"), "label": "", "colour": "@open", "points": True, "width": 4.5},
        ],
    }


def _axis(found: list[Depth]) -> dict[str, Any]:
    return {"title": "layers L", "symbol": "L", "range": [0.0, found[-1].layers + 0.5]}


def _counts(found: list[Depth]) -> dict[str, Any]:
    x, each = {"name": "layers"}, [float(item.layers) for item in found]
    return {
        "label": "Paths and edges against the number of layers; arrow keys read it off",
        "title": "How many there are",
        "height": 320,
        "x": _axis(found),
        "y": {"title": "number", "log": True, "range": [-0.2, max(2.5, float(np.log10(found[-1].paths)) + 0.4)]},
        "curves": [
            {
                "x": x,
                "y": {"name": "paths"},
                "label": "paths",
                "tag": "paths",
                "colour": PATHS,
                "dash": "solid",
                "digits": 7,
            },
            {"x": x, "y": {"name": "edges"}, "label": "edges", "tag": "edges", "colour": EDGES, "dash": "dash"},
        ],
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _times(found: list[Depth]) -> dict[str, Any]:
    x, each = {"name": "layers"}, [float(item.layers) for item in found]
    least = min(min(item.backwards, item.expected) for item in found)
    most = max(max(item.backwards, item.expected) for item in found)
    return {
        "label": "Time of both ways against the number of layers; arrow keys read it off",
        "title": "How long it takes, in seconds",
        "height": 320,
        "x": _axis(found),
        "y": {"title": "seconds", "log": True, "range": [float(np.log10(least)) - 0.4, float(np.log10(most)) + 0.6]},
        "curves": [
            {
                "x": x,
                "y": {"name": "expected"},
                "label": "path by path, predicted",
                "colour": PATHS,
                "dash": "dot",
                "width": 1.6,
            },
            _dots(x, "by_paths", "path by path, measured", PATHS) | {"absent": "not tried"},
            _dots(x, "backwards", "recursion, measured", EDGES),
        ],
        "marks": [
            *[
                {"y": size, "name": name, "dash": "dash"}
                for size, name in ((1.0, "a second"), (86400.0, "a day"))
                if least < size < most
            ],
            {"x": each, "colour": "@ink", "dash": "solid"},
        ],
        "rest": each,
    }


def _dots(x: dict[str, Any], name: str, words: str, colour: str) -> dict[str, Any]:
    return {"x": x, "y": {"name": name}, "label": words, "colour": colour, "points": True, "width": 3.8}


def _plural(many: int, what: str) -> str:
    return f"{many} {what}{'' if many == 1 else 's'}"


def _says(width: int, item: Depth) -> str:
    first = (
        f"{_plural(item.layers, 'layer')} of {_plural(width, 'node')}: {_power(width, item)}"
        f" from w to the output, and {whole(item.edges)} edges."
    )
    if width == 1:
        return f"{first} With one path both ways multiply the same {_plural(item.edges, 'number')}: nothing is saved."
    back = f"the recursion {duration(item.backwards)}"
    if np.isnan(item.by_paths):
        return (
            f"{first} For dy/dw = {number(item.sums[1], 4)} {back.replace('recursion', 'recursion took')}; path by path"
            f" it would be about {duration(item.expected)}."
        )
    digits = agreeing_digits(*item.sums)
    return (
        f"{first} Path by path dy/dw = {number(item.sums[0], 4)} took {duration(item.by_paths)}, {back}; they agree to"
        f" {_plural(digits, 'digit')}."
    )


def _power(width: int, item: Depth) -> str:
    many = whole(item.paths) if item.paths < 1e10 else number(item.paths, 3)
    counted = f"{many} path{'' if item.paths == 1 else 's'}"
    return counted if width == 1 or item.layers == 1 else f"{width}{_raised(item.layers)} = {counted}"


def _raised(power: int) -> str:
    return "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(power))
