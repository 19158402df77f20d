"""A learning rate that falls as one over time."""

from dataclasses import dataclass

import numpy as np

from engine.parameter import parameter
from engine.schedule import Schedule, rate


@dataclass(frozen=True)
class Inverse(Schedule):
    """Inverse decay: half of the first learning rate after 1/k steps, a third after 2/k.

    eta(t) = eta_0/(1 + k t)      Darken and Moody (1991), Advances in Neural Information Processing Systems 3

    t counts from 0; it is the step there, and the epoch in courses that teach it as inverse decay.
    """

    learning_rate: float = rate(0.09)
    decay_constant: float = parameter(
        0.05, 0.0, 10.0, "k", scale="log", smallest=1e-5, help="After 1/k steps the learning rate is halved."
    )

    title = "Inverse"
    note = "Halved after 1/k steps, a third after 2/k: in the long run one over the number of steps."
    latex = r"\eta(t) = \frac{\eta_0}{1 + k\,t}"

    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps``, (steps,)."""
        return self.learning_rate / (1.0 + self.decay_constant * np.arange(steps))
