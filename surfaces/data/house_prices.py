"""House prices."""

from dataclasses import dataclass

import numpy as np

from engine.dataset import Data, Dataset

HOUSES = ((1200, 2, 70), (1500, 3, 120), (2100, 4, 230), (1100, 3, 105), (1300, 2, 90), (900, 1, 55))  # area first


@dataclass(frozen=True)
class HousePrices(Data):
    """Six houses: an input in the thousands beside one below five, so that one direction is far steeper."""

    title = "House prices"
    note = "Six houses. Areas are hundreds of times as large as numbers of bedrooms: one direction is far steeper."
    source = "Introduction to Deep Learning, unit 1, lecture slides: the chain rule"

    def dataset(self) -> Dataset:
        """Return area, bedrooms and price of six houses."""
        table = np.array(HOUSES, dtype=np.float64)
        return Dataset(table[:, :2], table[:, 2:], ("area", "bedrooms"), ("price",), self.title, self.source)
