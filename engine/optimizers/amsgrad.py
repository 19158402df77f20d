"""AMSGrad."""

from dataclasses import dataclass

import numpy as np

from engine import forms
from engine.kernel import kernel
from engine.optimizer import Optimizer


@dataclass(frozen=True)
class AMSGrad(Optimizer):
    """Adam that never forgets a large gradient: each weight's learning rate can only shrink.

    s_i = beta1 s_i + (1 - beta1) g_i,  r_i = beta2 r_i + (1 - beta2) g_i^2        Reddi, Kale and Kumar (2018), Alg. 2
    m_i = max(m_i, r_i),  w_i = w_i - eta s_i/(sqrt(m_i) + delta),  g = grad E

    The maximum is of the uncorrected averages and nothing is corrected for its start at zero, as printed there, with
    constant beta1 and no projection. With bias correction, as PyTorch has it: s/(1 - beta1^tau) and m/(1 - beta2^tau),
    the maximum being taken before. The paper has no stabiliser: delta stands outside the root, or on request inside.
    """

    decay_1: float = forms.decay_1()
    decay_2: float = forms.decay_2()
    stabiliser: float = forms.stabiliser()
    bias_correction: str = forms.bias_correction("off")
    stabiliser_place: str = forms.stabiliser_place()

    title = "AMSGrad"
    slots = ("mean", "squares", "largest", "mean_correction", "squares_correction")
    typical_learning_rate = 0.1
    colour = "#883399"
    dash = "longdashdot"
    latex = (
        r"s_i \leftarrow \beta_1 s_i + (1-\beta_1)\,g_i,\quad r_i \leftarrow \beta_2 r_i + (1-\beta_2)\,g_i^2,\quad"
        r"m_i \leftarrow \max(m_i, r_i),\quad w_i \leftarrow w_i - \eta\,\frac{s_i}{\sqrt{m_i} + \delta}"
    )
    limit_name = "limit in the long run"
    limit_words = "(2 + 2β₁)/((1 − β₁) λ_{max}(P⁻¹H))"

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        beta1, beta2, delta, on, inside = hyper[0], hyper[1], hyper[2], hyper[3], hyper[4]
        for i in range(w.shape[0]):
            s, q, m, c1, c2 = state[0, i], state[1, i], state[2, i], state[3, i], state[4, i]
            for r in range(w.shape[1]):
                s[r] = beta1[r] * s[r] + (1.0 - beta1[r]) * g[i, r]
            for r in range(w.shape[1]):
                q[r] = beta2[r] * q[r] + (1.0 - beta2[r]) * g[i, r] * g[i, r]
                m[r] = np.maximum(m[r], q[r])
            for r in range(w.shape[1]):
                c1[r] += (1.0 - beta1[r] if on[r] else 1.0) * (1.0 - c1[r])
                c2[r] += (1.0 - beta2[r] if on[r] else 1.0) * (1.0 - c2[r])
            for r in range(w.shape[1]):
                under = m[r] / c2[r] + (delta[r] if inside[r] else 0.0)
                w[i, r] -= eta[r] * (s[r] / c1[r]) / (np.sqrt(under) + (0.0 if inside[r] else delta[r]))

    def preconditioner(self, state: dict[str, np.ndarray]) -> np.ndarray:
        """Return sqrt(m_hat) + delta, or sqrt(m_hat + delta); before the first step m_hat is 0."""
        m_hat = forms.corrected(state["largest"], state["squares_correction"])
        return forms.rooted(m_hat, self.stabiliser, self.stabiliser_place)

    @property
    def preconditioned_limit(self) -> float:
        """Return (2 + 2 beta1)/(1 - beta1), Adam's: with P held still, the step is the same; see Adam."""
        return (2.0 + 2.0 * self.decay_1) / (1.0 - self.decay_1)
