"""Gaussian averages of what a unit makes of its sum, for many standard deviations at once."""

from typing import NamedTuple

import numpy as np

FAR = 10.0  # standard deviations beyond which nothing is looked at: less than 10^-22 lies there
BREAKS = (0.0, 1.0, 3.0)  # in standard deviations, where pieces end
BENDS = (1.0, 4.0, 16.0)  # in the sum itself: hard tanh has kinks at 1, the others are flat by 16
NODES = 24  # of Gauss and Legendre in each piece


class Nodes(NamedTuple):
    """Places at which a function of g standard normal is taken, and what each counts: (S, K) each."""

    standard: np.ndarray  # g
    weight: np.ndarray


def nodes(deviation: np.ndarray) -> Nodes:
    """Return the places for averages over a normal variable of mean 0 and standard deviations (S,), zero too.

    Gauss and Legendre's rule on pieces that end at 0, +-1, +-3 and +-10 standard deviations and where activations bend:
    E f(sigma g) = sum over k of weight_k f(sigma standard_k) + O(10^-12) for functions that are smooth on each piece.
    """
    deviation = np.asarray(deviation, dtype=np.float64)
    with np.errstate(divide="ignore"):
        bends = np.minimum(np.array(BENDS) / deviation[:, None], FAR)
    fixed = np.broadcast_to(np.array((*BREAKS, FAR)), (len(deviation), len(BREAKS) + 1))
    ends = np.sort(np.concatenate([fixed, bends], axis=1), axis=1)
    inner, share = np.polynomial.legendre.leggauss(NODES)
    half = 0.5 * np.diff(ends, axis=1)[..., None]
    right = (ends[:, :-1, None] + half * (1.0 + inner)).reshape(len(deviation), -1)
    weight = (half * share).reshape(len(deviation), -1) * np.exp(-0.5 * right**2) / np.sqrt(2.0 * np.pi)
    return Nodes(np.concatenate([right, -right], axis=1), np.concatenate([weight, weight], axis=1))
