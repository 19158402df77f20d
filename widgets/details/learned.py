"""Learned: what the run of a network did at every step, as all details of it tell it."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from engine.dataset import Dataset
from engine.layer_norms import layer_norms
from engine.remembered import remembered
from engine.sampling import NONE, Batch, batches
from engine.study import Entry
from surfaces.fitting.charges import charges
from widgets.details.picture import Picture

REMEMBERED = 12  # runs, up to 60 kB each


class Learned(NamedTuple):
    """A run of T steps."""

    training: np.ndarray  # (T+1,) mean error of a row that trains, penalties left out
    validation: np.ndarray  # (T+1,) of a row that is held out, nan where none is
    batch: np.ndarray  # (T,) of the rows that each step sees, before it; empty where it sees all
    epoch: np.ndarray  # (T+1,) passes over the rows that train
    norms: np.ndarray  # (T+1, L) length of each layer's part of the gradient, biases left out


def learned(picture: Picture, entry: Entry) -> Learned:
    """Return what one run of the picture did."""
    return _learned(picture.surface, picture.validation, entry, entry.start or picture.start, picture.steps)


@lru_cache(maxsize=REMEMBERED)
def _learned(surface: Any, validation: Dataset | None, entry: Entry, start: tuple[float, ...], steps: int) -> Learned:
    given = (surface, entry.optimizer, entry.learning_rate, start, steps)
    path = remembered(*given, entry.clip, entry.batch, entry.schedule)
    assert path is not None
    weights = path.weights[:, 0]
    training = surface.row_error(weights)
    held_out = surface.row_error(weights, validation) if validation else np.full(len(weights), np.nan)
    assert path.error is not None and path.gradient is not None
    batch = np.empty(0)
    if entry.batch is not None and surface.sparsity:
        batch = _charged(surface, entry.batch, weights[:-1])
    elif path.batch_error is not None:
        summed, count = surface.reduction == "sum", len(surface.rows())
        seen = np.diff(path.epoch) * count if summed else 1.0
        # what the penalty of weights adds is the same for all rows
        penalties = path.error[:-1, 0] / (count if summed else 1.0) - training[:-1]
        batch = path.batch_error[:, 0] / seen - penalties
    norms = layer_norms(path.gradient[:, 0], [layer.weights for layer in surface.layers])
    return Learned(training, held_out, batch, path.epoch, norms)


def _charged(surface: Any, batch: Batch, weights: np.ndarray) -> np.ndarray:
    """Return what the rows of every step cost on average, (T,), without the sparsity that every row has of its own."""
    data = surface.dataset
    drawn = batches(len(data.rows), batch.size, len(weights), batch.sampling, batch.seed)
    found = np.empty(len(weights))
    with np.errstate(all="ignore"):
        for k, (w, rows) in enumerate(zip(weights, drawn, strict=True)):
            seen = rows[rows != NONE]
            a = surface.forward(w, data.inputs[seen]).outputs
            found[k] = charges(surface.loss, a, data.targets[seen]).mean()
    return found


def at_hand(picture: Picture) -> dict[str, Any]:
    """Return by what a detail knows that the figure still shows the run that it speaks of."""
    rule = picture.edited.optimizer
    return {
        "surface": repr(picture.flat),
        "eta": picture.edited.learning_rate if rule.has_learning_rate else None,
        "hyper": {name: getattr(rule, name) for name in rule.parameters()},
        "steps": picture.drawn.tolist(),
    }
