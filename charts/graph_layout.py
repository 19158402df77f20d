"""Where the nodes of a graph stand: in columns from left to right, with few crossings (Sugiyama and others, 1981)."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

SWEEPS, PULLS = 6, 30
BEND = 0.62  # the room of an edge that passes through a column, in that of a node


class Layout(NamedTuple):
    """Columns and heights, from 0 at the middle downwards in rooms of a node."""

    nodes: list[tuple[int, float]]
    bends: list[list[tuple[int, float]]]  # of every edge, where it passes through a column
    columns: int
    height: float  # of the highest column


def layout(count: int, edges: Sequence[tuple[int, int]]) -> Layout:
    """Place nodes, of which every edge leads to a later one, each in the column after its last predecessor's."""
    column = [0] * count
    for tail, head in sorted(edges, key=lambda edge: edge[1]):
        column[head] = max(column[head], column[tail] + 1)
    # an edge across several columns becomes a chain of bends, numbered after the nodes
    column, links, chains = list(column), [], []
    for tail, head in edges:
        chain = list(range(len(column), len(column) + column[head] - column[tail] - 1))
        column += range(column[tail] + 1, column[head])
        links += list(zip([tail, *chain], [*chain, head], strict=True))
        chains.append(chain)
    rows: list[list[int]] = [[] for _ in range(max(column) + 1)]
    for item, place in enumerate(column):
        rows[place].append(item)
    heights = _heights(_ordered(rows, links), links, count)
    return Layout(
        [(column[item], heights[item]) for item in range(count)],
        [[(column[item], heights[item]) for item in chain] for chain in chains],
        len(rows),
        2.0 * max(abs(heights[item]) + _room(item, count) / 2.0 for item in range(len(column))),
    )


def _ordered(rows: list[list[int]], links: list[tuple[int, int]]) -> list[list[int]]:
    """Return the order with the fewest crossings that was met, going to and fro by the means of neighbours."""
    best, fewest = rows, _crossings(rows, links)
    for sweep in range(SWEEPS):
        forwards = sweep % 2 == 0
        rows = [list(row) for row in rows]
        for k in range(1, len(rows)) if forwards else range(len(rows) - 2, -1, -1):
            places = {item: place for place, item in enumerate(rows[k - 1 if forwards else k + 1])}
            near = {
                item: [
                    places[one if forwards else other]
                    for one, other in links
                    if item == (other if forwards else one) and (one if forwards else other) in places
                ]
                for item in rows[k]
            }
            rows[k].sort(key=lambda item: sum(near[item]) / len(near[item]))
        crossings = _crossings(rows, links)
        if crossings < fewest:
            best, fewest = rows, crossings
    return best


def _crossings(rows: list[list[int]], links: list[tuple[int, int]]) -> int:
    place = {item: (k, i) for k, row in enumerate(rows) for i, item in enumerate(row)}
    ends = [(place[one], place[other]) for one, other in links]
    return sum(a[0] == c[0] and (a[1] - c[1]) * (b[1] - d[1]) < 0 for i, (a, b) in enumerate(ends) for c, d in ends[:i])


def _room(item: int, count: int) -> float:
    return 1.0 if item < count else BEND


def _heights(rows: list[list[int]], links: list[tuple[int, int]], count: int) -> dict[int, float]:
    """Return heights in the given order, drawn towards those of neighbours, centred about 0."""
    near: dict[int, list[int]] = {item: [] for row in rows for item in row}
    for one, other in links:
        near[one].append(other)
        near[other].append(one)
    found = {item: float(place) for row in rows for place, item in enumerate(row)}
    for _ in range(PULLS):
        for row in rows:
            wanted = [sum(found[other] for other in near[item]) / max(1, len(near[item])) for item in row]
            found |= dict(zip(row, _apart(wanted, [_room(item, count) for item in row]), strict=True))
    low = min(found[item] - _room(item, count) / 2.0 for item in found)
    high = max(found[item] + _room(item, count) / 2.0 for item in found)
    return {item: height - (low + high) / 2.0 for item, height in found.items()}


def _apart(wanted: list[float], rooms: list[float]) -> list[float]:
    """Return the heights nearest to those wanted, by least squares, at which none covers the next."""
    below = [0.0]
    for one, other in itertools.pairwise(rooms):
        below.append(below[-1] + (one + other) / 2.0)
    blocks: list[list[float]] = []  # those that touch move as one, to the mean of what they want
    for height, offset in zip(wanted, below, strict=True):
        blocks.append([height - offset])
        while len(blocks) > 1 and _mean(blocks[-2]) > _mean(blocks[-1]):
            last = blocks.pop()
            blocks[-1] += last
    return [_mean(block) + offset for (block, offset) in zip([b for b in blocks for _ in b], below, strict=True)]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
