"""Measure: runs of which nothing but four numbers each is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import types

from engine.clipping import NEVER, Clipping
from engine.divergence import squared_bound
from engine.iteration import Iteration
from engine.kernel import RUNS, SIGNATURES, WEIGHTS, kernel
from engine.optimizer import Optimizer
from engine.surface import Surface
from engine.timing import timed
from engine.workers import Watch

STRIP = 256  # runs
_STRIPS = types.float64[:, ::1]  # (strips, R)
_STRIPS_OF_WEIGHTS = types.float64[:, :, ::1]  # (strips, D, R), also (strips, H, R) for hyperparameters
_STRIPS_OF_STATE = types.float64[:, :, :, ::1]  # (strips, S, D, R)
KEPT = ("error", "settled", "first_hit", "diverged_at")


class _Loop:
    """The compiled loop over steps. It keeps nothing: first and last say which, all arrays are changed in place.

    The first axis of all arrays is the strip: so many runs that what a step touches stays in the first cache. Each loop
    over runs writes to one array or two, which is what the compiler still turns into vectors. Until the end ``settled``
    holds the last step above the threshold, and a step that was never reached is infinite.
    """

    @kernel(
        types.boolean(
            types.int64,
            types.int64,
            types.int64,
            types.FunctionType(SIGNATURES["value_and_grad"]),
            types.FunctionType(SIGNATURES["query"]),
            types.FunctionType(SIGNATURES["update"]),
            types.FunctionType(SIGNATURES["clipped"]),
            types.boolean,
            _STRIPS_OF_WEIGHTS,
            _STRIPS_OF_STATE,
            RUNS,
            WEIGHTS,
            RUNS,
            _STRIPS,
            _STRIPS_OF_WEIGHTS,
            _STRIPS_OF_WEIGHTS,
            _STRIPS,
            types.float64,
            _STRIPS,
            _STRIPS,
            _STRIPS,
            _STRIPS,
            _STRIPS,
            _STRIPS_OF_STATE,
            types.float64,
        )
    )
    @staticmethod
    def advance(
        first,
        last,
        steps,
        value_and_grad,
        query,
        update,
        clipped,
        look_ahead,
        all_w,
        all_state,
        theta,
        data,
        schedule,
        all_eta,
        all_hyper,
        all_start,
        all_bound,
        lowest,
        all_threshold,
        all_error,
        all_settled,
        all_first_hit,
        all_diverged_at,
        all_noise,
        limit,
    ):
        strips, size, runs = all_w.shape
        clips = limit < np.inf
        aside, partly = np.empty(runs), np.zeros(runs)
        g, point, used = np.empty((size, runs)), np.empty((size, runs)), np.empty((size, runs))
        going = 0  # strips in which a run has not diverged
        for strip in range(strips):
            w, state, eta, hyper, start = (
                all_w[strip],
                all_state[strip],
                all_eta[strip],
                all_hyper[strip],
                all_start[strip],
            )
            bound, threshold, error = all_bound[strip], all_threshold[strip], all_error[strip]
            settled, first_hit, diverged_at = all_settled[strip], all_first_hit[strip], all_diverged_at[strip]
            noise = all_noise[strip]
            alive = runs
            for tau in range(first, last + 1):
                now = float(tau)
                value_and_grad(w, theta, data, error, g)
                for i in range(size - 1):
                    here, origin = w[i], start[i]
                    if i == 0:
                        for r in range(runs):
                            partly[r] = (here[r] - origin[r]) * (here[r] - origin[r])
                    else:
                        for r in range(runs):
                            partly[r] += (here[r] - origin[r]) * (here[r] - origin[r])
                here, origin = w[size - 1], start[size - 1]
                for r in range(runs):
                    distance = partly[r] + (here[r] - origin[r]) * (here[r] - origin[r])
                    # nan counts as diverged, and what is not finite is not equal to itself less itself
                    inside = (distance <= bound[r]) & (error[r] - error[r] == 0.0)
                    at = np.inf if inside else now
                    diverged_at[r] = diverged_at[r] if diverged_at[r] <= at else at
                for r in range(runs):
                    below = error[r] - lowest <= threshold[r]
                    settled[r] = settled[r] if below else now
                    at = now if below else np.inf
                    first_hit[r] = first_hit[r] if first_hit[r] <= at else at
                if tau % 64 == 0:
                    alive = 0
                    for r in range(runs):
                        alive += 1 if diverged_at[r] == np.inf else 0
                    if alive == 0:
                        break
                if tau < steps:
                    if schedule.shape[0] > 0:
                        for r in range(runs):
                            eta[r] = schedule[tau]
                    received = g
                    if look_ahead:
                        query(w, state, hyper, point)
                        value_and_grad(point, theta, data, aside, used)
                        received = used
                    if noise.shape[0] > 0:
                        for i in range(size):
                            row, added = received[i], noise[tau, i]
                            for r in range(runs):
                                row[r] += added[r]
                    if clips:
                        clipped(received, limit)
                    update(w, received, state, eta, hyper, tau + 1.0)
            going += 1 if alive > 0 else 0
        if going > 0 and last < steps:
            return True
        for strip in range(strips):
            error, settled = all_error[strip], all_settled[strip]
            first_hit, diverged_at = all_first_hit[strip], all_diverged_at[strip]
            for r in range(runs):
                gone = diverged_at[r] < steps  # and then there is no number after it
                settled[r] += 1.0
                if gone or settled[r] > steps:
                    settled[r] = np.nan
                if first_hit[r] > min(diverged_at[r], float(steps)):
                    first_hit[r] = np.nan
                if gone:
                    error[r] = np.nan
                if diverged_at[r] == np.inf:
                    diverged_at[r] = -1.0
        return False


class _Walk:
    """What _Loop does, for a rule without a kernel."""

    def __init__(self, walk: Iteration, steps: int, lowest: float, threshold: np.ndarray, noise: np.ndarray | None):
        self.walk, self.steps, self.lowest, self.threshold, self.noise = walk, steps, lowest, threshold, noise
        self.above, self.hit = np.full(len(threshold), -1.0), np.full(len(threshold), np.inf)

    def advance(self, first: int, last: int, kept: np.ndarray) -> bool:
        """Go from step to step; fill in KEPT (4, R) at the end. Returns whether there is more to do."""
        for tau in range(first, last + 1):
            error, g = self.walk.look(tau)
            below = error - self.lowest <= self.threshold
            self.above[~below] = tau
            arrived = below & (self.walk.diverged_at < 0)
            self.hit[arrived] = np.minimum(self.hit[arrived], tau)
            if tau < self.steps:
                self.walk.step(tau + 1, g, None if self.noise is None else self.noise[tau])
        if last < self.steps:
            return True
        at = self.walk.diverged_at
        gone = (at >= 0) & (at < self.steps)  # and then there is no number after it
        kept[0] = np.where(gone, np.nan, error)
        kept[1] = np.where(gone | (self.above >= self.steps), np.nan, self.above + 1.0)
        kept[2] = np.where(np.isfinite(self.hit), self.hit, np.nan)
        kept[3] = at
        return False


@dataclass(frozen=True, eq=False)
class Batch:
    """R runs on one surface by one class of optimizer."""

    surface: Surface
    lowest: float  # E_min
    rule: type[Optimizer]
    hyper: np.ndarray  # (H, R) as kernels take it
    learning_rate: np.ndarray  # (R,), overwritten at every step where there is a schedule
    start: np.ndarray  # (D, R)
    noise: np.ndarray | None = None  # (T, D, R) added to the gradients


@dataclass(frozen=True, eq=False)
class Measure:
    """What is asked of every run; a call of it can be sent to another process."""

    steps: int
    tolerance: float
    relative: bool
    schedule: np.ndarray  # (T,) the learning rate of every step, or (0,) where each run has its own
    ends: bool = False  # whether the last weights are kept, too
    clip: float = NEVER  # the length to which gradients are shortened

    def __call__(self, batches: Sequence[Batch], watch: Watch | None = None) -> np.ndarray | None:
        """Return KEPT and perhaps the last weights of all runs of the batches, (4 or 4 + D, R).

        None where it was stopped before the end.
        """
        watch, parts = watch or Watch(), []
        with np.errstate(all="ignore"):
            for batch in batches:
                part = self._of(batch, watch)
                if part is None:
                    return None
                parts.append(part)
        return np.concatenate(parts, axis=1)

    def _of(self, batch: Batch, watch: Watch) -> np.ndarray | None:
        """Return KEPT and perhaps the last weights, (4 or 4 + D, R), of one batch; None where it was stopped."""
        return self._walked(batch, watch) if batch.rule.iterates else self._looped(batch, watch)

    def _walked(self, batch: Batch, watch: Watch) -> np.ndarray | None:
        runs = batch.start.shape[1]
        walk = Iteration(batch.surface, batch.rule.unpacked(batch.hyper), batch.start)
        told = _Walk(walk, self.steps, batch.lowest, self._threshold(batch), batch.noise)
        kept = np.empty((len(KEPT), runs))
        if not watch.in_pieces(lambda first, last: told.advance(first, last, kept), self.steps, runs):
            return None
        return np.concatenate([kept, walk.w]) if self.ends else kept

    def _looped(self, batch: Batch, watch: Watch) -> np.ndarray | None:
        surface, rule, (size, runs) = batch.surface, batch.rule, batch.start.shape
        theta, data = surface.pack(), surface.rows()
        start, hyper = _in_strips(batch.start), _in_strips(batch.hyper)
        eta, bound = _in_strips(batch.learning_rate[None])[:, 0], _in_strips(squared_bound(batch.start)[None])[:, 0]
        shape = strips, strip = eta.shape
        w, state = start.copy(), np.zeros((strips, len(rule.slots), size, strip))
        error, settled, first_hit, diverged_at = kept = np.empty((len(KEPT), *shape))
        settled[:], first_hit[:], diverged_at[:] = -1.0, np.inf, np.inf
        threshold = _in_strips(self._threshold(batch)[None])[:, 0]
        noise = np.empty((strips, 0, size, strip))
        if batch.noise is not None:
            noise = _in_strips(batch.noise.reshape(-1, runs)).reshape(strips, -1, size, strip)
        loop = _Loop.advance

        def advance(first: int, last: int) -> bool:
            with timed("measure"):
                return loop(
                    *(first, last, self.steps, surface.value_and_grad, rule.query, rule.update, Clipping.clipped),
                    rule.look_ahead,
                    *(w, state, theta, data, self.schedule, eta, hyper, start, bound),
                    *(batch.lowest, threshold, error, settled, first_hit, diverged_at, noise, self.clip),
                )

        if not watch.in_pieces(advance, self.steps, runs):
            return None
        rows = [kept.reshape(len(KEPT), -1)]
        if self.ends:
            rows.append(w.transpose(1, 0, 2).reshape(size, -1))
        return np.concatenate(rows)[:, :runs]

    def _threshold(self, batch: Batch) -> np.ndarray:
        """Return how far above E_min counts as arrived, (R,)."""
        surface, runs = batch.surface, batch.start.shape[1]
        if not self.relative:
            return np.full(runs, self.tolerance)
        error = np.empty(runs)
        surface.value_and_grad(batch.start, surface.pack(), surface.rows(), error, np.empty_like(batch.start))
        return self.tolerance * (error - batch.lowest)


def _in_strips(values: np.ndarray) -> np.ndarray:
    """Return a copy in strips of equal length, the last filled up with the last run: (K, R) -> (strips, K, R')."""
    kinds, runs = values.shape
    strips = -(-runs // STRIP)
    length = -(-runs // strips)
    filled = np.concatenate([values, np.repeat(values[:, -1:], strips * length - runs, axis=1)], axis=1)
    return filled.reshape(kinds, strips, length).transpose(1, 0, 2).copy()
