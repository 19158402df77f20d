"""Circles."""

from dataclasses import dataclass

import numpy as np

from engine.dataset import Dataset, Generated
from engine.parameter import parameter


@dataclass(frozen=True)
class Circles(Generated):
    """A circle of radius 1/2 within one of radius 1: class 1 is the inner one."""

    noise: float = parameter(0.08, 0.0, 0.5, r"\sigma", step=0.02, help="Standard deviation about each circle.")

    title = "Circles"
    note = "One class lies around the other: the boundary has to close."
    source = "generated, as make_circles of scikit-learn, Pedregosa and others (2011)"

    def dataset(self) -> Dataset:
        """Return points of the plane and their class."""
        random, count = self.random()
        label, angle = self.balanced(random, 2), random.uniform(0.0, 2.0 * np.pi, count)
        circle = (1.0 - 0.5 * label)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        points = circle + self.noise * random.standard_normal((count, 2))
        return self.in_classes(points, label, ("0", "1"))
