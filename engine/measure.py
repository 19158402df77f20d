"""Measure: runs of which nothing but four numbers each is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import types

from engine.clipping import NEVER, Clipping
from engine.divergence import squared_bound
from engine.iteration import Iteration
from engine.kernel import RUNS, SIGNATURES, STATE, WEIGHTS, kernel
from engine.optimizer import Optimizer
from engine.surface import Surface
from engine.workers import Watch

KEPT = ("error", "settled", "first_hit", "diverged_at")


class _Loop:
    """The compiled loop over steps. It keeps nothing: first and last say which, all arrays are changed in place.

    Each of its loops over runs writes to one array or two, which is what the compiler still turns into vectors. Until
    the end settled holds the last step above the threshold, and a step that was never reached is infinite.
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
            WEIGHTS,
            STATE,
            RUNS,
            WEIGHTS,
            RUNS,
            RUNS,
            WEIGHTS,
            WEIGHTS,
            RUNS,
            types.float64,
            RUNS,
            RUNS,
            RUNS,
            RUNS,
            RUNS,
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
        w,
        state,
        theta,
        data,
        schedule,
        eta,
        hyper,
        start,
        bound,
        lowest,
        threshold,
        error,
        settled,
        first_hit,
        diverged_at,
        limit,
    ):
        size, runs = w.shape
        clips = limit < np.inf
        alive = runs
        aside, distance = np.empty(runs), np.empty(runs)
        g, point, used = np.empty((size, runs)), np.empty((size, runs)), np.empty((size, runs))
        for tau in range(first, last + 1):
            now = float(tau)
            value_and_grad(w, theta, data, error, g)
            for r in range(runs):
                distance[r] = 0.0
            for i in range(size):
                here, origin = w[i], start[i]
                for r in range(runs):
                    distance[r] += (here[r] - origin[r]) * (here[r] - origin[r])
            for r in range(runs):
                # nan counts as diverged, and what is not finite is not equal to itself less itself
                inside = (distance[r] <= bound[r]) & (error[r] - error[r] == 0.0)
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
                if look_ahead:
                    query(w, state, hyper, point)
                    value_and_grad(point, theta, data, aside, used)
                elif clips:
                    for i in range(size):
                        here, own = used[i], g[i]
                        for r in range(runs):
                            here[r] = own[r]
                if clips:
                    clipped(used, limit)
                if look_ahead or clips:
                    update(w, used, state, eta, hyper, tau + 1.0)
                else:
                    update(w, g, state, eta, hyper, tau + 1.0)
        if alive > 0 and last < steps:
            return True
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

    def __init__(self, walk: Iteration, steps: int, lowest: float, threshold: np.ndarray):
        self.walk, self.steps, self.lowest, self.threshold = walk, steps, lowest, threshold
        self.above, self.hit = np.full(len(threshold), -1.0), np.full(len(threshold), np.inf)

    def advance(self, first: int, last: int, kept: np.ndarray) -> bool:
        """Go from step to step; fill in KEPT at the end. Returns whether there is more to do."""
        for tau in range(first, last + 1):
            error, g = self.walk.look(tau)
            below = error - self.lowest <= self.threshold
            self.above[~below] = tau
            self.hit[below & (self.walk.diverged_at < 0)] = np.minimum(self.hit, tau)[
                below & (self.walk.diverged_at < 0)
            ]
            if tau < self.steps:
                self.walk.step(tau + 1, g)
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


@dataclass(frozen=True, eq=False)
class Measure:
    """What is asked of every run; a call of it can be sent to another process."""

    steps: int
    tolerance: float
    relative: bool
    schedule: np.ndarray  # (T,) the learning rate of every step, or (0,) where each run has its own
    clip: float = NEVER  # the length to which gradients are shortened

    def __call__(self, batches: Sequence[Batch], watch: Watch | None = None) -> np.ndarray | None:
        """Return KEPT of all runs of the batches, (4, R); None where it was stopped before the end."""
        watch = watch or Watch()
        kept = np.empty((len(KEPT), sum(len(batch.learning_rate) for batch in batches)))
        high = 0
        with np.errstate(all="ignore"):
            for batch in batches:
                low, high = high, high + len(batch.learning_rate)
                if not self._fill(kept[:, low:high], batch, watch):
                    return None
        return kept

    def _fill(self, kept: np.ndarray, batch: Batch, watch: Watch) -> bool:
        """Fill in KEPT, (4, R), of one batch; False where it was stopped before the end."""
        surface, rule = batch.surface, batch.rule
        theta, data = surface.pack(), surface.data()
        w, eta, (size, runs) = batch.start.copy(), batch.learning_rate.copy(), batch.start.shape
        state, bound = np.zeros((len(rule.slots), size, runs)), squared_bound(w)
        error, settled, first_hit, diverged_at = kept
        settled[:], first_hit[:], diverged_at[:] = -1.0, np.inf, np.inf
        threshold = np.full(runs, self.tolerance)
        if self.relative:
            surface.value_and_grad(w, theta, data, error, np.empty_like(w))
            threshold *= error - batch.lowest
        if rule.iterates:
            walk = _Walk(
                Iteration(surface, rule.unpacked(batch.hyper), batch.start), self.steps, batch.lowest, threshold
            )
            return watch.in_pieces(lambda first, last: walk.advance(first, last, kept), self.steps, runs)
        loop = _Loop.advance

        def advance(first: int, last: int) -> bool:
            return loop(
                *(first, last, self.steps, surface.value_and_grad, rule.query, rule.update, Clipping.clipped),
                rule.look_ahead,
                *(w, state, theta, data, self.schedule, eta, batch.hyper, batch.start, bound),
                *(batch.lowest, threshold, error, settled, first_hit, diverged_at, self.clip),
            )

        return watch.in_pieces(advance, self.steps, runs)
