"""AdaMax."""

from dataclasses import dataclass

import numpy as np

from engine import forms
from engine.kernel import kernel
from engine.optimizer import Optimizer
from engine.parameter import parameter


@dataclass(frozen=True)
class AdaMax(Optimizer):
    """Adam with the largest recent gradient in place of the root of the averaged square.

    s_i = beta1 s_i + (1 - beta1) g_i,  u_i = max(beta2 u_i, |g_i|),  g = grad E   Kingma and Ba (2015), Algorithm 2
    w_i = w_i - eta/(1 - beta1^tau) s_i/u_i

    Only the mean is corrected for its start at zero; the maximum needs none. No stabiliser, as printed there: a weight
    whose gradient has always been 0, so that u is 0 too, stays where it is. 1 - beta1^tau is carried as a slot.
    """

    decay_1: float = forms.decay_1()
    decay_2: float = parameter(
        0.999, 0.0, 0.9999, r"\beta_2", step=0.01, help="What the largest gradient keeps a step."
    )

    title = "AdaMax"
    slots = ("mean", "largest", "mean_correction")
    typical_learning_rate = 0.1
    colour = "#4400ff"
    dash = "longdashdot"
    latex = (
        r"s_i \leftarrow \beta_1 s_i + (1-\beta_1)\,g_i,\quad u_i \leftarrow \max(\beta_2 u_i, |g_i|),\quad"
        r"w_i \leftarrow w_i - \frac{\eta}{1-\beta_1^\tau}\,\frac{s_i}{u_i}"
    )
    steps_shrink = False

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        beta1, beta2 = hyper[0], hyper[1]
        for i in range(w.shape[0]):
            s, u, c = state[0, i], state[1, i], state[2, i]
            for r in range(w.shape[1]):
                s[r] = beta1[r] * s[r] + (1.0 - beta1[r]) * g[i, r]
                c[r] += (1.0 - beta1[r]) * (1.0 - c[r])
            for r in range(w.shape[1]):
                u[r] = np.maximum(beta2[r] * u[r], np.abs(g[i, r]))
                w[i, r] -= eta[r] / c[r] * (s[r] / u[r] if u[r] > 0.0 else 0.0)
