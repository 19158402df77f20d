"""Sign descent."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.optimizer import Optimizer


@dataclass(frozen=True)
class SignDescent(Optimizer):
    """Step by eta in every weight, against the sign of the gradient.

    w_i(tau) = w_i(tau - 1) - eta sign(dE/dw_i)      Bernstein, Wang, Azizzadenesheli and Anandkumar (2018), Algorithm 1

    signSGD, here with the full gradient. It is Adam with beta1 = beta2 = 0, and RMSProp with beta = 0, when delta is
    negligible. The size of the gradient plays no part: with a constant learning rate it ends in steps to and fro.
    sign(0) = 0. Not Signum, which averages the gradient first, and not steepest descent in the largest component, which
    multiplies the step by the sum of |dE/dw_i|.
    """

    title = "Sign descent"
    typical_learning_rate = 0.02
    colour = "#229966"
    dash = "dash"
    latex = r"w_i \leftarrow w_i - \eta\,\mathrm{sign}(g_i)"
    steps_shrink = False

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        for i in range(w.shape[0]):
            for r in range(w.shape[1]):
                w[i, r] -= eta[r] * np.sign(g[i, r])
