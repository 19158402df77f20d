"""Gradient descent at its best learning rate: how many steps it takes, predicted and measured."""

from typing import NamedTuple

import numpy as np

from engine import theory
from engine.optimizers.gradient_descent import GradientDescent
from engine.predicted import predicted_steps
from engine.run import run
from engine.surface import Surface

TOLERANCE = 1e-6  # of the error above the least one at the start
FOLLOWED = 12_000  # steps that are run; what takes longer is predicted only
ROOM, EXTRA = 1.5, 60  # times as many steps are run as are predicted, and so many more
FIRST = 2_000  # steps of the way that are kept


class Descent(NamedTuple):
    """A run at the best learning rate of the curvature at the minimum."""

    hessian: np.ndarray  # (D, D)
    learning_rate: float  # 2/(lambda_min + lambda_max), Bishop and Bishop (2024), after 7.29
    condition: float  # kappa
    predicted: float  # steps
    measured: float  # steps; inf where it is not there within those that were run
    followed: int  # steps that were run to measure it, 0 where it would take too many
    weights: np.ndarray  # (K, D) of the first steps
    above: np.ndarray  # (K,) E - E*, as a share of that at the start


def bound(condition: float, tolerance: float = TOLERANCE) -> float:
    """Return how many steps suffice at the best learning rate from any start on a quadratic.

    ln(1/tolerance)/(2 ln((kappa + 1)/(kappa - 1))), about kappa/4 ln(1/tolerance): the error shrinks by the square of
    the rate (kappa - 1)/(kappa + 1) at least, and with two weights by no more. Bishop and Bishop (2024), after 7.29.
    1 for kappa = 1.
    """
    if condition <= 1.0:
        return 1.0
    return float(np.ceil(-np.log(tolerance) / (2.0 * (np.log1p(condition) - np.log(condition - 1.0)))))


def descend(surface: Surface, minimum: np.ndarray, hessian: np.ndarray, start: np.ndarray) -> Descent:
    """Return gradient descent from ``start`` (D,) at its best learning rate; ``hessian`` (D, D) is that at the minimum.

    Predicted are the steps from which E - E* stays below TOLERANCE of what it was, on the quadratic with this Hessian:
    exact where the surface is one. ValueError unless every eigenvalue is positive.
    """
    values, vectors = np.linalg.eigh(hessian)
    eta = float(theory.optimal(GradientDescent, values).learning_rate)
    predicted = float(predicted_steps(GradientDescent(), eta, values, vectors.T @ (start - minimum), TOLERANCE))
    enough = ROOM * predicted + EXTRA
    steps = int(enough) if enough <= FOLLOWED else FIRST
    path = run(surface, GradientDescent(), eta, tuple(start), steps, record=("error",))
    assert path.error is not None
    least = float(surface.evaluate(minimum)[0])
    above = (path.error[:, 0] - least) / (path.error[0, 0] - least)
    late = np.flatnonzero(~(np.abs(above) <= TOLERANCE))
    there = float(late[-1] + 1) if len(late) and late[-1] < steps else np.inf
    followed = steps if enough <= FOLLOWED else 0
    condition, kept = float(values[-1] / values[0]), slice(FIRST + 1)
    return Descent(hessian, eta, condition, predicted, there, followed, path.weights[kept, 0], above[kept])
