"""Edge of stability: the whole spectrum of a small network's Hessian at every step of a run."""

from functools import partial
from statistics import median
from typing import Any

from benchmarks.speed import milliseconds
from benchmarks.table import Line, spread
from engine import run
from engine.edge import spectrum_along
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from surfaces.data.moons import Moons
from surfaces.mlp import Mlp

STEPS, LIMIT, TIMES = 2_000, 5_000.0, 3


def measure() -> list[Line]:
    """Return a line each for a linear and a preconditioned run."""
    net = Mlp(Moons(rows=100).dataset(), hidden=(14,), loss="sum_of_squares")
    lines = []
    for rule, eta in ((GradientDescent(), 0.3), (Adam(), 0.01)):
        took = milliseconds(partial(_followed, net, rule, eta), TIMES)
        claim = f"networks: {STEPS:,} steps of {rule.title} with all {net.dim} eigenvalues at each"
        ratio = median(took) / LIMIT
        lines.append(Line(claim, f"median ≤ {LIMIT:g} ms", f"{spread(took)} ms", f"{ratio:.2f}", ratio <= 1.0))
    return lines


def _followed(net: Mlp, rule: GradientDescent | Adam, eta: float) -> Any:
    return spectrum_along(net, rule, run(net, rule, eta, net.start, STEPS))
