"""One valley that is the mean of many."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.kernel import kernel
from engine.parameter import parameter
from surfaces.quadratic import Quadratic


@dataclass(frozen=True)
class ManyValleys(Quadratic):
    """The mean of N valleys of one shape, each about a minimum of its own.

    E(w) = mean over n of E_n(w),  E_n(w) = 1/2 (w - x_n)' H (w - x_n)       ours; an error of rows as in Bishop and
    Bishop (2024), (7.17), averaged

    Every row has the Hessian H, so that a mini-batch's gradient is the whole one plus noise that does not depend on w:
    what is known of the spread in closed form holds exactly. The minima x_n are drawn from a normal distribution, then
    moved and scaled so that their mean is w* and their covariance the identity times ``spread`` squared.
    """

    rows_drawn: int = parameter(60, 3, 1000, "N", whole=True, help="How many valleys.")
    spread: float = parameter(0.5, 0.01, 10.0, "s", step=0.1, help="How far their minima lie from the middle.")
    seed: int = parameter(1, 0, 9999, "", whole=True, help="Of their minima.")

    title = "Valley of many"
    note = "The mean of many valleys, each with a minimum of its own: a batch of them is a valley about another place."
    latex = (
        r"E(\mathbf w) = \frac1N\sum_n \tfrac12\,"
        r"(\mathbf w - \mathbf x_n)^{\mathsf T}\,\mathbf H\,(\mathbf w - \mathbf x_n)"
    )

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        h11, h12, h22 = theta[0], theta[1], theta[2]
        rows = data.shape[0]
        x0, y0 = 0.0, 0.0
        for n in range(rows):
            x0 += data[n, 0] / rows
            y0 += data[n, 1] / rows
        least = 0.0  # what is left at the mean of the minima
        for n in range(rows):
            x, y = data[n, 0] - x0, data[n, 1] - y0
            least += 0.5 * (h11 * x * x + 2.0 * h12 * x * y + h22 * y * y) / rows
        for r in range(w.shape[1]):
            x, y = w[0, r] - x0, w[1, r] - y0
            gx, gy = h11 * x + h12 * y, h12 * x + h22 * y
            g[0, r] = gx
            g[1, r] = gy
            error[r] = 0.5 * (x * gx + y * gy) + least

    @cached_property
    def _rows(self) -> np.ndarray:
        drawn = np.random.default_rng(int(self.seed)).standard_normal((int(self.rows_drawn), 2))
        drawn -= drawn.mean(axis=0)
        root = np.linalg.cholesky(drawn.T @ drawn / len(drawn))
        return np.ascontiguousarray(self.stationary_point + self.spread * np.linalg.solve(root, drawn.T).T)

    def rows(self) -> np.ndarray:
        """Return the minima x_n, (N, 2)."""
        return self._rows

    @property
    def least(self) -> float:
        """E(w*): what is left where all of them pull alike, 1/2 spread^2 (lambda_1 + lambda_2)."""
        return 0.5 * self.spread**2 * float(self.eigenvalues.sum())
