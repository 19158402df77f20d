"""Computational graphs: values forwards, and the derivative path by path or by the backward recursion.

Node j holds y(j), computed from the nodes whose edges end in it; the edge (i, j) holds the local derivative
z(i, j) = dy(j)/dy(i). Node 0 is the input w, the last node the output o, and every node lies on a path between them.

    do/dw = sum over all paths P from w to o of the product of z(i, j) over the edges of P
    S(o) = 1,  S(i) = sum over the edges (i, j) of S(j) z(i, j),  do/dw = S(w)
    Bauer (1974); Aggarwal (2018), section 3.2.1: the pathwise aggregation lemma, and dynamic programming

Every value may be an array over points w, which stand on the last axis.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

STEP = 1e-100  # of the complex step: its square is lost beside any number
DIGITS = 16  # in which two numbers agree at most

Value = Callable[..., np.ndarray]


class Number(NamedTuple):
    """A number among the arguments of a node."""

    value: float


class Node(NamedTuple):
    """What a node computes of its arguments, each the place of a node before it or a number."""

    kind: str
    arguments: tuple[int | Number, ...] = ()
    weights: tuple[float, ...] = ()  # of a ``unit``, one for every argument

    @property
    def parents(self) -> tuple[int, ...]:
        """The nodes among its arguments."""
        return tuple(argument for argument in self.arguments if isinstance(argument, int))


class Edge(NamedTuple):
    """An edge from one node to another, where it is the argument at ``place``: w w has two from w."""

    tail: int
    head: int
    place: int


@dataclass(frozen=True)
class Graph:
    """Nodes in an order in which each comes after its arguments; the first is w, the last o."""

    nodes: tuple[Node, ...]

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """All edges, by the node in which they end."""
        return tuple(
            Edge(argument, head, place)
            for head, node in enumerate(self.nodes)
            for place, argument in enumerate(node.arguments)
            if isinstance(argument, int)
        )

    @cached_property
    def outgoing(self) -> tuple[tuple[int, ...], ...]:
        """The edges that begin in every node, as places in ``edges``."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for place, edge in enumerate(self.edges):
            found[edge.tail].append(place)
        return tuple(map(tuple, found))

    @cached_property
    def path_count(self) -> int:
        """The number of paths from w to o, counted by the recursion itself: that of S with every z at 1."""
        counts = [0] * len(self.nodes)
        counts[-1] = 1
        for i in reversed(range(len(self.nodes) - 1)):
            counts[i] = sum(counts[self.edges[place].head] for place in self.outgoing[i])
        return counts[0]

    def paths(self) -> Iterator[tuple[int, ...]]:
        """Go through all paths from w to o, each as places in ``edges``: there are ``path_count`` of them."""
        last = len(self.nodes) - 1
        found: list[tuple[int, tuple[int, ...]]] = [(0, ())]
        while found:
            node, way = found.pop()
            if node == last:
                yield way
            found += [(self.edges[place].head, (*way, place)) for place in reversed(self.outgoing[node])]

    @np.errstate(all="ignore")
    def values(self, w: np.ndarray) -> np.ndarray:
        """Return y of every node at points w (S,), real or complex: (nodes, S)."""
        found = np.empty((len(self.nodes), len(w)), dtype=w.dtype)
        found[0] = w
        for j, node in enumerate(self.nodes[1:], 1):
            found[j] = _value(node, self._given(node, found))
        return found

    @np.errstate(all="ignore")
    def local_derivatives(self, values: np.ndarray) -> np.ndarray:
        """Return z of every edge from the values of all nodes, nan where there is none: (nodes, S) -> (edges, S)."""
        corners, found = self.corners(values), []
        for j, node in enumerate(self.nodes):
            slopes = _slopes(node, self._given(node, values), values[j])
            known = np.isfinite(values[j]) & ~corners[j]
            found += [np.where(known & np.isfinite(slope), slope, np.nan) for slope in slopes]
        return np.array(found).reshape(len(self.edges), values.shape[1])

    @staticmethod
    def _given(node: Node, values: np.ndarray) -> list[np.ndarray]:
        return [
            np.full_like(values[0], item.value) if isinstance(item, Number) else values[item] for item in node.arguments
        ]

    def corners(self, values: np.ndarray) -> np.ndarray:
        """Tell at which points which node is at a corner, where it has no derivative: (nodes, S) -> (nodes, S)."""
        found = np.zeros(values.shape, dtype=bool)
        for j, node in enumerate(self.nodes):
            given = self._given(node, values)
            if node.kind == "abs":
                found[j] = given[0] == 0.0
            elif node.kind in ("min", "max"):
                found[j] = given[0] == given[1]
        return found

    @np.errstate(all="ignore")
    def products(self, local: np.ndarray) -> np.ndarray:
        """Return the product of z along every path, in the order of ``paths``: (edges, S) -> (path_count, S)."""
        return np.stack([np.prod(local[list(way)], axis=0) for way in self.paths()])

    @np.errstate(all="ignore")
    def recursion(self, local: np.ndarray) -> np.ndarray:
        """Return S of every node, for which each edge is needed once: (edges, S) -> (nodes, S)."""
        found = np.zeros((len(self.nodes), local.shape[1]))
        found[-1] = 1.0
        for i in reversed(range(len(self.nodes) - 1)):
            for place in self.outgoing[i]:
                found[i] += found[self.edges[place].head] * local[place]
        return found

    def complex_step(self, w: np.ndarray) -> np.ndarray:
        """Return do/dw at points w (S,) without a local derivative: Im o(w + i h)/h, h = 1e-100.

        Squire and Trapp (1998); exact to rounding, since nothing is subtracted.
        """
        return self.values(w + 1j * STEP)[-1].imag / STEP


def agreeing_digits(one: float, other: float) -> int:
    """Return to how many significant digits two numbers agree, at most 16: those of a double."""
    if one == other:
        return DIGITS
    gap = abs(one - other) / max(abs(one), abs(other))
    return int(min(DIGITS, max(0.0, -np.log10(gap))))


def _value(node: Node, given: list[np.ndarray]) -> np.ndarray:
    if node.kind == "unit":
        return np.tanh(_weighted(node, given))
    return VALUES[node.kind](*given)


def _slopes(node: Node, given: list[np.ndarray], value: np.ndarray) -> list[np.ndarray]:
    """Return the derivatives of a node's value along its arguments, but those that are numbers."""
    if node.kind == "unit":
        slope = _tanh_slope(_weighted(node, given))
        return [weight * slope for weight in node.weights]
    return [
        SLOPES[node.kind][place](*given, value)
        for place, argument in enumerate(node.arguments)
        if isinstance(argument, int)
    ]


def _weighted(node: Node, given: list[np.ndarray]) -> np.ndarray:
    return np.asarray(sum(weight * u for weight, u in zip(node.weights, given, strict=True)))


def _sigmoid(u: np.ndarray) -> np.ndarray:
    small = np.exp(np.where(u.real < 0.0, u, -u))
    return np.where(u.real < 0.0, small, 1.0) / (1.0 + small)


def _chosen(which: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.where(which, u, v)


def _tanh_slope(u: np.ndarray) -> np.ndarray:
    return 4.0 * _sigmoid(2.0 * u) * _sigmoid(-2.0 * u)  # 1 - tanh^2 cancels far out


# they take complex numbers, too, and follow the derivative there
VALUES: dict[str, Value] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "negative": np.negative,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "abs": lambda u: _chosen(u.real < 0.0, -u, u),
    "min": lambda u, v: _chosen(u.real < v.real, u, v),
    "max": lambda u, v: _chosen(u.real > v.real, u, v),
}
# of the arguments and the value y, along each argument; corners are refused before
SLOPES: dict[str, tuple[Value, ...]] = {
    "+": (lambda u, v, y: np.ones_like(u), lambda u, v, y: np.ones_like(v)),
    "-": (lambda u, v, y: np.ones_like(u), lambda u, v, y: -np.ones_like(v)),
    "*": (lambda u, v, y: v, lambda u, v, y: u),
    "/": (lambda u, v, y: 1.0 / v, lambda u, v, y: -y / v),
    "^": (lambda u, v, y: np.where(v == 0.0, 0.0, v * np.power(u, v - 1.0)), lambda u, v, y: y * np.log(u)),
    "negative": (lambda u, y: -np.ones_like(u),),
    "sin": (lambda u, y: np.cos(u),),
    "cos": (lambda u, y: -np.sin(u),),
    "tan": (lambda u, y: 1.0 + y * y,),
    "exp": (lambda u, y: y,),
    "log": (lambda u, y: 1.0 / u,),
    "sqrt": (lambda u, y: 0.5 / y,),
    "tanh": (lambda u, y: _tanh_slope(u),),
    "sigmoid": (lambda u, y: y * _sigmoid(-u),),
    "abs": (lambda u, y: np.sign(u),),
    "min": (lambda u, v, y: (u < v).astype(float), lambda u, v, y: (v < u).astype(float)),
    "max": (lambda u, v, y: (u > v).astype(float), lambda u, v, y: (v > u).astype(float)),
}
