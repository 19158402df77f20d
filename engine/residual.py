"""Residual polynomials: what k steps leave of a mode, as a function of its eigenvalue.

A rule whose steps are linear combinations of past gradients has alpha_i(k) = p_k(lambda_i) alpha_i(0) on a quadratic,
p_k a polynomial of degree k with p_k(0) = 1; Fischer (1996), Polynomial Based Iteration Methods for Symmetric Linear
Systems. To converge fast is to be small on all eigenvalues at once.
"""

import math
from typing import Any

import numpy as np

from engine import theory
from engine.arguments import learning_rates
from engine.optimizer import Optimizer
from engine.parameter import as_number
from engine.schedule import Schedule


def residual(optimizer: Optimizer, learning_rate: float | Schedule, eigenvalues: Any, steps: int) -> np.ndarray:
    """Return p_k(lambda) for k = 0 to steps, from rest: (steps + 1, number of eigenvalues).

    With a constant learning rate the closed form of theory.mode_path; with a schedule the product of 1 - eta_j lambda,
    which only a rule without memory has. Raises ValueError as mode_path does, for a schedule of a rule with memory, and
    for one that follows the error. A mode of which the first step leaves nothing, but for rounding, is left at 0.
    """
    path = _residual(optimizer, learning_rate, eigenvalues, steps)
    gone = (np.abs(path[1:]) <= 4.0 * np.finfo(np.float64).eps).all(axis=0)
    path[1:, gone] = 0.0
    return path


def _residual(optimizer: Optimizer, learning_rate: float | Schedule, eigenvalues: Any, steps: int) -> np.ndarray:
    if not isinstance(learning_rate, Schedule):
        return theory.mode_path(optimizer, learning_rate, eigenvalues, steps)
    if optimizer.slots:
        raise ValueError(f"optimizer must remember nothing where the learning rate has a schedule, got {optimizer!r}")
    start = np.ones((1, np.size(eigenvalues)))
    factors = 1.0 - np.multiply.outer(learning_rates(learning_rate, steps)[:, 0], np.ravel(eigenvalues))
    with np.errstate(over="ignore", invalid="ignore"):
        path: np.ndarray = np.cumprod(np.concatenate([start, factors]), axis=0)
    return path


def least(smallest: float, largest: float, eigenvalues: Any, degree: int) -> np.ndarray:
    """Return the polynomial of a degree that is least on [m, L] with value 1 at 0: the shape of eigenvalues.

    T_K((L + m - 2 lambda)/(L - m))/T_K((L + m)/(L - m)), T_K the Chebyshev polynomial; Young (1953). It is what K
    Chebyshev steps leave. Raises ValueError as worst_case does.
    """
    worst = worst_case(smallest, largest, degree)
    values = np.asarray(eigenvalues, dtype=np.float64)
    if smallest == largest:
        return (1.0 - values / largest) ** degree
    x = (largest + smallest - 2.0 * values) / (largest - smallest)
    size = np.abs(x)
    # beyond [m, L] a ratio of two cosh, each of which may be too large for a number
    edge = math.acosh((largest + smallest) / (largest - smallest))
    far = np.arccosh(np.maximum(size, 1.0))
    outside = (
        np.exp(degree * (far - edge)) * (1.0 + np.exp(-2.0 * degree * far)) / (1.0 + math.exp(-2.0 * degree * edge))
    )
    sign = np.where((x < 0.0) & (degree % 2 == 1), -1.0, 1.0)
    inside = worst * np.cos(degree * np.arccos(np.clip(x, -1.0, 1.0)))
    return np.where(size <= 1.0, inside, sign * outside)


def worst_case(smallest: float, largest: float, steps: int) -> float:
    """Return max over [m, L] of |p_K| that no rule of this kind can better: 2 q^K/(1 + q^2K).

    q = (sqrt kappa - 1)/(sqrt kappa + 1), kappa = L/m. Raises ValueError unless 0 < m <= L and K is at least 0.
    """
    low, high, count = as_number(smallest), as_number(largest), as_number(steps)
    if not 0.0 < low <= high < math.inf:
        raise ValueError(f"smallest and largest must have 0 < smallest <= largest, got {smallest!r} and {largest!r}")
    if not (count >= 0.0 and count == math.floor(count)):
        raise ValueError(f"steps must be a whole number, at least 0, got {steps!r}")
    root = math.sqrt(high / low)
    q = (root - 1.0) / (root + 1.0)
    return 2.0 * q**count / (1.0 + q ** (2.0 * count))


def abscissae(smallest: float, largest: float, points: int) -> np.ndarray:
    """Return where to draw p_k on [m, L]: (points,), ascending, as much denser at both ends as it swings faster there.

    (L + m - (L - m) cos(i pi/(points - 1)))/2: among them are all extremes of the least polynomial of every degree that
    divides points - 1.
    """
    turn = np.linspace(0.0, np.pi, points)
    inside = smallest + (largest - smallest) * np.sin(0.5 * turn) ** 2
    return np.clip(inside, smallest, largest)
