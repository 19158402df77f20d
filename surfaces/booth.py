"""Booth's function."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.surface import Surface, two_by_two


@dataclass(frozen=True)
class Booth(Surface):
    """A quadratic in disguise: two linear equations, solved by least squares.

    E(w) = (w_1 + 2 w_2 - 7)^2 + (2 w_1 + w_2 - 5)^2      Jamil and Yang (2013), arXiv:1308.4008, function 17

    H = [[10, 8], [8, 10]] everywhere, with eigenvalues 2 and 18 along the diagonals; E = 0 at (1, 3).
    """

    title = "Booth"
    quadratic = True
    note = "A quadratic in disguise: eigenvalues 2 and 18 along the diagonals, so gradient descent breaks at 1/9."
    latex = r"E(\mathbf w) = (w_1 + 2 w_2 - 7)^2 + (2 w_1 + w_2 - 5)^2"
    dim = 2
    start = (-3.0, 0.0)
    view = ((-6.0, 8.0), (-2.0, 8.0))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        for r in range(w.shape[1]):
            x, y = w[0, r], w[1, r]
            p, q = x + 2.0 * y - 7.0, 2.0 * x + y - 5.0
            error[r] = p * p + q * q
            g[0, r] = 2.0 * p + 4.0 * q
            g[1, r] = 4.0 * p + 2.0 * q

    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H, the same everywhere: (..., 2) -> (..., 2, 2)."""
        return np.broadcast_to(two_by_two(10.0, 8.0, 10.0), (*np.shape(w)[:-1], 2, 2))

    @property
    def minima(self) -> np.ndarray:
        """(1, 3), (1, 2)."""
        return np.array([[1.0, 3.0]])
