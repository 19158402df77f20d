"""Statistics of a batch: how far its mean and variance are from those of all rows."""

from typing import NamedTuple

import numpy as np


class Spread(NamedTuple):
    """What the mean and the variance of batches are on average, and their standard deviations."""

    mean_deviation: float
    variance: float
    variance_deviation: float


def spread(values: np.ndarray, size: int) -> Spread:
    """Return it for batches of ``size`` values drawn with replacement from ``values`` (N,).

    With mu, sigma^2 and the fourth moment mu4 of all values: the mean of a batch is mu on average, with standard
    deviation sigma/sqrt(B); its variance (1/B) sum (a - mean)^2, 7.53, is (B - 1)/B sigma^2 on average, with variance
    ((B - 1)/B)^2 (mu4 - sigma^4 (B - 3)/(B - 1))/B      Cramer (1946), Mathematical Methods of Statistics, 27.4

    of B = 1 it is 0 always. ValueError unless ``size`` is at least 1.
    """
    if size < 1:
        raise ValueError(f"size must be at least 1, got {size!r}")
    away = np.asarray(values, np.float64) - np.mean(values)
    variance, fourth = float(np.mean(away**2)), float(np.mean(away**4))
    deviation = float(np.sqrt(variance / size))
    if size == 1:
        return Spread(deviation, 0.0, 0.0)
    share = (size - 1.0) / size
    of_variance = share * share * (fourth - variance**2 * (size - 3.0) / (size - 1.0)) / size
    return Spread(deviation, share * variance, float(np.sqrt(max(of_variance, 0.0))))
