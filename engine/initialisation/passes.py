"""Passes: the same averages measured, in networks that are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.initialisation.schemes import standard
from engine.initialisation.signal import Function

MOST, FEWEST, ENOUGH = 6_000_000, 8, 100  # weights of all networks together; networks


@dataclass(frozen=True, eq=False)
class Passes:
    """What G networks made of one row each, with S sets of weights that differ by a factor."""

    second: np.ndarray  # (L+1, G, S) mean of z^2 over the units of a layer
    mean: np.ndarray  # (L+1, G, S) mean of z
    back: np.ndarray  # (L+1, G, S) mean of delta^2
    gradient: np.ndarray  # (L, G, S) mean of the squared derivatives with respect to the weights of a layer

    @property
    def variance(self) -> np.ndarray:
        """Return the variance of z over units and networks, (L+1, S)."""
        found: np.ndarray = self.second.mean(axis=1) - self.mean.mean(axis=1) ** 2
        return found


def networks(widths: Sequence[int]) -> int:
    """Return how many networks of these widths are measured: as many as there is time for."""
    each = sum(below * above for below, above in pairwise(widths))
    return int(np.clip(MOST // each, FEWEST, ENOUGH))


def measured(
    h: Function, rise: Function, widths: Sequence[int], scheme: str, deviations: np.ndarray, count: int, seed: int
) -> Passes:
    """Send a normal row through each of ``count`` networks, and a normal gradient back; see ``predicted``.

    The S sets of weights, with standard deviations (L, S), are the same draws times what their deviations are.
    """
    random = np.random.default_rng(seed)
    drawn = [standard(scheme, random, (count, above, below)) for below, above in pairwise(widths)]
    z = np.repeat(random.standard_normal((count, widths[0], 1)), deviations.shape[1], axis=2)
    second, mean, steep = [(z**2).mean(axis=1)], [z.mean(axis=1)], []
    with np.errstate(over="ignore", invalid="ignore"):
        for weights, sigma in zip(drawn, deviations, strict=True):
            a = sigma * (weights @ z)
            z = h(a)
            steep.append(rise(a))
            second.append((z**2).mean(axis=1))
            mean.append(z.mean(axis=1))
        delta = np.repeat(random.standard_normal((count, widths[-1], 1)), deviations.shape[1], axis=2)
        back, received = [(delta**2).mean(axis=1)], []
        for weights, sigma, rises in zip(reversed(drawn), deviations[::-1], reversed(steep), strict=True):
            before = rises * delta
            received.append((before**2).mean(axis=1))
            delta = sigma * (np.swapaxes(weights, 1, 2) @ before)
            back.append((delta**2).mean(axis=1))
        gradient = np.stack(received[::-1]) * np.stack(second[:-1])
    return Passes(np.stack(second), np.stack(mean), np.stack(back[::-1]), gradient)
