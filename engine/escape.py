"""Escape: how soon noise carries a run over a pass."""

from dataclasses import dataclass

import numpy as np

from engine.local import Expansion
from engine.surface import Surface


@dataclass(frozen=True, eq=False)
class Pass:
    """Two minima with a pass between them, as far as Kramers' rates know them."""

    barrier: float  # E of the pass above the first minimum
    barrier_back: float  # and above the second
    factor: float  # of the rate from the first, per unit of time
    factor_back: float

    def shares(self, learning_rate: float, sigma: np.ndarray, steps: int) -> np.ndarray:
        """Return the share of runs beyond the pass after so many steps that began at the first minimum, (S,).

        Small steps of gradient descent with noise of standard deviation sigma in every component of the gradient are
        steps of eta in the time of a diffusion at temperature eta sigma^2/2. It leaves a minimum at the rate
        |lambda_-|/(2 pi) sqrt(det H/|det H_pass|) exp(-barrier/temperature), Kramers (1940) and Langer (1969), where
        the barrier is several temperatures high and the time long beside 1/lambda of the minimum; from two such rates
        the shares on both sides follow. Below one temperature runs just spread over both, and these are no prediction.
        """
        temperature = 0.5 * learning_rate * np.asarray(sigma, dtype=np.float64) ** 2
        with np.errstate(all="ignore"):
            there = self.factor * np.exp(-self.barrier / temperature)
            back = self.factor_back * np.exp(-self.barrier_back / temperature)
            share = there / (there + back) * -np.expm1(-(there + back) * learning_rate * steps)
        return np.where(there > 0.0, share, 0.0)


def over(surface: Surface, first: np.ndarray, second: np.ndarray, saddle: np.ndarray) -> Pass:
    """Return what Kramers' rates need of two minima (D,) and the pass between them."""
    here = Expansion.at(surface, np.stack([first, second, saddle]))
    values = np.linalg.eigvalsh(here.hessian)
    determinants = values.prod(axis=1)
    down = -values[2, 0] / (2.0 * np.pi)
    factors = down * np.sqrt(determinants[:2] / -determinants[2])
    barriers = here.error[2] - here.error[:2]
    return Pass(float(barriers[0]), float(barriers[1]), float(factors[0]), float(factors[1]))
