"""NAdam."""

from dataclasses import dataclass

import numpy as np

from engine import forms
from engine.kernel import kernel
from engine.optimizer import Optimizer
from engine.parameter import choice

FADING = 0.96 ** (1.0 / 250.0)  # of what the momentum lacks, per step; Dozat's 0.96^(t/250)


@dataclass(frozen=True)
class NAdam(Optimizer):
    """Adam whose momentum is applied one step ahead, as Nesterov's.

    s_i = mu(tau) s_i + (1 - mu(tau)) g_i,  r_i = beta2 r_i + (1 - beta2) g_i^2    Dozat (2016), Algorithm 2
    a_i = mu(tau + 1) s_i/(1 - mu(1) ... mu(tau + 1)) + (1 - mu(tau)) g_i/(1 - mu(1) ... mu(tau))
    w_i = w_i - eta a_i/(sqrt(r_hat_i) + delta),  r_hat_i = r_i/(1 - beta2^tau)
    mu(tau) = beta1 (1 - 0.96^(tau/250)/2)

    The gradient is taken at w: the step mixes the present gradient with the momentum that the next step would use.
    ``momentum_schedule``: mu grows from beta1/2 towards beta1, as there; or so, but s averages with beta1, as PyTorch
    and Keras have it; or mu = beta1 throughout. Algorithm 2 has another factor beta2 in r_hat, which libraries and this
    form leave out. delta stands outside the root. The products and powers are carried as slots that start at 0.
    """

    decay_1: float = forms.decay_1()
    decay_2: float = forms.decay_2()
    stabiliser: float = forms.stabiliser()
    momentum_schedule: str = choice(
        "grows",
        {"grows": "growing momentum", "library": "growing momentum, β₁ in the mean", "constant": "constant momentum"},
        help="Whether the momentum grows towards β₁: as in the paper, as in libraries, or not at all.",
    )

    title = "NAdam"
    slots = ("mean", "squares", "grown", "mean_correction", "squares_correction")
    typical_learning_rate = 0.1
    colour = "#ff8800"
    dash = "dash"
    latex = (
        r"s_i \leftarrow \mu_\tau s_i + (1-\mu_\tau)\,g_i,\quad r_i \leftarrow \beta_2 r_i + (1-\beta_2)\,g_i^2,\quad"
        r"w_i \leftarrow w_i - \eta\,\frac{\mu_{\tau+1} s_i/(1-\prod_1^{\tau+1}\mu) + (1-\mu_\tau)\,g_i"
        r"/(1-\prod_1^\tau\mu)}{\sqrt{r_i/(1-\beta_2^\tau)} + \delta}"
    )
    limit_words = "(2 + 2μ)/((1 − μ)(1 + 2μ) λ_{max}(P⁻¹H))"
    steps_shrink = False

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        beta1, beta2, delta, schedule = hyper[0], hyper[1], hyper[2], hyper[3]
        for i in range(w.shape[0]):
            s, q, grown, c1, c2 = state[0, i], state[1, i], state[2, i], state[3, i], state[4, i]
            for r in range(w.shape[1]):
                grown[r] += (1.0 if schedule[r] == 2.0 else 1.0 - FADING) * (1.0 - grown[r])
                mu = beta1[r] * (0.5 + 0.5 * grown[r])
                kept = beta1[r] if schedule[r] == 1.0 else mu
                s[r] = kept * s[r] + (1.0 - kept) * g[i, r]
                c1[r] += (1.0 - mu) * (1.0 - c1[r])
            for r in range(w.shape[1]):
                q[r] = beta2[r] * q[r] + (1.0 - beta2[r]) * g[i, r] * g[i, r]
                c2[r] += (1.0 - beta2[r]) * (1.0 - c2[r])
            for r in range(w.shape[1]):
                mu = beta1[r] * (0.5 + 0.5 * grown[r])
                later = beta1[r] * (0.5 + 0.5 * (grown[r] + (1.0 - FADING) * (1.0 - grown[r])))
                ahead = c1[r] + (1.0 - later) * (1.0 - c1[r])
                mixed = later * s[r] / ahead + (1.0 - mu) * g[i, r] / c1[r]
                w[i, r] -= eta[r] * mixed / (np.sqrt(q[r] / c2[r]) + delta[r])

    def preconditioner(self, state: dict[str, np.ndarray]) -> np.ndarray:
        """Return sqrt(r_hat) + delta; before the first step r_hat is 0."""
        return np.sqrt(forms.corrected(state["squares"], state["squares_correction"])) + self.stabiliser

    @property
    def preconditioned_limit(self) -> float:
        """Return (2 + 2 beta1)/((1 - beta1)(1 + 2 beta1)): Nesterov's limit with 1 - beta1 before the gradient.

        With P held still a step is w - eta P^-1 (beta1 s + (1 - beta1) g), Nesterov's in its look-ahead points; Cohen
        et al. (2021), arXiv:2103.00065, appendix on Nesterov momentum.
        """
        return (2.0 + 2.0 * self.decay_1) / ((1.0 - self.decay_1) * (1.0 + 2.0 * self.decay_1))

    def limit_at(self, state: dict[str, np.ndarray]) -> np.ndarray:
        """Return (2 + 2 beta)/(1 + beta - 2 beta mu) with the momentum mu of a step held, (..., D) -> (...).

        s averages with beta: mu itself, or beta1 as libraries have it. With P held still a step is
        w - eta P^-1 (mu s + (1 - mu) g), so that eta lambda has this limit; mu = beta = beta1 is the long run, half of
        the way to which takes 4245 steps.
        """
        grown = np.asarray(state["grown"])[..., 0]
        mu = self.decay_1 * (0.5 + 0.5 * (np.ones_like(grown) if self.momentum_schedule == "constant" else grown))
        kept = self.decay_1 if self.momentum_schedule == "library" else mu
        return np.asarray((2.0 + 2.0 * kept) / (1.0 + kept - 2.0 * kept * mu))

    @property
    def limit_formula(self) -> str:
        """With beta1 where s averages with it, and where it is the momentum."""
        if self.momentum_schedule == "library":
            return "(2 + 2β₁)/((1 + β₁ − 2β₁μ) λ_{max}(P⁻¹H))"
        return self.limit_words.replace("μ", "β₁") if self.momentum_schedule == "constant" else self.limit_words
