"""Insurance against age and affordability."""

from dataclasses import dataclass

import numpy as np

from engine.dataset import Data, Dataset

PEOPLE = (  # age, affordable, insured
    (22, 1, 0),
    (25, 0, 0),
    (47, 1, 1),
    (52, 0, 0),
    (46, 1, 1),
    (56, 1, 1),
    (55, 0, 0),
    (60, 0, 1),
    (62, 1, 1),
    (61, 1, 1),
    (18, 1, 0),
    (28, 1, 0),
    (27, 0, 0),
)


@dataclass(frozen=True)
class Insurance(Data):
    """Who has insurance, by age and by whether it is affordable: a straight line separates the classes.

    None through (0, 0) does, and without a bias there is no other.
    """

    title = "Insurance by age and affordability"
    note = "Who of 13 people has insurance. A straight line separates them, but none through (0, 0): it takes a bias."
    source = "Introduction to Deep Learning, unit 1, lecture slides: derivatives in a network"

    def dataset(self) -> Dataset:
        """Return age, affordability (1 or 0) and class of 13 people."""
        table = np.array(PEOPLE, dtype=np.float64)
        names = ("age", "affordability")
        return Dataset(table[:, :2], table[:, 2:], names, ("has insurance",), self.title, self.source, ("no", "yes"))
