"""The worth of a gradient: finding a quadratic's minimum with gradients, and without."""

from functools import cache
from typing import Any

import numpy as np

from charts.worth import worth_message
from engine.gradient_free import from_errors, from_gradients, seconds_each
from surfaces.convex_rosenbrock import ConvexRosenbrock
from widgets.details.kinds import On
from widgets.details.picture import Picture
from widgets.lines import lines

NAME = "worth"
TITLE = "What a gradient is worth"
ORDER = 60
ON = On.OTHER | On.SECTION

DIMENSIONS = range(2, 21)


def draw(picture: Picture) -> None:
    """Draw evaluations and time against the number of weights."""
    lines(NAME, *measured())


@cache
def measured() -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Find the minimum both ways in every dimension, once for all sessions, and return the picture's message."""
    counts, missed, seconds = [], [], []
    for dim in DIMENSIONS:
        surface = ConvexRosenbrock(dimension=dim)
        found = [way(surface, np.array(surface.start)) for way in (from_errors, from_gradients)]
        counts.append([item.evaluations for item in found])
        missed.append([float(np.linalg.norm(item.minimum - surface.minima[0])) for item in found])
        seconds.append(seconds_each(surface))
    errors, gradients = np.array(counts).T
    worst = np.max(missed, axis=0)
    return worth_message(np.array(DIMENSIONS), errors, gradients, np.array(seconds), (worst[0], worst[1]))
