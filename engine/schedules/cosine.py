"""Cosine annealing, with warm restarts."""

from dataclasses import dataclass

import numpy as np

from engine.parameter import parameter
from engine.schedule import RATES, Schedule, rate


@dataclass(frozen=True)
class Cosine(Schedule):
    """Down half a cosine, then back to the first learning rate and down again.

    eta(t) = eta_min + (eta_0 - eta_min)/2 (1 + cos(pi t_c/T))      Loshchilov and Hutter (2017), 5

    t counts steps from 0, and t_c from the last restart. The first period has T steps, each later one ``growth`` times
    as many as the one before, which T is then. With T at least the number of steps there is no restart; that is how
    most use it. PyTorch's CosineAnnealingWarmRestarts is the same; its CosineAnnealingLR goes up again as it came down,
    which this does not.
    """

    learning_rate: float = rate(0.09)
    last_learning_rate: float = parameter(
        0.0, 0.0, 1e4, r"\eta_{min}", scale="log", smallest=RATES[0], help="The learning rate at the end of a period."
    )
    period: float = parameter(100, 1, 100_000, "T", step=10, whole=True, help="How many steps until the first restart.")
    growth: float = parameter(1, 1, 4, "m", step=1, whole=True, help="How much longer each period is than the last.")

    title = "Cosine"
    note = "Slowly down, fast in the middle, slowly to an end; then, if there are steps left, a warm restart."
    latex = (
        r"\eta(t) = \eta_{\min} + \tfrac12\,(\eta_0 - \eta_{\min})"
        r"\Bigl(1 + \cos\frac{\pi\,t_c}{T}\Bigr)"
    )

    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps``, (steps,)."""
        share, begun, period = np.empty(steps), 0, int(self.period)
        while begun < steps:
            length = min(period, steps - begun)
            share[begun : begun + length] = np.arange(length) / period
            begun, period = begun + length, period * int(self.growth)
        swing = 0.5 * (self.learning_rate - self.last_learning_rate)
        return self.last_learning_rate + swing * (1.0 + np.cos(np.pi * share))
