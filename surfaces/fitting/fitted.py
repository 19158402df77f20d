"""Fitted: the base class of surfaces whose error is a sum or mean over the rows of a dataset."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from engine.dataset import Dataset
from engine.parameter import choice
from engine.surface import Surface
from surfaces.data import dataset

PENALTIES = ("penalty", "sparsity")  # what fields are called that add to the error what no row costs


@dataclass(frozen=True)
class Fitted(Surface):
    """E(w) = sum over n of E_n(w), or its mean; ``data`` is a slug of surfaces/data or a Dataset.

    Bishop and Bishop (2024), (7.17) has the sum. Every limit of a learning rate depends on it: of the mean over N rows
    it is N times as large. A subclass says with ``misfit`` what data it cannot take.
    """

    data: Any = "five_points"
    reduction: str = choice(
        "mean",
        {"mean": "averaged over the rows", "sum": "summed over the rows"},
        help="Whether errors are averaged or summed: with N rows, summing makes every limit N times smaller.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if wrong := self.misfit(self.dataset):
            raise ValueError(wrong)

    @classmethod
    def misfit(cls, data: Dataset) -> str | None:
        """Return one sentence that says why data cannot be taken, None where it can."""
        return None

    @cached_property
    def dataset(self) -> Dataset:
        """The rows with their names and source."""
        return dataset(self.data)

    def rows(self) -> np.ndarray:
        """Return inputs and targets side by side, (N, K + M)."""
        return self.dataset.rows

    @property
    def made_of(self) -> str:
        """Sum or mean, and over how many rows."""
        return f"the {self.reduction} over {len(self.dataset.rows):,} rows"

    @property
    def share(self) -> float:
        """What every row's error is multiplied by: 1, or 1/N for the mean."""
        return 1.0 if self.reduction == "sum" else 1.0 / len(self.dataset.rows)

    def row_error(self, w: np.ndarray, data: Dataset | None = None) -> np.ndarray:
        """Return the mean error of the rows of a dataset, by default its own, at w: (..., D) -> (...).

        It is what training and validation are compared by: never a sum, and without what a penalty adds.
        """
        return self.judging(data or self.dataset).evaluate(w)[0]

    def judging(self, data: Dataset) -> "Fitted":
        """Return the surface of the mean error of the rows of a dataset, without what a penalty adds."""
        without = {name: 0.0 for name in PENALTIES if name in self.parameters()}
        return replace(self, data=data, reduction="mean", **without)
