"""Five points."""

from dataclasses import dataclass

import numpy as np

from engine.dataset import Data, Dataset


@dataclass(frozen=True)
class FivePoints(Data):
    """Five points that lie on the line y = x/2 - 3/2, all of them: its error can be brought to 0."""

    title = "Five points on a line"
    note = "Five points with a line through all of them, y = x/2 − 3/2: the lowest error is 0."
    source = "Introduction to Deep Learning, unit 1, lecture slides: gradient descent"

    def dataset(self) -> Dataset:
        """Return x and y of the five points."""
        x = np.array([2.0, 3.0, 5.0, 7.0, 9.0])
        return Dataset(x[:, None], 0.5 * x[:, None] - 1.5, ("x",), ("y",), self.title, self.source)
