"""trials(...): very many runs, each with settings of its own, as four numbers each."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np

from engine.arguments import common_length, gradient_noise, learning_rates, starts, whole
from engine.clipping import clip_limit
from engine.columns import column, packed
from engine.measure import KEPT, Batch, Measure
from engine.optimizer import Optimizer, as_optimizers
from engine.parameter import as_number
from engine.schedule import Schedule
from engine.settling import lowest_error
from engine.surface import Surface
from engine.trajectory import Trials
from engine.workers import Block, Progress, scatter

MOST_RUNS = 4_000_000
MOST_STEPS = 10**12  # of all runs together
LONGEST_SCHEDULE = 10**7  # steps
BLOCK = 2048  # runs: enough to forget what a call costs, few enough to keep many cores busy


def trials(
    surface: Surface,
    optimizer: Optimizer,
    settings: Mapping[str, Any] | None = None,
    *,
    learning_rate: float | np.ndarray | Schedule,
    start: Any,
    steps: int,
    tolerance: float = 1e-6,
    relative: bool = True,
    executor: Executor | None = None,
    progress: Progress | None = None,
    block: int = BLOCK,
    clip: float | None = None,
    lowest: float | None = None,
    ends: bool = False,
    noise: np.ndarray | None = None,
) -> Trials:
    """Run R settings of an optimizer on a surface, through the kernels of ``run``, and keep four numbers of each.

    ``settings`` is hyperparameter -> values (R,); the others are those of ``optimizer``. ``learning_rate`` is a
    number, an array (R,) or a Schedule, ``start`` (D,) or (R, D). What is given once holds for all R runs.

    The error counts from E_min, or from ``lowest`` where it is given, such as the error at a local minimum, and is held
    against ``tolerance`` > 0, times E(start) - E_min where ``relative``. With ``ends`` the last weights are kept, too;
    those of a run that diverged mean nothing. ``noise`` (T, D, R) is added to the gradients that the steps receive, as
    ``run`` does it, and ``clip`` is that of ``run``. Runs go in blocks of ``block`` through one pool of threads, or
    through ``executor``; neither changes a bit of the result. ``progress(share)`` is called about every 50 ms; when it
    returns False the rest is not computed.

    Raises ValueError naming the argument, its range and the value given.
    """
    (rule,) = as_optimizers([optimizer])
    measure, eta = plan(steps, tolerance, relative, learning_rate, clip_limit(clip, type(rule)), ends)
    settings = {} if settings is None else settings
    check_names("settings", settings, rule.parameters())
    columns = {name: column(rule, name, values) for name, values in settings.items()}
    points = starts(start, surface.dim)
    lengths = {name: len(values) for name, values in columns.items()}
    runs = common_length({"learning_rate": len(eta), "start": len(points), **lengths})
    check_size([runs], measure.steps)
    added = gradient_noise(noise, measure.steps, surface.dim, runs)
    block, lowest = whole("block", block, 1), lowest_error(surface) if lowest is None else _level(lowest)

    def batches() -> Iterator[Batch]:
        for low in range(0, runs, block):
            each = np.arange(low, min(low + block, runs))
            pick = {name: values[each % len(values)] for name, values in columns.items()}
            place = points.T.take(each % len(points), axis=1)
            theirs = np.ascontiguousarray(added[:, :, low : low + len(each)]) if len(added) else None
            rates = eta[each % len(eta)]
            yield Batch(surface, lowest, type(rule), packed(rule, pick, len(each)), rates, place, theirs)

    return measure_all(measure, batches(), runs, block, executor, progress, surface.dim)


def plan(
    steps: int,
    tolerance: float,
    relative: bool,
    learning_rate: float | np.ndarray | Schedule,
    limit: float,
    ends: bool = False,
) -> tuple[Measure, np.ndarray]:
    """Return what is asked of every run, and the learning rates (R,), zero where a schedule gives them.

    Raises ValueError as ``trials`` does.
    """
    steps = whole("steps", steps, 0)
    number = as_number(tolerance)
    if not 0.0 < number < math.inf:
        raise ValueError(f"tolerance must be finite and above 0, got {tolerance!r}")
    scheduled = isinstance(learning_rate, Schedule)
    if scheduled and steps > LONGEST_SCHEDULE:
        raise ValueError(f"steps must be at most {LONGEST_SCHEDULE:,} with a schedule, got {steps:,}")
    eta = learning_rates(learning_rate, steps)
    schedule, rates = (eta[:, 0], np.zeros(1)) if scheduled else (np.empty(0), eta[0])
    return Measure(steps, number, bool(relative), np.ascontiguousarray(schedule), bool(ends), limit), rates


def _level(lowest: Any) -> float:
    number = as_number(lowest)
    if not math.isfinite(number):
        raise ValueError(f"lowest must be finite, got {lowest!r}")
    return number


def check_names(argument: str, given: Any, known: Iterable[str]) -> None:
    """Raise ValueError unless ``given`` is a mapping from names that are known."""
    allowed = ", ".join(known) or "nothing"
    if not isinstance(given, Mapping):
        raise ValueError(f"{argument} must map names to values, the names from {allowed}, got {given!r}")
    if unknown := [name for name in given if name not in known]:
        raise ValueError(f"{argument} must have names from {allowed}, got {unknown[0]!r}")


def check_size(lengths: Sequence[int], steps: int) -> None:
    """Raise ValueError where so many runs, the product of the lengths, or so many steps are more than is sensible."""
    runs, shape = math.prod(lengths), " x ".join(f"{length:,}" for length in lengths)
    if runs > MOST_RUNS:
        raise ValueError(f"runs must be at most {MOST_RUNS:,}, got {shape}")
    if runs * steps > MOST_STEPS:
        raise ValueError(f"steps of all runs must be at most {MOST_STEPS:.0e}, got {shape} runs of {steps:,} steps")


def measure_all(
    measure: Measure,
    batches: Iterator[Batch],
    runs: int,
    block: int,
    executor: Executor | None,
    progress: Progress | None,
    dim: int = 0,
) -> Trials:
    """Measure the runs of all batches, in order, in blocks of at most ``block`` runs; ValueError as ``trials``."""
    if not (executor is None or isinstance(executor, Executor)):
        raise ValueError(f"executor must be a concurrent.futures.Executor, got {executor!r}")
    if not (progress is None or callable(progress)):
        raise ValueError(f"progress must be a function, got {progress!r}")
    kept = np.full((len(KEPT) + measure.ends * dim, runs), np.nan)
    kept[KEPT.index("diverged_at")] = -1.0

    def keep(place: slice, answer: np.ndarray) -> None:
        kept[:, place] = answer

    complete = scatter(measure, _blocks(batches, block), keep, runs, executor, progress)
    error, settled, first_hit, diverged_at = kept[: len(KEPT)]
    weights = kept[len(KEPT) :].T if measure.ends else None
    return Trials(error, settled, first_hit, diverged_at.astype(np.int64), complete, weights=weights)


def _blocks(batches: Iterator[Batch], most: int) -> Iterator[Block]:
    """Put batches together, in order, while they are at most ``most`` runs."""
    low, high, together = 0, 0, list[Batch]()
    for batch in batches:
        runs = len(batch.learning_rate)
        if together and high + runs - low > most:
            yield Block(slice(low, high), together)
            low, together = high, []
        together.append(batch)
        high += runs
    if together:
        yield Block(slice(low, high), together)
