"""The constant learning rate."""

from dataclasses import dataclass

import numpy as np

from engine.schedule import Schedule, rate


@dataclass(frozen=True)
class Constant(Schedule):
    """The same learning rate at every step.

    eta(t) = eta_0      Bishop and Bishop (2024), 7.16
    """

    learning_rate: float = rate(0.09)

    title = "Constant"
    note = "One learning rate from the first step to the last: what all others are held against."
    latex = r"\eta(t) = \eta_0"

    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps``, (steps,)."""
        return np.full(steps, self.learning_rate)
