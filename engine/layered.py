"""Layers of tanh units, each connected to all of the next: what both ways to the derivative cost as layers are added.

The input w is connected to every node of the first of L layers of K nodes, every node of the last to the output. Both
ways are in plain Python here, one multiplication after another, so that their times compare.
"""

import numpy as np

from engine.graph import Graph, Node

Links = list[list[tuple[int, float]]]  # of every node, where its edges end and their local derivatives


def paths(width: int, layers: int) -> int:
    """Return the number of paths from w to o: K^L, a choice among K nodes in every layer."""
    return width**layers


def edges(width: int, layers: int) -> int:
    """Return the number of edges: K out of w, K^2 from each layer to the next, K into o."""
    return 2 * width + width**2 * (layers - 1)


def layered(width: int, layers: int, seed: int = 1) -> Graph:
    """Return the graph of L layers of K tanh units, with weights uniform in (0.5, 1.5)/sqrt(fan-in), either sign."""
    random = np.random.default_rng(seed)
    nodes: list[Node] = [Node("w")]
    before: tuple[int, ...] = (0,)
    for size in (*[width] * layers, 1):
        first = len(nodes)
        for _ in range(size):
            weights = random.uniform(0.5, 1.5, len(before)) * random.choice([-1.0, 1.0], len(before))
            nodes.append(Node("unit", before, tuple((weights / np.sqrt(len(before))).tolist())))
        before = tuple(range(first, first + size))
    return Graph(tuple(nodes))


def links(graph: Graph, w: float) -> Links:
    """Return where the edges of every node end, and their local derivatives at w."""
    local = graph.local_derivatives(graph.values(np.array([w])))[:, 0].tolist()
    return [[(graph.edges[place].head, local[place]) for place in out] for out in graph.outgoing]


def sum_over_paths(links: Links) -> float:
    """Return do/dw path by path; what two paths have in common at their beginning is multiplied once."""
    last, total = len(links) - 1, 0.0
    waiting = [(0, 1.0)]
    while waiting:
        node, product = waiting.pop()
        if node == last:
            total += product
        waiting += [(head, product * z) for head, z in links[node]]
    return total


def recursion(links: Links) -> float:
    """Return do/dw by S(i) = sum of S(j) z(i, j), from the output back."""
    passed = [1.0] * len(links)
    for node in range(len(links) - 2, -1, -1):
        total = 0.0
        for head, z in links[node]:
            total += passed[head] * z
        passed[node] = total
    return passed[0]
