"""Signal: how large values and gradients are in every layer of a deep network with random weights, as predicted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.initialisation.gaussian import nodes

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
    (2016), 3; for ReLU a half, Bishop and Bishop (2024), 7.22, He and others (2015), 10]
    E[delta_(l-1)^2] = n_l sigma_l^2 E[h'(sqrt(q_l) g)^2] E[delta_l^2]      [Glorot and Bengio (2010), 6; Schoenholz and
    others (2017), 12]

    Exact at any width for linear units and ReLUs, leaky ones too, whatever the weights' symmetric distribution; for
    others in the limit of wide layers. ``unlike`` is for Gaussian weights and one row: with c = E[h^4]/E[h^2]^2 - 1 and
    e = d ln E[h^2]/d ln q it grows as v_l = (1 + v_(l-1)) c/n_l + e^2 v_(l-1), exact for ReLUs where c = 5 and e = 1
    [Hanin and Rolnick (2018)], to first order in 1/n for others. ``unlike_back`` grows as
    1 + v_(l-1) = (1 + v_l)(1 + 2/n_(l-1))(1 + 3 (E[h'^4]/E[h'^2]^2 - 1)/(n_l + 2)), exact for ReLUs; for others times
    what comes of slopes that follow the signal's own size.
    """
    count = deviations.shape[1]
    second, mean, unlike = [np.ones(count)], [np.zeros(count)], [np.full(count, 2.0 / widths[0])]
    slope, fourth, noise, bends, tilts = [], [], [], [], []
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
        unlike.append((1.0 + unlike[-1]) * noise[-1] + bent**2 * unlike[-1])
    back, unlike_back = [np.ones(count)], [np.full(count, 2.0 / widths[-1])]
    for layer in reversed(range(len(deviations))):
        below, above = widths[layer], widths[layer + 1]
        back.append(above * deviations[layer] ** 2 * slope[layer] * back[-1])
        with np.errstate(divide="ignore", invalid="ignore"):
            uneven = 3.0 * (fourth[layer] / slope[layer] ** 2 - 1.0) / (above + 2.0)
        unlike_back.append((1.0 + unlike_back[-1]) * (1.0 + uneven) * (1.0 + 2.0 / below) - 1.0)
    swayed = 1.0 + _swayed(unlike, noise, bends, tilts)
    unlike_back = [(1.0 + own) * by_signal - 1.0 for own, by_signal in zip(unlike_back[::-1], swayed, strict=True)]
    stacked = [np.stack(part) for part in (second, mean, unlike, slope, fourth, back[::-1], unlike_back)]
    return Signal(*stacked)


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


def middle(mean: np.ndarray, unlike: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends between which 95 of 100 single networks lie, each as ``mean``: products of many are log-normal.

    With v = ``unlike`` the median is mean/sqrt(1 + v), the standard deviation of the logarithm sqrt(ln(1 + v)).
    """
    median, wide = mean / np.sqrt(1.0 + unlike), 1.96 * np.sqrt(np.log1p(unlike))
    return median * np.exp(-wide), median * np.exp(wide)
