"""Exponential decay, written with a decay constant."""

from dataclasses import dataclass

import numpy as np

from engine.parameter import parameter
from engine.schedule import Schedule, rate


@dataclass(frozen=True)
class ExponentialTime(Schedule):
    """The exponential schedule as courses write it, with a decay constant.

    eta(t) = eta_0 exp(-k t)      Bishop and Bishop (2024), 7.38 with c^(1/s) = exp(-k)

    t counts from 0; courses mean the epoch by it, Bishop and Bishop the step.
    """

    learning_rate: float = rate(0.09)
    decay_constant: float = parameter(
        0.03, 0.0, 10.0, "k", scale="log", smallest=1e-5, help="After 1/k steps the learning rate is 37 % of the first."
    )

    title = "Exponential, with a decay constant"
    note = "The exponential schedule in other letters: c to the power 1/s is e to the power −k."
    latex = r"\eta(t) = \eta_0\,e^{-k\,t}"

    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps``, (steps,)."""
        return self.learning_rate * np.exp(-self.decay_constant * np.arange(steps))
