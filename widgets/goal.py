"""The goal: which error runs are to reach on a surface, in words, and where there is nothing to reach."""

import numpy as np

from engine.lowest import lowest
from engine.surface import Surface, View
from engine.words import number
from surfaces.quadratic import Quadratic


def bottomless(surface: Surface, view: View) -> str:
    """Return why a surface has no error to reach, empty where it has one; a minimum may be one found in a view."""
    if isinstance(surface, Quadratic):
        return "" if surface.bounded_below else f"A {surface.verdict} has no smallest error"
    if not surface.bounded_below:
        return f"{surface.title} has no smallest error"
    return "" if len(lowest(surface, view).places) else "No minimum is known or in this picture"


def at_bottom(surface: Surface, start: tuple[float, ...], view: View) -> str:
    """Return why a run has nothing to reach from a start, empty where it has."""
    error, least = float(surface.evaluate(np.array(start))[0]), lowest(surface, view)
    if not np.isfinite(error):
        return "E is not a finite number at the start"
    if error > least.error:
        return ""
    if least.known or isinstance(surface, Quadratic):
        return "The start has the smallest error there is"
    return "The start is not above the lowest minimum in this picture"


def counted(surface: Surface, view: View) -> str:
    """Return from which error errors are counted, and what that means for a run that ends elsewhere.

    Empty on a quadratic, whose pages say it.
    """
    if isinstance(surface, Quadratic):
        return ""
    places, error, alone, known = lowest(surface, view)
    x, y = places[0].tolist()
    which = f"{'' if alone else 'lowest '}minimum w* = ({number(x)}, {number(y)})"
    which = "lowest minima" if len(places) > 1 else which
    elsewhere = "" if alone else " A run that ends at a higher one has not arrived."
    if known:
        return f"Errors are counted above {number(error)}, the error of its {which}.{elsewhere}"
    return (
        f"Errors are counted above {number(error)}, the error of the {which} in this picture; what is lower counts as"
        f" arrived.{elsewhere}"
    )
