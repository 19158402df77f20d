"""A loss at hidden units: what it adds on the way back, and what becomes of it where a slope is left out."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.passes import BENDS, Backward, Forward, Layer, backward, forward, log_loss

TINY = 1e-30  # an imaginary step so small that its square is nothing


class HiddenLoss(NamedTuple):
    """L = log loss of y = 1/(1 + e^-z) + penalty times the sum of the hidden h, and its derivatives for one row."""

    layers: tuple[Layer, Layer]  # sigmoid units, and the sum z that the probability is made of
    target: float
    penalty: float
    passed: Forward
    charge: float  # the log loss alone
    back: Backward
    from_above: np.ndarray  # dL/dz of the hidden units without their own loss
    printed: np.ndarray  # dL/dz with Phi(a_r) in place of Phi'(a_r) in the first rule, and Phi(h_r) in the second

    @property
    def loss(self) -> float:
        """L."""
        return self.charge + self.penalty * float(self.passed.post[1].sum())

    @property
    def probability(self) -> float:
        """y, by the sigmoid of z."""
        return float(1.0 / (1.0 + np.exp(-self.passed.post[2][0])))

    @property
    def printed_weights(self) -> np.ndarray:
        """dL/dW of the hidden layer by the printed rules, (M, K)."""
        return np.outer(self.printed, self.passed.post[0])


def hidden_loss(layers: Sequence[Layer], x: np.ndarray, target: float, penalty: float) -> HiddenLoss:
    """Send x (K,) through a hidden layer (M,) and a sum, and back.

    delta_r = Phi'(a_r) sum of w_hr delta_h, then delta_r <- delta_r + Phi'(a_r) dL_r/dh_r      Aggarwal (2018), 3.2
    """
    hidden, last = layers
    passed = forward(layers, x)
    charge, delta = log_loss(passed.post[2], target)
    back = backward(layers, passed, delta, [np.full(len(hidden.biases), penalty)])
    above = last.weights.T @ delta
    value = passed.post[1]
    printed = value * above + BENDS["sigmoid"].value(value) * penalty
    from_above = passed.slopes[0] * above
    return HiddenLoss((hidden, last), target, penalty, passed, float(charge[0]), back, from_above, printed)


def complex_steps(found: HiddenLoss) -> np.ndarray:
    """Return dL/dW of the hidden layer, (M, K), without any chain rule: Im L(W + i h)/h, Squire and Trapp (1998)."""
    hidden, last = found.layers
    told = np.empty(hidden.weights.shape)
    for place in np.ndindex(told.shape):
        moved = hidden.weights.astype(complex)
        moved[place] += TINY * 1j
        passed = forward([Layer(moved, hidden.biases, hidden.activation), last], found.passed.post[0])
        charge, _ = log_loss(passed.post[2], found.target)
        told[place] = (charge[0] + found.penalty * passed.post[1].sum()).imag / TINY
    return told
