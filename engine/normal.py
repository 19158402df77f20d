"""Normal: what is expected of a function of a normal variable, and how much of it lies beyond an edge."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

FAR = 12.0  # standard deviations beyond which nothing is left: 10^-33
BREAKS = (0.0, 1.0, 3.0, 6.0)  # in standard deviations, where pieces end
BENDS = (0.25, 1.0, 4.0, 16.0)  # in the variable itself: hard tanh has kinks at 1, the others are flat by 16
NODES = 24  # of Gauss and Legendre in each piece
INNER, SHARE = np.polynomial.legendre.leggauss(NODES)


class Nodes(NamedTuple):
    """Places at which a function of g standard normal is taken, and what each counts: (S, 2 K) each.

    The K places above 0 come first, then as many below it, in the same order.
    """

    standard: np.ndarray  # g
    weight: np.ndarray


def nodes(deviation: np.ndarray, bends: tuple[float, ...] = BENDS) -> Nodes:
    """Return the places for averages over a normal variable of mean 0 and standard deviations (S,), zero too.

    Gauss and Legendre's rule on pieces that end at 0, +-1, +-3, +-6 and +-12 deviations and where functions bend:
    E f(sigma g) = sum over k of weight_k f(sigma standard_k) + O(10^-12) for functions that are smooth on each piece.
    """
    deviation = np.asarray(deviation, dtype=np.float64)
    with np.errstate(divide="ignore"):
        own = np.minimum(np.array(bends) / deviation[:, None], FAR)
    fixed = np.broadcast_to(np.array((*BREAKS, FAR)), (len(deviation), len(BREAKS) + 1))
    ends = np.sort(np.concatenate([fixed, own], axis=1), axis=1)
    half = 0.5 * np.diff(ends, axis=1)[..., None]
    right = (ends[:, :-1, None] + half * (1.0 + INNER)).reshape(len(deviation), -1)
    weight = (half * SHARE).reshape(len(deviation), -1) * np.exp(-0.5 * right**2) / math.sqrt(2.0 * math.pi)
    return Nodes(np.concatenate([right, -right], axis=1), np.concatenate([weight, weight], axis=1))


def expected(function: Callable[[np.ndarray], np.ndarray], deviation: float, kinks: tuple[float, ...] = ()) -> float:
    """Return E[f(x)] for x normal with mean 0 and a standard deviation, by quadrature.

    For f smooth but for ``kinks``, which bends over lengths of about 1, it is exact to about 12 digits.
    """
    places = nodes(np.array([deviation]), (*BENDS, *(abs(kink) for kink in kinks)))
    above, below = np.split(function(deviation * places.standard[0]), 2)
    return float((np.split(places.weight[0], 2)[0] * (above + below)).sum())  # exactly 0 where f is odd


def beyond(low: float, high: float, deviation: float | np.ndarray) -> np.ndarray:
    """Return P(x < low or x > high) for x normal with mean 0 and standard deviations above 0, (...) -> (...)."""
    below, above = -low / np.asarray(deviation), high / np.asarray(deviation)
    return np.asarray(_tails(below) + _tails(above), dtype=np.float64)


def _tail(z: float) -> float:
    return 0.5 * math.erfc(z / math.sqrt(2.0))


_tails = np.frompyfunc(_tail, 1, 1)
