"""What a network answers: its outputs for any inputs, in NumPy, and the statistics that batch normalisation needs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from surfaces.fitting.layers import Layer

LEAK = 0.01  # Maas, Hannun and Ng (2013)
STABILISER = 1e-5  # delta of 7.54 and 7.60, inside the root
Statistics = Sequence[tuple[np.ndarray, np.ndarray]]  # mean and variance (..., units), one pair for each hidden layer


class Answer(NamedTuple):
    """The pre-activations of the outputs (..., N, outputs), of the hidden layers, and the statistics that were used."""

    outputs: np.ndarray
    pre: tuple[np.ndarray, ...]  # a, before normalisation, (..., N, units)
    out: tuple[np.ndarray, ...]  # what the next layer receives, (..., N, units)
    statistics: tuple[tuple[np.ndarray, np.ndarray], ...]


def forward(
    parts: Sequence[Layer],
    w: np.ndarray,
    inputs: np.ndarray,
    activation: str,
    normalisation: str,
    after: bool,
    statistics: Statistics | None = None,
) -> Answer:
    """Send inputs (N, K) through the networks w (..., D); without statistics batches are normalised by their own."""
    z, pre, out, used = inputs, [], [], []
    for number, layer in enumerate(parts):
        a = z @ np.swapaxes(layer.matrix(w), -1, -2) + w[..., None, layer.biases]
        if layer is parts[-1]:
            break
        pre.append(a)
        slope = w[..., None, layer.slope]
        z = activate(activation, a, slope) if after else a
        if normalisation != "none":
            given = statistics[number] if statistics is not None else None
            z, found = _normalised(z, normalisation == "batch", given)
            used.append(found)
            z = w[..., None, layer.gamma] * z + w[..., None, layer.beta]
        z = z if after else activate(activation, z, slope)
        out.append(z)
    return Answer(a, tuple(pre), tuple(out), tuple(used) if normalisation == "batch" else ())


def _normalised(
    values: np.ndarray, batch: bool, given: tuple[np.ndarray, np.ndarray] | None
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    axis = -2 if batch else -1
    mean, variance = given or (values.mean(axis=axis), values.var(axis=axis))
    found = np.expand_dims(mean, axis), np.expand_dims(variance, axis)
    return (values - found[0]) / np.sqrt(found[1] + STABILISER), (mean, variance)


def activate(name: str, a: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Return h(a), element by element; ``slope`` is that of PReLU below 0."""
    match name:
        case "sigmoid":
            return sigmoid(a)
        case "tanh":
            return np.tanh(a)
        case "hard_tanh":
            return np.clip(a, -1.0, 1.0)
        case "softsign":
            return a / (1.0 + np.abs(a))
        case "relu":
            return np.where(a > 0.0, a, 0.0 * a)
        case "leaky_relu":
            return np.where(a > 0.0, a, LEAK * a)
        case "prelu":
            return np.where(a > 0.0, a, slope * a)
    return a


def sigmoid(a: np.ndarray) -> np.ndarray:
    """Return 1/(1 + e^-a)."""
    power = np.exp(-np.abs(a))
    return np.where(a < 0.0, power, 1.0) / (1.0 + power)


def softmax(a: np.ndarray) -> np.ndarray:
    """Return e^a_k over the sum of all, along the last axis."""
    power = np.exp(a - a.max(axis=-1, keepdims=True))
    return power / power.sum(axis=-1, keepdims=True)
