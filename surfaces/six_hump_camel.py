"""The six-hump camel."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.surface import Surface, two_by_two

MINIMA = (
    (0.08984201310031806, -0.7126564030207396),  # E = -1.031628
    (1.703606714969981, -0.7960835686726251),  # -0.215464
    (1.6071047529201972, 0.5686514548841314),  # 2.104250
)


@dataclass(frozen=True)
class SixHumpCamel(Surface):
    """Six minima in three pairs, each the other turned by half a turn.

    E(w) = (4 - 2.1 w_1^2 + w_1^4/3) w_1^2 + w_1 w_2 + (4 w_2^2 - 4) w_2^2      Dixon and Szego (1978)

    E(-w) = E(w). The lowest pair is (0.08984, -0.71266) and its opposite, E = -1.03163.
    """

    title = "Six-hump camel"
    note = "Six minima at three heights, in opposite pairs: which of them a run ends in depends on where it starts."
    latex = r"E(\mathbf w) = \bigl(4 - 2.1\,w_1^2 + \tfrac13 w_1^4\bigr) w_1^2 + w_1 w_2 + (4 w_2^2 - 4)\,w_2^2"
    dim = 2
    start = (-1.6, 0.2)
    learning_rate = 0.02
    view = ((-2.1, 2.1), (-1.3, 1.3))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        for r in range(w.shape[1]):
            x, y = w[0, r], w[1, r]
            x2, y2 = x * x, y * y
            error[r] = x2 * (4.0 + x2 * (x2 / 3.0 - 2.1)) + x * y + 4.0 * y2 * (y2 - 1.0)
            g[0, r] = x * (8.0 + x2 * (2.0 * x2 - 8.4)) + y
            g[1, r] = x + 8.0 * y * (2.0 * y2 - 1.0)

    @np.errstate(all="ignore")
    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H: (..., 2) -> (..., 2, 2)."""
        x2, y2 = np.moveaxis(np.square(np.asarray(w)), -1, 0)
        return two_by_two(8.0 + x2 * (10.0 * x2 - 25.2), 1.0, 48.0 * y2 - 8.0)

    @property
    def minima(self) -> np.ndarray:
        """All six, the lowest first, (6, 2)."""
        return np.array([(sign * x, sign * y) for x, y in MINIMA for sign in (1.0, -1.0)])
