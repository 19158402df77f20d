"""Lowest: the minima that a run is to reach, and the error from which errors are counted."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.local import largest
from engine.settling import lowest_error
from engine.stationary import stationary_points
from engine.surface import Surface, View

ROUNDING = 1e-9  # minima that differ by less are as low as each other
REMEMBERED = 1024  # surfaces: a map has hundreds


class Lowest(NamedTuple):
    """The lowest minima of a surface: the known ones, or where none is known those that a search finds in a view."""

    places: np.ndarray  # (number, D), the flattest first: the one with the smallest lambda_max(H)
    error: float  # E_min; 0 where there are none
    alone: bool  # whether no other minimum, a higher one, is known or found
    known: bool


@lru_cache(maxsize=REMEMBERED)
def lowest(surface: Surface, view: View | None = None) -> Lowest:
    """Return the lowest minima; a search, see ``stationary_points``, is in ``view``, at first the surface's own."""
    minima = surface.minima
    known = len(minima) > 0
    if not known and surface.dim == 2 and not hasattr(surface, "eigenvalues"):  # a quadratic knows all of its minima
        minima = stationary_points(surface, view or surface.view).minima
    if not len(minima):
        return Lowest(minima, lowest_error(surface), alone=True, known=False)
    error, _ = surface.evaluate(minima)
    least = float(error.min())
    low = error <= least + ROUNDING * max(1.0, abs(least))
    places = minima[low]
    return Lowest(places[np.argsort(largest(surface.hessian(places)), kind="stable")], least, bool(low.all()), known)
