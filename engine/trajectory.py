"""Trajectory: what a run did, as arrays with named axes. Trials and Sweep: what is kept of very many runs."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False)
class Trajectory:
    """R runs of T steps in D weights. The axis order is always (step, run, weight); step 0 is the start.

    After the step at which a run diverged its arrays hold nan. An array that was not recorded is None. With
    ``record_every`` above 1 the first axis is ``step``, and T + 1 below stands for its length.
    """

    step: np.ndarray  # (T+1,) update index of each row
    weights: np.ndarray  # (T+1, R, D)
    error: np.ndarray | None  # (T+1, R) E(w) on the full data
    gradient: np.ndarray | None  # (T+1, R, D) grad E(w) on the full data
    used_gradient: (
        np.ndarray | None
    )  # (T+1, R, D) what update received at this row; gradient itself where nothing differs
    learning_rate: np.ndarray  # (T, R) eta of every step; of a rule that has none how long the step was
    diverged_at: np.ndarray  # (R,) first step that was not finite or went out of all bounds, else -1
    state: dict[str, np.ndarray] = field(default_factory=dict)  # slot -> (T+1, R, D)
    looks: np.ndarray | None = None  # (R,) what an iterating rule asked for beyond a gradient a step; see Terrain
    batch_error: np.ndarray | None = None  # (T, R) E(w) on the mini-batch of every step, before it; None without
    epoch: np.ndarray = field(default_factory=lambda: np.empty(0))  # (T+1,) passes over the data made by each row

    @property
    def steps(self) -> int:
        """T, the number of updates asked for."""
        return len(self.learning_rate)

    @property
    def evaluations(self) -> np.ndarray:
        """How many gradients each run needed, (R,): one a step, up to the step that diverged, and ``looks``."""
        each = np.where(self.diverged_at < 0, self.steps, self.diverged_at)
        return each if self.looks is None else each + self.looks


@dataclass(frozen=True, eq=False)
class Trials:
    """Four numbers of each of R runs, (R,); E_min is the lowest of the surface's minima, 0 where none is known."""

    error: np.ndarray  # E(w) after the last step, nan where the run diverged before it
    settled: np.ndarray  # first step from which E - E_min stays at or below the tolerance, else nan
    first_hit: np.ndarray  # first step at which it was, else nan: adaptive methods may never stay
    diverged_at: np.ndarray  # first step that was not finite or went out of all bounds, else -1
    complete: bool  # False where it was stopped: runs that were not finished hold nan and -1
    weights: np.ndarray | None = field(default=None, kw_only=True)  # (R, D) after the last step, where asked for

    @property
    def diverged(self) -> np.ndarray:
        """Whether each run diverged."""
        return self.diverged_at >= 0


@dataclass(frozen=True, eq=False)
class Sweep(Trials):
    """The same four numbers for every cell of a grid; every array has one axis for each name of ``axes``, in order."""

    axes: dict[str, np.ndarray]  # name -> values (n,), of "start" points (n, D)
