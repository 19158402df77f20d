"""sweep(...): every cell of a grid of settings, as four numbers each."""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import numpy as np

from engine.arguments import learning_rates, starts, whole
from engine.clipping import clip_limit
from engine.columns import column, packed
from engine.measure import Batch
from engine.optimizer import Optimizer, as_optimizers
from engine.schedule import Schedule
from engine.settling import lowest_error
from engine.surface import Surface
from engine.trajectory import Sweep
from engine.trials import BLOCK, check_names, check_size, measure_all, plan
from engine.workers import Progress

Start = Any  # (D,), or a function of the surface that returns (D,)
FIELD = "surface."  # before the name of a field of the surface


def sweep(
    surface: Surface,
    optimizer: Optimizer,
    grid: Mapping[str, Any],
    *,
    start: Start | Callable[[Surface], Start] | None = None,
    steps: int,
    tolerance: float = 1e-6,
    relative: bool = True,
    learning_rate: float | Schedule | None = None,
    lowest: Callable[[Surface], float] | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    block: int = BLOCK,
    clip: float | None = None,
) -> Sweep:
    """Run an optimizer on a surface with every combination of settings in a grid, and keep four numbers of each.

    ``grid`` is name -> values (n,); its order is the order of the result's axes. A name is ``learning_rate``, a
    hyperparameter of the optimizer, a field of the surface as ``surface.angle``, or ``start``, with points (n, D).
    What the grid does not name is as given: ``learning_rate`` a number or a Schedule, ``start`` (D,) or a function of
    the surface, so that it can turn with a valley; what it does name is taken from the grid alone.

    The error counts from E_min, or from ``lowest`` of the surface where that is given, and is held against
    ``tolerance`` > 0, times E(start) - E_min where ``relative``; see Trials and Sweep. Each cell is, to the last bit,
    what ``run`` with its settings does. Cells go in blocks of ``block`` through one pool of threads, or through
    ``executor``; neither changes a bit of the result. Nothing but the result grows with the grid. ``clip`` is that of
    ``run``. ``progress(share)`` is called about every 50 ms; when it returns False the rest is not computed.

    Raises ValueError naming the argument, its range and the value given: at most 4,000,000 cells and 10^12 steps.
    """
    (rule,) = as_optimizers([optimizer])
    axes = _axes(surface, rule, grid, whole("steps", steps, 0))
    rates = axes.get("learning_rate", learning_rate)
    if rates is None or ("start" not in axes and start is None):
        raise ValueError(
            f"{'learning_rate' if rates is None else 'start'} must be given or named in the grid, got None"
        )
    measure, eta = plan(steps, tolerance, relative, rates, clip_limit(clip, type(rule)))
    if "learning_rate" not in axes and len(eta) != 1:
        raise ValueError(f"learning_rate must be one number, or named in the grid, got {len(eta)}")
    block = whole("block", block, 1)
    over = [name for name in axes if name.startswith(FIELD)]  # cells of one surface stand together
    within = [name for name in axes if name not in over]
    batches = _batches(surface, rule, axes, over, within, eta, start, lowest or lowest_error, block)
    shape = [len(axes[name]) for name in over + within]
    flat = measure_all(measure, batches, math.prod(shape), block, executor, progress)
    order = [(over + within).index(name) for name in axes]

    def shaped(values: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(values.reshape(shape).transpose(order))

    return Sweep(
        error=shaped(flat.error),
        settled=shaped(flat.settled),
        first_hit=shaped(flat.first_hit),
        diverged_at=shaped(flat.diverged_at),
        complete=flat.complete,
        axes=axes,
    )


def _axes(surface: Surface, rule: Optimizer, grid: Mapping[str, Any], steps: int) -> dict[str, np.ndarray]:
    """Return the grid's values as arrays, checked; their number first, before they fill the memory."""
    fields = [FIELD + name for name in surface.parameters()]
    check_names("grid", grid, ["learning_rate", "start", *rule.parameters(), *fields])
    if not grid:
        raise ValueError("grid must name at least one axis, got none")
    lengths = [_length(name, values) for name, values in grid.items()]
    check_size(lengths, steps)
    return {name: _axis(surface, rule, name, values) for name, values in grid.items()}


def _length(name: str, values: Any) -> int:
    try:
        length = len(values)
    except TypeError:
        length = 0
    if length == 0:
        raise ValueError(f"{name} must be a sequence of at least one value, got {values!r}")
    return length


def _axis(surface: Surface, rule: Optimizer, name: str, values: Any) -> np.ndarray:
    if name == "learning_rate":
        return learning_rates(values, 0)[0]
    if name == "start":
        return starts([*values], surface.dim)
    if name.startswith(FIELD):
        return column(surface, name.removeprefix(FIELD), values, name)
    return column(rule, name, values)


def _batches(
    surface: Surface,
    rule: Optimizer,
    axes: Mapping[str, np.ndarray],
    over: Sequence[str],
    within: Sequence[str],
    eta: np.ndarray,
    start: Start,
    lowest: Callable[[Surface], float],
    block: int,
) -> Iterator[Batch]:
    """Yield the cells in the order of the axes ``over`` surfaces, then ``within`` each, at most ``block`` at once."""
    inner = [len(axes[name]) for name in within]
    cells = math.prod(inner)
    for turned in _surfaces(surface, axes, over):
        points, level = axes["start"] if "start" in axes else _one(start, turned), lowest(turned)
        for low in range(0, cells, block):
            runs = min(low + block, cells) - low
            at = dict(zip(within, _places(inner, low, low + runs), strict=True))
            once = np.zeros(runs, dtype=np.intp)
            settings = {name: axes[name][index] for name, index in at.items() if name in rule.parameters()}
            hyper, rate = packed(rule, settings, runs), eta[at.get("learning_rate", once)]
            yield Batch(turned, level, type(rule), hyper, rate, points.T.take(at.get("start", once), axis=1))


def _places(shape: Sequence[int], low: int, high: int) -> list[np.ndarray]:
    """Return where the cells low to high - 1 stand along every axis: np.unravel_index in a fifth of its time."""
    rest, places = np.arange(low, high), []
    for length in reversed(shape):
        above = rest // length
        places.append(rest - above * length)
        rest = above
    return places[::-1]


def _one(start: Start, surface: Surface) -> np.ndarray:
    """Return the one point to start from, (1, D)."""
    points = starts(start(surface) if callable(start) else start, surface.dim)
    if len(points) != 1:
        raise ValueError(f"start must be one point, or named in the grid, got {len(points)}")
    return points


def _surfaces(surface: Surface, axes: Mapping[str, np.ndarray], over: Sequence[str]) -> Iterator[Surface]:
    for values in itertools.product(*(axes[name].tolist() for name in over)):
        yield replace(surface, **{name.removeprefix(FIELD): value for name, value in zip(over, values, strict=True)})
