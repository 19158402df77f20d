"""Transient growth: how far the best setting first makes things worse, against the condition number.

A rule with two roots can first carry alpha_i away although both roots are inside the unit circle. Momentum at its best
(Polyak, 1964) has, from rest, along the steepest direction |alpha_k/alpha_0| = (1 + k (1 + rho)) rho^k with
rho = (sqrt kappa - 1)/(sqrt kappa + 1): at most 1 up to kappa = (1 + sqrt 2)^2, beyond it about sqrt(kappa)/e.
E(k)/E(0) is a mean of the squares of all alpha_i(k)/alpha_i(0), so that it grows at most by the square of the largest.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from engine import theory
from engine.optimizer import Optimizer

FIRST_WORSE = (1.0 + math.sqrt(2.0)) ** 2  # the condition number above which momentum at its best first makes it worse
INSIDE = 65  # eigenvalues among which the worst mode is sought


def worst_path(rule: type[Optimizer], kappa: float, steps: int) -> np.ndarray:
    """Return the largest |alpha_i(k)/alpha_i(0)| over all eigenvalues in [1, kappa], (steps + 1,), at the best setting.

    It is the root of the largest E(k)/E(0) of any start. Raises ValueError as theory.optimal does.
    """
    best = theory.optimal(rule, [1.0, kappa])
    path = theory.mode_path(best.optimizer, best.learning_rate, np.geomspace(1.0, kappa, INSIDE), steps)
    largest: np.ndarray = np.abs(path).max(axis=1)
    return largest


def horizon(kappa: float) -> int:
    """Return a number of steps within which the largest growth has passed: at momentum's best about sqrt(kappa)/2."""
    return int(math.sqrt(kappa)) + 2


def growth(rule: type[Optimizer], kappas: np.ndarray) -> np.ndarray:
    """Return the largest |alpha_i(k)/alpha_i(0)| over all eigenvalues and steps, for condition numbers: (n,) -> (n,).

    Measured along theory.mode_path, step by step. Raises ValueError as theory.optimal does.
    """
    cls: Any = rule  # mypy does not take a class for hashable
    return np.array([_peak(cls, float(kappa)) for kappa in kappas])


@lru_cache(maxsize=4096)
def _peak(rule: Any, kappa: float) -> float:
    return float(worst_path(rule, kappa, horizon(kappa)).max())
