"""The message of the view on paths: a graph at every stop of w, its paths, and the recursion."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.graph_layout import layout
from engine.graph import Graph, Node, Number, agreeing_digits
from engine.words import number

LISTED = 24  # paths in the list
ROUNDING = 1e-14  # beside the sum of the sizes of all paths: a derivative below it is 0 as far as numbers tell
_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_HIGH = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_BETWEEN = {"+": " + ", "-": " − ", "*": " · ", "/": " / "}


@dataclass(frozen=True, eq=False)
class Derivative:
    """A graph evaluated at S points w; what has no derivative there is nan."""

    graph: Graph
    values: np.ndarray  # (nodes, S)
    local: np.ndarray  # (edges, S)
    products: np.ndarray  # (paths, S)
    passed: np.ndarray  # (nodes, S), S of the recursion
    stepped: np.ndarray  # (S,) by the complex step


def paths_message(
    found: Derivative, stops: list[float], present: float, key: str, text: str, note: str
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``key`` owns w, ``text`` is what was typed, ``note`` is said below."""
    graph, ways = found.graph, list(found.graph.paths())
    total = found.products.sum(axis=0)
    says = [_says(found, w, total, s) for s, w in enumerate(stops)]
    drawn = layout(len(graph.nodes), [(edge.tail, edge.head) for edge in graph.edges])
    factors = sum(map(len, ways))
    header = {
        "id": text,
        "alt": f"The graph of y = {text}.",
        "says": says,
        "slider": {
            "key": key,
            "label": "w",
            "stops": stops,
            "texts": [number(w, 4) for w in stops],
            "value": present,
            "family": True,
        },
        "nodes": [
            {"at": place, "label": _label(j, node)}
            for j, (place, node) in enumerate(zip(drawn.nodes, graph.nodes, strict=True))
        ],
        "edges": [
            {"tail": edge.tail, "head": edge.head, "bends": bends, "bow": _bow(graph, k)}
            for k, (edge, bends) in enumerate(zip(graph.edges, drawn.bends, strict=True))
        ],
        "columns": drawn.columns,
        "height": drawn.height,
        "outgoing": graph.outgoing,
        "backwards": list(reversed(range(len(graph.nodes)))),
        "steps": ["values only", *(f"node {k} of {len(graph.nodes)}" for k in range(1, len(graph.nodes) + 1))],
        "paths": [{"edges": way, "text": _route(graph, way)} for way in ways[:LISTED]],
        "more": max(0, len(ways) - LISTED),
        "titles": [
            f"Sum over all paths: {_plural(len(ways), 'path')}, {_plural(factors, 'factor')}",
            f"Backward recursion: {_plural(len(graph.edges), 'edge')}, each once",
        ],
        "compare": [_compare(found, total, s) for s in range(len(stops))],
        "caption": (
            "On every edge stands its local derivative z, below every node S, the derivative of y, the last node, by"
            " what it holds. A path contributes the product of its z: click one to see it. The recursion begins with"
            " S = 1 at y and needs every z once. The complex step, Im y(w + ih)/h with h = 10⁻¹⁰⁰, uses no z. What is"
            f" an argument twice, as in w · w, has two edges.{note}"
        ),
    }
    arrays = {
        "value": found.values,
        "local": found.local,
        "passed": found.passed,
        "product": found.products[:LISTED],
        "rest": found.products[LISTED:].sum(axis=0)[None],
    }
    return header, {name: np.ascontiguousarray(array.T).reshape(-1) for name, array in arrays.items()}


def _says(found: Derivative, w: float, total: np.ndarray, s: int) -> str:
    at = f"At w = {number(w, 4)},"
    if not np.isfinite(total[s]):
        return f"{at} {_why_not(found, s)}. Move w a little."
    ways, edges = list(found.graph.paths()), len(found.graph.edges)
    needed = "the one edge" if edges == 1 else f"each of the {edges} edges"
    if _cancels(found, s):
        value, stepped = "0 but for rounding", "is so, too"
    else:
        value = number(float(found.passed[0, s]), 4)
        digits = agreeing_digits(float(found.passed[0, s]), float(found.stepped[s]))
        stepped = f"agrees to {_plural(digits, 'digit')}"
    return (
        f"{at} dy/dw = {value}. The sum over {_plural(len(ways), 'path')} multiplies"
        f" {_plural(sum(map(len, ways)), 'local derivative')}; the recursion needs {needed} once. The complex step"
        f" {stepped}."
    )


def _cancels(found: Derivative, s: int) -> bool:
    """Tell whether all paths cancel, so that only rounding is left, which is not the same in two ways."""
    left = max(abs(float(found.passed[0, s])), abs(float(found.stepped[s])))
    return 0.0 < left <= ROUNDING * float(np.abs(found.products[:, s]).sum())


def _why_not(found: Derivative, s: int) -> str:
    """Return why there is no derivative at a point: the first node that is to blame."""
    labels = [_label(j, node) for j, node in enumerate(found.graph.nodes)]
    for j in np.flatnonzero(~np.isfinite(found.values[:, s])):
        return f"{labels[j]} is not a finite number"
    for j in np.flatnonzero(found.graph.corners(found.values)[:, s]):
        return f"{labels[j]} stands at its corner, where it has no derivative"
    for k in np.flatnonzero(np.isnan(found.local[:, s])):
        return f"a local derivative of {labels[found.graph.edges[k].head]} is not a finite number"
    return "the derivative is too large for a number"


def _compare(found: Derivative, total: np.ndarray, s: int) -> list[tuple[str, str]]:
    one, other, third = (float(row[s]) for row in (total, found.passed[0], found.stepped))
    known = np.isfinite(one)
    digits = "–, all paths cancel" if _cancels(found, s) else _plural(agreeing_digits(other, third), "digit")
    return [
        ("Sum over all paths", number(one, 15)),
        ("Backward recursion", number(other, 15)),
        ("Complex step", number(third if known else np.nan, 15)),
        ("The last two agree to", digits if known else "–"),
    ]


def _plural(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _bow(graph: Graph, k: int) -> float:
    """Return how far an edge is bent away from those between the same two nodes."""
    same = [i for i, edge in enumerate(graph.edges) if edge[:2] == graph.edges[k][:2]]
    return same.index(k) - (len(same) - 1) / 2.0


def _name(j: int) -> str:
    return f"y{str(j + 1).translate(_LOW)}" if j else "w"


def _route(graph: Graph, way: tuple[int, ...]) -> str:
    return "w" + "".join(f" {_arrow(graph, k)} {_name(graph.edges[k].head)}" for k in way)


def _arrow(graph: Graph, k: int) -> str:
    """Return an arrow, with the place of the argument where there are two edges between the same nodes."""
    edge = graph.edges[k]
    several = sum(other[:2] == edge[:2] for other in graph.edges) > 1
    return f"→{str(edge.place + 1).translate(_HIGH)}" if several else "→"


def _label(j: int, node: Node) -> str:
    """Return what a node holds: ``y₃ = cos y₂``."""
    return f"y{str(j + 1).translate(_LOW)} = {_written(node) if node.arguments else 'w'}"


def _written(node: Node) -> str:
    names = [number(item.value, 4) if isinstance(item, Number) else _name(item) for item in node.arguments]
    if node.kind in _BETWEEN:
        held = f"({names[1]})" if names[1].startswith("−") else names[1]
        return f"{names[0]}{_BETWEEN[node.kind]}{held}"
    if node.kind == "^":
        base, exponent = names
        return base + (exponent.translate(_HIGH) if exponent.removeprefix("−").isdigit() else f"^{exponent}")
    if node.kind in ("min", "max"):
        return f"{node.kind}({', '.join(names)})"
    shown = {"negative": f"−{names[0]}", "sqrt": f"√{names[0]}", "abs": f"|{names[0]}|"}
    return shown.get(node.kind, f"{node.kind} {names[0]}")
