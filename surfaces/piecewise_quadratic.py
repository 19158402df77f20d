"""The curve on which heavy ball goes round for ever."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.surface import Surface


@dataclass(frozen=True)
class PiecewiseQuadratic(Surface):
    """One weight, convex and smooth with curvatures 25, 1, 25: heavy ball, set as best for a quadratic, cycles.

    dE/dw = 25 w if w < 1,  w + 24 if 1 <= w < 2,  25 w - 24 if w >= 2      Lessard, Recht and Packard (2016), 4.6

    E = 0 at 0, the one minimum. For eigenvalues in [1, 25] the best setting of momentum is eta = 1/9, mu = 4/9; from
    any start in [3.07, 3.46] it ends up in the cycle 792/1225, -2208/1225, 2592/1225 and never arrives, although
    gradient descent does. What is stable near a minimum need not be stable far from it.
    """

    title = "Piecewise quadratic"
    note = "Convex and smooth, and yet momentum, set as is best for quadratics, goes round three points for ever."
    latex = (
        r"E'(w) = \begin{cases} 25\,w & w < 1 \\ w + 24 & 1 \le w < 2 \\ 25\,w - 24 & w \ge 2 \end{cases},"
        r"\qquad E(0) = 0"
    )
    dim = 1
    start = (3.3,)
    view = ((-3.6, 3.6), (0.0, 160.0))
    kinks = (1.0, 2.0)

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        for r in range(w.shape[1]):
            x = w[0, r]
            if x < 1.0:
                error[r] = 12.5 * x * x
                g[0, r] = 25.0 * x
            elif x < 2.0:
                error[r] = 0.5 * x * x + 24.0 * x - 12.0
                g[0, r] = x + 24.0
            else:
                error[r] = 12.5 * x * x - 24.0 * x + 36.0
                g[0, r] = 25.0 * x - 24.0

    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H: (..., 1) -> (..., 1, 1)."""
        x = np.asarray(w, dtype=np.float64)[..., None]
        return np.where((x >= 1.0) & (x < 2.0), 1.0, 25.0)

    @property
    def minima(self) -> np.ndarray:
        """0, (1, 1)."""
        return np.zeros((1, 1))
