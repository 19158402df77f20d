"""A network's error in plain NumPy, written from the equations, for one w; it takes complex weights."""

from itertools import pairwise

import numpy as np


def positive(value):
    """max(value, 0), of the real part where the value is complex."""
    return np.where(value.real > 0.0, value, 0.0 * value)


def size(value):
    return np.where(value.real < 0.0, -value, value)


ACTIVATIONS = {
    "linear": lambda a, s: a,
    "sigmoid": lambda a, s: 1.0 / (1.0 + np.exp(-a)),
    "tanh": lambda a, s: np.tanh(a),
    "hard_tanh": lambda a, s: np.where(a.real > 1.0, 1.0, np.where(a.real < -1.0, -1.0, a)),
    "softsign": lambda a, s: a / (1.0 + size(a)),
    "relu": lambda a, s: positive(a),
    "leaky_relu": lambda a, s: positive(a) - 0.01 * positive(-a),
    "prelu": lambda a, s: positive(a) - s * positive(-a),
}


def normalised(values, gamma, beta, axis):
    """(7.52) to (7.55) down the rows, (7.58) to (7.60) along them."""
    mean = values.sum(axis=axis, keepdims=True) / values.shape[axis]
    variance = ((values - mean) ** 2).sum(axis=axis, keepdims=True) / values.shape[axis]
    return gamma * (values - mean) / np.sqrt(variance + 1e-5) + beta


LOSSES = {
    "sum_of_squares": lambda a, t: ((a - t) ** 2).sum() / 2.0,
    "cross_entropy": lambda a, t: (np.log(1.0 + np.exp(a)) - t * a).sum(),
    "softmax": lambda a, t: (np.log(np.exp(a).sum(axis=1)) - (t * a).sum(axis=1)).sum(),
    "max_margin": lambda a, t: (
        positive(1.0 - (2.0 * t - 1.0) * a).sum()
        if a.shape[1] == 1
        else ((1.0 - t) * positive(1.0 + a - (t * a).sum(axis=1, keepdims=True))).sum()
    ),
}


def error(net, w):
    """E(w) of an Mlp, and everything whose sign says on which piece w lies, flat."""
    z, t = net.dataset.inputs, net.dataset.targets
    if net.loss == "softmax" and t.shape[1] == 1:
        t = np.hstack([1.0 - t, t])
    at, cost, squares, bends = 0, 0.0, 0.0, []

    def take(*shape):
        nonlocal at
        at += int(np.prod(shape))
        return w[at - int(np.prod(shape)) : at].reshape(shape)

    widths = (z.shape[1], *net.hidden, t.shape[1])
    for fan, many in pairwise(widths):
        weights, bias = take(many, fan), take(many)
        squares += (weights**2).sum()
        a = z @ weights.T + bias
        if len(bends) == 2 * len(net.hidden):
            break
        gamma, beta = (take(many), take(many)) if net.normalisation != "none" else (None, None)
        slope = take(1) if net.activation == "prelu" else None
        axis = {"none": None, "batch": 0, "layer": 1}[net.normalisation]
        if axis is not None and net.place == "before":
            a = normalised(a, gamma, beta, axis)
        z = ACTIVATIONS[net.activation](a, slope)
        if axis is not None and net.place == "after":
            z = normalised(z, gamma, beta, axis)
        cost += net.sparsity * size(z).sum()
        bends += [np.stack([a, a - 1.0, a + 1.0]), z]
    assert at == len(w)
    if net.loss == "max_margin":
        bends.append(1.0 + a - (t * a).sum(axis=1, keepdims=True) if t.shape[1] > 1 else 1.0 - (2.0 * t - 1.0) * a)
    share = 1.0 if net.reduction == "sum" else 1.0 / len(t)
    pieces = np.concatenate([bend.real.ravel() for bend in bends]) if bends else np.empty(0)
    return share * (LOSSES[net.loss](a, t) + cost) + net.penalty / 2.0 * squares, pieces
