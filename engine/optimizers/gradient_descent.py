"""Gradient descent."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.optimizer import Best, Optimizer


@dataclass(frozen=True)
class GradientDescent(Optimizer):
    """Step against the gradient.

    w(tau) = w(tau - 1) - eta grad E(w(tau - 1))                                   Bishop and Bishop (2024), 7.16

    On a quadratic each distance alpha_i along an eigenvector is multiplied by 1 - eta lambda_i (7.27), so it converges
    exactly for 0 < eta < 2/lambda_max.
    """

    title = "Gradient descent"
    typical_learning_rate = 0.05
    colour = "#8c4dcb"
    dash = "solid"
    latex = r"\mathbf w \leftarrow \mathbf w - \eta\,\nabla E(\mathbf w)"
    textbook = True
    limit_words = "2/λ_{max}"

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        for i in range(w.shape[0]):
            for r in range(w.shape[1]):
                w[i, r] -= eta[r] * g[i, r]

    @staticmethod
    def mode_polynomial(eta_lambda: np.ndarray, hyper: np.ndarray) -> np.ndarray:
        """Return z - (1 - eta lambda), Bishop (7.27)."""
        return np.stack([np.ones_like(eta_lambda), eta_lambda - 1.0], axis=-1)

    @classmethod
    def best(cls, smallest: float, largest: float) -> Best:
        """Return eta = 2/(lambda_min + lambda_max), rate (kappa - 1)/(kappa + 1); Polyak (1964)."""
        total = smallest + largest
        return Best(cls(), 2.0 / total, (largest - smallest) / total)
