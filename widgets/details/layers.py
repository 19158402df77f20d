"""The layers: how long the gradient of each layer's weights is along the run."""

from typing import Any

import numpy as np

from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.learned import at_hand, learned
from widgets.details.picture import Picture

NAME = "layers"
TITLE = "How much of the gradient reaches each layer"
ORDER = 3
ON = On.LAYERS


def draw(picture: Picture) -> None:
    """Draw the length of every layer's gradient, and how the first compares with the last."""
    follow(NAME, *sent(picture))


def sent(picture: Picture) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the message: norms (T+1, L) of the run under the sliders."""
    norms = learned(picture, picture.edited).norms
    layers = picture.surface.layers
    return {
        **at_hand(picture),
        "weights": [layer.inputs * layer.outputs for layer in layers],
    }, {"norms": norms}
