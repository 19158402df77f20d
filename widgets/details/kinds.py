"""Kinds: on which surfaces a detail has something to say."""

from enum import Flag, auto

from engine.study import has_modes
from engine.surface import Surface
from surfaces.fitting.two_weights import TwoWeights


class On(Flag):
    """A detail may say ``ON``; one that says nothing speaks of every surface."""

    QUADRATIC = auto()  # closed forms know its runs
    OTHER = auto()
    LINE = auto()  # it has one weight: its picture is a curve
    DATA = auto()  # a model with two weights, besides
    PLANE = QUADRATIC | OTHER
    ANY = PLANE | LINE

    @classmethod
    def of(cls, surface: Surface) -> "On":
        """Return the kinds of a surface."""
        if surface.dim == 1:
            return cls.LINE
        kind = cls.QUADRATIC if has_modes(surface) else cls.OTHER
        return kind | cls.DATA if isinstance(surface, TwoWeights) else kind
