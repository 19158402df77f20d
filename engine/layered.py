"""Layers of nodes, each connected to all of the next: how many paths and edges lie between the input and the output.

The input w is connected to every node of the first of L layers of K nodes, every node of the last to the output.
"""


def paths(width: int, layers: int) -> int:
    """Return the number of paths from w to o: K^L, a choice among K nodes in every layer."""
    return width**layers


def edges(width: int, layers: int) -> int:
    """Return the number of edges: K out of w, K^2 from each layer to the next, K into o."""
    return 2 * width + width**2 * (layers - 1)
