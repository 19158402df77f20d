"""Moons."""

from dataclasses import dataclass

import numpy as np

from engine.dataset import Dataset, Generated
from engine.parameter import parameter


@dataclass(frozen=True)
class Moons(Generated):
    """Two half circles of radius 1 that reach into each other: (cos a, sin a) and (1 - cos a, 1/2 - sin a)."""

    noise: float = parameter(0.15, 0.0, 0.5, r"\sigma", step=0.05, help="Standard deviation about each half circle.")

    title = "Moons"
    note = "Two half moons that reach into each other: it takes a curved boundary to tell them apart."
    source = "generated, as make_moons of scikit-learn, Pedregosa and others (2011)"

    def dataset(self) -> Dataset:
        """Return points of the plane and their class."""
        random, count = self.random()
        label, angle = self.balanced(random, 2), random.uniform(0.0, np.pi, count)
        upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        moons = np.where(label[:, None] == 0.0, upper, np.array([1.0, 0.5]) - upper)
        points = moons + self.noise * random.standard_normal((count, 2))
        return self.in_classes(points, label, ("0", "1"))
