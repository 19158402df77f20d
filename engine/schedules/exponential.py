"""A learning rate that falls by the same factor in equal times."""

from dataclasses import dataclass

import numpy as np

from engine.parameter import parameter
from engine.schedule import Schedule, rate


@dataclass(frozen=True)
class Exponential(Schedule):
    """Times the factor c in every s steps.

    eta(t) = eta_0 c^(t/s)      Bishop and Bishop (2024), 7.38

    t is the step there, from 0. All steps together are eta_0/(1 - c^(1/s)) long at most, times a gradient: a run may
    come to rest before it arrives.
    """

    learning_rate: float = rate(0.09)
    factor: float = parameter(0.5, 0.01, 1.0, "c", step=0.05, help="What it is multiplied by in s steps.")
    scale: float = parameter(20.0, 0.1, 1e4, "s", scale="log", help="In how many steps it is multiplied by c.")

    title = "Exponential"
    note = "Down by the same factor in equal times: on a logarithmic axis a straight line."
    latex = r"\eta(t) = \eta_0\,c^{\,t/s}"

    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps``, (steps,)."""
        return self.learning_rate * self.factor ** (np.arange(steps) / self.scale)
