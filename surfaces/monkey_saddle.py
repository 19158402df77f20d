"""The monkey saddle."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.surface import Surface, two_by_two


@dataclass(frozen=True)
class MonkeySaddle(Surface):
    """Three ways up and three ways down from a point at which even the Hessian vanishes.

    E(w) = w_1^3 - 3 w_1 w_2^2 = r^3 cos(3 phi)      Hilbert and Cohn-Vossen (1952), Geometry and the Imagination

    The origin is degenerate: gradient and Hessian are zero there, so no quadratic tells what it is. Its Hessian
    elsewhere has the eigenvalues +-6 r: every other point has a direction that curves down. There is no minimum and no
    lower bound: a run leaves the view, sooner or later, but for one on the three ridges, which small steps lead to the
    origin.
    """

    title = "Monkey saddle"
    note = "The Hessian at the origin is zero, so no quadratic shows the three ways down; there is no minimum at all."
    latex = r"E(\mathbf w) = w_1^3 - 3\,w_1 w_2^2"
    dim = 2
    start = (1.3, 0.02)
    learning_rate = 0.03
    view = ((-1.8, 1.8), (-1.4, 1.4))
    bounded_below = False

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        for r in range(w.shape[1]):
            x, y = w[0, r], w[1, r]
            error[r] = x * (x * x - 3.0 * y * y)
            g[0, r] = 3.0 * (x * x - y * y)
            g[1, r] = -6.0 * x * y

    @np.errstate(all="ignore")
    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H: (..., 2) -> (..., 2, 2)."""
        x, y = np.moveaxis(6.0 * np.asarray(w), -1, 0)
        return two_by_two(x, -y, -x)
