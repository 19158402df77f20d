"""Rates: what momentum makes of the learning rate, and what its best setting costs on the way."""

from engine.growth import growth
from engine.optimizers.momentum import Momentum
from widgets.details.follow import follow
from widgets.details.picture import Picture

NAME = "rates"
TITLE = "Effective learning rate"
ORDER = 50
OF_A_RATE = True


def draw(picture: Picture) -> None:
    """Draw the rate of every step in each direction, and the growth at the best momentum against kappa."""
    kappa, peak = growth(Momentum)
    follow(NAME, {}, {"kappa": kappa, "peak": peak})
