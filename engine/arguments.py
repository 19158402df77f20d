"""Arguments: what run, trials and sweep are given, checked and made into arrays."""

from typing import Any

import numpy as np

from engine.parameter import as_number
from engine.schedule import Schedule


def whole(name: str, value: Any, low: int) -> int:
    """Return a whole number of at least ``low``; ValueError names it, its range and the value given."""
    number = as_number(value)
    if not (number >= low and number == np.floor(number) and number < 2**53):
        raise ValueError(f"{name} must be a whole number, at least {low}, got {value!r}")
    return int(number)


def numbers(name: str, value: Any) -> np.ndarray:
    """Return real numbers as a float64 array of its own, of any shape; ValueError for anything else."""
    try:
        array = np.asarray(value)
        if array.dtype.kind in "iuf":
            return array.astype(np.float64)
    except ValueError:
        pass
    raise ValueError(f"{name} must be real numbers, got {value!r}")


def learning_rates(learning_rate: float | np.ndarray | Schedule | None, steps: int) -> np.ndarray:
    """Return (T, 1) for a schedule, else (1, R) or (T, R); ValueError unless all are finite and at least 0.

    A schedule with feedback has none before the run: it is refused too.
    """
    if isinstance(learning_rate, Schedule):
        if learning_rate.feedback:
            raise ValueError(f"learning_rate must be a schedule that does not follow the error, got {learning_rate!r}")
        eta = np.asarray(learning_rate(steps), dtype=np.float64)
        if eta.shape != (steps,):
            raise ValueError(f"learning_rate must give one value for each of {steps} steps, got shape {eta.shape}")
        eta = eta[:, None]
    else:
        eta = numbers("learning_rate", learning_rate)
        each_step = eta.ndim == 2 and len(eta) == steps and eta.shape[1] > 0
        if not each_step and (eta.ndim > 1 or eta.size == 0):
            raise ValueError(
                f"learning_rate must be a number or an array (R,) or ({steps}, R), one a step, got shape {eta.shape}"
            )
        eta = eta if each_step else np.atleast_1d(eta)[None, :]
    return usable(eta)


def usable(eta: np.ndarray) -> np.ndarray:
    """Return learning rates as they are; ValueError unless all are finite and at least 0."""
    bad = ~(np.isfinite(eta) & (eta >= 0.0))
    if bad.any():
        raise ValueError(f"learning_rate must be finite and at least 0, got {float(eta[bad][0])!r}")
    return eta


def starts(start: Any, dim: int) -> np.ndarray:
    """Return (R, D); ValueError unless it is (D,) or (R, D) and finite."""
    points = numbers("start", start)
    if points.ndim not in (1, 2) or points.shape[-1] != dim or points.size == 0:
        raise ValueError(f"start must have shape ({dim},) or (R, {dim}), got {points.shape}")
    points = np.atleast_2d(points)
    finite = np.isfinite(points).all(axis=1)
    if not finite.all():
        raise ValueError(f"start must be finite, got {points[~finite][0].tolist()}")
    return points


def common_length(lengths: dict[str, int]) -> int:
    """Return R; ValueError unless each of name -> length is 1 or R."""
    runs = max(lengths.values())
    for name, length in lengths.items():
        if length not in (1, runs):
            raise ValueError(f"{name} must be given once or {runs} times, got {length}")
    return runs


def gradient_noise(noise: np.ndarray | None, steps: int, dim: int, runs: int) -> np.ndarray:
    """Return noise (T, D, R), (0, D, R) where there is none.

    Raises ValueError unless it is finite and of that shape.
    """
    if noise is None:
        return np.empty((0, dim, runs))
    added = numbers("noise", noise)
    if added.shape != (steps, dim, runs):
        raise ValueError(f"noise must have shape ({steps}, {dim}, {runs}), got {added.shape}")
    if not np.isfinite(added).all():
        raise ValueError("noise must be finite")
    return np.ascontiguousarray(added)
