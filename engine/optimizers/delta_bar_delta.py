"""Delta-bar-delta."""

from dataclasses import dataclass

from engine.kernel import kernel
from engine.optimizer import Optimizer
from engine.parameter import parameter


@dataclass(frozen=True)
class DeltaBarDelta(Optimizer):
    """Give each weight a learning rate of its own: it grows while the gradient keeps its sign, shrinks when it turns.

    a_i(tau) = beta a_i(tau - 1) + (1 - beta) g_i(tau),  g = grad E                Jacobs (1988), section 4
    eta_i += k where a_i(tau - 1) g_i(tau) > 0,  eta_i -= phi eta_i where < 0,  then  w_i -= eta_i g_i

    The increase is additive, the decrease multiplicative. The learning rates change before the weights; a starts at 0,
    so they do not at the first step. The learning rate set is the first one of every weight: a schedule is not heard
    later. beta is Jacobs' theta and k his kappa. Not the form with momentum.
    """

    increase: float = parameter(0.001, 1e-6, 1.0, "k", scale="log", help="Added while the sign stays.")
    decrease: float = parameter(0.2, 0.0, 0.99, r"\varphi", step=0.01, help="Share taken away when the sign turns.")
    decay: float = parameter(0.7, 0.0, 0.999, r"\beta", step=0.01, help="Weight on the old mean of the gradient.")

    title = "Delta-bar-delta"
    slots = ("mean", "rates")
    typical_learning_rate = 0.02
    colour = "#774444"
    dash = "longdash"
    latex = (
        r"\eta_i \leftarrow \eta_i + k \ \text{or}\ (1-\varphi)\,\eta_i,\quad"
        r"\bar g_i \leftarrow \beta \bar g_i + (1-\beta)\,g_i,\quad"
        r"w_i \leftarrow w_i - \eta_i\,g_i"
    )

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        increase, decrease, beta = hyper[0], hyper[1], hyper[2]
        for i in range(w.shape[0]):
            mean, rates = state[0, i], state[1, i]
            for r in range(w.shape[1]):
                rate = eta[r] if tau == 1.0 else rates[r]
                turned = mean[r] * g[i, r]
                grown = rate + increase[r] if turned > 0.0 else rate
                rates[r] = rate - decrease[r] * rate if turned < 0.0 else grown
                mean[r] = beta[r] * mean[r] + (1.0 - beta[r]) * g[i, r]
                w[i, r] -= rates[r] * g[i, r]
