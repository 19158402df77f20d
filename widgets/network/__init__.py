"""The network itself, beside its error: what it answers at the step that is looked at."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from charts.network import Told, network_message
from engine.dataset import Dataset
from engine.remembered import remembered
from engine.study import Entry
from surfaces.mlp import Mlp
from widgets.details.follow import follow
from widgets.details.picture import Picture

HERE = Path(__file__).parent
REMEMBERED = 12


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
    given = (net, entry.optimizer, entry.learning_rate, start, steps)
    path = remembered(*given, entry.clip, entry.batch, entry.schedule)
    assert path is not None
    weights = path.weights[:, 0]
    training, rightly = net.judged(weights)
    missing = np.full(len(weights), np.nan)
    unseen, unseen_rightly = net.judged(weights, validation) if validation else (missing, missing)
    return weights, Told(training, unseen, np.stack([rightly, unseen_rightly], axis=1))
