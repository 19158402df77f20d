"""A learning rate that follows a power of time."""

from dataclasses import dataclass

import numpy as np

from engine.parameter import parameter
from engine.schedule import Schedule, rate


@dataclass(frozen=True)
class Power(Schedule):
    """A power law: it falls for an exponent below zero, fast at first and then ever more slowly.

    eta(t) = eta_0 (1 + t/s)^c      Bishop and Bishop (2024), 7.37

    t is the step there, from 0. With c = -1 and s = 1/k it is ``inverse``. Gradient noise is averaged out, and yet any
    distance can still be covered, for -1 <= c < -1/2; Robbins and Monro (1951).
    """

    learning_rate: float = rate(0.09)
    scale: float = parameter(10.0, 0.1, 1e4, "s", scale="log", help="How many steps it takes to fall to 2^c.")
    exponent: float = parameter(-0.5, -3.0, 0.5, "c", step=0.1, help="Below 0 the learning rate falls.")

    title = "Power law"
    note = "Fast down at first, then ever more slowly, and never at an end."
    latex = r"\eta(t) = \eta_0\,(1 + t/s)^{c}"

    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps``, (steps,)."""
        return self.learning_rate * (1.0 + np.arange(steps) / self.scale) ** self.exponent
