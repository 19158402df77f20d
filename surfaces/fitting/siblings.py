"""Siblings: one network with every activation, and one set of weights for all of them."""

from dataclasses import replace
from typing import Any

import numpy as np

from surfaces.fitting.layers import FIRST_SLOPE


def siblings(net: Any) -> dict[str, Any]:
    """Return the network with every activation, by its name; all else stays."""
    return {name: replace(net, activation=name) for name in net.choices()["activation"].options}


def common(net: Any, w: np.ndarray) -> np.ndarray:
    """Return the weights that a network shares with its siblings: all but learned slopes, (..., D) -> (..., d)."""
    return np.asarray(w)[..., _places(net)]


def as_sibling(net: Any, shared: np.ndarray, slope: float = FIRST_SLOPE) -> np.ndarray:
    """Return weights of a network from those that all siblings share; slopes are ``slope``: (..., d) -> (..., D)."""
    w = np.full((*shared.shape[:-1], net.dim), slope)
    w[..., _places(net)] = shared
    return w


def tanh_as_sigmoid(net: Any, w: np.ndarray) -> np.ndarray:
    """Return the weights with which sigmoids answer as the tanhs of a network do at w, (..., D) -> (..., D).

    tanh a = 2 sigma(2 a) - 1: a hidden unit doubles what comes in, and what leads on from z = 2 u - 1 is 2 W u with
    b - W 1 for its bias. Bishop and Bishop (2024), 6.2.3 and exercise 6.4.

    Raises ValueError for another activation, and where the hidden layers are normalised.
    """
    if net.activation != "tanh" or net.normalisation != "none":
        raise ValueError(f"the network must be one of tanhs without normalisation, got {net.activation!r}")
    found = np.array(w, dtype=np.float64)
    for number, layer in enumerate(net.layers):
        matrix, bias = layer.matrix(found), found[..., layer.biases]
        if number > 0:
            bias = bias - matrix.sum(axis=-1)
            matrix = 2.0 * matrix
        inner = 2.0 if layer is not net.layers[-1] else 1.0
        found[..., layer.weights] = inner * matrix.reshape(*found.shape[:-1], -1)
        found[..., layer.biases] = inner * bias
    return found


def _places(net: Any) -> np.ndarray:
    places = np.ones(net.dim, dtype=bool)
    for layer in net.layers:
        places[layer.slope] = False
    return np.flatnonzero(places)
