"""Jacobian: the singular values of the product of Jacobians through a deep network, 7.51, as predicted and measured."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.initialisation.gaussian import nodes
from engine.initialisation.signal import Function, Signal

FINE = 400  # places among which the edge is looked for
SURE = 1e-13  # of the largest singular value: smaller ones are rounding


@dataclass(frozen=True, eq=False)
class Expected:
    """What is expected of J_l = dz_l/dz_0 for every layer l = 0, ..., L, for S sets of weights."""

    squares: np.ndarray  # (L+1, S) E[tr J'J], the sum of the squared singular values
    directions: np.ndarray  # (L+1, S) E[(tr J'J)^2]/E[tr (J'J)^2]: among how many directions the squares are shared


def expected(signal: Signal, widths: Sequence[int], deviations: np.ndarray) -> Expected:
    """Return the moments of the squared singular values for Gaussian weights of standard deviations (L, S).

    With A = J J', D = diag(h'(a)) and W of n rows: E[tr DWAW'D] = n sigma^2 m_2 tr A,
    E[(tr DWAW'D)^2] = sigma^4 (n m_4 (2 tr A^2 + (tr A)^2) + n (n - 1) m_2^2 (tr A)^2) and
    E[tr (DWAW'D)^2] = sigma^4 (n m_4 (2 tr A^2 + (tr A)^2) + n (n - 1) m_2^2 tr A^2), m_k = E[h'^k], by Wick's theorem.
    Exact at any width for linear units and ReLUs, whose slopes are independent of everything but a row's sign; for
    others as good as ``predicted``. As widths grow, directions tend to n/(1 + sum of m_4/m_2^2)      [Pennington,
    Schoenholz and Ganguli (2017), 17]
    """
    count = deviations.shape[1]
    squares = [np.full(count, float(widths[0]))]
    of_sum, of_each = np.full(count, float(widths[0]) ** 2), np.full(count, float(widths[0]))
    directions = [np.full(count, float(widths[0]))]
    for layer, sigma in enumerate(deviations):
        n, two, four = float(widths[layer + 1]), signal.slope[layer], signal.fourth[layer]
        squares.append(n * sigma**2 * two * squares[-1])
        scale = n * two  # taken out, so that deep products neither overflow nor vanish
        with np.errstate(divide="ignore", invalid="ignore"):
            alike, apart = four / (n * two**2), (n - 1.0) / n
            both = alike * (2.0 * of_each + of_sum)
            of_sum, of_each = both + apart * of_sum, both + apart * of_each
        of_sum, of_each = np.where(scale > 0.0, (of_sum, of_each), 1.0)
        directions.append(of_sum / of_each)
        of_sum, of_each = directions[-1] * 1.0, np.ones(count)
    return Expected(np.stack(squares), np.stack(directions))


def largest(rise: Function, signal: Signal, widths: Sequence[int], deviations: np.ndarray) -> np.ndarray:
    """Return the largest singular value of J_l in very wide layers of one width, (L+1, S).

    Its square is the least over m > 0 of (1 + m)/m times the product over layers of n sigma^2 m x_l(m), where x_l > 0
    solves E[h'^2/(x - h'^2)] = m      [the S-transform, Pennington, Schoenholz and Ganguli (2017), 2.3]. For linear
    units that is (l + 1)^(l + 1)/l^l times (n sigma^2)^l.
    """
    m = np.geomspace(1e-3, 30.0, FINE)
    product = np.zeros((FINE, deviations.shape[1]))
    found = [np.ones(deviations.shape[1])]
    for layer, sigma in enumerate(deviations):
        q = widths[layer] * sigma**2 * signal.second[layer]
        places = nodes(np.sqrt(q))
        steep = rise(np.sqrt(q)[:, None] * places.standard) ** 2
        with np.errstate(divide="ignore", invalid="ignore"):
            product += np.log(widths[layer] * sigma**2) + np.log(m[:, None] * _solved(steep, places.weight, m))
            found.append(np.exp(0.5 * (np.log((1.0 + m) / m)[:, None] + product).min(axis=0)))
    return np.stack(found)


def _solved(steep: np.ndarray, weight: np.ndarray, m: np.ndarray) -> np.ndarray:
    """Return x (M, S) with E[d/(x - d)] = m, x above every d: bisection between d_max and d_max (1 + 1/m)."""
    top = steep.max(axis=1)
    low, high = np.broadcast_to(top, (len(m), len(top))), top * (1.0 + 1.0 / m[:, None])
    for _ in range(40):
        x = 0.5 * (low + high)
        with np.errstate(divide="ignore", invalid="ignore"):
            over = np.einsum("sk,msk->ms", weight * steep, 1.0 / (x[..., None] - steep)) > m[:, None]
        low, high = np.where(over, x, low), np.where(over, high, x)
    return 0.5 * (low + high)
