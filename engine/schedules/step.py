"""A learning rate that falls in steps."""

from dataclasses import dataclass

import numpy as np

from engine.parameter import parameter
from engine.schedule import Schedule, rate


@dataclass(frozen=True)
class Step(Schedule):
    """Times a factor every n steps, and constant in between.

    eta(t) = eta_0 f^floor(t/n)      He, Zhang, Ren and Sun (2016), section 4.2, with f = 1/10

    t counts from 0, so that the first n steps have eta_0; it is the epoch in most courses, the step in the paper.
    """

    learning_rate: float = rate(0.09)
    factor: float = parameter(0.5, 0.01, 1.0, "f", step=0.05, help="What it is multiplied by every n steps.")
    every: float = parameter(20, 1, 100_000, "n", step=5, whole=True, help="How many steps it stays the same.")

    title = "Step"
    note = "Constant for n steps, then times a factor: each stair shows in the learning curve."
    latex = r"\eta(t) = \eta_0\,f^{\lfloor t/n \rfloor}"

    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps``, (steps,)."""
        return self.learning_rate * self.factor ** (np.arange(steps) // self.every)
