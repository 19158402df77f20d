"""run(...): an optimizer on a surface, as a Trajectory."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numba import types

from engine.arguments import common_length, gradient_noise, learning_rates, starts, usable, whole
from engine.clipping import NEVER, Clipping, clip_limit
from engine.divergence import squared_bound
from engine.iteration import Iteration
from engine.kernel import RUNS, SIGNATURES, STATE, WEIGHTS, kernel
from engine.optimizer import Optimizer, as_optimizers
from engine.sampling import batches, fitting_size
from engine.schedule import Followed, Schedule
from engine.surface import Surface
from engine.timing import timed
from engine.trajectory import Trajectory

RECORDS = ("error", "gradient", "used_gradient", "state", "batch_error")
MEMORY_LIMIT = 256_000_000  # bytes of recorded arrays
PIECE = 0.05  # seconds the compiled loop may take before Python is asked again
FIRST_PIECE = 64  # steps of the first piece, from which the length of the others is measured

_HISTORY = types.float64[:, :, ::1]  # (K, D, R)
_STATES = types.float64[:, :, :, ::1]  # (K, S, D, R)
_ORDER = types.int64[:, ::1]  # (T, B)


class _Loop:
    """The compiled loop over steps. It keeps nothing: first and last say which, all arrays are changed in place."""

    @kernel(
        types.void(
            types.int64,
            types.int64,
            types.int64,
            types.FunctionType(SIGNATURES["value_and_grad"]),
            types.FunctionType(SIGNATURES["query"]),
            types.FunctionType(SIGNATURES["update"]),
            types.FunctionType(SIGNATURES["clipped"]),
            types.boolean,
            WEIGHTS,
            STATE,
            RUNS,
            WEIGHTS,
            WEIGHTS,
            WEIGHTS,
            WEIGHTS,
            RUNS,
            _HISTORY,
            WEIGHTS,
            _HISTORY,
            _HISTORY,
            _STATES,
            types.int64[::1],
            _HISTORY,
            types.float64,
            _ORDER,
            WEIGHTS,
        )
    )
    @staticmethod
    def advance(
        first,
        last,
        every,
        value_and_grad,
        query,
        update,
        clipped,
        look_ahead,
        w,
        state,
        theta,
        data,
        eta,
        hyper,
        start,
        bound,
        weights_log,
        error_log,
        gradient_log,
        used_log,
        state_log,
        diverged_at,
        noise,
        limit,
        order,
        batch_log,
    ):
        size, runs = w.shape
        noisy, clips, batched = noise.shape[0] > 0, limit < np.inf, order.shape[0] > 0
        error, aside = np.empty(runs), np.empty(runs)
        g, point, used = np.empty((size, runs)), np.empty((size, runs)), np.empty((size, runs))
        rows = np.empty((order.shape[1], data.shape[1]))
        for tau in range(first, last + 1):
            batch, drawn = data, batched and tau < eta.shape[0]
            if drawn:
                count = 0
                for b in range(order.shape[1]):
                    n = order[tau, b]
                    if n >= 0:
                        for k in range(data.shape[1]):
                            rows[count, k] = data[n, k]
                        count += 1
                batch = rows[:count]
                value_and_grad(w, theta, batch, aside, used)
                if batch_log.shape[0] > 0:
                    for r in range(runs):
                        batch_log[tau, r] = aside[r]
            if not drawn or (tau % every == 0 and (error_log.shape[0] > 0 or gradient_log.shape[0] > 0)):
                value_and_grad(w, theta, data, error, g)
            else:
                for r in range(runs):
                    error[r] = aside[r]
            for r in range(runs):
                if diverged_at[r] < 0:
                    distance = 0.0
                    for i in range(size):
                        distance += (w[i, r] - start[i, r]) * (w[i, r] - start[i, r])
                    # written so that nan counts as diverged
                    if not (np.isfinite(error[r]) and distance <= bound[r]):
                        diverged_at[r] = tau
            if look_ahead:
                query(w, state, hyper, point)
                value_and_grad(point, theta, batch, aside, used)
            elif (noisy or clips or batched) and not drawn:
                for i in range(size):
                    for r in range(runs):
                        used[i, r] = g[i, r]
            if noisy and tau < eta.shape[0]:
                for i in range(size):
                    for r in range(runs):
                        used[i, r] += noise[tau, i, r]
            if clips:
                clipped(used, limit)
            if tau % every == 0:
                row = tau // every
                for i in range(size):
                    for r in range(runs):
                        weights_log[row, i, r] = w[i, r]
                if error_log.shape[0] > 0:
                    for r in range(runs):
                        error_log[row, r] = error[r]
                if gradient_log.shape[0] > 0:
                    for i in range(size):
                        for r in range(runs):
                            gradient_log[row, i, r] = g[i, r]
                if used_log.shape[0] > 0:
                    for i in range(size):
                        for r in range(runs):
                            used_log[row, i, r] = used[i, r]
                if state_log.shape[0] > 0:
                    for s in range(state.shape[0]):
                        for i in range(size):
                            for r in range(runs):
                                state_log[row, s, i, r] = state[s, i, r]
            if tau < eta.shape[0]:
                if look_ahead or noisy or clips or batched:
                    update(w, used, state, eta[tau], hyper, tau + 1.0)
                else:
                    update(w, g, state, eta[tau], hyper, tau + 1.0)


def run(
    surface: Surface,
    optimizer: Optimizer | Sequence[Optimizer],
    learning_rate: float | np.ndarray | Schedule | Followed | None,
    start: Any,
    steps: int,
    *,
    record_every: int = 1,
    record: Sequence[str] = RECORDS,
    progress: Callable[[float], bool | None] | None = None,
    noise: np.ndarray | None = None,
    clip: float | None = None,
    batch_size: int | None = None,
    sampling: str = "reshuffle",
    seed: int = 0,
) -> Trajectory:
    """Run an optimizer on a surface and return what it did.

    Nothing is clipped, clamped or changed unless asked for: each step is the optimizer's update with the surface's
    exact gradient. A run that diverges is data; ``diverged_at`` holds the first step at which the error or a weight is
    not finite or |w - start| > 1e6 (1 + |start|).

    ``learning_rate`` is a number, an array (R,) or (T, R), or a Schedule, also one ``followed`` from R bases, or None
    for a rule that has none, of which the trajectory holds how long its steps were; ``optimizer`` one, or R of the same
    class; ``start`` is (D,) or (R, D). What is given once holds for all R runs. ``steps`` is at least 0. Every
    ``record_every``-th step is recorded, and of the optional arrays those named in ``record``. ``progress(share)``
    is called between pieces of about 50 ms; when it returns False the run stops there and the remaining rows hold nan.
    ``noise`` (T, D, R) is added to the gradient that each step receives (``used_gradient``; its last row, which no step
    receives, has none); sampling.gradient_noise draws it. ``clip`` shortens every gradient that is longer before a step
    receives it, noise included; see Clipping. A schedule with ``feedback`` is told the error as the run goes, each run
    its own, on the surface that it has ``watched`` if there is one.

    With ``batch_size`` every step receives the gradient of so many rows of the surface, in the order that
    sampling.batches draws by ``sampling`` and ``seed``, the same for all R runs; what is recorded as error and gradient
    stays that of all rows. At steps at which neither is recorded, such a run is watched for divergence by its
    mini-batch error. A sum over the rows is one over those of the batch.

    Raises ValueError naming the argument, its range and the value given, and before it would fill 256 MB.
    """
    steps = whole("steps", steps, 0)
    every = whole("record_every", record_every, 1)
    if unknown := [name for name in record if name not in RECORDS]:
        raise ValueError(f"record must hold names from {', '.join(RECORDS)}, got {unknown[0]!r}")
    optimizers = as_optimizers(optimizer)
    rule = type(optimizers[0])
    follows = learning_rate if isinstance(learning_rate, Followed) else None
    if isinstance(learning_rate, Schedule) and learning_rate.feedback:
        follows = learning_rate.followed()
    if not rule.has_learning_rate and (follows or learning_rate is None):
        learning_rate, follows = 1.0, None
    eta = _unknown(follows, steps) if follows else learning_rates(learning_rate, steps)  # type: ignore[arg-type]
    points = starts(start, surface.dim)
    runs = common_length({"learning_rate": eta.shape[1], "optimizer": len(optimizers), "start": len(points)})
    added = gradient_noise(noise, steps, surface.dim, runs)
    limit = clip_limit(clip, rule)
    drawn = _batch_size(batch_size, surface, rule)
    watched = (follows and follows.schedule.watched) or surface
    if watched.dim != surface.dim:
        raise ValueError(f"validation must be a surface of {surface.dim} weights, got one of {watched.dim}")
    # whether update receives something else than the gradient at w
    differs = rule.look_ahead or len(added) > 0 or limit < NEVER or drawn > 0
    wanted = set(record)
    if "used_gradient" in wanted and not differs:
        wanted.add("gradient")  # it is the same array
    _check_memory(steps, steps // every + 1, runs, surface.dim, len(rule.slots), wanted, drawn)
    order = np.empty((0, 0), dtype=np.int64)
    if drawn:
        order = batches(len(surface.rows()), drawn, steps, sampling, seed)

    rows, size = steps // every + 1, surface.dim
    eta = np.array(np.broadcast_to(eta, (steps, runs)), order="C")
    origin = np.array(np.broadcast_to(points.T, (size, runs)), order="C")
    packed = np.stack([item.pack() for item in optimizers], axis=1)
    hyper = np.array(np.broadcast_to(packed, (len(packed), runs)), order="C")
    w, state = origin.copy(), np.zeros((len(rule.slots), size, runs))

    def log(name: str, *shape: int) -> np.ndarray:
        return np.full((rows, *shape) if name in wanted else (0, *shape), np.nan)

    weights = np.full((rows, size, runs), np.nan)
    error, gradient, states = log("error", runs), log("gradient", size, runs), log("state", len(rule.slots), size, runs)
    used = log("used_gradient", size, runs) if differs else np.empty((0, size, runs))
    batch_error = np.full((len(order) if "batch_error" in wanted else 0, runs), np.nan)
    diverged_at = np.full(runs, -1, dtype=np.int64)

    walk = Iteration(surface, optimizers, origin) if rule.iterates else None

    def advance(first: int, last: int) -> None:
        if walk:
            with timed("iterate"):
                _walk(walk, first, last, every, eta, added, (weights, error, gradient, used, states))
            return
        loop = _Loop.advance
        with timed("run"):
            loop(
                *(first, last, every, surface.value_and_grad, rule.query, rule.update, Clipping.clipped),
                *(rule.look_ahead, w, state, surface.pack(), surface.rows(), eta, hyper, origin, bound),
                *(weights, error, gradient, used, states, diverged_at, added, limit, order, batch_error),
            )

    bound = squared_bound(origin)
    with np.errstate(all="ignore"):
        if follows:
            _with_feedback(follows, advance, watched, w, eta, progress)
        else:
            _in_pieces(advance, steps, progress)
    if walk:
        diverged_at = walk.diverged_at

    after = (np.arange(rows)[:, None] * every > diverged_at) & (diverged_at >= 0)
    for history in (weights, error, gradient, used, states):
        if len(history):
            np.moveaxis(history, -1, 1)[after] = np.nan
    batch_error[(np.arange(len(batch_error))[:, None] > diverged_at) & (diverged_at >= 0)] = np.nan
    public = {
        name: np.moveaxis(history, -1, 1) if len(history) else None
        for name, history in (("weights", weights), ("gradient", gradient), ("used_gradient", used))
    }
    if not differs and "used_gradient" in record:
        public["used_gradient"] = public["gradient"]
    return Trajectory(
        step=np.arange(rows) * every,
        weights=np.moveaxis(weights, -1, 1),
        error=error if len(error) else None,
        gradient=public["gradient"] if "gradient" in record else None,
        used_gradient=public["used_gradient"],
        learning_rate=eta,
        diverged_at=diverged_at,
        state={slot: np.moveaxis(states[:, s], -1, 1) for s, slot in enumerate(rule.slots)} if len(states) else {},
        looks=walk.terrain.spent if walk else None,
        batch_error=batch_error if len(batch_error) else None,
        epoch=_epochs(len(surface.rows()), order, steps)[::every],
    )


def _walk(
    walk: Iteration,
    first: int,
    last: int,
    every: int,
    eta: np.ndarray,
    noise: np.ndarray,
    logs: tuple[np.ndarray, ...],
) -> None:
    """Do what _Loop.advance does, for a rule without a kernel; eta (T, R) receives the lengths of the steps."""
    for tau in range(first, last + 1):
        error, g = walk.look(tau)
        added = noise[tau] if tau < len(noise) else None
        if tau % every == 0:
            row = (walk.w, error, g, g if added is None else g + added, walk.state)
            for log, values in zip(logs, row, strict=True):
                if len(log):
                    log[tau // every] = values
        if tau < len(eta):
            eta[tau] = walk.step(tau + 1, g, added)


def _in_pieces(
    advance: Callable[[int, int], None], steps: int, progress: Callable[[float], bool | None] | None
) -> None:
    if progress is None:
        advance(0, steps)
        return
    first, length = 0, FIRST_PIECE
    while first <= steps:
        last = min(first + length - 1, steps)
        began = time.perf_counter()
        advance(first, last)
        pace = (time.perf_counter() - began) / (last - first + 1)
        first, length = last + 1, max(1, min(int(PIECE / max(pace, 1e-9)), 2 * length))
        if progress(first / (steps + 1)) is False:
            return


def _unknown(follows: Followed, steps: int) -> np.ndarray:
    """Return the learning rates that a schedule is still to fill in, nan, (T, R) or (T, 1); ValueError as ``run``."""
    bases = np.ones(1) if follows.base is None else learning_rates(follows.base, steps)[0]
    return np.full((steps, len(bases)), np.nan)


def _with_feedback(
    follows: Followed,
    advance: Callable[[int, int], None],
    surface: Surface,
    w: np.ndarray,
    eta: np.ndarray,
    progress: Callable[[float], bool | None] | None,
) -> None:
    """Tell a schedule the error at w (D, R), which moves on, and fill in eta (T, R) as it answers."""
    watch, steps, first = follows.schedule.watch(follows.base), len(eta), 0
    theta, data, error, aside = surface.pack(), surface.rows(), np.empty(w.shape[1]), np.empty_like(w)
    reported = time.perf_counter()
    while first < steps:
        surface.value_and_grad(w, theta, data, error, aside)
        answer = usable(watch(error))[: steps - first]
        last = first + len(answer)
        eta[first:last] = answer
        advance(first, last - 1)
        first = last
        if progress and time.perf_counter() - reported > PIECE:
            reported = time.perf_counter()
            if progress(first / (steps + 1)) is False:
                return
    advance(steps, steps)
    if progress:
        progress(1.0)


def _batch_size(batch_size: int | None, surface: Surface, rule: type[Optimizer]) -> int:
    """Return how many rows each step receives, 0 where it is all of them; ValueError as ``run``."""
    if batch_size is None:
        return 0
    if rule.iterates:
        raise ValueError(f"batch_size must be None for {rule.title}, which asks for more than a gradient a step")
    if not len(surface.rows()):
        raise ValueError(f"batch_size must be None on {surface.title}, an error that is not made of rows")
    return fitting_size(batch_size, len(surface.rows()))


def _epochs(rows: int, order: np.ndarray, steps: int) -> np.ndarray:
    """Return how many passes over the data the steps before each step amount to, (T+1,)."""
    each = (order >= 0).sum(axis=1) / rows if len(order) else np.ones(steps)
    return np.concatenate([[0.0], np.cumsum(each)])


def _check_memory(steps: int, rows: int, runs: int, dim: int, slots: int, record: set[str], batch_size: int) -> None:
    wide = 1 + ("gradient" in record) + ("used_gradient" in record) + slots * ("state" in record)
    batched = steps * (batch_size + runs * ("batch_error" in record)) if batch_size else 0
    size = 8 * (runs * (rows * (dim * wide + ("error" in record)) + steps) + batched)
    if size > MEMORY_LIMIT:
        raise ValueError(
            f"steps must be fewer, or record_every larger, or record shorter: {rows} rows of {runs} runs would fill"
            f" {size / 1e6:.0f} MB, the limit is {MEMORY_LIMIT / 1e6:.0f} MB"
        )
