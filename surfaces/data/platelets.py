"""Height and platelets."""

from dataclasses import dataclass

import numpy as np

from engine.dataset import Dataset, Generated
from engine.parameter import parameter


@dataclass(frozen=True)
class Platelets(Generated):
    """Two inputs of very different size, height in metres and platelets per microlitre, and a made-up score.

    score = 50 + 10 (height - 1.7)/0.1 + 10 (platelets - 250,000)/50,000 + noise      Bishop and Bishop (2024), 7.4.1

    The inputs are from the book, their spread and the score are invented: after scaling both matter alike. Heights are
    drawn from N(1.7, 0.1^2) and rounded to centimetres, platelets from N(250,000, 50,000^2) and to thousands.
    """

    noise: float = parameter(2.0, 0.0, 20.0, r"\sigma", step=0.5, help="Standard deviation of the score's noise.")

    title = "Height and platelets"
    note = "Metres beside platelets per microlitre, and a made-up score: so unlike in size that training hardly moves."
    source = "generated after Bishop and Bishop (2024), 7.4.1"

    def dataset(self) -> Dataset:
        """Return height, platelets and score."""
        random, count = self.random()
        height = np.round(random.normal(1.7, 0.1, count), 2)
        platelets = np.round(random.normal(250_000.0, 50_000.0, count), -3)
        noise = self.noise * random.standard_normal(count)
        score = 50.0 + 10.0 * (height - 1.7) / 0.1 + 10.0 * (platelets - 250_000.0) / 50_000.0 + noise
        inputs, names = np.stack([height, platelets], axis=1), ("height in m", "platelets per µl")
        return Dataset(inputs, score[:, None], names, ("score",), self.title, self.source)
