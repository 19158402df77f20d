"""Passes: one input through a small network and its derivatives back, with every number in between kept."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np


class Bend(NamedTuple):
    """An activation: a = value(z), and its slope as a function of z and a."""

    value: Callable[[Any], Any]
    slope: Callable[[Any, Any], Any]


def _logistic(z: Any) -> Any:
    z = np.asarray(z)
    power = np.exp(np.where(np.real(z) < 0.0, z, -z))
    return np.where(np.real(z) < 0.0, power, 1.0) / (1.0 + power)


BENDS = {
    # a (1 - a) and 1 - a^2, but not 0 where a rounds to 1
    "sigmoid": Bend(_logistic, lambda z, a: a * _logistic(-z)),
    "tanh": Bend(np.tanh, lambda z, a: 4.0 * _logistic(2.0 * z) * _logistic(-2.0 * z)),
    "relu": Bend(lambda z: np.where(np.real(z) > 0.0, z, 0.0), lambda z, a: np.where(np.real(z) > 0.0, 1.0, 0.0)),
    "hard_tanh": Bend(
        lambda z: np.where(np.abs(np.real(z)) < 1.0, z, np.sign(np.real(z))),
        lambda z, a: np.where(np.abs(np.real(z)) < 1.0, 1.0, 0.0),
    ),
    "linear": Bend(lambda z: np.asarray(z), lambda z, a: np.ones_like(a)),
}


class Layer(NamedTuple):
    """z = weights a + biases, and then the activation: weights (M, K), biases (M,), a name of BENDS."""

    weights: np.ndarray
    biases: np.ndarray
    activation: str


class Forward(NamedTuple):
    """What the layers make of one input."""

    pre: tuple[np.ndarray, ...]  # z of every layer, (M,) each
    post: tuple[np.ndarray, ...]  # a of every layer, the input first
    slopes: tuple[np.ndarray, ...]  # f'(z) of every layer


class Backward(NamedTuple):
    """The derivatives of a loss L, layer by layer in the order of the forward pass."""

    delta: tuple[np.ndarray, ...]  # dL/dz of every layer: the pre-activation form
    big_delta: tuple[np.ndarray, ...]  # dL/da, the input first: the post-activation form
    weights: tuple[np.ndarray, ...]  # dL/dW, (M, K) each
    biases: tuple[np.ndarray, ...]  # dL/db, (M,) each


def forward(layers: Sequence[Layer], x: np.ndarray) -> Forward:
    """Return what every layer makes of x (K,): z = W a + b, a = f(z)."""
    pre, post, slopes = [], [np.asarray(x)], []
    for layer in layers:
        bend = BENDS[layer.activation]
        pre.append(layer.weights @ post[-1] + layer.biases)
        post.append(bend.value(pre[-1]))
        slopes.append(bend.slope(pre[-1], post[-1]))
    return Forward(tuple(pre), tuple(post), tuple(slopes))


def backward(
    layers: Sequence[Layer], passed: Forward, delta: np.ndarray, hidden: Sequence[Any] | None = None
) -> Backward:
    """Return all derivatives from ``delta``, dL/dz of the last layer, (M,).

    delta = f'(z) * (W' delta above), dL/dW = delta a'      Bishop (2006), 5.56 and 5.53
    ``hidden`` holds for every layer but the last what the loss itself adds to dL/da there, if it looks at the layer.
    """
    deltas: list[np.ndarray] = [np.asarray(delta)]
    bigs: list[np.ndarray] = []
    for k in range(len(layers) - 1, -1, -1):
        big = layers[k].weights.T @ deltas[0]
        if k:
            big = big if hidden is None else big + hidden[k - 1]
            deltas.insert(0, passed.slopes[k - 1] * big)
        bigs.insert(0, big)
    weights = tuple(np.outer(each, a) for each, a in zip(deltas, passed.post[:-1], strict=True))
    return Backward(tuple(deltas), tuple(bigs), weights, tuple(deltas))


def hinge(score: Any, corrupt: Any, margin: float) -> tuple[Any, float]:
    """Return J = max(0, margin + corrupt - score) and dJ/d corrupt = -dJ/d score, which is 1 where J > 0, else 0.

    Collobert and Weston (2008), where the margin is 1
    """
    short = margin + corrupt - score
    return (short, 1.0) if np.real(short) > 0.0 else (0.0 * short, 0.0)


def log_loss(z: Any, target: float) -> tuple[Any, Any]:
    """Return -t ln y - (1 - t) ln(1 - y) and its derivative y - t by z, where y = 1/(1 + e^-z).

    It is ln(1 + e^z) - t z and (1 - t) y - t (1 - y), so that both are right where y rounds to 0 or 1.
    """
    above, size = np.where(np.real(z) > 0.0, z, 0.0), np.where(np.real(z) > 0.0, z, -z)
    return above + np.log1p(np.exp(-size)) - target * z, (1.0 - target) * _logistic(z) - target * _logistic(-z)


def squared(y: Any, target: float) -> tuple[Any, Any]:
    """Return (t - y)^2 and its derivative -2 (t - y) by y."""
    return (target - y) ** 2, -2.0 * (target - y)
