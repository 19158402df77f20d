"""Networks: a loss plane, runs, many seeds and the Hessian of small networks, and how their time grows."""

import time
from functools import partial
from statistics import median

import numpy as np

from benchmarks import edge
from benchmarks.speed import milliseconds
from benchmarks.sweep import fit, in_turns
from benchmarks.table import Line, spread
from engine import run
from engine.dataset import Dataset
from engine.local import local_limits
from engine.optimizers.adam import Adam
from engine.optimizers.momentum import Momentum
from surfaces.data.moons import Moons
from surfaces.mlp import Mlp

SIDE, STEPS, SEEDS = 61, 1_000, 100


def measure() -> list[Line]:
    """Return the lines that have a target, then how the time grows with rows, weights and runs."""
    net = Mlp(moons(100), hidden=(8,))
    began = time.perf_counter()
    net.evaluate(np.zeros(net.dim))
    compiled = (time.perf_counter() - began) * 1e3
    random = np.random.default_rng(0)
    plane = net.initial() + random.normal(size=(SIDE, SIDE, net.dim))
    starts = [net.initial(seed=seed) for seed in range(SEEDS)]
    one, many = in_turns(partial(trained, net, starts[0]), partial(trained, net, starts))
    ratio = min(many) / min(one)
    wide = Mlp(moons(100), hidden=(15,))
    broad = Mlp(moons(70), hidden=(80,))
    along = run(broad, Adam(), 0.01, broad.start, 131, record=()).weights[1:, 0]
    limits = partial(local_limits, broad, [Momentum()], along[:, None], {})
    return [
        Line("networks: the kernel, compiled or taken from its cache", "", f"{compiled:.0f} ms"),
        within("a loss plane of 61 x 61, 2-8-1, 100 rows", milliseconds(partial(net.evaluate, plane)), 120.0),
        within("1,000 full-batch steps of Adam", one, 150.0),
        Line("networks: 100 seeds at once", "≤ 40 × one", f"{spread(many)} ms", f"{ratio:.0f}", ratio <= 40.0),
        within(
            f"the Hessian of {wide.dim} weights, 100 rows", milliseconds(partial(wide.hessian, wide.initial())), 15.0
        ),
        within(f"local limits of 131 steps, {broad.dim} weights", milliseconds(limits), 300.0),
        within("of these: one product with every Hessian", milliseconds(partial(broad.times, along, along)), 25.0),
        *edge.measure(),
        *growth(),
    ]


def moons(rows: int) -> Dataset:
    return Moons(rows=rows).dataset()


def trained(net: Mlp, start: object) -> object:
    return run(net, Adam(), 0.01, start, STEPS, record=("error",))


def within(claim: str, took: list[float], limit: float) -> Line:
    ratio = median(took) / limit
    return Line(f"networks: {claim}", f"median ≤ {limit:g} ms", f"{spread(took, 1)} ms", f"{ratio:.2f}", ratio <= 1.0)


def growth() -> list[Line]:
    """Return a line each for rows, weights and runs: 20 evaluations of error and gradient, a straight line."""
    random = np.random.default_rng(1)
    rows, runs, units = (np.array([100, 200, 400, 800]), np.array([200, 400, 800, 1600]), np.array([10, 20, 40, 80]))

    def evaluations(net: Mlp, number: int) -> partial:
        return partial(net.evaluate, random.normal(size=(number, net.dim)))

    by_rows = [evaluations(Mlp(moons(int(number))), 100) for number in rows]
    by_runs = [evaluations(Mlp(moons(100)), int(number)) for number in runs]
    nets = [Mlp(moons(100), hidden=(int(number),)) for number in units]
    by_weights = [evaluations(net, 100) for net in nets]
    return [
        fit("networks, time over rows, 100 runs", rows, in_turns(*by_rows), "rows"),
        fit("networks, time over runs, 100 rows", runs, in_turns(*by_runs), "runs"),
        fit("networks, time over weights", np.array([net.dim for net in nets]), in_turns(*by_weights), "weights"),
    ]
