"""Rastrigin's function."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.parameter import parameter
from engine.surface import Surface, two_by_two


@dataclass(frozen=True)
class Rastrigin(Surface):
    """A bowl with a dip at about every pair of whole numbers.

    E(w) = sum of (w_i^2 + A (1 - cos(2 pi w_i)))    Rastrigin (1974), Systems of extremal control

    E = 0 at the origin only. With A = 10 there are 121 minima in |w_i| <= 5.12, and the dips are 20 deep; with A = 0 it
    is a bowl, and up to A = 1/(2 pi^2) = 0.05 it stays convex. Computed as w^2 + 2 A sin^2(pi w), which is the same but
    does not lose its digits near the origin.
    """

    amplitude: float = parameter(10.0, 0.0, 20.0, "A", step=0.5, help="Half the depth of the dips; 0 leaves a bowl.")

    title = "Rastrigin"
    note = "A dip at about every pair of whole numbers: with small steps a run ends in the dip it starts in."
    latex = r"E(\mathbf w) = \sum_{i=1}^{2} \bigl(w_i^2 + A\,(1 - \cos 2\pi w_i)\bigr)"
    dim = 2
    start = (2.3, -1.4)
    view = ((-5.12, 5.12), (-5.12, 5.12))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        a = theta[0]
        for r in range(w.shape[1]):
            x, y = w[0, r], w[1, r]
            p, q = np.sin(np.pi * x), np.sin(np.pi * y)
            error[r] = x * x + y * y + 2.0 * a * (p * p + q * q)
            g[0, r] = 2.0 * x + 4.0 * np.pi * a * p * np.cos(np.pi * x)
            g[1, r] = 2.0 * y + 4.0 * np.pi * a * q * np.cos(np.pi * y)

    @np.errstate(all="ignore")
    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H: (..., 2) -> (..., 2, 2)."""
        xx, yy = np.moveaxis(2.0 + 4.0 * np.pi**2 * self.amplitude * np.cos(2.0 * np.pi * np.asarray(w)), -1, 0)
        return two_by_two(xx, 0.0, yy)

    @property
    def learning_rate(self) -> float:
        """Half the limit of the steepest place there is."""
        return float(f"{1.0 / (2.0 + 4.0 * np.pi**2 * self.amplitude):.1g}")

    @property
    def minima(self) -> np.ndarray:
        """The lowest one, (1, 2)."""
        return np.zeros((1, 2))
