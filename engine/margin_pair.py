"""A margin pair: a true and a corrupt input through one network, and what each weight has to do with the error."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.passes import Backward, Forward, Layer, backward, forward, hinge

TINY = 1e-30  # an imaginary step so small that its square is nothing


class Pair(NamedTuple):
    """J = max(0, margin + s_c - s) of scores s and s_c, and its derivatives, those of the true input first."""

    layers: tuple[Layer, ...]
    margin: float
    passed: tuple[Forward, Forward]
    error: float
    signal: float  # dJ/ds_c = -dJ/ds, 1 or 0
    back: tuple[Backward, Backward]

    @property
    def scores(self) -> tuple[float, float]:
        """The scores s and s_c."""
        return float(self.passed[0].post[-1][0]), float(self.passed[1].post[-1][0])

    def gradient(self, layer: int) -> tuple[np.ndarray, np.ndarray]:
        """Return dJ/dW (M, K) and dJ/db (M,) of a layer: what both inputs say, added."""
        one, other = self.back
        return one.weights[layer] + other.weights[layer], one.biases[layer] + other.biases[layer]


def pair(layers: Sequence[Layer], true: np.ndarray, corrupt: np.ndarray, margin: float) -> Pair:
    """Send both inputs (K,) through layers that end in one linear score, and the error back.

    Collobert and Weston (2008); only where J > 0 does anything come back
    """
    passed = forward(layers, true), forward(layers, corrupt)
    error, signal = hinge(passed[0].post[-1][0], passed[1].post[-1][0], margin)
    back = backward(layers, passed[0], np.array([-signal])), backward(layers, passed[1], np.array([signal]))
    return Pair(tuple(layers), margin, passed, float(error), signal, back)


def stepped(found: Pair, rate: float) -> float:
    """Return J after one step of gradient descent at a learning rate."""
    moved = []
    for k, layer in enumerate(found.layers):
        weights, biases = found.gradient(k)
        moved.append(Layer(layer.weights - rate * weights, layer.biases - rate * biases, layer.activation))
    return pair(moved, found.passed[0].post[0], found.passed[1].post[0], found.margin).error


def off(found: Pair) -> float:
    """Return by how much the gradient differs at most from that of complex steps, which know no chain rule.

    dJ/dw = Im J(w + i h)/h      Squire and Trapp (1998)
    """
    worst = 0.0
    for k, layer in enumerate(found.layers):
        for part, told in enumerate(found.gradient(k)):  # weights, then biases
            for place in np.ndindex(told.shape):
                parts = [layer.weights.astype(complex), layer.biases.astype(complex)]
                parts[part][place] += TINY * 1j
                moved = Layer(parts[0], parts[1], layer.activation)
                layers = [*found.layers[:k], moved, *found.layers[k + 1 :]]
                score, other = (forward(layers, each.post[0]).post[-1][0] for each in found.passed)
                error, _ = hinge(score, other, found.margin)
                worst = max(worst, abs(np.imag(error) / TINY - told[place]))
    return float(worst)
