"""Linear regression."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from surfaces.fitting.two_weights import TwoWeights


@dataclass(frozen=True)
class LinearRegression(TwoWeights):
    """A line through points by least squares: a quadratic, whose Hessian is made of sums over the inputs.

    y = w x + b,  E(w, b) = 1/2 sum over n of (y_n - t_n)^2      Bishop and Bishop (2024), 7.61, 7.62

    The mean divides by N. H = [[sum x^2, sum x], [sum x, N]] (exercise 7.4) has trace sum x^2 + N and determinant
    N sum x^2 - (sum x)^2, N^2 times the variance of x: positive, so that the stationary point is a minimum, unless
    every x is the same. Of two inputs y = w_1 x_1 + w_2 x_2.
    """

    title = "Linear regression"
    note = "A line fitted by least squares: a quadratic valley, the longer the further the inputs are from 0."
    convex = True
    latex = r"y_n = w\,x_n + b,\qquad E(w, b) = \tfrac12\sum_n (y_n - t_n)^2\ \text{or its mean}"
    quadratic = True

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        share = 1.0 / data.shape[0] if theta[0] == 0.0 else 1.0
        last = data.shape[1] - 1
        for r in range(w.shape[1]):
            error[r] = 0.0
            g[0, r] = 0.0
            g[1, r] = 0.0
        for n in range(data.shape[0]):
            x, t = data[n, 0], data[n, last]
            z = data[n, 1] if last == 2 else 1.0  # of one input what b multiplies
            for r in range(w.shape[1]):
                off = w[0, r] * x + w[1, r] * z - t
                error[r] += 0.5 * share * off * off
                g[0, r] += share * off * x
                g[1, r] += share * off * z

    def derivatives(self, activation: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return (a - t)^2/2, a - t and 1."""
        off = activation - target
        return 0.5 * off * off, off, np.ones_like(off)

    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H, the same everywhere: (..., 2) -> (..., 2, 2)."""
        return np.broadcast_to(self.expansion(np.zeros(2))[2], (*np.shape(w)[:-1], 2, 2))

    def outputs(self, w: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """Return y of inputs (n, K): w (..., 2) -> (..., n)."""
        return self.activations(w, inputs)
