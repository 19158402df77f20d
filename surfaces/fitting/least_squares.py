"""Least squares of any number of weights."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.dataset import Dataset
from engine.kernel import kernel
from engine.surface import View
from surfaces.fitting.fitted import Fitted


@dataclass(frozen=True)
class LeastSquares(Fitted):
    """A weight for every input, and no other: a quadratic in K weights.

    y = w' x,  E(w) = 1/2 sum over n of (y_n - t_n)^2, or its mean      Bishop and Bishop (2024), after 7.61
    """

    title = "Least squares"
    note = "A weight for every input, fitted by least squares."
    latex = r"y_n = \mathbf w^{\mathsf T} \mathbf x_n,\qquad E = \tfrac12\sum_n (y_n - t_n)^2\ \text{or its mean}"
    quadratic = True

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        size, runs = w.shape
        share = 1.0 / data.shape[0] if theta[0] == 0.0 else 1.0
        off = np.empty(runs)
        for r in range(runs):
            error[r] = 0.0
        for i in range(size):
            for r in range(runs):
                g[i, r] = 0.0
        for n in range(data.shape[0]):
            for r in range(runs):
                off[r] = -data[n, size]
            for i in range(size):
                x = data[n, i]
                for r in range(runs):
                    off[r] += w[i, r] * x
            for r in range(runs):
                error[r] += 0.5 * share * off[r] * off[r]
            for i in range(size):
                x = share * data[n, i]
                for r in range(runs):
                    g[i, r] += x * off[r]

    @classmethod
    def misfit(cls, data: Dataset) -> str | None:
        """Return why data do not suit: more than one target, or inputs of which one follows from others."""
        if data.targets.shape[1] > 1:
            return f"{cls.title} takes one target, got {data.targets.shape[1]}"
        if np.linalg.matrix_rank(data.inputs) < data.inputs.shape[1]:
            return f"{cls.title} needs inputs of which none follows from the others"
        return None

    @property
    def dim(self) -> int:
        """K, a weight for every input."""
        return self.dataset.inputs.shape[1]

    @property
    def start(self) -> tuple[float, ...]:
        """All weights 0."""
        return (0.0,) * self.dim

    @property
    def view(self) -> View:
        """About the first two weights of the minimum."""
        x, y = (float(value) for value in self.minima[0][[0, -1]])
        return (x - 2.0, x + 2.0), (y - 2.0, y + 2.0)

    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H, the same everywhere: (..., D) -> (..., D, D)."""
        inputs = self.dataset.inputs
        return np.broadcast_to(self.share * inputs.T @ inputs, (*np.shape(w)[:-1], self.dim, self.dim))

    @cached_property
    def minima(self) -> np.ndarray:
        """The minimum, (1, D)."""
        return np.linalg.lstsq(self.dataset.inputs, self.dataset.targets[:, 0], rcond=None)[0][None]
