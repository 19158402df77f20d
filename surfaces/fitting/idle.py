"""Idle: how much of a hidden layer is on the flat side of its activation, and which units are so on every row."""

from typing import Any, NamedTuple

import numpy as np

from engine.normal import beyond
from surfaces.fitting.activation import derivative, edges, flat

AT_ONCE = 4_000_000  # pre-activations that are looked at together, 32 MB


class Idle(NamedTuple):
    """One hidden layer of networks w (..., D)."""

    flat: np.ndarray  # (..., units) share of the rows on which |h'| is below a share of its largest
    dead: np.ndarray  # (..., units) whether h' = 0 on every row

    def saturated(self, rows: float) -> np.ndarray:
        """Return which units are saturated, (..., units): flat on at least the share ``rows`` of the rows, not dead."""
        return (self.flat >= rows) & ~self.dead


def idle(net: Any, w: np.ndarray, share: float) -> tuple[Idle, ...]:
    """Return for every hidden layer of a network without normalisation where its units are flat and which are dead.

    The gradient of a unit's incoming weights and bias is a sum over rows with the factor h'(a): exactly 0 where it is
    dead, whatever the loss; a dead ReLU gives 0 on every row. In the first layer, whose inputs stay, gradient descent
    never moves it again, Maas, Hannun and Ng (2013), section 2; what momentum has left may, and further up the inputs
    change. ``share``, in (0, 1), says what is flat, see ``flat``.
    """
    w = np.asarray(w, dtype=np.float64)
    points = w.reshape(-1, net.dim)
    widest = max(layer.outputs for layer in net.layers)
    many = max(1, AT_ONCE // (len(net.dataset.inputs) * widest))
    pieces = [_idle(net, points[k : k + many], share) for k in range(0, len(points), many)]
    found = []
    for layer in range(len(net.layers) - 1):
        parts = (np.concatenate([piece[layer][part] for piece in pieces]) for part in (0, 1))
        found.append(Idle(*(part.reshape(*w.shape[:-1], -1) for part in parts)))
    return tuple(found)


def _idle(net: Any, w: np.ndarray, share: float) -> list[tuple[np.ndarray, np.ndarray]]:
    found = []
    for layer, a in zip(net.layers[:-1], net.forward(w, net.dataset.inputs).pre, strict=True):
        slope = w[:, None, layer.slope] if net.activation == "prelu" else 0.0
        still = derivative(net.activation, a, slope) == 0.0
        found.append((flat(net.activation, a, share, slope).mean(axis=-2), still.all(axis=-2)))
    return found


def expected_flat(net: Any, deviation: float, bias: float, share: float) -> float:
    """Return the share of rows and units of the first layer that is flat, where its weights are drawn from a normal
    distribution with a standard deviation and its biases are all alike.

    a = w'x_n + b is normal with mean b and standard deviation ``deviation`` |x_n|, so that it is beyond the edges with
    a probability that ``beyond`` tells; the mean over the rows.
    """
    low, high = edges(net.activation, share)
    lengths = np.linalg.norm(net.dataset.inputs, axis=1)
    at_bias = float(flat(net.activation, np.array(bias), share))  # of a row at 0
    shares = beyond(low - bias, high - bias, deviation * np.where(lengths > 0.0, lengths, 1.0))
    return float(np.where(lengths > 0.0, shares, at_bias).mean())
