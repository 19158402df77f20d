"""Validation: when the error on rows that do not train is lowest, and where waiting for less would end a run."""

from typing import NamedTuple

import numpy as np

from engine.arguments import whole


class Stopping(NamedTuple):
    """What early stopping makes of a run, as steps."""

    best: int  # of the lowest validation error of the whole run
    kept: int  # of the lowest one until the run is stopped
    stop: int  # at which it is stopped, -1 where it goes on to its end


def early_stopping(errors: np.ndarray, patience: int) -> Stopping | None:
    """Return where a run with validation errors (T+1,) would stop that waits ``patience`` steps for a lower one.

    Stop at the first step tau with tau - kept >= p, where kept is the step of the lowest error so far; its weights are
    those that are kept. Goodfellow, Bengio and Courville (2016), Algorithm 7.1, the error taken after every step and at
    the start; Bishop and Bishop (2024), 9.3.1. What is not finite is never lower.

    Returns None where no error is finite. Raises ValueError unless ``patience`` is a whole number, at least 1.
    """
    patience = whole("patience", patience, 1)
    errors = np.asarray(errors, dtype=np.float64)
    errors = np.where(np.isfinite(errors), errors, np.inf)
    if not np.isfinite(errors).any():
        return None
    step = np.arange(len(errors))
    before = np.concatenate([[np.inf], np.minimum.accumulate(errors)[:-1]])
    lowest_at = np.maximum.accumulate(np.where(errors < before, step, 0))
    over = np.flatnonzero(step - lowest_at >= patience)
    stop = int(over[0]) if len(over) else -1
    return Stopping(int(errors.argmin()), int(lowest_at[stop]), stop)
