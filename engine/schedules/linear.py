"""A learning rate that falls along a straight line."""

from dataclasses import dataclass

import numpy as np

from engine.parameter import parameter
from engine.schedule import RATES, Schedule, rate


@dataclass(frozen=True)
class Linear(Schedule):
    """From one learning rate to another in K steps, then constant.

    eta(t) = (1 - t/K) eta_0 + (t/K) eta_K where t < K, then eta_K      Bishop and Bishop (2024), 7.36

    t is the step there, from 0.
    """

    learning_rate: float = rate(0.09)
    last_learning_rate: float = parameter(
        0.01, 0.0, 1e4, r"\eta_K", scale="log", smallest=RATES[0], help="The learning rate from step K on."
    )
    length: float = parameter(60, 1, 100_000, "K", step=10, whole=True, help="How many steps the way down takes.")

    title = "Linear"
    note = "Down a straight line to a last learning rate, which it keeps."
    latex = r"\eta(t) = \bigl(1 - \tfrac tK\bigr)\,\eta_0 + \tfrac tK\,\eta_K,\quad t \le K"

    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps``, (steps,)."""
        share = np.minimum(np.arange(steps) / self.length, 1.0)
        return (1.0 - share) * self.learning_rate + share * self.last_learning_rate
