"""Planes: ways to lay a plane through the weights of a surface that has more than two."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.local import eigen
from engine.plane import Plane
from engine.surface import Surface, View

WIDE = 1.44  # width of a view over its height
ROOM = 1.3  # of a view around the points that it must show
FAR = 10.0  # times (1 + |start|): how far from the start a run that diverges is followed
SAME = 1e-9  # of a length: what is left of a direction that lies along another


def through_weights(surface: Surface, first: int, second: int, at: np.ndarray, include: np.ndarray) -> Plane:
    """Return the plane in which two weights change, by their places from 0, and all others are as ``at`` (D,).

    Its coordinates are the two weights. ``include`` (n, D) are points whose feet must be seen, as in all planes here.
    Raises ValueError unless there are two such weights.
    """
    if first == second or not (0 <= first < surface.dim and 0 <= second < surface.dim):
        raise ValueError(f"first and second must be two weights of {surface.dim}, got {first} and {second}")
    axes, origin = np.eye(surface.dim)[[first, second]], np.array(at, dtype=np.float64)
    origin[[first, second]] = 0.0
    names = surface.weight_names
    return _seen(origin, axes, (names[first], names[second]), np.vstack([at, include]), 1.0)


def random_directions(
    surface: Surface, at: np.ndarray, include: np.ndarray, seed: int = 0, wide: float = WIDE
) -> Plane:
    """Return a plane through ``at`` (D,) along two random directions, normalised filter by filter.

    d <- d |theta_filter|/|d_filter| with d Gaussian, Li et al. (2018), arXiv:1712.09913, section 4; biases stay as they
    are. A filter whose weights are all 0 keeps still, unless all are. The picture reaches one length of d each way, and
    is ``wide`` times as wide as high.
    """
    random = np.random.default_rng(seed)
    pair = [filter_normalised(surface, np.asarray(at), random.normal(size=surface.dim)) for _ in range(2)]
    reach = float(np.linalg.norm(pair[0]))
    names = ("random direction 1", "random direction 2")
    return _seen(np.array(at), orthonormal(*pair), names, np.vstack([at, include]), reach / wide, wide)


def filter_normalised(surface: Surface, weights: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Return a direction with every filter as long as that of the weights, and nothing along the biases, (D,)."""
    direction = np.where(surface.biases, 0.0, direction)
    scaled = np.zeros_like(direction)
    for group in surface.filters:
        places = [i for i in group if not surface.biases[i]]
        length = float(np.linalg.norm(direction[places]))
        if length > 0.0:
            scaled[places] = direction[places] * (float(np.linalg.norm(weights[places])) / length)
    return scaled if scaled.any() else direction


def of_run(weights: np.ndarray) -> Plane:
    """Return the plane through a run's end along the two principal components of its weights (T+1, D).

    The components are those of w_0, ..., w_T about their mean; Li et al. (2018), section 7. Of a run that diverges it
    is the part that is near the start. The run goes from left to right, and its start lies above its end.
    """
    path = near(weights)
    _, _, rows = np.linalg.svd(path - path.mean(axis=0), full_matrices=False)
    u, v = orthonormal(rows[0], rows[1] if len(rows) > 1 else np.zeros_like(rows[0]))
    away = path[0] - path[-1]
    axes = np.stack([u if away @ u <= 0.0 else -u, v if away @ v >= 0.0 else -v])
    names = ("principal component 1", "principal component 2")
    return replace(_seen(path[-1], axes, names, path, 0.0), fitted=True)


def of_runs(paths: Sequence[np.ndarray]) -> Plane:
    """Return the plane through the start that several runs (T+1, D) share, along which all of them move most.

    Its directions are the two principal ones of w_t - w_0, every run's scaled so that its farthest step counts the
    same; the first leads to where the runs end on average. The view is square.
    """
    moves = [near(path) - path[0] for path in paths]
    sizes = [float(np.linalg.norm(move, axis=1).max()) for move in moves]
    scaled = [move / size for move, size in zip(moves, sizes, strict=True) if size > 0.0] or moves
    together = np.concatenate(scaled)
    _, vectors = eigen(together.T @ together)  # of few weights and many steps sooner found than singular vectors
    axes = orthonormal(vectors[:, -1], vectors[:, -2])
    ends = np.mean([move[-1] for move in scaled], axis=0)
    axes = axes * np.where(axes @ ends < 0.0, -1.0, 1.0)[:, None]
    names = ("direction 1 of all runs", "direction 2")
    points = np.concatenate([move + path[0] for move, path in zip(moves, paths, strict=True)])
    return replace(_seen(paths[0][0], axes, names, points, 0.0, wide=1.0), fitted=True)


def eigenvectors(surface: Surface, at: np.ndarray, include: np.ndarray) -> Plane:
    """Return the plane through ``at`` (D,) along the eigenvectors of the two largest eigenvalues of H(at)."""
    _, vectors = eigen(surface.hessian(np.asarray(at)))
    pair = vectors[:, -1:-3:-1].T if np.isfinite(vectors).all() else np.eye(surface.dim)[:2]
    pair = pair * np.where(pair[np.arange(2), np.abs(pair).argmax(axis=1)] < 0.0, -1.0, 1.0)[:, None]
    names = ("steepest eigenvector", "second eigenvector")
    reach = 0.5 * max(float(np.linalg.norm(at)), 1e-3)
    return _seen(np.array(at), pair, names, np.vstack([at, include]), reach)


def between(one: np.ndarray, other: np.ndarray, third: np.ndarray) -> Plane:
    """Return the plane through three points (D,): x goes from ``one`` to ``other``, whatever ``third`` is besides.

    ``one`` is where a run ends that begins at ``third``.
    """
    axes = orthonormal(other - one, third - one)
    names, points = ("from one end to the other", "towards the start"), np.stack([one, other, third])
    return replace(_seen(np.array(one), axes, names, points, 0.0), through=True)


def near(weights: np.ndarray) -> np.ndarray:
    """Return all steps (n, D) of a run (T+1, D); of one that diverges those before it first is far from its start."""
    if np.isfinite(weights).all():
        return weights
    with np.errstate(all="ignore"):
        away = np.linalg.norm(weights - weights[0], axis=-1)
        there = away <= FAR * (1.0 + np.linalg.norm(weights[0]))
    return weights[: int(np.argmin(there))]


def orthonormal(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return unit vectors, (2, D), at right angles: along the first direction, and along what the second adds to it.

    Where a direction adds nothing, a weight's own takes its place.
    """
    found: list[np.ndarray] = []
    for wanted in (one, other):
        length = float(np.linalg.norm(wanted))
        rest = wanted / length if length > 0.0 else wanted
        for _ in range(2):  # the second time removes what rounding has left
            rest = rest - sum(((rest @ axis) * axis for axis in found), np.zeros_like(rest))
        if not np.linalg.norm(rest) > SAME:
            free = np.eye(len(wanted))
            free = free - sum((np.outer(free @ axis, axis) for axis in found), np.zeros_like(free))
            rest = free[np.linalg.norm(free, axis=1).argmax()]
        found.append(rest / np.linalg.norm(rest))
    return np.stack(found)


def _seen(
    origin: np.ndarray, axes: np.ndarray, names: Sequence[str], points: np.ndarray, reach: float, wide: float = WIDE
) -> Plane:
    """Return the plane with a view that holds the feet of points and is at least ``reach`` high either way."""
    endless: View = ((-1.0, 1.0), (-1.0, 1.0))
    plane = Plane(origin, axes[0], axes[1], endless, (names[0], names[1]))
    feet = plane.project(points)
    low, high = feet.min(axis=0), feet.max(axis=0)
    middle, sides = 0.5 * (low + high), high - low
    half = max(reach, 0.5 * ROOM * float(max(sides[0] / wide, sides[1])))
    half = half if half > 0.0 else 1.0
    spans = [(float(c - h), float(c + h)) for c, h in zip(middle, (wide * half, half), strict=True)]
    return replace(plane, view=(spans[0], spans[1]))
