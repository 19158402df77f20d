"""Basins: where each start of a plane ends, and how soon."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.optimizer import Optimizer
from engine.surface import Surface
from engine.trials import trials


@dataclass(frozen=True, eq=False)
class Basins:
    """The starts (x, y) of a grid, each with the minimum it settled at."""

    x: np.ndarray  # (columns,)
    y: np.ndarray  # (rows,)
    end: np.ndarray  # (rows, columns) place in the surface's ``minima``, -1 where it settled at none of them
    steps: np.ndarray  # (rows, columns) from which it stays there, nan where it did not
    outside: np.ndarray  # (rows, columns) whether it settled at none and its last step lies outside the surface's view


def grid(surface: Surface, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Return x (columns,) and y (rows,) of a surface with two weights: square cells that fill its view.

    Raises ValueError for another number of weights.
    """
    if surface.dim != 2:
        raise ValueError(f"surface must have 2 weights for a map of its starts, got {surface.dim}")
    (left, right), (low, high) = surface.view
    side = (right - left) / columns
    rows = max(round((high - low) / side), 1)
    middle = 0.5 * (low + high)
    return left + side * (np.arange(columns) + 0.5), middle + side * (np.arange(rows) - 0.5 * (rows - 1))


def basins(
    surface: Surface,
    optimizer: Optimizer,
    learning_rate: float,
    columns: int,
    *,
    steps: int,
    tolerance: float,
    progress: Callable[[float], bool | None] | None = None,
) -> Basins | None:
    """Run from every start of ``grid``; None where progress stopped it.

    A run has settled at the minimum that is nearest to its last weights if from some step on E - E(that minimum) stays
    at or below tolerance (E(start) - E(that minimum)); for a rule whose steps do not shrink, if at some step it is.
    Raises ValueError as ``trials`` does.
    """
    x, y = grid(surface, columns)
    shape = len(y), len(x)
    points = np.stack(np.broadcast_arrays(x[None, :], y[:, None]), axis=-1).reshape(-1, 2)
    minima = surface.minima
    levels = surface.evaluate(minima)[0] if len(minima) else np.zeros(1)
    distinct = np.unique(levels)
    end, found = np.full(len(points), -1), np.full(len(points), np.nan)
    inside = np.zeros(len(points), dtype=bool)
    for place, level in enumerate(distinct):

        def shared(share: float, place: int = place) -> bool | None:
            return progress((place + share) / len(distinct)) if progress else None

        runs = trials(
            surface,
            optimizer,
            learning_rate=learning_rate,
            start=points,
            steps=steps,
            tolerance=tolerance,
            progress=shared,
            lowest=float(level),
            ends=True,
        )
        if not runs.complete or runs.weights is None:
            return None
        if place == 0:
            nearest = _nearest(runs.weights, minima)
            inside = _inside(runs.weights, surface)
        reached = runs.settled if optimizer.steps_shrink else runs.first_hit
        here = (nearest >= 0) & (levels[nearest] == level) & np.isfinite(reached)
        end[here], found[here] = nearest[here], reached[here]
    outside = (end < 0) & ~inside
    return Basins(x, y, end.reshape(shape), found.reshape(shape), outside.reshape(shape))


def _nearest(weights: np.ndarray, minima: np.ndarray) -> np.ndarray:
    """Return the place of the minimum next to each point (R, 2), -1 where the point is not finite or there is none."""
    if not len(minima):
        return np.full(len(weights), -1)
    with np.errstate(all="ignore"):
        distance = np.square(weights[:, None] - minima).sum(axis=-1)
    return np.where(np.isfinite(distance).all(axis=1), np.nan_to_num(distance).argmin(axis=1), -1)


def _inside(weights: np.ndarray, surface: Surface) -> np.ndarray:
    low, high = np.array(surface.view).T
    return ((weights >= low) & (weights <= high)).all(axis=-1)
