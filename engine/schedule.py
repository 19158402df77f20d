"""Schedule: the base class of every rule that changes the learning rate from step to step."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.parameter import Parameterised


@dataclass(frozen=True)
class Schedule(Parameterised, ABC):
    """A learning rate for every step; the fields are its parameters."""

    title: ClassVar[str]  # what a page calls it

    @abstractmethod
    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps``, (steps,)."""
