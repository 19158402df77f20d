"""Picture: what the inputs of the page describe, as every detail receives it."""

from typing import Any, NamedTuple

import numpy as np

from engine.dataset import Dataset
from engine.plane import Plane
from engine.section import seen
from engine.study import Entry

ALIKE = ("zero", "equal")  # schemes of initial weights that draw nothing


class Initial(NamedTuple):
    """How the weights are drawn that a run of a network begins with."""

    scheme: str = "xavier"
    scale: float = 1.0
    bias: float = 0.0
    seed: int = 0

    @property
    def drawn(self) -> bool:
        """Whether another seed gives other weights."""
        return self.scheme not in ALIKE

    def start(self, net: Any, seed: int | None = None) -> tuple[float, ...]:
        """Return the weights, (D,), from this or another seed."""
        weights = net.initial(self.scheme, self.scale, self.seed if seed is None else seed, self.bias)
        return tuple(weights.tolist())


class Picture(NamedTuple):
    """The surface, the runs on it and the one under the sliders."""

    surface: Any
    entries: list[Entry]
    edited: Entry
    start: tuple[float, ...]
    steps: int
    drawn: np.ndarray  # the steps that are drawn, ascending
    cut: Plane | None = None  # the plane that is shown of a surface with more than two weights
    validation: Dataset | None = None  # rows that a model of data is not fitted to
    initial: Initial | None = None  # how the weights of a network are drawn, on a page that lets them be

    @property
    def flat(self) -> Any:
        """What is seen of the surface: a surface of two weights."""
        return self.surface if self.cut is None else seen(self.surface, self.cut)

    @property
    def plane(self) -> Plane:
        """The plane in the coordinates of what is seen."""
        return Plane.of(self.flat, include=self.start if self.cut is None else None)
