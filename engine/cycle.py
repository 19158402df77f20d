"""Cycle: where gradient descent ends that sees the same batches in the same order, epoch after epoch."""

from typing import NamedTuple

import numpy as np


class Cycle(NamedTuple):
    """An epoch of gradient descent on batches whose errors are quadratics, as one map w -> A w + c."""

    end: np.ndarray  # (D,) where it is at the end of every epoch, in the long run
    rate: float  # the factor by which an epoch brings it nearer; none is approached where it is 1 or more


def least_squares_cycle(columns: np.ndarray, targets: np.ndarray, learning_rate: float, batch_size: int) -> Cycle:
    """Return the cycle of E = 1/2 mean (phi_n' w - t_n)^2 with batches of B rows in the order of the data.

    columns phi (N, D), targets t (N,). A batch moves w to (I - eta H_k) w + eta b_k, H_k = mean phi phi', b_k =
    mean phi t; an epoch is these one after another, and where it ends in the long run is its fixed point.
    """
    size = columns.shape[1]
    matrix, offset = np.eye(size), np.zeros(size)
    for first in range(0, len(columns), batch_size):
        phi, t = columns[first : first + batch_size], targets[first : first + batch_size]
        step = np.eye(size) - learning_rate * phi.T @ phi / len(phi)
        matrix, offset = step @ matrix, step @ offset + learning_rate * phi.T @ t / len(phi)
    rate = float(np.abs(np.linalg.eigvals(matrix)).max())
    return Cycle(np.linalg.solve(np.eye(size) - matrix, offset), rate)
