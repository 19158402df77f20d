"""A local minimum and the global one."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.parameter import parameter
from engine.surface import Surface, View, two_by_two


@dataclass(frozen=True)
class TwoMinima(Surface):
    """A local minimum w_A, the global minimum w_B, and a pass between them.

    dE/dw_1 = 64/d^4 (w_1^2 - d^2/4)(w_1 + 3 D d/32) + (w_1/2 - w_2)      After Bishop and Bishop (2024), figure 7.1
    dE/dw_2 = 2 (w_2 - w_1/2),  E(w_B) = 0

    w_A = (-d/2, -d/4) and w_B = (d/2, d/4) at any setting, and E(w_A) = D, the ``depth`` of w_B below w_A. With D = 0
    both are global minima and the pass is 1 high; at D = 16/3 the pass would reach w_A and only w_B would be left. The
    figure in the book is a drawing without a formula; this one is ours.
    """

    depth: float = parameter(1.0, 0.0, 4.0, r"\Delta", step=0.1, help="How much deeper the global minimum lies.")
    distance: float = parameter(
        3.0, 1.0, 4.0, "d", step=0.1, help="From one minimum to the other along the first weight."
    )

    title = "Two minima"
    note = "A local minimum, the global one and a pass between them: gradient descent ends on the side where it starts."
    latex = (
        r"E(\mathbf w) = \frac{64}{d^4}\int_{d/2}^{w_1}\bigl(t^2 - \tfrac14 d^2\bigr)"
        r"\bigl(t + \tfrac{3}{32}\Delta d\bigr)\,dt + \bigl(w_2 - \tfrac12 w_1\bigr)^2"
    )
    dim = 2

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        half, c, k, a, b = theta[0], theta[1], theta[2], theta[3], theta[4]
        for r in range(w.shape[1]):
            x = w[0, r]
            beyond, across = x - half, w[1, r] - 0.5 * x
            # the integral, divided by its double root at the global minimum
            error[r] = k * beyond * beyond * (0.25 * x * x + a * x + b) + across * across
            g[0, r] = k * beyond * (x + half) * (x - c) - across
            g[1, r] = 2.0 * across

    def pack(self) -> np.ndarray:
        """Return d/2, the pass's w_1, the factor, and the other factor's coefficients, (5,)."""
        half = 0.5 * self.distance
        c = -3.0 * self.depth * half / 16.0
        return np.array([half, c, 4.0 / half**4, half / 2.0 - c / 3.0, half**2 / 4.0 - 2.0 * c * half / 3.0])

    @np.errstate(all="ignore")
    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H: (..., 2) -> (..., 2, 2)."""
        half, c, k, _, _ = self.pack()
        x = np.asarray(w)[..., 0]
        return two_by_two(k * (2.0 * x * (x - c) + x * x - half * half) + 0.5, -1.0, 2.0)

    @property
    def minima(self) -> np.ndarray:
        """w_A and w_B, (2, 2)."""
        half = 0.5 * self.distance
        return np.array([[-half, -half / 2.0], [half, half / 2.0]])

    @property
    def landmarks(self) -> dict[str, tuple[float, ...]]:
        """w_A and w_B, and the place w_C of which the figure shows the gradient."""
        half = 0.5 * self.distance
        return {"w_A": (-half, -half / 2.0), "w_B": (half, half / 2.0), "w_C": self.start}

    @property
    def start(self) -> tuple[float, float]:
        """w_C, on the wall behind w_A."""
        half = 0.5 * self.distance
        return -1.45 * half, 0.3 * half

    @property
    def view(self) -> View:
        """A window that shows both minima and the walls behind them."""
        half = 0.5 * self.distance
        return (-1.8 * half, 1.8 * half), (-1.3 * half, 1.3 * half)
