"""Copies: other weights that make the same network, by permuting, flipping and rescaling its hidden units."""

import math

import numpy as np


def permuted(w: np.ndarray, units: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return weights (D,) with unit ``order[j]`` in place j, ``units`` (M, K) the places of every unit's weights."""
    found = np.array(w)
    found[units] = w[units[order]]
    return found


def flipped(w: np.ndarray, units: np.ndarray, which: np.ndarray, moved: np.ndarray | None = None) -> np.ndarray:
    """Return weights (D,) with the signs of all weights of some units turned, ``which`` (M,) is True for these.

    The network stays the same where h(-a) = -h(a). Where h(-a) = 1 - h(a), as of a sigmoid, what leads out of a unit
    moves into the output biases, whose places are ``moved``: v h(a) = v - v h(-a).
    """
    found = np.array(w)
    found[units[which]] *= -1.0
    if moved is not None:
        found[moved] += w[units[which][:, -len(moved) :]].sum(axis=0)
    return found


def rescaled(w: np.ndarray, units: np.ndarray, outputs: int, factor: float | np.ndarray) -> np.ndarray:
    """Return weights (D,) with what leads into a unit multiplied, what leads out divided by a factor > 0 or (M,).

    The network stays the same where h(c a) = c h(a) for c > 0, as of ReLUs.
    """
    found = np.array(w)
    each = np.broadcast_to(np.asarray(factor, dtype=np.float64), (len(units),))[:, None]
    found[units[:, :-outputs]] *= each
    found[units[:, -outputs:]] /= each
    return found


def count(units: int, flips: bool) -> int:
    """Return how many copies M units have: M!, times 2^M where they flip      Bishop and Bishop (2024), 6.2.4."""
    return math.factorial(units) * (2**units if flips else 1)
