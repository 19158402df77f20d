"""Jacobian: the singular values of the product of Jacobians through a deep network, 7.51, as predicted and measured."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.initialisation.logarithm import TIMES, digamma, of_sums
from engine.initialisation.schemes import standard
from engine.initialisation.signal import Function, Signal
from engine.normal import nodes

NETWORKS, WAYS = 12, 16  # networks that are drawn, directions in which each is tried
FEW = 3  # values that are put together
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
        steep, weight = _grouped(rise(np.sqrt(q)[:, None] * places.standard) ** 2, places.weight)
        with np.errstate(divide="ignore", invalid="ignore"):
            product += np.log(widths[layer] * sigma**2) + np.log(m[:, None] * _solved(steep, weight, m))
            found.append(np.exp(0.5 * (np.log((1.0 + m) / m)[:, None] + product).min(axis=0)))
    return np.stack(found)


def typical(rise: Function, signal: Signal, widths: Sequence[int], deviations: np.ndarray) -> np.ndarray:
    """Return E ln |J_l'u|^2 for a unit vector u of any direction, layers of one width and Gaussian weights, (L+1, S).

    It grows by ln sigma^2 + E ln of the sum over n units of d^2 g^2 a layer, d = h'(a), g standard normal and
    independent, of networks that are not dead, see ``of_sums``; exact for linear units and ReLUs.
    E e^(-t d^2 g^2) = E (1 + 2 t d^2)^(-1/2). The mean logarithm is less than the logarithm of the mean, by about
    (3 E[d^4]/E[d^2]^2 - 1)/(2 n) a layer: what is typical is smaller than the mean.
    """
    found, width = [np.zeros(deviations.shape[1])], widths[0]
    for layer, sigma in enumerate(deviations):
        q = width * sigma**2 * signal.second[layer]
        places = nodes(np.sqrt(q))
        steep, weight = _grouped(rise(np.sqrt(q)[:, None] * places.standard) ** 2, places.weight)
        scale = np.where(signal.slope[layer] > 0.0, signal.slope[layer], 1.0)  # so that the integrand lies in sight
        share = [(weight / np.sqrt(1.0 + 2.0 * t / (width * scale[:, None]) * steep)).sum(axis=1) for t in TIMES]
        mean, _ = of_sums(np.stack(share), (weight * (steep == 0.0)).sum(axis=1), width)
        with np.errstate(divide="ignore"):
            found.append(found[-1] + np.log(sigma**2 * width * scale) + mean)
    return np.stack(found)


def largest_in_deep(logarithm: np.ndarray, width: int) -> np.ndarray:
    """Return a typical largest singular value where one direction is all that is left, from ``typical``.

    Then |J'u|^2 = s^2 cos^2 with cos^2 the square of a coordinate of u: E ln cos^2 = psi(1/2) - psi(n/2).
    """
    found: np.ndarray = np.exp(0.5 * (logarithm + digamma(0.5 * width) - digamma(0.5)))
    return found


def _grouped(steep: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return values and their weights (S, K) with every value once where there are few: slopes of ReLUs are 0 or 1."""
    values = np.unique(steep)
    if len(values) > FEW or not np.isfinite(values).all():
        return steep, weight
    together = np.stack([(weight * (steep == value)).sum(axis=1) for value in values], axis=1)
    return (np.broadcast_to(values, together.shape), together) if (together > 0.0).all() else (steep, weight)


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


def singular_values(
    h: Function,
    rise: Function,
    widths: Sequence[int],
    scheme: str,
    deviations: np.ndarray,
    at: Sequence[int],
    seed: int,
    count: int = NETWORKS,
) -> tuple[np.ndarray, np.ndarray]:
    """Return what ``count`` networks do that are drawn, at the layers ``at``.

    The singular values of J_l, descending, (layers, G, S, n), those below SURE of the largest nan; and the mean of
    ln |J_l'u|^2 over directions u, (layers, G, S), -inf where a network is dead. The S sets of weights are the same
    draws times ``deviations`` (L, S).
    """
    random, scales = np.random.default_rng(seed), deviations.shape[1]
    z = np.repeat(random.standard_normal((count, 1, widths[0], 1)), scales, axis=1)
    jacobian = np.broadcast_to(np.eye(widths[0]), (count, scales, widths[0], widths[0]))
    ways = random.standard_normal((widths[-1], WAYS))
    ways /= np.linalg.norm(ways, axis=0)
    found, sent = [], []
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for layer, sigma in enumerate(deviations, start=1):
            weights = standard(scheme, random, (count, 1, widths[layer], widths[layer - 1])).astype(np.float64)
            a = sigma[:, None, None] * (weights @ z)
            z = h(a)
            jacobian = rise(a) * (sigma[:, None, None] * (weights @ jacobian))
            if layer in at:
                found.append(_descending(jacobian))
                back = np.swapaxes(jacobian, -1, -2) @ ways
                sent.append(2.0 * np.log(np.linalg.norm(back, axis=-2)).mean(axis=-1))
    return np.stack(found), np.stack(sent)


def _descending(matrices: np.ndarray) -> np.ndarray:
    size = np.abs(matrices).max(axis=(-1, -2), keepdims=True)
    whole = np.isfinite(size) & (size > 0.0)
    values = np.linalg.svd(np.where(whole, matrices / np.where(whole, size, 1.0), 0.0), compute_uv=False)
    values = np.where(values > SURE * values[..., :1], values, np.nan)
    return values * size[..., 0]
