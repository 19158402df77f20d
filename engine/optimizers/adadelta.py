"""Adadelta."""

from dataclasses import dataclass

import numpy as np

from engine import forms
from engine.kernel import kernel
from engine.optimizer import Optimizer
from engine.parameter import parameter


@dataclass(frozen=True)
class Adadelta(Optimizer):
    """Step by the typical size of past steps over the typical size of past gradients.

    r_i = beta r_i + (1 - beta) g_i^2,  g = grad E                                 Zeiler (2012), Algorithm 1
    d_i = -sqrt(u_i + delta)/sqrt(r_i + delta) g_i,  then  u_i = beta u_i + (1 - beta) d_i^2,  w_i = w_i + eta d_i

    A step has the units of the weight, so the paper has no learning rate: it is 1 there. Here it multiplies the step
    after u has seen it, as in PyTorch. The stabiliser delta stands inside both roots; it alone sets the first steps.
    beta is Zeiler's rho.
    """

    decay: float = parameter(0.95, 0.0, 0.9999, r"\beta", step=0.01, help="Weight on the old value of both averages.")
    stabiliser: float = forms.stabiliser("inside both roots", 1e-6)

    title = "Adadelta"
    slots = ("squares", "squared_changes")
    typical_learning_rate = 1.0
    colour = "#88bb66"
    dash = "dashdot"
    latex = (
        r"r_i \leftarrow \beta r_i + (1-\beta)\,g_i^2,\quad"
        r"d_i = -\frac{\sqrt{u_i + \delta}}{\sqrt{r_i + \delta}}\,g_i,\quad"
        r"u_i \leftarrow \beta u_i + (1-\beta)\,d_i^2,\quad w_i \leftarrow w_i + \eta\,d_i"
    )
    steps_shrink = False

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        beta, delta = hyper[0], hyper[1]
        for i in range(w.shape[0]):
            squares, changes = state[0, i], state[1, i]
            for r in range(w.shape[1]):
                squares[r] = beta[r] * squares[r] + (1.0 - beta[r]) * g[i, r] * g[i, r]
            for r in range(w.shape[1]):
                d = -np.sqrt(changes[r] + delta[r]) / np.sqrt(squares[r] + delta[r]) * g[i, r]
                changes[r] = beta[r] * changes[r] + (1.0 - beta[r]) * d * d
                w[i, r] += eta[r] * d
