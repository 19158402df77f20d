"""Exact line search."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.optimizer import Optimizer
from engine.terrain import dot


@dataclass(frozen=True)
class ExactLineSearch(Optimizer):
    """Step against the gradient, each time to the lowest point along it.

    w(tau) = w(tau - 1) - t g,  t = argmin E(w(tau - 1) - t g),  g = grad E        Cauchy (1847)
    on a quadratic  t = g'g/g'Hg                                   Nocedal and Wright (2006), 3.26

    Steepest descent. It has no learning rate. Successive gradients are perpendicular, so in a narrow valley it zigzags:
    from the worst start each step leaves ((kappa - 1)/(kappa + 1))^2 of the error. Where E is no quadratic it is the
    first minimum met along the ray, found to the last digits; see Terrain. Where the ray falls for ever, the run ends.
    """

    title = "Exact line search"
    has_learning_rate = False
    colour = "#cc99bb"
    dash = "longdash"
    latex = r"\mathbf w \leftarrow \mathbf w - t\,\mathbf g,\quad t = \arg\min_t E(\mathbf w - t\,\mathbf g)"
    breakdown = "The error falls without end along the gradient: there is no lowest point on that line."

    def iterate(self, terrain: Any, w: np.ndarray, g: np.ndarray, state: np.ndarray, tau: int) -> np.ndarray:
        """Go to the first minimum along -g."""
        largest = np.abs(g).max(axis=0)
        direction = np.divide(-g, largest, out=np.zeros_like(g), where=largest > 0.0)  # g'g alone would underflow
        t: np.ndarray = terrain.minimum_along(w, direction, dot(g, direction))
        w += t * direction
        return np.divide(t, largest, out=np.zeros_like(t), where=largest > 0.0)
