"""One neuron with squared error."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.kernel import kernel
from engine.parameter import choice
from engine.surface import View
from surfaces.fitting.two_classes import TwoClasses
from surfaces.fitting.two_weights import framed


@dataclass(frozen=True)
class Neuron(TwoClasses):
    """One sigmoid or tanh neuron with squared error: not convex, and flat where the neuron is saturated.

    y = h(w x + b),  E(w, b) = 1/2 sum over n of (y_n - t_n)^2,  h = sigma or tanh      Bishop and Bishop (2024), 7.62

    Targets are 0 and 1 for sigma, -1 and 1 for tanh. The mean divides by N. A row's slope is (y - t) h'(a), which
    vanishes as |a| grows, be the output right or wrong: log loss, whose slope is y - t, has no such plateaus. Of two
    inputs y = h(w_1 x_1 + w_2 x_2).
    """

    activation: str = choice(
        "sigmoid", {"sigmoid": "sigmoid neuron", "tanh": "tanh neuron"}, help="What the neuron does to w x + b."
    )

    title = "One neuron"
    note = "Squared error after a sigmoid is flat where the neuron is sure of the wrong answer: runs starve there."
    latex = r"y_n = h(w\,x_n + b),\qquad E(w, b) = \tfrac12\sum_n (y_n - t_n)^2\ \text{or its mean}"

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        share = 1.0 / data.shape[0] if theta[0] == 0.0 else 1.0
        steep = 1.0 + theta[1]  # tanh a = 2 sigma(2 a) - 1
        last = data.shape[1] - 1
        for r in range(w.shape[1]):
            error[r] = 0.0
            g[0, r] = 0.0
            g[1, r] = 0.0
        for n in range(data.shape[0]):
            x, t = data[n, 0], data[n, last]
            z = data[n, 1] if last == 2 else 1.0  # of one input what b multiplies
            for r in range(w.shape[1]):
                a = w[0, r] * x + w[1, r] * z
                small = np.exp(-steep * abs(a))
                y = np.tanh(a) if steep == 2.0 else (1.0 if a > 0.0 else small) / (1.0 + small)
                slope = steep * steep * small / ((1.0 + small) * (1.0 + small))
                error[r] += 0.5 * share * (y - t) * (y - t)
                g[0, r] += share * (y - t) * slope * x
                g[1, r] += share * (y - t) * slope * z

    @kernel
    @staticmethod
    def second(w, theta, data, h):
        share = 1.0 / data.shape[0] if theta[0] == 0.0 else 1.0
        steep = 1.0 + theta[1]
        last = data.shape[1] - 1
        for r in range(w.shape[1]):
            h[0, r] = 0.0
            h[1, r] = 0.0
            h[2, r] = 0.0
        for n in range(data.shape[0]):
            x, t = data[n, 0], data[n, last]
            z = data[n, 1] if last == 2 else 1.0
            for r in range(w.shape[1]):
                a = w[0, r] * x + w[1, r] * z
                small = np.exp(-steep * abs(a))
                y = np.tanh(a) if steep == 2.0 else (1.0 if a > 0.0 else small) / (1.0 + small)
                slope = steep * steep * small / ((1.0 + small) * (1.0 + small))
                # sigma'' = sigma' (1 - 2 sigma), tanh'' = -2 tanh tanh'
                turn = -2.0 * y if steep == 2.0 else 1.0 - 2.0 * y
                bend = share * slope * (slope + (y - t) * turn)
                h[0, r] += bend * x * x
                h[1, r] += bend * x * z
                h[2, r] += bend * z * z

    def derivatives(self, activation: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return (y - t)^2/2, (y - t) h' and h'^2 + (y - t) h''."""
        steep = 2.0 if self.activation == "tanh" else 1.0
        small = np.exp(-steep * np.abs(activation))
        y, slope = self._output(activation), np.square(steep / (1.0 + small)) * small
        bend = -2.0 * y * slope if self.activation == "tanh" else slope * (1.0 - 2.0 * y)
        off = y - target
        return 0.5 * off * off, off * slope, np.square(slope) + off * bend

    def _output(self, a: np.ndarray) -> np.ndarray:
        return np.tanh(a) if self.activation == "tanh" else 0.5 * (1.0 + np.tanh(0.5 * a))

    @cached_property
    def wanted(self) -> np.ndarray:
        """The targets that the neuron can come near to, (N,): -1 and 1 of tanh."""
        targets = self.dataset.targets[:, 0]
        return 2.0 * targets - 1.0 if self.activation == "tanh" else targets

    @cached_property
    def view(self) -> View:
        """The minimum, and on the other side of 0 the plateau of wrong answers."""
        return framed(np.array([self.start, self.guide, -self.guide]), 0.2)

    def outputs(self, w: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """Return y of inputs (n, K): w (..., 2) -> (..., n)."""
        return self._output(self.activations(w, inputs))
