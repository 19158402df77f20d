"""Kinds: on which surfaces a detail has something to say."""

from enum import Flag, auto

from engine.study import has_modes
from engine.surface import Surface
from surfaces.fitting.two_weights import TwoWeights


class On(Flag):
    """A detail may say ``ON``; one that says nothing speaks of every surface that is shown whole."""

    QUADRATIC = auto()  # closed forms know its runs
    OTHER = auto()
    LINE = auto()  # it has one weight: its picture is a curve
    DATA = auto()  # a model with two weights, besides
    SECTION = auto()  # a plane through more than two weights
    NETWORK = auto()  # a plane through those of a model of data
    LAYERS = auto()  # weights in layers, besides
    PLANE = QUADRATIC | OTHER
    ANY = PLANE | LINE
    CUT = SECTION | NETWORK
    ALL = ANY | CUT

    @classmethod
    def of(cls, surface: Surface) -> "On":
        """Return the kinds of a surface."""
        layers = cls.LAYERS if hasattr(surface, "layers") else cls(0)
        if surface.dim > 2:
            return layers | (cls.NETWORK if len(surface.rows()) else cls.SECTION)
        if surface.dim == 1:
            return cls.LINE
        kind = layers | (cls.QUADRATIC if has_modes(surface) else cls.OTHER)
        return kind | cls.DATA if isinstance(surface, TwoWeights) else kind
