"""The network itself, beside its error: answers, learning curves and gradients of the step that is looked at."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from charts.network import Stopping, Told, network_message
from engine import run
from engine.dataset import Dataset
from engine.sampling import arguments
from engine.study import Entry
from surfaces.fitting.charges import charges, right
from surfaces.mlp import Mlp
from widgets.details.follow import follow
from widgets.details.picture import Picture

HERE = Path(__file__).parent
REMEMBERED = 12
AT_ONCE = 64  # steps whose answers are taken together


def network(picture: Picture, patience: int) -> None:
    """Draw what the network answers, its learning curves, and the gradient of every layer."""
    follow("network", *sent(picture, patience), folder=HERE)


def sent(picture: Picture, patience: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the message."""
    net, edited, validation = picture.surface, picture.edited, picture.validation
    runs = [told(net, validation, item, item.start or picture.start, picture.steps) for item in picture.entries]
    place = picture.entries.index(edited)
    path, curves = runs[place]
    stopping = early_stopping(curves.validation, patience) if validation else None
    shown = [_at(each, picture.drawn) for _, each in runs]
    return network_message(net, validation, path[picture.drawn], picture.drawn, shown, edited.name, stopping)


@lru_cache(maxsize=REMEMBERED)
def told(
    net: Mlp, validation: Dataset | None, entry: Entry, start: tuple[float, ...], steps: int
) -> tuple[np.ndarray, Told]:
    """Return the weights of a run (T+1, D), and what there is to be told of all its steps."""
    path = run(
        *(net, entry.optimizer, entry.learning_rate, start, steps),
        record=("gradient", "batch_error"),
        clip=entry.clip,
        **arguments(entry.batch),
    )
    weights, gradient = path.weights[:, 0], path.gradient
    assert gradient is not None
    slopes = np.stack(
        [np.linalg.norm(gradient[:, 0, layer.weights.start : layer.biases.stop], axis=-1) for layer in net.layers],
        axis=1,
    )
    training, rightly = judged(net, net.dataset, weights)
    missing = np.full(len(weights), np.nan)
    unseen, unseen_rightly = judged(net, validation, weights) if validation else (missing, missing)
    batches = missing.copy()
    if path.batch_error is not None:
        batches[: len(path.batch_error)] = path.batch_error[:, 0]
    return weights, Told(entry, training, unseen, np.stack([rightly, unseen_rightly], axis=1), slopes, batches)


def judged(net: Mlp, rows: Dataset, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean charge of rows at weights (n, D), and the share told rightly, nan without classes: (n,) each.

    Batch normalisation uses the statistics of all rows that the network is trained on.
    """
    errors, shares = [], []
    with np.errstate(all="ignore"):
        for first in range(0, len(weights), AT_ONCE):
            w = weights[first : first + AT_ONCE]
            statistics = net.statistics(w) if net.normalisation == "batch" else None
            a = net.forward(w, rows.inputs, statistics).outputs
            errors.append(charges(net.loss, a, rows.targets).mean(axis=-1))
            rightly = right(a, rows.targets, net.loss).mean(axis=-1) if rows.classes else np.full(len(w), np.nan)
            shares.append(np.where(np.isfinite(errors[-1]), rightly, np.nan))
    return np.concatenate(errors), np.concatenate(shares)


def early_stopping(validation: np.ndarray, patience: int) -> Stopping | None:
    """Return where a run would be stopped that waits ``patience`` steps for a lower validation error; None of no run.

    Kept are the weights of the lowest error until then. Bishop and Bishop (2024), 9.3.1.
    """
    errors = np.where(np.isfinite(validation), validation, np.inf)
    if not np.isfinite(errors[0]):
        return None
    lowest = np.minimum.accumulate(errors)
    since = np.arange(len(errors)) - np.maximum.accumulate(
        np.where(errors <= lowest, np.where(np.diff(lowest, prepend=np.inf) < 0.0, np.arange(len(errors)), 0), 0)
    )
    over = np.nonzero(since >= patience)[0]
    stop = int(over[0]) if len(over) else -1
    until = errors if stop < 0 else errors[: stop + 1]
    kept = int(until.argmin())
    finite = errors[np.isfinite(errors)]
    best = int(errors.argmin())
    return Stopping(best, stop, float(errors[best]), float(errors[kept]), kept, float(finite[-1]))


def _at(found: Told, drawn: np.ndarray) -> Told:
    """Return the drawn steps alone."""
    return Told(found.entry, *(values[drawn] for values in found[1:]))
