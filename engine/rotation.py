"""Rotation: a quadratic turned about its stationary point, the start turning with it.

With U(angle) the eigenvectors as columns, a run starts at w* + U(angle) alpha(0). Gradient descent, momentum and
Nesterov know nothing of the axes: their alpha(k) are the same at every angle. A rule that gives each weight a learning
rate of its own is another rule in every turned frame; Bishop and Bishop (2024), 7.3.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.kernel import kernel
from engine.optimizer import Optimizer
from engine.run import run
from engine.settling import first_hit, settled_step


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

    def data(self) -> np.ndarray:
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


def steps_over_angles(
    surface: Any,
    optimizer: Optimizer,
    learning_rate: float,
    start: Any,
    angles: Sequence[float],
    steps: int,
    tolerance: float = 1e-6,
) -> tuple[np.ndarray, np.ndarray]:
    """Return at every angle the step from which E - E(w*) stays at or below the tolerance, and the first such step.

    Both (angles,), nan where that is not reached within ``steps``; see over_angles. Without a smallest
    error, that is with a negative eigenvalue, there is nothing to count and both are nan. Raises ValueError as
    over_angles does.
    """
    if surface.eigenvalues[0] < 0.0:
        nothing = np.full(len(angles), np.nan)
        return nothing, nothing
    error = over_angles(surface, optimizer, learning_rate, start, angles, steps).error
    return settled_step(error, tolerance), first_hit(error, tolerance)
