"""Iteration: runs of rules without a kernel, which ask the surface more than once a step. See Optimizer.iterate."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.divergence import squared_bound
from engine.optimizer import Optimizer
from engine.terrain import Terrain, dot


class Iteration:
    """R runs, a step at a time: ``look`` where they are, then ``step``. ``optimizers`` is one, or R of one class."""

    def __init__(self, surface: Any, optimizers: Sequence[Optimizer], start: np.ndarray):
        size, runs = start.shape
        self.start, self.w = start, start.copy()
        self.state = np.zeros((len(optimizers[0].slots), size, runs))
        self.diverged_at = np.full(runs, -1, dtype=np.int64)
        self.terrain = Terrain(surface, runs)
        self._bound = squared_bound(start)
        each = [optimizers[r % len(optimizers)] for r in range(runs)]
        self._rules = {rule: np.array([item == rule for item in each]) for rule in dict.fromkeys(each)}

    def look(self, tau: int) -> tuple[np.ndarray, np.ndarray]:
        """Return E (R,) and its gradient (D, R) before the step ``tau`` + 1, and note which runs have diverged."""
        self.terrain.tilt = None
        error, g = self.terrain.evaluate(self.w)
        away = self.w - self.start
        inside = np.isfinite(error) & (dot(away, away) <= self._bound)
        self.diverged_at[(self.diverged_at < 0) & ~inside] = tau
        return error, g

    def step(self, tau: int, g: np.ndarray, noise: np.ndarray | None = None) -> np.ndarray:
        """Make the step ``tau`` from the gradient g (D, R), and what noise adds to it; return its length (R,)."""
        alive = self.diverged_at < 0
        self.terrain.tilt = noise
        given = g if noise is None else g + noise
        before, state, spent = self.w, self.state, self.terrain.spent
        self.w, self.state, length = before.copy(), state.copy(), np.zeros(len(alive))
        for rule, own in self._rules.items():
            self.terrain.spent, w, slots = np.zeros_like(spent), before.copy(), state.copy()
            lengths = rule.iterate(self.terrain, w, given, slots, tau)
            used = own & alive
            self.w[:, used], self.state[..., used], length[used] = w[:, used], slots[..., used], lengths[used]
            spent[used] += self.terrain.spent[used]
        self.terrain.spent = spent
        self.w[:, ~alive] = np.nan
        return length
