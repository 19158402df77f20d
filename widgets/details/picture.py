"""Picture: what the inputs of the page describe, as every detail receives it."""

from typing import Any, NamedTuple

import numpy as np

from engine.plane import Plane
from engine.section import seen
from engine.study import Entry
from engine.surface import Surface


class Initial(NamedTuple):
    """What the weights of a network are drawn from at first, in the order in which ``Mlp.initial`` takes it."""

    scheme: str = "xavier"
    scale: float = 1.0
    seed: int = 0
    bias: float = 0.0


class Batches(NamedTuple):
    """The rows that each step sees, the same for every run: as ``run`` takes them."""

    batch_size: int
    sampling: str = "reshuffle"
    seed: int = 0


class Picture(NamedTuple):
    """The surface, the runs on it and the one under the sliders."""

    surface: Any
    entries: list[Entry]
    edited: Entry
    start: tuple[float, ...]
    steps: int
    drawn: np.ndarray  # the steps that are drawn, ascending
    cut: Plane | None = None  # the plane that is shown of a surface with more than two weights
    validation: Surface | None = None  # the same model of the rows that are held out
    initial: Initial | None = None  # where the page lets the initial weights be drawn
    batches: Batches | None = None  # where a step sees some rows only

    @property
    def flat(self) -> Any:
        """What is seen of the surface: a surface of two weights."""
        return self.surface if self.cut is None else seen(self.surface, self.cut)

    @property
    def plane(self) -> Plane:
        """The plane in the coordinates of what is seen."""
        return Plane.of(self.flat, include=self.start if self.cut is None else None)
