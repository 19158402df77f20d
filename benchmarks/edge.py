"""Edge of stability: the whole spectrum of a small network's Hessian at every step of a run."""

from collections.abc import Callable
from functools import partial
from statistics import median

import numpy as np

from benchmarks.speed import milliseconds
from benchmarks.sweep import in_turns
from benchmarks.table import Line, spread
from engine import run
from engine.edge import spectrum_along
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.symmetric import eigenvalues
from engine.workers import pool
from surfaces.data.moons import Moons
from surfaces.mlp import Mlp

STEPS, LIMIT, TIMES = 2_000, 5_000.0, 3
MATRICES = 200
Solver = Callable[[np.ndarray], np.ndarray]


def measure() -> list[Line]:
    """Return a line each for linear and preconditioned runs, and for eigenvalues beside LAPACK's."""
    net = Mlp(Moons(rows=100).dataset(), hidden=(14,), loss="sum_of_squares")
    lines = []
    for rule, eta in ((GradientDescent(), 0.3), (Adam(), 0.01)):
        took = milliseconds(partial(_followed, net, rule, eta), TIMES)
        claim = f"networks: {STEPS:,} steps of {rule.title} with all {net.dim} eigenvalues at each"
        ratio = median(took) / LIMIT
        lines.append(Line(claim, f"median ≤ {LIMIT:g} ms", f"{spread(took)} ms", f"{ratio:.2f}", ratio <= 1.0))
    path = run(net, GradientDescent(), 0.3, net.start, MATRICES - 1)
    hessians = net.hessian(path.weights[:, 0])
    for asking, ask, most in (("one thread asks", _alone, 2.0), ("two ask at once", _together, np.inf)):
        mine, theirs = in_turns(partial(ask, eigenvalues, hessians), partial(ask, np.linalg.eigvalsh, hessians))
        ratio = min(mine) / min(theirs)
        text = f"{spread(mine, 1)}, LAPACK {spread(theirs, 1)} ms"
        claim = f"networks: eigenvalues of {MATRICES} Hessians, {asking}"
        bounded = np.isfinite(most)
        lines.append(
            Line(
                *(claim, f"≤ {most:g} × LAPACK" if bounded else "", text, f"{ratio:.2f}"),
                holds=ratio <= most if bounded else None,
            )
        )
    return lines


def _followed(net: Mlp, rule: GradientDescent | Adam, eta: float) -> np.ndarray | None:
    return spectrum_along(net, rule, run(net, rule, eta, net.start, STEPS))


def _alone(what: Solver, hessians: np.ndarray) -> np.ndarray:
    return what(hessians)


def _together(what: Solver, hessians: np.ndarray) -> list[np.ndarray]:
    return list(pool().map(what, np.array_split(hessians, 2)))
