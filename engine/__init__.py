"""Optimizers on error surfaces: pure NumPy and Numba, no screen.

>>> from engine import run, sweep, theory
>>> from engine.optimizers.momentum import Momentum
>>> from surfaces.quadratic import Quadratic
>>> valley = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=30.0)
>>> path = run(valley, Momentum(momentum=0.9), learning_rate=0.02, start=(-1.5, 1.0), steps=200)
>>> path.weights.shape
(201, 1, 2)
>>> grid = {"learning_rate": [0.02, 0.1, 0.3], "momentum": [0.0, 0.4]}
>>> sweep(valley, Momentum(), grid, start=(-1.5, 1.0), steps=500).settled
array([[233., 137.],
       [ nan,  23.],
       [ nan,  nan]])
>>> theory.stability_limit(Momentum(momentum=0.9), valley.eigenvalues)
0.19
"""

from functools import cache

import engine.optimizers
import engine.schedules
from engine import theory
from engine.discovery import discover, slug
from engine.optimizer import Optimizer
from engine.plane import Plane
from engine.run import run
from engine.schedule import Schedule
from engine.surface import Surface
from engine.sweep import sweep
from engine.trajectory import Sweep, Trajectory, Trials
from engine.trials import trials

__all__ = [
    "Optimizer",
    "Plane",
    "Schedule",
    "Surface",
    "Sweep",
    "Trajectory",
    "Trials",
    "discover",
    "discover_optimizers",
    "discover_schedules",
    "run",
    "slug",
    "sweep",
    "theory",
    "trials",
]


@cache
def discover_optimizers() -> dict[str, type[Optimizer]]:
    """Return {slug: class} of every optimizer."""
    return discover(engine.optimizers, Optimizer)


@cache
def discover_schedules() -> dict[str, type[Schedule]]:
    """Return {slug: class} of every schedule of the learning rate."""
    return discover(engine.schedules, Schedule)
