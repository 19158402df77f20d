"""Own statistics: what it costs to standardise rows by themselves that a model of other rows is to judge.

A line y = a z + b of inputs z in the unit of the training rows, where t = alpha z + beta + noise of variance sigma^2.
"""

from math import lgamma
from typing import NamedTuple

import numpy as np


class Line(NamedTuple):
    """a z + b, z in the unit of the training rows."""

    slope: float
    level: float


def judged(model: Line, true: Line, mean: float, deviation: float, noise: float) -> float:
    """Return the mean of (y - t)^2/2 of rows with this mean and deviation of z, standardised by the training rows.

    1/2 [(a - alpha)^2 (m^2 + s^2) + 2 (a - alpha)(b - beta) m + (b - beta)^2 + sigma^2]
    """
    slope, level = model.slope - true.slope, model.level - true.level
    return 0.5 * (slope**2 * (mean**2 + deviation**2) + 2.0 * slope * level * mean + level**2 + noise**2)


def judged_by_own(model: Line, true: Line, mean: float, deviation: float, noise: float) -> float:
    """Return it for rows that are standardised by themselves, z' = (z - m)/s.

    1/2 [(a - alpha s)^2 + (b - beta - alpha m)^2 + sigma^2], since z = m + s z' and z' has mean 0 and variance 1: with
    the true line it is 1/2 alpha^2 [(1 - s)^2 + m^2] more than with the training rows' statistics, for any rows.
    """
    slope, level = model.slope - true.slope * deviation, model.level - true.level - true.slope * mean
    return 0.5 * (slope**2 + level**2 + noise**2)


def expected_by_own(model: Line, true: Line, mean: float, deviation: float, noise: float, rows: int) -> float:
    """Return the mean of ``judged_by_own`` over sets of ``rows`` that are drawn from a normal distribution of z.

    The mean of a set has variance sigma_z^2/V, its deviation s has E s = c sigma_z and E s^2 = (V - 1)/V sigma_z^2,
    c = sqrt(2/V) Gamma(V/2)/Gamma((V - 1)/2)      Cramer (1946), Mathematical Methods of Statistics, 29.3

    ValueError unless there are two rows: one has no deviation.
    """
    if rows < 2:
        raise ValueError(f"rows must be at least 2, got {rows!r}")
    c = float(np.sqrt(2.0 / rows) * np.exp(lgamma(rows / 2.0) - lgamma((rows - 1.0) / 2.0)))
    squares = deviation**2 * (rows - 1.0) / rows
    slope = model.slope**2 - 2.0 * model.slope * true.slope * c * deviation + true.slope**2 * squares
    level = (model.level - true.level - true.slope * mean) ** 2 + true.slope**2 * deviation**2 / rows
    return 0.5 * (slope + level + noise**2)
