"""The goal: which error runs are to reach on a surface, in words, and where there is nothing to reach."""

import numpy as np

from engine.settling import lowest_error, lowest_minima
from engine.surface import Surface
from engine.words import number
from surfaces.quadratic import Quadratic

BOTTOM = "The start has the smallest error there is"


def bottomless(surface: Surface) -> str:
    """Return why a surface has no error to reach, empty where it has one."""
    if surface.bounded_below:
        return ""
    name = f"A {surface.verdict}" if isinstance(surface, Quadratic) else surface.title
    return f"{name} has no smallest error"


def at_bottom(surface: Surface, start: tuple[float, float]) -> bool:
    """Whether nothing is lower than a start, as far as the surface knows."""
    error, _ = surface.evaluate(np.array(start))
    return not float(error) > lowest_error(surface)


def counted(surface: Surface, base: float) -> str:
    """Return that errors are counted above ``base``, and what that means for a run that ends elsewhere.

    Empty on a quadratic, whose pages say it.
    """
    if isinstance(surface, Quadratic):
        return ""
    lowest, known = lowest_minima(surface), len(surface.minima)
    if not known:
        return f"No minimum of this surface is known: errors are counted above {number(base)}."
    x, y = lowest[0].tolist()
    which = f"its {'lowest ' if known > 1 else ''}minimum w* = ({number(x)}, {number(y)})"
    which = "its lowest minima" if len(lowest) > 1 else which
    elsewhere = " A run that ends at a higher one has not arrived." if len(lowest) < known else ""
    return f"Errors are counted above {number(base)}, the error of {which}.{elsewhere}"
