"""Gradient free: what it costs to find a quadratic's minimum from error values alone, and what gradients save."""

from time import perf_counter
from typing import NamedTuple

import numpy as np

from engine.surface import Surface

TIMES = 5  # an evaluation is timed so often, and the quickest counts


class Found(NamedTuple):
    """A minimum, and how many points were evaluated for it."""

    minimum: np.ndarray  # (D,)
    evaluations: int


def coefficients(dim: int) -> int:
    """Return how many numbers a quadratic in D weights has, (D + 1)(D + 2)/2.

    One constant, D slopes and D(D + 1)/2 curvatures; Bishop and Bishop (2024), 7.2.1, count D(D + 3)/2, without the
    constant, which shifts no minimum but is in every error that is measured.
    """
    return (dim + 1) * (dim + 2) // 2


def from_errors(surface: Surface, origin: np.ndarray, step: float = 1.0) -> Found:
    """Return the minimum of a quadratic from (D + 1)(D + 2)/2 values of its error.

    E(w0 + d) = c + b'd + 1/2 d'H d has that many coefficients. The errors at w0, w0 +- h e_i and w0 + h (e_i + e_j) say
    them all: b_i = (E(+i) - E(-i))/(2 h), H_ii = (E(+i) + E(-i) - 2 E(0))/h^2,
    H_ij = (E(i + j) - E(+i) - E(+j) + E(0))/h^2, and w* = w0 - H^-1 b. ``origin`` is w0, (D,), ``step`` h. Raises
    numpy's LinAlgError where H cannot be inverted.
    """
    dim, unit = surface.dim, step * np.eye(surface.dim)
    one, other = np.triu_indices(dim, 1)
    points = np.concatenate([np.zeros((1, dim)), unit, -unit, unit[one] + unit[other]])
    error, _ = surface.evaluate(origin + points)
    middle, plus, minus, pairs = error[0], error[1 : dim + 1], error[dim + 1 : 2 * dim + 1], error[2 * dim + 1 :]
    slope, hessian = (plus - minus) / (2.0 * step), np.diag(plus + minus - 2.0 * middle)
    hessian[one, other] = hessian[other, one] = pairs - plus[one] - plus[other] + middle
    return Found(origin - np.linalg.solve(hessian / step**2, slope), len(points))


def from_gradients(surface: Surface, origin: np.ndarray, step: float = 1.0) -> Found:
    """Return the minimum of a quadratic from D + 1 gradients.

    grad E(w0 + h e_i) - grad E(w0) = h H e_i is a column of H each; then w* = w0 - H^-1 grad E(w0). Raises as
    ``from_errors`` does.
    """
    points = np.concatenate([np.zeros((1, surface.dim)), step * np.eye(surface.dim)])
    _, gradient = surface.evaluate(origin + points)
    return Found(origin - np.linalg.solve((gradient[1:] - gradient[0]).T / step, gradient[0]), len(points))


def seconds_each(surface: Surface, points: int = 2000) -> float:
    """Return how long an evaluation takes, measured: E and its gradient at one of many points."""
    w, best = np.ones((points, surface.dim)), np.inf
    for _ in range(TIMES):
        began = perf_counter()
        surface.evaluate(w)
        best = min(best, perf_counter() - began)
    return best / points
