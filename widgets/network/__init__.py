"""The network itself, beside its error: what it answers at the step that is looked at."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from charts.network import Told, network_message
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


def network(picture: Picture) -> None:
    """Draw what the network under the sliders answers."""
    follow("network", *sent(picture), folder=HERE)


def sent(picture: Picture) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the message."""
    net, edited, drawn = picture.surface, picture.edited, picture.drawn
    weights, found = told(net, picture.validation, edited, edited.start or picture.start, picture.steps)
    return network_message(net, picture.validation, weights[drawn], drawn, Told(*(values[drawn] for values in found)))


@lru_cache(maxsize=REMEMBERED)
def told(
    net: Mlp, validation: Dataset | None, entry: Entry, start: tuple[float, ...], steps: int
) -> tuple[np.ndarray, Told]:
    """Return the weights of a run (T+1, D), and what there is to be told of all its steps."""
    path = run(
        *(net, entry.optimizer, entry.learning_rate, start, steps),
        record=(),
        clip=entry.clip,
        **arguments(entry.batch),
    )
    weights = path.weights[:, 0]
    training, rightly = judged(net, net.dataset, weights)
    missing = np.full(len(weights), np.nan)
    unseen, unseen_rightly = judged(net, validation, weights) if validation else (missing, missing)
    return weights, Told(training, unseen, np.stack([rightly, unseen_rightly], axis=1))


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
