"""Rounding: from which step it decides where a run goes for which there is no closed form to compare with."""

from typing import Any

import numpy as np

from engine.family import Family
from engine.run import run

DECIDED = 0.01  # of the largest distance still to come: where rounding may do as much, it decides


def rounding_decides(surface: Any, family: Family) -> np.ndarray:
    """Return the first step at which rounding decides where each run of a family is, (R,), -1 where it never does.

    Every run is made once more from a start that is moved by a few roundings, along each weight that is off the
    stationary point w*, in turns up and down. Rounding decides once the two are a hundredth of the largest distance
    from w* apart that the run still comes to.
    """
    weights, centre = family.trajectory.weights, surface.stationary_point
    start = weights[0, 0]
    off = start - centre
    unit = 4.0 * np.maximum(np.spacing(np.abs(start)), 2.0**-52 * np.abs(off))
    moved = start + np.where(off == 0.0, 0.0, unit * (-1.0) ** np.arange(len(start)))
    steps = len(weights) - 1
    settings = surface, family.optimizers, family.learning_rates, moved, steps
    other = run(*settings, record=(), clip=family.clip).weights
    with np.errstate(all="ignore"):
        apart, distance = _squared(other - weights), _squared(weights - centre)
        to_come = np.fmax.accumulate(distance[::-1], axis=0)[::-1]
        decided = apart > DECIDED**2 * to_come
    return np.where(decided.any(axis=0), decided.argmax(axis=0), -1)


def _squared(vectors: np.ndarray) -> np.ndarray:
    """Return squared lengths, (..., D) -> (...)."""
    return np.einsum("...d,...d->...", vectors, vectors)
