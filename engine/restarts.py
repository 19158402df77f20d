"""Restarts: one rule from many starts, of which only where each ends is kept."""

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.optimizer import Optimizer
from engine.run import run
from engine.surface import Surface


def restarts(
    surface: Surface,
    optimizer: Optimizer,
    learning_rate: Any,
    starts: np.ndarray,
    steps: int,
    progress: Callable[[float], bool | None] | None = None,
    **more: Any,
) -> np.ndarray | None:
    """Return the weights after the last step from starts (R, D): (R, D), nan where a run diverged.

    The error of a network has many minima, so one run says little: take several and compare them on rows that none of
    them has seen; Bishop and Bishop (2024), 7.2. ``more`` goes to ``run``. None where ``progress(share)``, called
    now and then, returned False.
    """
    ended = False

    def told(share: float) -> bool:
        nonlocal ended
        ended = progress is not None and progress(share) is False
        return not ended

    every = max(steps, 1)
    path = run(
        *(surface, optimizer, learning_rate, starts, steps), record_every=every, record=(), progress=told, **more
    )
    return None if ended else path.weights[-1]
