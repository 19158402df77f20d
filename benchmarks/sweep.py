"""Sweep: 40,000 cells of 500 steps against C fused by hand and NumPy over the cells, and how the time grows."""

import ctypes
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.table import Line, spread
from engine import Optimizer, Sweep, sweep
from engine.divergence import squared_bound
from engine.optimizers.adam import Adam
from engine.optimizers.momentum import Momentum
from surfaces.quadratic import Quadratic

TURNS = 8
STEPS, TOLERANCE, START = 500, 1e-6, (-1.5, 1.0)
SURFACE = Quadratic()
ETAS, SHARES = np.geomspace(1e-3, 0.3, 200), np.linspace(0.0, 0.99, 200)
CELLS = [np.ascontiguousarray(axis.ravel()) for axis in np.meshgrid(ETAS, SHARES, indexing="ij")]
KEPT = ("error", "settled", "first_hit", "diverged_at")
# without the second gcc does not make vectors of a loop with a square root in it
FLAGS = ("-O3", "-fno-math-errno", "-march=native", "-shared", "-fPIC")
Problem = ctypes.c_double * 7


def ours(
    pool: ThreadPoolExecutor, optimizer: Optimizer, name: str, etas: np.ndarray = ETAS, steps: int = STEPS
) -> Sweep:
    grid = {"learning_rate": etas, name: SHARES}
    return sweep(SURFACE, optimizer, grid, start=START, steps=steps, tolerance=TOLERANCE, executor=pool)


def compiled(folder: str) -> ctypes.CDLL | None:
    """Return the C loops, None where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = str(Path(folder) / "sweep.so")
    subprocess.run([compiler, *FLAGS, "-o", library, str(Path(__file__).with_suffix(".c")), "-lm"], check=True)
    return ctypes.CDLL(library)


def by_hand(function: Callable[..., None], steps: int = STEPS) -> list[np.ndarray]:
    """Call a C loop; return KEPT."""
    bound = squared_bound(np.array(START)[:, None])[0]
    problem = Problem(*SURFACE.pack()[:3], *START, TOLERANCE, bound)
    kept = [np.empty(len(CELLS[0])) for _ in KEPT]
    pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in (*CELLS, *kept)]
    function(len(CELLS[0]), steps, problem, *pointers)
    return kept


def over_the_cells(steps: int = STEPS) -> list[np.ndarray]:
    """Momentum in NumPy, every operation on all cells at once and in place; return KEPT."""
    (eta, mu), (h11, h12, h22) = CELLS, SURFACE.pack()[:3]
    x, y = np.full(eta.shape, START[0]), np.full(eta.shape, START[1])
    dx, dy, gx, gy, error, aside = (np.zeros(eta.shape) for _ in range(6))
    above, first, diverged = np.full(eta.shape, -1.0), np.full(eta.shape, np.inf), np.full(eta.shape, np.inf)
    bound, threshold = squared_bound(np.array(START)[:, None])[0], TOLERANCE * SURFACE.evaluate(np.array(START))[0]
    with np.errstate(all="ignore"):
        for tau in range(steps + 1):
            np.add(np.multiply(h11, x, out=gx), np.multiply(h12, y, out=aside), out=gx)
            np.add(np.multiply(h12, x, out=gy), np.multiply(h22, y, out=aside), out=gy)
            np.add(np.multiply(x, gx, out=error), np.multiply(y, gy, out=aside), out=error)
            error *= 0.5
            np.subtract(x, START[0], out=aside)
            distance = aside * aside
            np.subtract(y, START[1], out=aside)
            distance += np.multiply(aside, aside, out=aside)
            np.minimum(diverged, tau, out=diverged, where=~((distance <= bound) & np.isfinite(error)))
            below = error <= threshold
            np.copyto(above, tau, where=~below)
            np.minimum(first, tau, out=first, where=below)
            for w, dw, g in ((x, dx, gx), (y, dy, gy)):
                np.subtract(np.multiply(mu, dw, out=dw), np.multiply(eta, g, out=g), out=dw)
                w += dw
    gone = diverged < steps
    settled = np.where(gone | (above + 1.0 > steps), np.nan, above + 1.0)
    first = np.where(first > np.minimum(diverged, steps), np.nan, first)
    return [np.where(gone, np.nan, error), settled, first, np.where(np.isinf(diverged), -1.0, diverged)]


def in_turns(*calls: Callable[[], object]) -> list[list[float]]:
    """Return the milliseconds that each of the calls takes, in turns, after one that does not count.

    A turn is two calls: the second finds both cores awake, whatever came before.
    """
    took: list[list[float]] = [[] for _ in calls]
    for turn in range(TURNS + 1):
        for call, mine in zip(calls, took, strict=True):
            for _ in range(2 if turn else 1):
                began = time.perf_counter()
                call()
                if turn:
                    mine.append((time.perf_counter() - began) * 1e3)
    return took


def agree(found: Sweep, other: Sequence[np.ndarray]) -> None:
    """Raise unless the other loop counts the same steps; its last bits, and so a few cells, may differ."""
    for name, values in zip(KEPT[1:], other[1:], strict=True):
        same = np.isclose(getattr(found, name).ravel(), values, rtol=0.0, atol=0.5, equal_nan=True)
        assert same.mean() > 0.98, (name, same.mean())


def measure() -> list[Line]:
    """Return the lines against C and NumPy, then two on growth."""
    with ThreadPoolExecutor(2) as pool, tempfile.TemporaryDirectory() as folder:
        momentum, adam = partial(ours, pool, Momentum(), "momentum"), partial(ours, pool, Adam(), "decay_1")
        return [*_against_others(momentum, adam, compiled(folder)), *_growth(momentum)]


def _against_others(
    momentum: Callable[..., Sweep], adam: Callable[..., Sweep], library: ctypes.CDLL | None
) -> list[Line]:
    lines = []
    for name, call, limit in (("momentum", momentum, 4.0), ("adam", adam, 1.5)):
        claim = f"sweep, {name}, two threads"
        if library is None:
            lines.append(Line(claim, "", "not measured against C: there is no compiler `cc`"))
            continue
        hand = partial(by_hand, getattr(library, name))
        ratio, text = _ratio(call, hand, "C")
        lines.append(Line(claim, f"≤ {limit:g} × C on one thread", text, f"{ratio:.2f}", ratio <= limit))
    ratio, text = _ratio(momentum, over_the_cells, "NumPy")
    target = "≥ 5 × faster than NumPy"
    return [*lines, Line("sweep, momentum, two threads", target, text, f"1/{1 / ratio:.1f}", ratio <= 1 / 5)]


def _ratio(call: Callable[..., Sweep], other: Callable[[], list[np.ndarray]], name: str) -> tuple[float, str]:
    """Return the fastest of ours over the fastest of the other, and what was measured.

    Two threads that have a core each take twice the time that passes, in processor time; less, and something else
    ran on the machine.
    """
    agree(call(), other())
    began = time.process_time()
    call()
    processor = (time.process_time() - began) * 1e3
    took, others = in_turns(call, other)
    text = f"{spread(took, 1)}, {processor:.0f} ms processor; {name} {spread(others, 1)} ms"
    return min(took) / min(others), text


def _growth(momentum: Callable[..., Sweep]) -> list[Line]:
    sizes, lengths = np.array([100, 200, 400, 800, 1600]), np.array([500, 1000, 2000, 4000, 8000])
    cells = [partial(momentum, etas=np.geomspace(1e-3, 0.3, size)) for size in sizes]
    steps = [partial(momentum, etas=ETAS[::2], steps=int(length)) for length in lengths]
    return [
        fit("sweep, time over cells, 500 steps each", sizes * len(SHARES), in_turns(*cells), "cells"),
        fit("sweep, time over steps, 20,000 cells", lengths, in_turns(*steps), "steps"),
    ]


def fit(claim: str, sizes: np.ndarray, took: list[list[float]], of: str) -> Line:
    """Return the line of the straight line that fits the fastest times best, and how far they are from it."""
    fastest = np.array([min(times) for times in took])
    slope, constant = np.polyfit(sizes, fastest, 1, w=1.0 / fastest)
    power, _ = np.polyfit(np.log(sizes), np.log(fastest), 1)
    off = float(np.abs((constant + slope * sizes) / fastest - 1.0).max())
    points = ", ".join(f"{time:.0f}" for time in fastest)
    text = f"{points} ms for {sizes[0]:,} to {sizes[-1]:,} {of}: {constant:.1f} + {slope * 1e3:.2f} ms per 1,000"
    return Line(claim, "a line, ≤ 10 % off", f"{text}, {off:.0%} off, power {power:.2f}", f"{1 + off:.2f}", off <= 0.1)
