"""A straight line through points, a surface made of rows for tests that need one."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import Surface
from engine.kernel import kernel

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=23)
POINTS = np.stack([X, 0.7 * X - 0.4 + 0.3 * RANDOM.normal(size=23)], axis=1)


@dataclass(frozen=True)
class Line(Surface):
    """E = 1/2 mean over n of (w_1 x_n + w_2 - t_n)^2."""

    points: Any = None

    title = "Line"
    dim = 2
    start = (-1.0, 0.5)
    view = ((-2.0, 2.0), (-2.0, 2.0))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        rows = data.shape[0]
        for r in range(w.shape[1]):
            error[r] = 0.0
            g[0, r] = 0.0
            g[1, r] = 0.0
        for n in range(rows):
            x, t = data[n, 0], data[n, 1]
            for r in range(w.shape[1]):
                away = w[0, r] * x + w[1, r] - t
                error[r] += 0.5 * away * away / rows
                g[0, r] += away * x / rows
                g[1, r] += away / rows

    def hessian(self, w):
        x = self.rows()[:, 0]
        return np.array([[np.mean(x * x), np.mean(x)], [np.mean(x), 1.0]])

    def rows(self):
        return POINTS if self.points is None else self.points
