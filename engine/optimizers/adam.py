"""Adam."""

from dataclasses import dataclass

import numpy as np

from engine import forms
from engine.kernel import kernel
from engine.optimizer import Optimizer


@dataclass(frozen=True)
class Adam(Optimizer):
    """Momentum and RMSProp together, both averages corrected for their start at zero.

    s_i = beta1 s_i + (1 - beta1) dE/dw_i                                          Bishop and Bishop (2024), 7.43
    r_i = beta2 r_i + (1 - beta2) (dE/dw_i)^2                                      7.44
    s_hat_i = s_i/(1 - beta1^tau),  r_hat_i = r_i/(1 - beta2^tau)                  7.45, 7.46
    w_i = w_i - eta s_hat_i/(sqrt(r_hat_i) + delta)                                7.47

    The stabiliser delta stands outside the root of the corrected average, as printed there, or on request inside:
    sqrt(r_hat + delta). 1 - beta^tau is carried as a slot c that starts at 0 and obeys c += (1 - beta)(1 - c); without
    bias correction, s_hat = s and r_hat = r, it is 1 from the first step on. Not AMSGrad, AdamW or NAdam.
    """

    decay_1: float = forms.decay_1()
    decay_2: float = forms.decay_2()
    stabiliser: float = forms.stabiliser()
    bias_correction: str = forms.bias_correction("on")
    stabiliser_place: str = forms.stabiliser_place()

    title = "Adam"
    slots = ("mean", "squares", "mean_correction", "squares_correction")
    typical_learning_rate = 0.1
    colour = "#0657f9"
    dash = "longdash"
    latex = (
        r"s_i \leftarrow \beta_1 s_i + (1-\beta_1)\,g_i,\quad r_i \leftarrow \beta_2 r_i + (1-\beta_2)\,g_i^2,\quad"
        r"w_i \leftarrow w_i - \eta\,\frac{s_i/(1-\beta_1^\tau)}{\sqrt{r_i/(1-\beta_2^\tau)} + \delta}"
    )
    textbook = True
    limit_name = "limit in the long run"
    limit_words = "(2 + 2β₁)/((1 − β₁) λ_{max}(P⁻¹H))"
    steps_shrink = False

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        beta1, beta2, delta, plain, inside = hyper[0], hyper[1], hyper[2], hyper[3], hyper[4]
        for i in range(w.shape[0]):
            s, q, c1, c2 = state[0, i], state[1, i], state[2, i], state[3, i]
            for r in range(w.shape[1]):
                s[r] = beta1[r] * s[r] + (1.0 - beta1[r]) * g[i, r]
            for r in range(w.shape[1]):
                q[r] = beta2[r] * q[r] + (1.0 - beta2[r]) * g[i, r] * g[i, r]
            for r in range(w.shape[1]):
                c1[r] += (1.0 if plain[r] else 1.0 - beta1[r]) * (1.0 - c1[r])
                c2[r] += (1.0 if plain[r] else 1.0 - beta2[r]) * (1.0 - c2[r])
            for r in range(w.shape[1]):
                under = q[r] / c2[r] + (delta[r] if inside[r] else 0.0)
                w[i, r] -= eta[r] * (s[r] / c1[r]) / (np.sqrt(under) + (0.0 if inside[r] else delta[r]))

    def preconditioner(self, state: dict[str, np.ndarray]) -> np.ndarray:
        """Return sqrt(r_hat) + delta, or sqrt(r_hat + delta); before the first step r_hat is 0."""
        r_hat = forms.corrected(state["squares"], state["squares_correction"])
        return forms.rooted(r_hat, self.stabiliser, self.stabiliser_place)

    @property
    def preconditioned_limit(self) -> float:
        """Return (2 + 2 beta1)/(1 - beta1), 38 at beta1 = 0.9; Cohen et al. (2022), arXiv:2207.14484."""
        return (2.0 + 2.0 * self.decay_1) / (1.0 - self.decay_1)
