"""Spirals."""

from dataclasses import dataclass

import numpy as np

from engine.dataset import Dataset, Generated
from engine.parameter import parameter


@dataclass(frozen=True)
class Spirals(Generated):
    """Two or three arms, a class each: r = 0.1 ... 1, angle 2 pi (turns r + arm/arms)."""

    noise: float = parameter(0.03, 0.0, 0.3, r"\sigma", step=0.01, help="Standard deviation about each arm.")
    arms: float = parameter(2, 2, 3, "arms", step=1, whole=True, help="How many arms there are, a class each.")
    turns: float = parameter(1.0, 0.25, 2.0, "turns", step=0.25, help="How often an arm goes round.")

    title = "Spirals"
    note = "Arms that wind around each other, a class each: hard for small networks."
    source = "generated after Lang and Witbrock (1988), Learning to tell two spirals apart"

    def dataset(self) -> Dataset:
        """Return points of the plane and their class."""
        (random, count), arms = self.random(), int(self.arms)
        label, r = self.balanced(random, arms), random.uniform(0.1, 1.0, count)
        angle = 2.0 * np.pi * (self.turns * r + label / arms)
        points = r[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        points += self.noise * random.standard_normal((count, 2))
        return self.in_classes(points, label, tuple(f"arm {arm + 1}" for arm in range(arms)))
