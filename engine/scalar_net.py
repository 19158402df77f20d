"""Scalar net: what is known of gradient descent on two weights in a row, E(a, b) = (1 - a b)^2/2.

At a minimum, a b = 1, the eigenvalues of H are 0 and a^2 + b^2. The gradient flow keeps a^2 - b^2, and gradient descent
multiplies it by 1 - 2 eta^2 E at every step, so that it ends at a minimum that is no sharper than the flow's:
Kreisler, Nacson, Soudry and Carmon (2023), arXiv:2305.13064. Every start is (..., 2).
"""

from typing import Any

import numpy as np


def minimum_sharpness(imbalance: Any) -> Any:
    """Return a^2 + b^2 where a b = 1 and a^2 - b^2 is given: the root of its square plus 4, (...) -> (...)."""
    return np.hypot(imbalance, 2.0)


def flow_sharpness(start: Any) -> Any:
    """Return the sharpness of the minimum to which the gradient flow leads, (..., 2) -> (...).

    Only from a = -b it leads to the saddle point at 0 instead.
    """
    a, b = np.moveaxis(np.asarray(start, dtype=np.float64), -1, 0)
    return minimum_sharpness((a - b) * (a + b))


def sharpness_from_errors(start: Any, learning_rate: Any, error: np.ndarray) -> Any:
    """Return a^2 + b^2 at the minimum where a run of gradient descent ends, from its errors alone: (T, R) -> (R,).

    a'^2 - b'^2 = (a^2 - b^2)(1 - 2 eta^2 E), since a' = a + eta r b and b' = b + eta r a with r = 1 - a b, r^2 = 2 E.
    """
    a, b = np.moveaxis(np.asarray(start, dtype=np.float64), -1, 0)
    left = np.prod(1.0 - 2.0 * np.square(learning_rate) * error, axis=0)
    return minimum_sharpness((a - b) * (a + b) * left)


def reachable(minima: np.ndarray, limit: float) -> np.ndarray:
    """Return which minima (N, 2) gradient descent can stay at: those with a^2 + b^2 <= limit = 2/eta, (N,) bool."""
    return np.square(minima).sum(axis=-1) <= limit


def minima(low: float, high: float, count: int) -> np.ndarray:
    """Return minima evenly spaced in the logarithm of |a| from low to high, on both branches of a b = 1, (2, count, 2).

    The second branch has both weights below 0.
    """
    a = np.geomspace(low, high, count)
    branch = np.stack([a, 1.0 / a], axis=-1)
    return np.stack([branch, -branch])
