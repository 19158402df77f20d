"""The function of Styblinski and Tang."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.parameter import parameter
from engine.surface import Surface, two_by_two


@dataclass(frozen=True)
class StyblinskiTang(Surface):
    """Four minima, one in each quadrant, that a tilt makes unequal.

    E(w) = 1/2 sum of (w_i^4 - 16 w_i^2 + t w_i)    Styblinski and Tang (1990), Neural Networks 3

    With t = 5 the lowest minimum is (-2.903534, -2.903534), E = -78.33233; without a tilt all four have E = -64.
    """

    tilt: float = parameter(
        5.0, 0.0, 10.0, "t", step=0.5, help="A minimum lies about 2.8 t lower for each weight that is negative."
    )

    title = "Styblinski-Tang"
    note = "Four minima, one in each quadrant: a tilt makes one of them the lowest, and most starts miss it."
    latex = r"E(\mathbf w) = \tfrac12 \sum_{i=1}^{2} \bigl(w_i^4 - 16\,w_i^2 + t\,w_i\bigr)"
    dim = 2
    start = (0.5, 1.0)
    learning_rate = 0.01
    view = ((-5.0, 5.0), (-4.2, 4.2))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        t = theta[0]
        for r in range(w.shape[1]):
            x, y = w[0, r], w[1, r]
            x2, y2 = x * x, y * y
            error[r] = 0.5 * (x2 * (x2 - 16.0) + y2 * (y2 - 16.0) + t * (x + y))
            g[0, r] = 2.0 * x * (x2 - 8.0) + 0.5 * t
            g[1, r] = 2.0 * y * (y2 - 8.0) + 0.5 * t

    @np.errstate(all="ignore")
    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H: (..., 2) -> (..., 2, 2)."""
        xx, yy = np.moveaxis(6.0 * np.square(np.asarray(w)) - 16.0, -1, 0)
        return two_by_two(xx, 0.0, yy)

    @property
    def minima(self) -> np.ndarray:
        """All four, the lowest first, (4, 2)."""
        x = np.array([-3.0, 3.0])  # beyond both, where Newton's method comes down on them
        for _ in range(8):
            x = x - (2.0 * x**3 - 16.0 * x + 0.5 * self.tilt) / (6.0 * x**2 - 16.0)
        return np.array([[p, q] for p in x for q in x])
