"""Rates: what momentum makes of the learning rate, and what its best setting costs on the way."""

from functools import cache
from math import sqrt

import numpy as np

from engine import theory
from engine.optimizers.momentum import Momentum
from widgets.details.follow import follow
from widgets.details.picture import Picture

NAME = "rates"
TITLE = "Effective learning rate"
ORDER = 50

KAPPA = (0.0, 6.0)  # powers of ten
POINTS = 181


def draw(picture: Picture) -> None:
    """Draw the rate of every step in each direction, and the growth at the best momentum against kappa."""
    kappa, peak = growth()
    follow(NAME, {}, {"kappa": kappa, "peak": peak})


@cache
def growth() -> tuple[np.ndarray, np.ndarray]:
    """Return condition numbers and, of momentum at its best, the largest |alpha_k/alpha_0| of the steepest mode."""
    kappas = np.geomspace(10.0 ** KAPPA[0], 10.0 ** KAPPA[1], POINTS)
    return kappas, np.array([_peak(float(kappa)) for kappa in kappas])


def _peak(kappa: float) -> float:
    best = theory.optimal(Momentum, [1.0, kappa])
    steps = int(sqrt(kappa)) + 2  # the peak is about sqrt(kappa)/2 steps away
    return float(np.abs(theory.mode_path(best.optimizer, best.learning_rate, kappa, steps)).max())
