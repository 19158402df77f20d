"""AdaGrad."""

from dataclasses import dataclass

import numpy as np

from engine import forms
from engine.kernel import kernel
from engine.optimizer import Optimizer


@dataclass(frozen=True)
class AdaGrad(Optimizer):
    """Divide each weight's learning rate by the root of all its squared gradients so far.

    r_i(tau) = r_i(tau - 1) + (dE/dw_i)^2                                          Bishop and Bishop (2024), 7.39
    w_i(tau) = w_i(tau - 1) - eta/(sqrt(r_i(tau)) + delta) dE/dw_i                 7.40

    The stabiliser delta stands outside the root, as printed there, or on request inside: sqrt(r + delta).
    """

    stabiliser: float = forms.stabiliser()
    stabiliser_place: str = forms.stabiliser_place()

    title = "AdaGrad"
    slots = ("squares",)
    typical_learning_rate = 0.5
    colour = "#b24934"
    dash = "dot"
    latex = (
        r"r_i \leftarrow r_i + g_i^2,\quad"
        r"w_i \leftarrow w_i - \frac{\eta}{\sqrt{r_i} + \delta}\,g_i"
    )
    textbook = True
    limit_words = "2/λ_{max}(P⁻¹H)"

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        delta, inside = hyper[0], hyper[1]
        for i in range(w.shape[0]):
            squares = state[0, i]
            for r in range(w.shape[1]):
                squares[r] += g[i, r] * g[i, r]
                under = squares[r] + (delta[r] if inside[r] else 0.0)
                w[i, r] -= eta[r] / (np.sqrt(under) + (0.0 if inside[r] else delta[r])) * g[i, r]

    def preconditioner(self, state: dict[str, np.ndarray]) -> np.ndarray:
        """Return sqrt(r) + delta, or sqrt(r + delta)."""
        return forms.rooted(state["squares"], self.stabiliser, self.stabiliser_place)
