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


def _places(net: Any) -> np.ndarray:
    places = np.ones(net.dim, dtype=bool)
    for layer in net.layers:
        places[layer.slope] = False
    return np.flatnonzero(places)
