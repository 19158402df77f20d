"""Conjugate gradient."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.optimizer import Optimizer
from engine.parameter import choice
from engine.terrain import dot


@dataclass(frozen=True)
class ConjugateGradient(Optimizer):
    """Search along directions that do not undo what the ones before have reached.

    d(tau) = -g(tau) + b d(tau - 1),  w(tau) = w(tau - 1) + t d(tau),  t = argmin E(w(tau - 1) + t d(tau))
    b = g'(g - g_before)/g_before'g_before, at least 0                            Polak and Ribiere (1969)
    b = g'g/g_before'g_before                                                     Fletcher and Reeves (1964)

    It has no learning rate. On a quadratic t = -g'd/d'Hd, both b are the same and the minimum is reached in D steps:
    Hestenes and Stiefel (1952). Elsewhere t is the first minimum met along d, to the last digits; see Terrain. Every D
    steps, and where d would not lead down, it begins again with d = -g. Where the ray falls for ever, the run ends.
    """

    formula: str = choice(
        "polak-ribiere",
        {"polak-ribiere": "Polak–Ribière", "fletcher-reeves": "Fletcher–Reeves"},
        help="How much of the last direction is kept; on a quadratic both are the same.",
    )

    title = "Conjugate gradient"
    slots = ("direction", "last_gradient")
    has_learning_rate = False
    colour = "#7799ff"
    dash = "dot"
    latex = (
        r"\mathbf d \leftarrow -\mathbf g + b\,\mathbf d,\quad b = \max\left(0,"
        r"\frac{\mathbf g^{\mathsf T}(\mathbf g - \mathbf g')}{\mathbf g'^{\mathsf T}\mathbf g'}\right),\quad"
        r"\mathbf w \leftarrow \mathbf w + t\,\mathbf d,\quad t = \arg\min_t E(\mathbf w + t\,\mathbf d)"
    )
    breakdown = "The error falls without end along the direction of search: there is no lowest point on that line."

    def iterate(self, terrain: Any, w: np.ndarray, g: np.ndarray, state: np.ndarray, tau: int) -> np.ndarray:
        """Go to the first minimum along the next direction."""
        direction, last = state
        largest = np.maximum(np.abs(g).max(axis=0), np.abs(last).max(axis=0))
        scale = np.where(largest > 0.0, largest, 1.0)  # products of the gradients alone would underflow
        new, old = g / scale, last / scale
        gained = dot(new, new - old) if self.formula == "polak-ribiere" else dot(new, new)
        length = dot(old, old)
        kept = np.divide(gained, length, out=np.zeros_like(length), where=length > 0.0)
        kept = np.zeros_like(kept) if (tau - 1) % len(w) == 0 else np.maximum(kept, 0.0)
        wanted = -g + kept * direction
        slope = dot(new, wanted)
        wanted = np.where(slope < 0.0, wanted, -g)
        reach = np.abs(wanted).max(axis=0)
        unit = np.divide(wanted, reach, out=np.zeros_like(g), where=reach > 0.0)
        t: np.ndarray = terrain.minimum_along(w, unit, dot(g, unit))
        w += t * unit
        direction[:], last[:] = wanted, g
        return np.divide(t, reach, out=np.zeros_like(t), where=reach > 0.0)
