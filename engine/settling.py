"""Settling: when a run has reached a share of the error it started with."""

import numpy as np

from engine.surface import Surface


def lowest_error(surface: Surface) -> float:
    """Return E_min, from which errors are counted: the lowest of the surface's ``minima``, 0 where none is known."""
    minima = surface.minima
    return float(surface.evaluate(minima)[0].min()) if len(minima) else 0.0


def settled_step(error: np.ndarray, tolerance: float) -> np.ndarray:
    """Return the first step from which the error, 0 at the minimum, stays at or below tolerance times its start.

    (T+1, R) -> (R,); nan where that is not reached within the run.
    """
    above = ~_below(error, tolerance)
    last = len(above) - 1 - np.argmax(above[::-1], axis=0)
    settled = np.where(above.any(axis=0), last + 1.0, 0.0)
    return np.where(settled < len(above), settled, np.nan)


def first_hit(error: np.ndarray, tolerance: float) -> np.ndarray:
    """Return the first step at which the error is at or below tolerance times its start: (T+1, R) -> (R,), else nan."""
    below = _below(error, tolerance)
    return np.where(below.any(axis=0), below.argmax(axis=0), np.nan)


def _below(error: np.ndarray, tolerance: float) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # after a divergence there is no number
        below: np.ndarray = error <= tolerance * error[0]
    return below
