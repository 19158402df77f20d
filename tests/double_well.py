"""A surface with two minima, for tests alone: the pages have only the quadratic."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.parameter import parameter
from engine.surface import Surface


@dataclass(frozen=True)
class DoubleWell(Surface):
    """E(w) = (x^2 - 1)^2 + tilt x + y^2 with minima near (-1, 0) and (1, 0); with a tilt the left one lies lower."""

    tilt: float = parameter(0.0, -0.5, 0.5, "t", step=0.1, help="How much the right well is lifted.")

    title = "Double well"
    dim = 2
    start = (-1.5, 1.0)
    view = ((-2.4, 2.4), (-1.6, 1.6))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        tilt = theta[0]
        for r in range(w.shape[1]):
            x, y = w[0, r], w[1, r]
            well = x * x - 1.0
            error[r] = well * well + tilt * x + y * y
            g[0, r] = 4.0 * x * well + tilt
            g[1, r] = 2.0 * y

    def hessian(self, w):
        w = np.asarray(w)
        h = np.zeros((*w.shape[:-1], 2, 2))
        h[..., 0, 0], h[..., 1, 1] = 12.0 * w[..., 0] ** 2 - 4.0, 2.0
        return h

    @property
    def minima(self):
        roots = np.sort(np.roots([4.0, 0.0, -4.0, self.tilt]).real)
        return np.array([[roots[0], 0.0], [roots[2], 0.0]])
