"""Rates: what momentum makes of the learning rate, and what its best setting costs on the way."""

import numpy as np

from engine.growth import growth
from engine.optimizers.momentum import Momentum
from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.picture import Picture

NAME = "rates"
TITLE = "Effective learning rate"
ORDER = 50
ON = On.QUADRATIC
OF_A_RATE = True

KAPPAS = np.geomspace(1.0, 1e6, 181)


def draw(picture: Picture) -> None:
    """Draw the rate of every step in each direction, and the growth at the best momentum against kappa."""
    follow(NAME, {}, {"kappa": KAPPAS, "peak": growth(Momentum, KAPPAS)})
