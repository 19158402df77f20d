"""What of a long run is drawn."""

import numpy as np

POINTS = 151
CONSECUTIVE = 81  # the first steps, all of them


def drawn_steps(steps: int, points: int = POINTS) -> np.ndarray:
    """Return the steps that are drawn, ascending, 0 and ``steps`` among them, at most ``points``.

    A short run is drawn whole. Of a long one every step to 80, then pairs of neighbours ever further apart: a path that
    alternates from wall to wall still shows both walls, which every tenth step would hide.
    """
    if steps < points:
        return np.arange(steps + 1)
    pairs = (points - CONSECUTIVE) // 2
    first = np.geomspace(CONSECUTIVE, steps - 1, pairs).astype(int)
    return np.unique(np.concatenate([np.arange(CONSECUTIVE), first, first + 1]))
