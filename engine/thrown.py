"""Thrown: what gradient descent does where its steps no longer fit, as the surface's local quadratic has it."""

from typing import Any

import numpy as np

from engine.local import Expansion, eigen

LOW = 1e-2  # of the peak


def local_errors(here: Expansion, learning_rate: Any, steps: int) -> np.ndarray:
    """Return the error of gradient descent on the quadratic that touches a surface at one point, (steps + 1, R).

    Along each eigenvector d' = d - eta (g + lambda d), so d(k) = -g (1 - (1 - eta lambda)^k)/lambda, and
    E(k) = E + sum of g d(k) + lambda d(k)^2/2; Bishop and Bishop (2024), 7.27 to 7.29, from any point. inf where it
    outgrows all numbers. ``here`` is of one point, ``learning_rate`` (R,).
    """
    values, vectors = eigen(here.hessian)
    slope = vectors.T @ here.gradient
    eta = np.atleast_1d(np.asarray(learning_rate, dtype=np.float64))
    found = np.empty((steps + 1, len(eta)))
    away = np.zeros((len(values), len(eta)))
    with np.errstate(all="ignore"):
        for k in range(steps + 1):
            found[k] = here.error + slope @ away + 0.5 * values @ np.square(away)
            away -= eta * (slope[:, None] + values[:, None] * away)
    return np.where(np.isfinite(found), found, np.inf)


def growth(learning_rate: Any, sharpness: float) -> Any:
    """Return what multiplies the error of the steepest direction at every step: (1 - eta lambda)^2."""
    return np.square(1.0 - np.asarray(learning_rate) * sharpness)


def measured_growth(error: np.ndarray, rest: float) -> float:
    """Return by what a run's error (T+1,) above ``rest`` grew per step from its start on, nan where it did not.

    Up to the step before it is first above a hundredth of its peak: what is higher feels more than the quadratic.
    """
    above = error - rest
    peak = float(np.nanmax(above))
    if not (np.isfinite(peak) and peak > 0.0 and above[0] > 0.0):
        return float("nan")
    last = int(np.argmax(above > LOW * peak)) - 1
    return float((above[last] / above[0]) ** (1.0 / last)) if last >= 2 and above[last] > 0.0 else float("nan")
