"""Cloud: where a run with mini-batches goes once it has forgotten its start, measured."""

from dataclasses import dataclass

import numpy as np

from engine.optimizer import Optimizer
from engine.run import run
from engine.surface import Surface

PARTS = 20  # of a run, whose means tell how sure the mean of all is
FORGOTTEN = 0.1  # of a run, at its beginning, that does not count


@dataclass(frozen=True, eq=False)
class Cloud:
    """Places of a run about a minimum, with what they have on average."""

    points: np.ndarray  # (M, D)
    covariance: np.ndarray  # (D, D) about the minimum
    parts: np.ndarray  # (PARTS, D, D) the same of each part of the run

    def mean(self, weight: np.ndarray) -> tuple[float, float]:
        """Return the mean of (w - w*)' A (w - w*) for a matrix A, and its standard error from the parts' means."""
        each = (self.parts * weight).sum(axis=(1, 2))
        return float((self.covariance * weight).sum()), _error_of_mean(each)

    @property
    def distance(self) -> tuple[float, float]:
        """The root of the mean squared distance from the minimum, and its standard error."""
        return root_of(self.mean(np.eye(len(self.covariance))))


def mean_of(values: np.ndarray) -> tuple[float, float]:
    """Return the mean of numbers in their order, (M,), and its standard error, neighbours being alike."""
    return float(values.mean()), _error_of_mean(np.array([part.mean() for part in np.array_split(values, PARTS)]))


def root_of(mean: tuple[float, float]) -> tuple[float, float]:
    """Return the root of a mean that is not negative, and its standard error."""
    root = float(np.sqrt(mean[0]))
    return root, mean[1] / (2.0 * root) if root > 0.0 else 0.0


def _error_of_mean(parts: np.ndarray) -> float:
    return float(parts.std(ddof=1) / np.sqrt(len(parts)))


def cloud(
    surface: Surface,
    optimizer: Optimizer,
    learning_rate: float,
    minimum: np.ndarray,
    batch_size: int,
    sampling: str,
    steps: int,
    every: int = 1,
    seed: int = 0,
) -> Cloud:
    """Run from the minimum and return the places at every so many steps. Raises ValueError as ``run`` does."""
    path = run(
        *(surface, optimizer, learning_rate, minimum, steps),
        record_every=every,
        record=(),
        batch_size=batch_size,
        sampling=sampling,
        seed=seed,
    )
    return about(path.weights[:, 0], minimum)


def about(places: np.ndarray, minimum: np.ndarray) -> Cloud:
    """Return places of a run (M, D), in their order, as a cloud about a minimum (D,)."""
    counted = places[int(FORGOTTEN * len(places)) :]
    away = counted - minimum
    parts = np.stack([part.T @ part / len(part) for part in np.array_split(away, PARTS)])
    return Cloud(counted, away.T @ away / len(away), parts)
