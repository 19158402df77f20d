"""Alike: hidden units that begin alike, how far apart a disturbance drives them, and why nothing else does."""

from collections.abc import Callable

import numpy as np

Times = Callable[[np.ndarray, np.ndarray], np.ndarray]  # (n, D), (n, D) -> H(w) d, (n, D)


def apart(weights: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Return the distance between the two units that are farthest apart, (..., D) -> (...).

    ``units`` (M, K) are the places of every unit's weights. 0 where all are alike, to the last bit.
    """
    each = weights[..., units]
    farthest = np.zeros(weights.shape[:-1])
    with np.errstate(invalid="ignore", over="ignore"):
        for j in range(1, len(units)):
            gaps = np.linalg.norm(each[..., j:, :] - each[..., : len(units) - j, :], axis=-1)
            farthest = np.maximum(farthest, gaps.max(axis=-1))
    return farthest


def difference_hessians(times: Times, weights: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Return B(w) at weights (T, D) at which all units are alike, (T, K, K).

    Where units are alike every pair of them has the same blocks H_ii and H_ij of the Hessian, and the difference of two
    that are nearly alike obeys d <- (1 - eta B) d under gradient descent, B = H_ii - H_ij: to first order it does not
    matter what the others do. A negative eigenvalue of B drives units apart.
    """
    count, size = units.shape[1], weights.shape[1]
    directions = np.zeros((count, size))
    for k in range(count):
        directions[k, units[0, k]], directions[k, units[1, k]] = 1.0, -1.0
    points = np.repeat(weights, count, axis=0)
    found = times(points, np.tile(directions, (len(weights), 1)))
    blocks = found.reshape(len(weights), count, size)[:, :, units[0]]
    return np.swapaxes(blocks, 1, 2)


def driven_apart(blocks: np.ndarray, learning_rate: float, start: np.ndarray) -> np.ndarray:
    """Return what gradient descent makes of differences (P, K) along a run at B (T, K, K), (T+1, P, K): first order."""
    gaps = [np.asarray(start, dtype=np.float64)]
    steps = np.eye(blocks.shape[1]) - learning_rate * np.swapaxes(blocks, 1, 2)
    with np.errstate(over="ignore", invalid="ignore"):
        for step in steps:
            gaps.append(gaps[-1] @ step)
    return np.stack(gaps)
