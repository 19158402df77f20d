"""Kinds: on which surfaces a detail has something to say."""

from enum import Flag, auto

from engine.study import has_modes
from engine.surface import Surface


class On(Flag):
    """A detail may say ``ON``; one that says nothing speaks of every surface that is shown whole."""

    QUADRATIC = auto()  # closed forms know its runs
    OTHER = auto()
    SECTION = auto()  # a plane through more than two weights
    NETWORK = auto()  # a plane through those of a model of data
    ROWS = auto()  # beside one of those above: an error made of rows, some of which may be held out
    LAYERS = auto()  # beside one of those above: weights in layers
    ANY = QUADRATIC | OTHER
    CUT = SECTION | NETWORK
    ALL = ANY | CUT

    @classmethod
    def of(cls, surface: Surface) -> "On":
        """Return the kind of a surface, and what there is beside."""
        rows = cls.ROWS if len(surface.rows()) else cls(0)
        beside = rows | (cls.LAYERS if hasattr(surface, "layers") else cls(0))
        if surface.dim > 2:
            return (cls.NETWORK if rows else cls.SECTION) | beside
        return (cls.QUADRATIC if has_modes(surface) else cls.OTHER) | beside
