"""Stopwatch: how long the same gradient takes in three ways, measured where this runs, one measurement at a time."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from engine.elementwise import Loops, Stack, interpreted, stack, vectors
from engine.workers import Block, Progress, Watch, scatter

WAYS = ("python", "numpy", "compiled")
BUDGET = 0.06  # seconds for each way at each size, or FEWEST samples where these take longer
FEWEST = 3
SAMPLE = 5e-4  # seconds that a sample lasts at least: the clock is far finer
WAIT = 0.1  # seconds between two looks at whether somebody else still measures

_one = threading.Lock()  # two that measure at once would measure each other


@dataclass(frozen=True)
class Timing:
    """One size: seconds a gradient takes, the shortest of ``samples``, and how far apart the results are."""

    size: int
    seconds: dict[str, float]
    samples: dict[str, int]
    apart: dict[str, float]  # largest difference from the first way, over the largest number of the gradient


def measured(sizes: Sequence[int], layers: int, progress: Progress) -> list[Timing] | None:
    """Return the times of every size, from the one pool of threads; None where progress stopped it.

    While somebody else measures, it waits and asks progress(0.0).
    """
    found: list[Timing] = []
    while not _one.acquire(timeout=WAIT):
        if progress(0.0) is False:
            return None
    try:
        Loops.compiled  # noqa: B018  what it takes to compile is no part of the time
        block = Block(slice(0, len(sizes)), (tuple(sizes), layers))
        done = scatter(_all_sizes, iter([block]), lambda _, some: found.extend(some), len(sizes), progress=progress)
    finally:
        _one.release()
    return found if done and len(found) == len(sizes) else None


def _all_sizes(batches: tuple[Sequence[int], int], watch: Watch | None) -> list[Timing]:
    sizes, layers = batches
    found = []
    work = np.cumsum([size**2 for size in sizes])
    for size, done in zip(sizes, work, strict=True):
        if watch and watch.stopped:
            break
        found.append(timing(size, layers))
        if watch:
            watch.done = len(sizes) * float(done / work[-1])
    return found


def timing(size: int, layers: int) -> Timing:
    """Measure one size, every way with the same numbers."""
    arrays = stack(size, layers)
    ways: dict[str, tuple[Callable[..., None], Stack]] = {
        "python": (interpreted(), arrays.in_lists),
        "numpy": (vectors, stack(size, layers)),
        "compiled": (Loops.compiled, arrays),
    }
    seconds, samples, results = {}, {}, {}
    for name, (act, given) in ways.items():
        seconds[name], samples[name] = shortest(partial(act, *given))
        results[name] = np.asarray(given.gradient)
    first = results[WAYS[0]]
    apart = {name: float(np.abs(result - first).max() / np.abs(first).max()) for name, result in results.items()}
    return Timing(size, seconds, samples, apart)


def shortest(act: Callable[[], Any], budget: float | None = None) -> tuple[float, int]:
    """Return the least seconds a call takes and of how many samples: whatever else the machine does only adds.

    Samples are taken for ``budget`` seconds, else BUDGET, and FEWEST at least.
    """
    act()  # what is only done once is no part of it
    once = _clocked(act, 1)
    calls = max(1, int(SAMPLE / once))
    best, count, until = once, 1, time.perf_counter() + (BUDGET if budget is None else budget)
    while count < FEWEST or time.perf_counter() < until:
        best = min(best, _clocked(act, calls) / calls)
        count += 1
    return best, count


def _clocked(act: Callable[[], Any], calls: int) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        act()
    return max(time.perf_counter() - began, 1e-9)
