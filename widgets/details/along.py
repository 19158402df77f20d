"""Along the gradient: the real error of one gradient step of any length, beside its tangent and its parabola."""

from typing import Any

import numpy as np

from engine.family import single
from engine.local import Expansion
from engine.surface import Surface
from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.picture import Picture

NAME = "downhill"
TITLE = "Along the gradient"
ORDER = 20
ON = On.OTHER
OF_A_RATE = True

POINTS = 81  # of a curve
FAR = 4.0  # lengths in sight, in units of the one from which the parabola goes uphill
MOST = 3e38  # what float32 holds


def draw(picture: Picture) -> None:
    """Draw the error along -g from the point that is looked at, and what first and second order predict."""
    follow("along", *sent(picture))


def sent(picture: Picture) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return of every drawn step of the present run how far the curve goes in eta, and its changes of the error."""
    entry = picture.edited
    settings = entry.optimizer, entry.learning_rate, picture.start, picture.steps, entry.clip
    path = single(picture.surface, *settings).trajectory
    reach, change = curves(picture.surface, path.weights[picture.drawn, 0], entry.learning_rate)
    return {"points": POINTS}, {"reach": reach, "change": change}


def curves(surface: Surface, weights: np.ndarray, eta: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the largest learning rate of each curve (n,), and E(w - s g) - E(w) for s evenly up to it (n, POINTS).

    ``weights`` are n points, (n, D).
    """
    here = Expansion.at(surface, weights)
    with np.errstate(all="ignore"):
        slope = (here.gradient**2).sum(axis=-1)
        uphill = 2.0 * slope / np.einsum("ni,nij,nj->n", here.gradient, here.hessian, here.gradient)
        bowl = np.isfinite(uphill) & (uphill > 0.0)
        reach = np.where(bowl, np.clip(1.15 * eta, 1.25 * uphill, FAR * uphill), 2.0 * eta)
        lengths = reach[:, None] * np.linspace(0.0, 1.0, POINTS)
        error, _ = surface.evaluate(weights[:, None] - lengths[..., None] * here.gradient[:, None])
        return np.clip(reach, 0.0, MOST), np.clip(error - here.error[:, None], -MOST, MOST)
