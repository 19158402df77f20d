"""AdamW."""

from dataclasses import dataclass

import numpy as np

from engine import forms
from engine.kernel import kernel
from engine.optimizer import Optimizer
from engine.parameter import choice


@dataclass(frozen=True)
class AdamW(Optimizer):
    """Adam that also draws every weight to zero, past its averages.

    s_i = beta1 s_i + (1 - beta1) g_i,  r_i = beta2 r_i + (1 - beta2) g_i^2        Loshchilov and Hutter (2019), Alg. 2
    w_i = w_i - eta (s_hat_i/(sqrt(r_hat_i) + delta) + lambda_w w_i),  s_hat and r_hat corrected as in Adam

    The decay is decoupled from the gradient's averages, and eta multiplies both, as in PyTorch: the paper's alpha is 1
    and its eta_t is eta. The other form, L2, adds lambda_w w to the gradient instead, where the averages divide it by
    the size of the gradients. Neither ends at the minimum of E unless that is zero, but off it towards zero. delta
    stands outside the root.
    """

    decay_1: float = forms.decay_1()
    decay_2: float = forms.decay_2()
    weight_decay: float = forms.weight_decay(0.01)
    stabiliser: float = forms.stabiliser()
    decay_form: str = choice(
        "decoupled",
        {"decoupled": "decoupled decay", "l2": "L2 decay"},
        help="Whether λ_w w is added to the step, or to the gradient (L2).",
    )

    title = "AdamW"
    slots = ("mean", "squares", "mean_correction", "squares_correction")
    typical_learning_rate = 0.1
    colour = "#774477"
    dash = "dot"
    latex = (
        r"s_i \leftarrow \beta_1 s_i + (1-\beta_1)\,g_i,\quad r_i \leftarrow \beta_2 r_i + (1-\beta_2)\,g_i^2,\quad"
        r"w_i \leftarrow w_i - \eta\left(\frac{s_i/(1-\beta_1^\tau)}{\sqrt{r_i/(1-\beta_2^\tau)} + \delta}"
        r" + \lambda_w w_i\right)"
    )
    steps_shrink = False
    ends_at_minimum = False

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        beta1, beta2, share, delta, coupled = hyper[0], hyper[1], hyper[2], hyper[3], hyper[4]
        for i in range(w.shape[0]):
            s, q, c1, c2 = state[0, i], state[1, i], state[2, i], state[3, i]
            for r in range(w.shape[1]):
                whole = g[i, r] + (share[r] * w[i, r] if coupled[r] else 0.0)
                s[r] = beta1[r] * s[r] + (1.0 - beta1[r]) * whole
                q[r] = beta2[r] * q[r] + (1.0 - beta2[r]) * whole * whole
            for r in range(w.shape[1]):
                c1[r] += (1.0 - beta1[r]) * (1.0 - c1[r])
                c2[r] += (1.0 - beta2[r]) * (1.0 - c2[r])
            for r in range(w.shape[1]):
                step = (s[r] / c1[r]) / (np.sqrt(q[r] / c2[r]) + delta[r])
                w[i, r] -= eta[r] * (step + (0.0 if coupled[r] else share[r] * w[i, r]))
