"""Own statistics: what it costs to standardise rows by themselves that a model is to judge."""

from math import lgamma

import numpy as np


def lost(slope: float, mean: float, deviation: float) -> float:
    """Return by how much the error of a line rises, on average over what is no function of x.

    The rows have ``mean`` and ``deviation`` in the units of the training rows, their z standardised by these. By
    themselves they become z' = (z - mean)/deviation with mean 0 and variance 1, and
    1/2 w^2 mean of (z' - z)^2 = 1/2 w^2 [mean^2 + (1 - deviation)^2] exactly, since z = mean + deviation z'.
    """
    return 0.5 * slope * slope * (mean * mean + (1.0 - deviation) ** 2)


def expected_loss(slope: float, mean: float, deviation: float, rows: int) -> float:
    """Return the mean of ``lost`` over sets of ``rows`` that are drawn from a normal distribution of z.

    E m^2 = mean^2 + sigma^2/V, E s = c sigma and E s^2 = (V - 1)/V sigma^2 with
    c = sqrt(2/V) Gamma(V/2)/Gamma((V - 1)/2)      Cramer (1946), Mathematical Methods of Statistics, 29.3

    ValueError unless there are two rows.
    """
    if rows < 2:
        raise ValueError(f"rows must be at least 2, got {rows!r}")
    c = float(np.sqrt(2.0 / rows) * np.exp(lgamma(rows / 2.0) - lgamma((rows - 1.0) / 2.0)))
    squared = deviation * deviation
    away = mean * mean + squared / rows + 1.0 - 2.0 * c * deviation + squared * (rows - 1.0) / rows
    return 0.5 * slope * slope * away
