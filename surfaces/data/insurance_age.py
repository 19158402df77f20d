"""Insurance against age."""

from dataclasses import dataclass

import numpy as np

from engine.dataset import Data, Dataset

AGES = (22, 25, 47, 52, 46, 56, 55, 60, 62, 61, 18, 28, 27, 29, 49)
BOUGHT = (0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 1)


@dataclass(frozen=True)
class InsuranceAge(Data):
    """Who bought insurance, by age: no age separates the two classes, so that the best weights are finite."""

    title = "Insurance by age"
    note = "Who of 15 people bought insurance. Most of the older ones did, but not all: the classes overlap."
    source = "Introduction to Deep Learning, unit 1, lecture slides: regression"

    def dataset(self) -> Dataset:
        """Return age and class of 15 people."""
        ages, bought = (np.array(column, dtype=np.float64)[:, None] for column in (AGES, BOUGHT))
        return Dataset(ages, bought, ("age",), ("bought insurance",), self.title, self.source, ("no", "yes"))
