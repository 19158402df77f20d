"""Rotation: a quadratic turned about its stationary point, the start turning with it.

With U(angle) the eigenvectors as columns, a run starts at w* + U(angle) alpha(0). Gradient descent, momentum and
Nesterov know nothing of the axes: their alpha(k) are the same at every angle. A rule that gives each weight a learning
rate of its own is another rule in every turned frame; Bishop and Bishop (2024), 7.3.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.family import live_hyperparameter
from engine.kernel import kernel
from engine.optimizer import Optimizer
from engine.run import run
from engine.sweep import sweep
from engine.tuning import searched_rates

TRIED_RATES = 61
TRIED_SHARES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99)  # of a hyperparameter that ends below 1, as a momentum or a decay


@dataclass(frozen=True, eq=False)
class Turned:
    """The runs at all angles, in the frame that turns with the valley."""

    modes: np.ndarray  # (T+1, angles, 2) alpha_i
    error: np.ndarray  # (T+1, angles) E(w)


class _Valleys:
    """The same quadratic at many angles, run r at the r-th of them: one call instead of one for every angle."""

    dim = 2
    quadratic = True

    def __init__(self, turned: Sequence[Any]):
        self.hessians = np.stack([surface.hessian(surface.stationary_point) for surface in turned])
        rows = [self.hessians[:, 0, 0], self.hessians[:, 0, 1], self.hessians[:, 1, 1]]
        self.theta = np.concatenate([*rows, turned[0].stationary_point])

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        runs = w.shape[1]
        x0, y0 = theta[3 * runs], theta[3 * runs + 1]
        for r in range(runs):
            x, y = w[0, r] - x0, w[1, r] - y0
            gx = theta[r] * x + theta[runs + r] * y
            gy = theta[runs + r] * x + theta[2 * runs + r] * y
            g[0, r] = gx
            g[1, r] = gy
            error[r] = 0.5 * (x * gx + y * gy)

    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H of every run, wherever it is: (R, 2) -> (R, 2, 2)."""
        return self.hessians

    def pack(self) -> np.ndarray:
        """Return H_11, H_12, H_22 of every run and w*, (3 R + 2,)."""
        return self.theta

    def rows(self) -> np.ndarray:
        """Return no rows: it is a formula."""
        return np.empty((0, 0))


def over_angles(
    surface: Any, optimizer: Optimizer, learning_rate: float, start: Any, angles: Sequence[float], steps: int
) -> Turned:
    """Run an optimizer at every angle (degrees), from the same alpha(0) = U' (start - w*).

    ``surface`` is a quadratic with a field ``angle``, ``start`` (2,) a point of it as it stands now. Raises ValueError
    as run does.
    """
    modes = surface.modes(np.asarray(start, dtype=np.float64))
    turned = [replace(surface, angle=float(angle)) for angle in angles]
    axes, origin = np.stack([item.eigenvectors for item in turned]), surface.stationary_point
    valleys: Any = _Valleys(turned)
    path = run(valleys, optimizer, learning_rate, origin + axes @ modes, steps, record=("error",))
    assert path.error is not None
    x, y = (path.weights[:, :, j] - origin[j] for j in range(2))
    along = [x * axes[:, 0, i] + y * axes[:, 1, i] for i in range(2)]  # runs are contiguous: far quicker than einsum
    return Turned(np.stack(along, axis=-1), path.error)


@dataclass(frozen=True, eq=False)
class Tuned:
    """The best setting at every angle, among those that were tried."""

    counts: np.ndarray  # (angles,) steps, nan where no setting gets there
    learning_rate: np.ndarray  # (angles,) nan where none does
    hyperparameter: str | None  # the one that was tried at several values, None if there is none
    value: np.ndarray  # (angles,) its best value
    tried: dict[str, np.ndarray]  # name -> values


def tuned_over_angles(
    surface: Any, cls: type[Optimizer], start: Any, angles: Sequence[float], steps: int, tolerance: float = 1e-6
) -> Tuned:
    """Tune an optimizer anew at every angle, from the same alpha(0): of all settings tried the one with fewest steps.

    Tried are TRIED_RATES geometric learning rates with every value of the first hyperparameter that has a linear
    scale, by a sweep; see tried_settings. Steps count until the error stays at or below the tolerance, of a rule whose
    steps do not shrink until it first is. Without a smallest error there is nothing to count. Raises ValueError as
    sweep does.
    """
    modes = surface.modes(np.asarray(start, dtype=np.float64))
    tried = tried_settings(surface, cls, start)
    names = list(tried)
    other = names[1] if len(names) > 1 else None
    missing = np.full(len(angles), np.nan)
    if surface.eigenvalues[0] < 0.0:
        return Tuned(missing, missing, other, missing, tried)

    def begin(turned: Any) -> np.ndarray:
        point: np.ndarray = turned.stationary_point + turned.eigenvectors @ modes
        return point

    grid = {"surface.angle": np.asarray(angles, dtype=np.float64), **tried}
    found = sweep(surface, cls(), grid, start=begin, steps=steps, tolerance=tolerance)
    counts = (found.settled if cls.steps_shrink else found.first_hit).reshape(len(angles), -1)
    best = np.argmin(np.where(np.isnan(counts), np.inf, counts), axis=1)
    least = counts[np.arange(len(angles)), best]
    places = np.unravel_index(best, [len(tried[name]) for name in names])
    reached = ~np.isnan(least)
    chosen = [np.where(reached, tried[name][place], np.nan) for name, place in zip(names, places, strict=True)]
    return Tuned(least, chosen[0], other, chosen[1] if other else missing, tried)


def tried_settings(surface: Any, cls: type[Optimizer], start: Any) -> dict[str, np.ndarray]:
    """Return what tuned_over_angles tries: the learning rates, and the values of one hyperparameter if there is one."""
    tried = {"learning_rate": np.geomspace(*searched_rates(cls, surface, start), TRIED_RATES)}
    name = live_hyperparameter(cls())
    if name is not None:
        declared = cls.parameters()[name]
        within = declared.low == 0.0 and declared.high <= 1.0
        values = TRIED_SHARES if within else np.linspace(declared.low, declared.high, len(TRIED_SHARES))
        tried[name] = np.array(values)
    return tried
