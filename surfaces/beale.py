"""Beale's function."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.surface import Surface, two_by_two


@dataclass(frozen=True)
class Beale(Surface):
    """A wide flat floor with walls that rise by the sixth power.

    E(w) = sum over i = 1 to 3 of (c_i - w_1 (1 - w_2^i))^2, c = 1.5, 2.25, 2.625      Beale (1958), Princeton report 25

    Its minimum (3, 0.5), E = 0, is the only one; (0, 1) is a saddle point. More, Garbow and Hillstrom give the start
    (1, 1).
    """

    title = "Beale"
    note = "A flat floor between steep walls: a learning rate that is small enough for the walls crawls on the floor."
    latex = r"E(\mathbf w) = (1.5 - w_1 + w_1 w_2)^2 + (2.25 - w_1 + w_1 w_2^2)^2 + (2.625 - w_1 + w_1 w_2^3)^2"
    dim = 2
    start = (1.0, 1.0)
    view = ((-1.5, 4.5), (-2.0, 2.0))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        for r in range(w.shape[1]):
            x, y = w[0, r], w[1, r]
            y2 = y * y
            a, b, c = y - 1.0, y2 - 1.0, y2 * y - 1.0
            p, q, s = 1.5 + x * a, 2.25 + x * b, 2.625 + x * c
            error[r] = p * p + q * q + s * s
            g[0, r] = 2.0 * (a * p + b * q + c * s)
            g[1, r] = 2.0 * x * (p + 2.0 * y * q + 3.0 * y2 * s)

    @np.errstate(all="ignore")
    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H: (..., 2) -> (..., 2, 2)."""
        x, y = np.moveaxis(np.asarray(w), -1, 0)
        y2 = y * y
        a, b, c = y - 1.0, y2 - 1.0, y2 * y - 1.0
        p, q, s = 1.5 + x * a, 2.25 + x * b, 2.625 + x * c
        xx = 2.0 * (a * a + b * b + c * c)
        xy = 2.0 * (p + 2.0 * y * q + 3.0 * y2 * s + x * (a + 2.0 * y * b + 3.0 * y2 * c))
        yy = 2.0 * x * (x * (1.0 + 4.0 * y2 + 9.0 * y2 * y2) + 2.0 * q + 6.0 * y * s)
        return two_by_two(xx, xy, yy)

    @property
    def minima(self) -> np.ndarray:
        """(3, 0.5), (1, 2)."""
        return np.array([[3.0, 0.5]])
