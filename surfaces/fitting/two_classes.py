"""Two classes: models with two weights of rows that belong to one of two classes."""

from dataclasses import dataclass

import numpy as np

from engine.dataset import Dataset
from surfaces.fitting.two_weights import TwoWeights

TOLERANCE = 1e-9  # of an angle


@dataclass(frozen=True)
class TwoClasses(TwoWeights):
    """Targets are 1 where a row belongs to the second class, 0 where to the first."""

    data: object = "hours"

    @classmethod
    def misfit(cls, data: Dataset) -> str | None:
        """Return why data do not suit: not two classes, or inputs that two weights cannot take."""
        return super().misfit(data) or _not_two_classes(cls.title, data)

    @property
    def separable(self) -> bool:
        """Whether some weights leave no row on the wrong side, a > 0 for one class and a < 0 for the other.

        A row may lie on the border. Exactly then the directions of (2 t - 1) phi fit into half a turn.
        """
        return one_sided((2.0 * self.dataset.targets - 1.0) * self.columns)


def one_sided(vectors: np.ndarray) -> bool:
    """Tell whether vectors (number, 2), not all of them on one line, lie on one side of a line through 0, or on it."""
    vectors = vectors[(vectors != 0.0).any(axis=1)]
    turns = np.sort(np.arctan2(vectors[:, 1], vectors[:, 0]))
    gaps = np.diff(turns, append=turns[0] + 2.0 * np.pi)
    return bool(gaps.max() >= np.pi - TOLERANCE)


def _not_two_classes(title: str, data: Dataset) -> str | None:
    name, targets = data.target_names[0], data.targets[:, 0]
    other = targets[(targets != 0.0) & (targets != 1.0)]
    if len(other):
        return f"{title} needs two classes, targets 0 and 1: {name} has {other[0]:g}"
    if (targets == targets[0]).all():
        return f"{title} needs rows of both classes: {name} is {targets[0]:g} in every row"
    return None
