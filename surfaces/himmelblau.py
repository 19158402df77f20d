"""Himmelblau's function."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.surface import Surface, two_by_two


@dataclass(frozen=True)
class Himmelblau(Surface):
    """Four minima of the same depth.

    E(w) = (w_1^2 + w_2 - 11)^2 + (w_1 + w_2^2 - 7)^2      Himmelblau (1972), Applied Nonlinear Programming

    E = 0 at (3, 2) and at (-2.8051, 3.1313), (-3.7793, -3.2832), (3.5844, -1.8481); between them lie four saddles and
    one maximum, (-0.2708, -0.9230).
    """

    title = "Himmelblau"
    note = "Four minima of the same depth: which one a run finds is a matter of its start and its learning rate."
    latex = r"E(\mathbf w) = (w_1^2 + w_2 - 11)^2 + (w_1 + w_2^2 - 7)^2"
    dim = 2
    start = (0.0, 0.0)
    view = ((-6.0, 6.0), (-5.0, 5.0))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        for r in range(w.shape[1]):
            x, y = w[0, r], w[1, r]
            p, q = x * x + y - 11.0, x + y * y - 7.0
            error[r] = p * p + q * q
            g[0, r] = 4.0 * x * p + 2.0 * q
            g[1, r] = 2.0 * p + 4.0 * y * q

    @np.errstate(all="ignore")
    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H: (..., 2) -> (..., 2, 2)."""
        x, y = np.moveaxis(np.asarray(w), -1, 0)
        return two_by_two(12.0 * x * x + 4.0 * y - 42.0, 4.0 * (x + y), 12.0 * y * y + 4.0 * x - 26.0)

    @property
    def minima(self) -> np.ndarray:
        """All four, (4, 2)."""
        return np.array(
            [
                [3.0, 2.0],
                [-2.805118086952745, 3.131312518250573],
                [-3.779310253377747, -3.2831859912861696],
                [3.5844283403304917, -1.8481265269644036],
            ]
        )
