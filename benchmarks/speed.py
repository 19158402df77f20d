"""Engine: how long runs take once their kernels are compiled."""

import time
from collections.abc import Callable
from functools import partial
from statistics import median

import numpy as np

from benchmarks.table import Line, spread
from engine import discover_optimizers, run
from surfaces.quadratic import Quadratic

TIMES = 21


def milliseconds(what: Callable[[], object], times: int = TIMES) -> list[float]:
    """Return how long each of ``times`` calls takes, after one that does not count."""
    what()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        what()
        took.append((time.perf_counter() - began) * 1e3)
    return took


def measure() -> list[Line]:
    """Return a line for one long run and one for a family, over all optimizers that are compiled."""
    surface = Quadratic()
    rules = [cls() for cls in discover_optimizers().values() if not cls.iterates]
    etas = np.geomspace(1e-4, 0.05, 101)
    long = {rule.title: milliseconds(partial(run, surface, rule, 0.01, surface.start, 10_000)) for rule in rules}
    family = {rule.title: milliseconds(partial(run, surface, rule, etas, surface.start, 200)) for rule in rules}
    return [_line("engine: one run of 10,000 steps", long), _line("engine: 101 runs of 200 steps", family)]


def _line(claim: str, took: dict[str, list[float]]) -> Line:
    slowest = max(took, key=lambda title: median(took[title]))
    fastest = min(took, key=lambda title: median(took[title]))
    text = f"{fastest} {spread(took[fastest], 1)}, {slowest} {spread(took[slowest], 1)} ms"
    return Line(claim, "", text)
