"""Lion."""

from dataclasses import dataclass

import numpy as np

from engine import forms
from engine.kernel import kernel
from engine.optimizer import Optimizer
from engine.parameter import parameter


@dataclass(frozen=True)
class Lion(Optimizer):
    """Step by eta in every weight, against the sign of the momentum mixed with the present gradient.

    w_i = w_i - eta (sign(beta1 m_i + (1 - beta1) g_i) + lambda_w w_i)             Chen et al. (2023), Algorithm 2
    then  m_i = beta2 m_i + (1 - beta2) g_i,  g = grad E

    The weights move before the momentum is renewed, with another weight on its old value. The decay is decoupled, and
    eta multiplies it; it is 0 unless set. sign(0) = 0.
    """

    decay_1: float = forms.decay_1()
    decay_2: float = parameter(
        0.99, 0.0, 0.9999, r"\beta_2", step=0.01, help="Weight on the momentum when it is renewed."
    )
    weight_decay: float = forms.weight_decay(0.0)

    title = "Lion"
    slots = ("mean",)
    typical_learning_rate = 0.02
    colour = "#bbaa99"
    dash = "solid"
    latex = (
        r"w_i \leftarrow w_i - \eta\,\big(\mathrm{sign}(\beta_1 m_i + (1-\beta_1)\,g_i) + \lambda_w w_i\big),\quad"
        r"m_i \leftarrow \beta_2 m_i + (1-\beta_2)\,g_i"
    )
    steps_shrink = False

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        beta1, beta2, share = hyper[0], hyper[1], hyper[2]
        for i in range(w.shape[0]):
            m = state[0, i]
            for r in range(w.shape[1]):
                mixed = beta1[r] * m[r] + (1.0 - beta1[r]) * g[i, r]
                w[i, r] -= eta[r] * (np.sign(mixed) + share[r] * w[i, r])
                m[r] = beta2[r] * m[r] + (1.0 - beta2[r]) * g[i, r]
