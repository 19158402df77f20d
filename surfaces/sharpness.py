"""A surface with minima of every sharpness."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.surface import Surface, two_by_two


@dataclass(frozen=True)
class Sharpness(Surface):
    """Two weights in a row, y = a b x, fitted to one point: a curve of minima, from flat to sharp.

    E(a, b) = (1 - a b)^2/2      Kreisler, Nacson, Soudry and Carmon (2023), arXiv:2305.13064, scalar networks

    E = 0 wherever a b = 1. There the eigenvalues of H are 0, along the curve, and a^2 + b^2, across it: gradient
    descent can only stay where a^2 + b^2 <= 2/eta. The flattest minima are (1, 1) and (-1, -1), so that none holds
    above eta = 1. The origin is a saddle point.
    """

    title = "Sharpness"
    note = "All of a curve are minima, but gradient descent can only stay where they are flat enough: a² + b² ≤ 2/η."
    latex = r"E(a, b) = \tfrac12\,(1 - a\,b)^2"
    dim = 2
    start = (3.0, 0.1)
    view = ((-2.0, 4.0), (-1.6, 2.6))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        for r in range(w.shape[1]):
            a, b = w[0, r], w[1, r]
            residual = a * b - 1.0
            error[r] = 0.5 * residual * residual
            g[0, r] = residual * b
            g[1, r] = residual * a

    @np.errstate(all="ignore")
    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H: (..., 2) -> (..., 2, 2)."""
        a, b = np.moveaxis(np.asarray(w), -1, 0)
        return two_by_two(b * b, 2.0 * a * b - 1.0, a * a)

    @property
    def minima(self) -> np.ndarray:
        """The flattest of them, (2, 2)."""
        return np.array([[1.0, 1.0], [-1.0, -1.0]])
