"""Gradient descent with momentum (heavy ball)."""

import math
from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.optimizer import Best, Optimizer
from engine.parameter import parameter


@dataclass(frozen=True)
class Momentum(Optimizer):
    """Keep a share mu of the last step.

    dw(tau - 1) = -eta grad E(w(tau - 1)) + mu dw(tau - 2),  w(tau) = w(tau - 1) + dw(tau - 1)
                                                                                   Bishop and Bishop (2024), 7.31

    The first step starts from rest, dw = 0. The learning rate multiplies the gradient before it is remembered; not the
    form that remembers gradients and multiplies later (the same path while eta is constant), and not the one with
    (1 - mu) before the gradient.
    """

    momentum: float = parameter(0.9, 0.0, 0.999, r"\mu", step=0.01, help="Share of the last step that is kept.")

    title = "Momentum"
    slots = ("change",)
    typical_learning_rate = 0.02
    colour = "#e04e06"
    dash = "solid"
    latex = (
        r"\Delta\mathbf w \leftarrow -\eta\,\nabla E(\mathbf w) + \mu\,\Delta\mathbf w,\quad"
        r"\mathbf w \leftarrow \mathbf w + \Delta\mathbf w"
    )
    textbook = True
    limit_words = "(2 + 2μ)/λ_{max}"

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        mu = hyper[0]
        for i in range(w.shape[0]):
            dw = state[0, i]
            for r in range(w.shape[1]):
                dw[r] = -eta[r] * g[i, r] + mu[r] * dw[r]
                w[i, r] += dw[r]

    @staticmethod
    def mode_polynomial(eta_lambda: np.ndarray, hyper: np.ndarray) -> np.ndarray:
        """Return z^2 - (1 + mu - eta lambda) z + mu, Polyak (1964)."""
        one, mu = np.ones_like(eta_lambda), np.broadcast_to(hyper[0], eta_lambda.shape)
        return np.stack([one, eta_lambda - (1.0 + mu), mu], axis=-1)

    @classmethod
    def best(cls, smallest: float, largest: float) -> Best:
        """Return eta = (2/(sqrt lambda_max + sqrt lambda_min))^2 and mu = rate^2; Polyak (1964).

        rate = (sqrt kappa - 1)/(sqrt kappa + 1)
        """
        total = math.sqrt(largest) + math.sqrt(smallest)
        rate = (math.sqrt(largest) - math.sqrt(smallest)) / total
        return Best(cls(momentum=rate**2), (2.0 / total) ** 2, rate)
