"""Nesterov momentum."""

import math
from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.optimizer import Best, Optimizer
from engine.parameter import parameter


@dataclass(frozen=True)
class Nesterov(Optimizer):
    """Momentum whose gradient is taken where the momentum alone would lead.

    dw(tau - 1) = -eta grad E(w(tau - 1) + mu dw(tau - 2)) + mu dw(tau - 2),  w(tau) = w(tau - 1) + dw(tau - 1)
                                                                                   Bishop and Bishop (2024), 7.34

    The weights shown are w, not the look-ahead points. Constant mu: the form with mu growing as (t - 1)/(t + 2), which
    has the O(1/t^2) bound on convex functions, is another one.
    """

    momentum: float = parameter(0.9, 0.0, 0.999, r"\mu", step=0.01, help="Share of the last step that is kept.")

    title = "Nesterov"
    slots = ("change",)
    typical_learning_rate = 0.02
    colour = "#d161be"
    dash = "dash"
    latex = (
        r"\Delta\mathbf w \leftarrow -\eta\,\nabla E(\mathbf w + \mu\,\Delta\mathbf w) + \mu\,\Delta\mathbf w,\quad"
        r"\mathbf w \leftarrow \mathbf w + \Delta\mathbf w"
    )
    textbook = True
    limit_words = "(2 + 2μ)/((1 + 2μ) λ_{max})"

    @kernel
    @staticmethod
    def query(w, state, hyper, out):
        mu = hyper[0]
        for i in range(w.shape[0]):
            dw = state[0, i]
            for r in range(w.shape[1]):
                out[i, r] = w[i, r] + mu[r] * dw[r]

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
        """Return z^2 - (1 + mu) h z + mu h with h = 1 - eta lambda; Lessard, Recht and Packard (2016), section 4.5."""
        h, mu = 1.0 - eta_lambda, hyper[0]
        return np.stack([np.ones_like(h), -(1.0 + mu) * h, mu * h], axis=-1)

    @classmethod
    def best(cls, smallest: float, largest: float) -> Best:
        """Return eta = 4/(3 lambda_max + lambda_min), mu = (s - 2)/(s + 2), rate 1 - 2/s with s = sqrt(3 kappa + 1).

        Lessard, Recht and Packard (2016), proposition 1.
        """
        s = math.sqrt(3.0 * (largest / smallest) + 1.0)
        return Best(cls(momentum=(s - 2.0) / (s + 2.0)), 4.0 / (3.0 * largest + smallest), 1.0 - 2.0 / s)
