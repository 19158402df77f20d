"""A learning rate that is constant for a while and then falls as one over time."""

from dataclasses import dataclass

import numpy as np

from engine.parameter import parameter
from engine.schedule import Schedule, rate


@dataclass(frozen=True)
class ConstantThenInverse(Schedule):
    """Constant for T steps, then inversely to the number of steps.

    eta(t) = eta_0 T/max(t, T)      Bengio (2012), Practical recommendations for gradient-based training, section 3.1

    t is the update there, the iteration in courses, here from 0.
    """

    learning_rate: float = rate(0.09)
    length: float = parameter(40, 1, 100_000, "T", step=5, whole=True, help="How many steps it stays constant.")

    title = "Constant, then inverse"
    note = "As large as it may be while there is far to go, then down as one over the number of steps."
    latex = r"\eta(t) = \frac{\eta_0\,T}{\max(t, T)}"

    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps``, (steps,)."""
        return self.learning_rate * self.length / np.maximum(np.arange(steps), self.length)
