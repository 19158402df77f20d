"""Exclusive or."""

from dataclasses import dataclass

import numpy as np

from engine.dataset import Dataset, Generated
from engine.parameter import parameter


@dataclass(frozen=True)
class Xor(Generated):
    """Clouds about the corners of a square, opposite corners of one class; without noise the corners themselves."""

    noise: float = parameter(0.3, 0.0, 1.0, r"\sigma", step=0.05, help="Standard deviation about each corner.")

    title = "Exclusive or"
    note = "Opposite corners of a square belong together: no straight line can do it, two hidden units can."
    source = "generated after Minsky and Papert (1969), Perceptrons"

    def dataset(self) -> Dataset:
        """Return points of the plane and their class, 1 where the signs of the corner differ."""
        random, count = self.random()
        corner = self.balanced(random, 4)
        signs = np.stack([corner % 2, corner // 2], axis=1) * 2.0 - 1.0
        points, label = signs + self.noise * random.standard_normal((count, 2)), (signs[:, 0] != signs[:, 1]) * 1.0
        return self.in_classes(points, label, ("0", "1"))
