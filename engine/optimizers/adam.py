"""Adam."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.optimizer import Optimizer
from engine.parameter import parameter


@dataclass(frozen=True)
class Adam(Optimizer):
    """Momentum and RMSProp together, both averages corrected for their start at zero.

    s_i = beta1 s_i + (1 - beta1) dE/dw_i                                          Bishop and Bishop (2024), 7.43
    r_i = beta2 r_i + (1 - beta2) (dE/dw_i)^2                                      7.44
    s_hat_i = s_i/(1 - beta1^tau),  r_hat_i = r_i/(1 - beta2^tau)                  7.45, 7.46
    w_i = w_i - eta s_hat_i/(sqrt(r_hat_i) + delta)                                7.47

    The stabiliser delta stands outside the root of the corrected average, as printed there. 1 - beta^tau is carried as
    a slot c that starts at 0 and obeys c += (1 - beta)(1 - c). Not AMSGrad, AdamW or NAdam.
    """

    decay_1: float = parameter(0.9, 0.0, 0.9999, r"\beta_1", step=0.01, help="Weight on the old mean of the gradient.")
    decay_2: float = parameter(
        0.999, 0.0, 0.9999, r"\beta_2", step=0.01, help="Weight on the old mean of the squared gradient."
    )
    stabiliser: float = parameter(
        1e-8, 1e-16, 1.0, r"\delta", scale="log", help="Small constant added outside the root."
    )

    title = "Adam"
    slots = ("mean", "squares", "mean_correction", "squares_correction")
    typical_learning_rate = 0.1
    colour = "#0657f9"
    dash = "longdash"
    latex = (
        r"s_i \leftarrow \beta_1 s_i + (1-\beta_1)\,g_i,\quad r_i \leftarrow \beta_2 r_i + (1-\beta_2)\,g_i^2,\quad"
        r"w_i \leftarrow w_i - \eta\,\frac{s_i/(1-\beta_1^\tau)}{\sqrt{r_i/(1-\beta_2^\tau)} + \delta}"
    )
    limit_name = "limit in the long run"
    limit_words = "(2 + 2β₁)/((1 − β₁) λ_{max}(P⁻¹H))"
    steps_shrink = False

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        beta1, beta2, delta = hyper[0], hyper[1], hyper[2]
        for i in range(w.shape[0]):
            s, q, c1, c2 = state[0, i], state[1, i], state[2, i], state[3, i]
            for r in range(w.shape[1]):
                s[r] = beta1[r] * s[r] + (1.0 - beta1[r]) * g[i, r]
            for r in range(w.shape[1]):
                q[r] = beta2[r] * q[r] + (1.0 - beta2[r]) * g[i, r] * g[i, r]
            for r in range(w.shape[1]):
                c1[r] += (1.0 - beta1[r]) * (1.0 - c1[r])
                c2[r] += (1.0 - beta2[r]) * (1.0 - c2[r])
            for r in range(w.shape[1]):
                w[i, r] -= eta[r] * (s[r] / c1[r]) / (np.sqrt(q[r] / c2[r]) + delta[r])

    def preconditioner(self, state: dict[str, np.ndarray]) -> np.ndarray:
        """Return sqrt(r_hat) + delta; before the first step r_hat is 0."""
        correction = np.asarray(state["squares_correction"])
        corrected = np.divide(state["squares"], correction, out=np.zeros_like(correction), where=correction > 0.0)
        return np.sqrt(corrected) + self.stabiliser

    @property
    def preconditioned_limit(self) -> float:
        """Return (2 + 2 beta1)/(1 - beta1), 38 at beta1 = 0.9; Cohen et al. (2022), arXiv:2207.14484."""
        return (2.0 + 2.0 * self.decay_1) / (1.0 - self.decay_1)
