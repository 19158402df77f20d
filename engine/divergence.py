"""Divergence: how far a run may go before it counts as diverged."""

import numpy as np

OUT_OF_BOUNDS = 1e6  # a run has diverged when |w - start| > OUT_OF_BOUNDS (1 + |start|)


def squared_bound(start: np.ndarray) -> np.ndarray:
    """Return the largest |w - start|^2 of a run that has not diverged: (D, R) -> (R,).

    Each run's number is the same to the last bit however many run beside it: the sum goes over the weights in order.
    """
    total = np.zeros(start.shape[1])
    with np.errstate(over="ignore"):
        for row in start:
            total += row * row
        bound: np.ndarray = (OUT_OF_BOUNDS * (1.0 + np.sqrt(total))) ** 2
    return bound
