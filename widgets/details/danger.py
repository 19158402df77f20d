"""The danger map: where the present learning rate is above the local limit."""

from dataclasses import replace
from typing import Any

import numpy as np

from charts.landscape import SECTION_GRID
from charts.plane import GRID
from engine.discovery import slug
from engine.family import hyperparameter_stops, live_hyperparameter, single
from engine.local import limit_factor
from engine.outcome import state_of
from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.picture import Picture

NAME = "danger"
TITLE = "Where this learning rate is too large"
ORDER = 6
ON = On.OTHER | On.CUT
OF_A_RATE = True

MOST = 3e38  # what float32 holds


def draw(picture: Picture) -> None:
    """Hatch the picture where eta exceeds the local limit of the run under the sliders."""
    follow(NAME, *sent(picture))


def sent(picture: Picture) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return H on a grid over the view, and what makes limits of it.

    Of a linear rule c of c/lambda_max(H) at every stop of its live slider, of an adaptive one 1/sqrt(P) at every drawn
    step of the present run.
    """
    rule, surface = picture.edited.optimizer, picture.flat
    side = GRID if picture.cut is None else SECTION_GRID
    x, y, points = picture.plane.grid(side)
    with np.errstate(all="ignore"):
        hessian = np.clip(surface.hessian(points).reshape(side * side, 4)[:, [0, 1, 3]], -MOST, MOST)
    header: dict[str, Any] = {
        "slug": slug(rule),
        "surface": repr(surface),
        "n": side,
        "section": picture.cut is not None,
        "x": [float(x[0]), float(x[-1])],
        "y": [float(y[0]), float(y[-1])],
        "words": rule.limit_formula,
    }
    arrays = {"hessian": hessian}
    if rule.linear:
        header["factors"] = {"learning_rate": [limit_factor(rule)]}
        if name := live_hyperparameter(rule):
            rules = [replace(rule, **{name: value}) for value in hyperparameter_stops(rule, name)]
            header["factors"][name] = limit_factor(rules).tolist()
    elif rule.adaptive and picture.cut is None:
        more = (picture.edited.clip, picture.edited.batch, picture.edited.schedule)
        family = single(surface, rule, picture.edited.learning_rate, picture.start, picture.steps, *more)
        with np.errstate(all="ignore"):
            state = state_of(family, picture.drawn)
            moved = np.asarray(rule.limit_at(state)) / rule.preconditioned_limit  # one limit is sent: P takes this in
            scale = (rule.preconditioner(state) * moved[..., None])[:, 0]
            arrays["scales"] = np.where(scale > 0.0, 1.0 / np.sqrt(scale), 0.0)
        header["limit"] = rule.preconditioned_limit
    return header, arrays
