"""RMSProp."""

from dataclasses import dataclass

import numpy as np

from engine import forms
from engine.kernel import kernel
from engine.optimizer import Optimizer
from engine.parameter import parameter


@dataclass(frozen=True)
class RMSProp(Optimizer):
    """Divide each weight's learning rate by the root of a running average of its squared gradients.

    r_i(tau) = beta r_i(tau - 1) + (1 - beta) (dE/dw_i)^2                          Bishop and Bishop (2024), 7.41
    w_i(tau) = w_i(tau - 1) - eta/(sqrt(r_i(tau)) + delta) dE/dw_i                 7.42

    The stabiliser delta stands outside the root, as printed there, or on request inside: sqrt(r + delta). No bias
    correction: the first step is eta/sqrt(1 - beta) long in every weight. Not the centred form, nor that with momentum.
    """

    decay: float = parameter(
        0.9, 0.0, 0.9999, r"\beta", step=0.01, help="Weight on the old value of the running average."
    )
    stabiliser: float = forms.stabiliser()
    stabiliser_place: str = forms.stabiliser_place()

    title = "RMSProp"
    slots = ("squares",)
    typical_learning_rate = 0.05
    colour = "#288a7a"
    dash = "dashdot"
    latex = (
        r"r_i \leftarrow \beta r_i + (1-\beta)\,g_i^2,\quad"
        r"w_i \leftarrow w_i - \frac{\eta}{\sqrt{r_i} + \delta}\,g_i"
    )
    textbook = True
    limit_words = "2/λ_{max}(P⁻¹H)"
    steps_shrink = False

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        beta, delta, inside = hyper[0], hyper[1], hyper[2]
        for i in range(w.shape[0]):
            squares = state[0, i]
            for r in range(w.shape[1]):
                squares[r] = beta[r] * squares[r] + (1.0 - beta[r]) * g[i, r] * g[i, r]
                under = squares[r] + (delta[r] if inside[r] else 0.0)
                w[i, r] -= eta[r] / (np.sqrt(under) + (0.0 if inside[r] else delta[r])) * g[i, r]

    def preconditioner(self, state: dict[str, np.ndarray]) -> np.ndarray:
        """Return sqrt(r) + delta, or sqrt(r + delta)."""
        return forms.rooted(state["squares"], self.stabiliser, self.stabiliser_place)
