"""Rosenbrock's valley."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.parameter import parameter
from engine.surface import Surface, two_by_two


@dataclass(frozen=True)
class Rosenbrock(Surface):
    """A narrow valley that bends: into it is easy, along it is slow.

    E(w) = (a - w_1)^2 + b (w_2 - w_1^2)^2      Rosenbrock (1960), The Computer Journal 3

    Its floor is the parabola w_2 = w_1^2, its one stationary point the minimum (a, a^2), where E = 0 and
    H = [[2 + 8 b a^2, -4 b a], [-4 b a, 2 b]]: with a = 1 and b = 100 the condition number is 2508.
    """

    a: float = parameter(1.0, 0.0, 1.5, "a", step=0.1, help="Where the minimum lies along the valley: at (a, a²).")
    b: float = parameter(100.0, 1.0, 1000.0, "b", scale="log", help="How steep the walls of the valley are.")

    title = "Rosenbrock"
    note = "A narrow valley that bends: finding it is easy, following it to the minimum is slow."
    latex = r"E(\mathbf w) = (a - w_1)^2 + b\,(w_2 - w_1^2)^2"
    dim = 2
    start = (-1.2, 1.0)  # Rosenbrock's own
    view = ((-2.0, 2.0), (-0.6, 2.6))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        a, b = theta[0], theta[1]
        for r in range(w.shape[1]):
            x, y = w[0, r], w[1, r]
            along, across = a - x, y - x * x
            error[r] = along * along + b * across * across
            g[0, r] = -2.0 * along - 4.0 * b * x * across
            g[1, r] = 2.0 * b * across

    @np.errstate(all="ignore")
    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H: (..., 2) -> (..., 2, 2)."""
        x, y = np.moveaxis(np.asarray(w), -1, 0)
        return two_by_two(2.0 + 4.0 * self.b * (3.0 * x * x - y), -4.0 * self.b * x, 2.0 * self.b)

    @property
    def minima(self) -> np.ndarray:
        """(a, a^2), (1, 2)."""
        return np.array([[self.a, self.a * self.a]])
