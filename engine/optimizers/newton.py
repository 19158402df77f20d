"""Newton's method."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.optimizer import Optimizer

SINGULAR = 2.0**-52  # an eigenvalue this small beside the largest is zero, but for rounding


@dataclass(frozen=True)
class Newton(Optimizer):
    """Go to where the gradient of the local quadratic vanishes.

    w(tau) = w(tau - 1) - H^-1 g,  H the Hessian and g the gradient at w(tau - 1)  Nocedal and Wright (2006), 3.30

    The pure step, with the exact Hessian: no learning rate, no line search, nothing added to H. On a quadratic one step
    is enough, also when what is there is a saddle or a maximum: it goes to whatever is stationary. Where an eigenvalue
    of H is zero there is no step, unless the gradient vanishes, and the run ends there.
    """

    title = "Newton"
    has_learning_rate = False
    ends_at_minimum = False
    colour = "#22bbee"
    dash = "dashdot"
    latex = r"\mathbf w \leftarrow \mathbf w - \mathbf H^{-1}\,\mathbf g"
    breakdown = "The Hessian has an eigenvalue of zero: it cannot be inverted, and there is no step."

    def iterate(self, terrain: Any, w: np.ndarray, g: np.ndarray, state: np.ndarray, tau: int) -> np.ndarray:
        """Take the whole step."""
        hessian = terrain.hessian(w)
        known = np.isfinite(hessian).all(axis=(1, 2))
        hessian = np.where(known[:, None, None], hessian, np.eye(len(w)))
        sizes = np.abs(np.linalg.eigvalsh(hessian))
        regular = known & (sizes.min(axis=1) > len(w) * SINGULAR * sizes.max(axis=1))
        hessian = np.where(regular[:, None, None], hessian, np.eye(len(w)))
        step = np.linalg.solve(hessian, g.T[..., None])[..., 0].T
        still = ~g.any(axis=0)
        w -= np.where(still, 0.0, np.where(regular, step, np.nan))
        return np.where(still, 0.0, 1.0)
