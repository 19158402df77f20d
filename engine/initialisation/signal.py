"""Signal: how large values and gradients are in every layer of a deep network with random weights, as predicted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.initialisation.logarithm import TIMES, digamma, of_sums, trigamma
from engine.normal import nodes

SAME = 1e-9  # the same for two scales of one layer
ALIKE = 1e-3  # share by which the shapes of two layers' terms may differ and count as one

Function = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Signal:
    """Averages over weights in every layer 0, ..., L, for S sets of weights."""

    second: np.ndarray  # (L+1, S) E[z^2] of a unit
    mean: np.ndarray  # (L+1, S) E[z]
    unlike: np.ndarray  # (L+1, S) variance of a network's own mean of z^2 over its units, over second^2
    slope: np.ndarray  # (L, S) E[h'(a)^2]
    fourth: np.ndarray  # (L, S) E[h'(a)^4]
    back: np.ndarray  # (L+1, S) E[delta^2], delta = d(u'z_L)/dz, for u normal with E[u^2] = 1
    unlike_back: np.ndarray  # (L+1, S) as ``unlike``, of delta
    lower: np.ndarray  # (L+1, S) E ln of a network's own mean of z^2, of those not dead, less ln second
    spread: np.ndarray  # (L+1, S) the variance of that logarithm
    lower_back: np.ndarray  # (L+1, S) as ``lower``, of delta
    spread_back: np.ndarray  # (L+1, S)

    @property
    def variance(self) -> np.ndarray:
        """The variance of z over units and weights, (L+1, S)."""
        return self.second - self.mean**2

    @property
    def gradient(self) -> np.ndarray:
        """The mean square of the derivatives with respect to the weights of each layer, (L, S).

        E[(h'(a_l) delta_l)^2] E[z_(l-1)^2]      Glorot and Bengio (2010), 7
        """
        return self.slope * self.back[1:] * self.second[:-1]


def predicted(h: Function, rise: Function, widths: Sequence[int], deviations: np.ndarray) -> Signal:
    """Return what is expected of networks without biases, of ``widths`` (L+1,), whose inputs have E[x^2] = 1, E[x] = 0.

    a = W z, z = h(a), weights independent with standard deviations ``deviations`` (L, S):
    q_l = n_(l-1) sigma_l^2 E[z_(l-1)^2],  E[z_l^2] = E[h(sqrt(q_l) g)^2],  g standard normal      [Poole and others
    (2016), 3; for ReLU a half, Bishop and Bishop (2024), 7.22, He and others (2015), 8]
    E[delta_(l-1)^2] = n_l sigma_l^2 E[h'(sqrt(q_l) g)^2] E[delta_l^2]      [Glorot and Bengio (2010), 6; Schoenholz and
    others (2017), 12]

    Exact at any width for linear units and ReLUs, leaky ones too, whatever the weights' symmetric distribution; for
    others in the limit of wide layers. ``unlike`` is for Gaussian weights and one row: with c = E[h^4]/E[h^2]^2 - 1 and
    e = d ln E[h^2]/d ln q it grows as v_l = (1 + v_(l-1)) c/n_l + e^2 v_(l-1), exact for ReLUs where c = 5 and e = 1
    [Hanin and Rolnick (2018)], to first order in 1/n for others. ``unlike_back`` grows as
    1 + v_(l-1) = (1 + v_l)(1 + 2/n_(l-1))(1 + 3 (E[h'^4]/E[h'^2]^2 - 1)/(n_l + 2)), exact for ReLUs; for others times
    what comes of slopes that follow the signal's own size.

    Products of many are log-normal, but where single factors vary much not with the mean and the variance above: rare
    networks make these. So ``lower`` and ``spread`` add up the mean and the variance of each layer's logarithm, as
    ``of_sums`` has it, of h^2, and of h'^2 g^2 over a chi^2 on the way back; exact where the others are.
    """
    count = deviations.shape[1]
    second, mean, unlike = [np.ones(count)], [np.zeros(count)], [np.full(count, 2.0 / widths[0])]
    slope, fourth, noise, bends, tilts = [], [], [], [], []
    logs: list[_Logarithms] = []
    ends = _chi_squared(widths[0]), _chi_squared(widths[-1])
    lower, spread = [np.full(count, ends[0][0])], [np.full(count, ends[0][1])]
    for layer, sigma in enumerate(deviations):
        q = widths[layer] * sigma**2 * second[-1]
        places = nodes(np.sqrt(q))
        a, weight = np.sqrt(q)[:, None] * places.standard, places.weight
        z, steep = h(a), rise(a) ** 2
        squares = z * z
        second.append((weight * squares).sum(axis=1))
        mean.append((weight * z).sum(axis=1))
        slope.append((weight * steep).sum(axis=1))
        fourth.append((weight * steep**2).sum(axis=1))
        with np.errstate(divide="ignore", invalid="ignore"):
            uneven = (weight * squares**2).sum(axis=1) / second[-1] ** 2 - 1.0
            bent = 0.5 * (weight * squares * (places.standard**2 - 1.0)).sum(axis=1) / second[-1]
            tilts.append(0.5 * (weight * steep * (places.standard**2 - 1.0)).sum(axis=1) / slope[-1])
        noise.append(uneven / widths[layer + 1])
        bends.append(bent)
        logs.append(_logarithms(squares, steep, weight, widths[layer + 1], logs[-1] if logs else None))
        lower.append(logs[-1].forward[0] + bent**2 * lower[-1])
        spread.append(logs[-1].forward[1] + bent**2 * spread[-1])
        unlike.append((1.0 + unlike[-1]) * noise[-1] + bent**2 * unlike[-1])
    back, unlike_back = [np.ones(count)], [np.full(count, 2.0 / widths[-1])]
    lower_back, spread_back = [np.full(count, ends[1][0])], [np.full(count, ends[1][1])]
    for layer in reversed(range(len(deviations))):
        below, above = widths[layer], widths[layer + 1]
        back.append(above * deviations[layer] ** 2 * slope[layer] * back[-1])
        with np.errstate(divide="ignore", invalid="ignore"):
            uneven = 3.0 * (fourth[layer] / slope[layer] ** 2 - 1.0) / (above + 2.0)
        unlike_back.append((1.0 + unlike_back[-1]) * (1.0 + uneven) * (1.0 + 2.0 / below) - 1.0)
        # a sum of h'^2 g^2 over one of g^2, of any direction, times one of g^2 below
        (mean_of, varies), over, times = logs[layer].back, _chi_squared(above), _chi_squared(below)
        lower_back.append(lower_back[-1] + mean_of - over[0] + times[0])
        spread_back.append(spread_back[-1] + varies - over[1] + times[1])
    swayed = 1.0 + _swayed(unlike, noise, bends, tilts)
    unlike_back = [(1.0 + own) * by_signal - 1.0 for own, by_signal in zip(unlike_back[::-1], swayed, strict=True)]
    extra = np.log(swayed)
    lower_back = [low - 0.5 * more for low, more in zip(lower_back[::-1], extra, strict=True)]
    spread_back = [wide + more for wide, more in zip(spread_back[::-1], extra, strict=True)]
    forward, backward = (second, mean, unlike, slope, fourth), (back[::-1], unlike_back)
    parts = (*forward, *backward, lower, spread, lower_back, spread_back)
    return Signal(*(np.stack(part) for part in parts))


def _chi_squared(n: int) -> tuple[float, float]:
    """Return mean and variance of ln(chi^2_n/n)."""
    return digamma(0.5 * n) - float(np.log(0.5 * n)), trigamma(0.5 * n)


class _Logarithms(NamedTuple):
    """Mean and variance of the logarithm of a layer's mean of h^2 over E[h^2], and of h'^2 g^2 over E[h'^2], (S,)."""

    shape: np.ndarray  # (2, S) by which layers are compared
    units: int
    forward: tuple[np.ndarray, np.ndarray]
    back: tuple[np.ndarray, np.ndarray]


def _logarithms(
    squares: np.ndarray, steep: np.ndarray, weight: np.ndarray, units: int, before: _Logarithms | None
) -> _Logarithms:
    """Return them for h^2 and h'^2 (S, K) at the nodes, those of the layer before where the terms are as uneven."""
    with np.errstate(divide="ignore", invalid="ignore"):
        each = [values / (weight * values).sum(axis=1)[:, None] for values in (squares, steep)]
        shape = np.stack([(weight * values**2).sum(axis=1) for values in each])
        if before is not None and before.units == units and np.allclose(shape, before.shape, ALIKE, equal_nan=True):
            return before
        # of units without a scale of their own, as ReLUs, one set of weights stands for all
        some = slice(0, 1) if np.allclose(shape, shape[:, :1], SAME, equal_nan=True) else slice(None)
        each, weight = [values[some] for values in each], weight[some]
        none = [(weight * (values[some] == 0.0)).sum(axis=1) for values in (squares, steep)]
        times = TIMES[:, None] / units
        forward = np.stack([(weight * np.exp(-t * each[0])).sum(axis=1) for t in times])
        back = np.stack([(weight / np.sqrt(1.0 + 2.0 * t * each[1])).sum(axis=1) for t in times])
        told = [of_sums(shares, gone, units) for shares, gone in zip((forward, back), none, strict=True)]
        count = shape.shape[1]
        there, home = ((np.broadcast_to(mean, count), np.broadcast_to(spread, count)) for mean, spread in told)
        return _Logarithms(shape, units, there, home)


def _swayed(
    unlike: list[np.ndarray], noise: list[np.ndarray], bends: list[np.ndarray], tilts: list[np.ndarray]
) -> np.ndarray:
    """Return the variance of the logarithm of the slopes' product from the last layer down to each, (L+1, S).

    s_l, how far ln of the mean of z^2 is off in layer l, is e_l s_(l-1) and a part of its own, of variance ``noise``;
    the slopes of layer l follow it with ``tilts``, f_l = d ln E[h'^2]/d ln q. The sum of f_(m+1) s_m over m >= j is
    A_j s_j and what is new in later layers, with A_m = f_(m+1) + e_(m+1) A_(m+1).
    """
    depth = len(noise)
    weight, later = np.zeros_like(unlike[0]), np.zeros_like(unlike[0])
    found = [np.zeros_like(unlike[0])]
    for layer in reversed(range(depth)):
        if layer + 1 < depth:
            later = later + weight**2 * noise[layer]
        weight = tilts[layer] + bends[layer] * weight
        found.append(weight**2 * unlike[layer] + later)
    return np.stack(found[::-1])


def middle(mean: np.ndarray, lower: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends between which 95 of 100 networks lie that are not dead: products of many are log-normal.

    The median is ``mean`` e^``lower``, the standard deviation of the logarithm the root of ``spread``.
    """
    median, wide = mean * np.exp(lower), 1.96 * np.sqrt(spread)
    return median * np.exp(-wide), median * np.exp(wide)
