"""Measure: runs of which nothing but four numbers each is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import types

from engine.divergence import squared_bound
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
            STATE,
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
        noise,
    ):
        size, runs = w.shape
        alive = runs
        aside, partly = np.empty(runs), np.zeros(runs)
        g, point, used = np.empty((size, runs)), np.empty((size, runs)), np.empty((size, runs))
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
                update(w, received, state, eta, hyper, tau + 1.0)
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

    def __call__(self, batches: Sequence[Batch], watch: Watch | None = None) -> np.ndarray | None:
        """Return KEPT and perhaps the last weights of all runs of the batches, (4 or 4 + D, R).

        None where it was stopped before the end.
        """
        watch = watch or Watch()
        runs = sum(len(batch.learning_rate) for batch in batches)
        kept = np.empty((len(KEPT) + self.ends * len(batches[0].start), runs))
        high = 0
        with np.errstate(all="ignore"):
            for batch in batches:
                low, high = high, high + len(batch.learning_rate)
                if not self._fill(kept[:, low:high], batch, watch):
                    return None
        return kept

    def _fill(self, kept: np.ndarray, batch: Batch, watch: Watch) -> bool:
        """Fill in what is kept, (4 or 4 + D, R), of one batch; False where it was stopped before the end."""
        surface, rule = batch.surface, batch.rule
        theta, data = surface.pack(), surface.data()
        w, eta, (size, runs) = batch.start.copy(), batch.learning_rate.copy(), batch.start.shape
        state, bound = np.zeros((len(rule.slots), size, runs)), squared_bound(w)
        error, settled, first_hit, diverged_at = kept[: len(KEPT)]
        settled[:], first_hit[:], diverged_at[:] = -1.0, np.inf, np.inf
        threshold = np.full(runs, self.tolerance)
        if self.relative:
            surface.value_and_grad(w, theta, data, error, np.empty_like(w))
            threshold *= error - batch.lowest
        noise = np.empty((0, size, runs)) if batch.noise is None else batch.noise
        loop = _Loop.advance

        def advance(first: int, last: int) -> bool:
            return loop(
                *(first, last, self.steps, surface.value_and_grad, rule.query, rule.update, rule.look_ahead),
                *(w, state, theta, data, self.schedule, eta, batch.hyper, batch.start, bound),
                *(batch.lowest, threshold, error, settled, first_hit, diverged_at, noise),
            )

        finished = watch.in_pieces(advance, self.steps, runs)
        if self.ends:
            kept[len(KEPT) :] = w
        return finished
