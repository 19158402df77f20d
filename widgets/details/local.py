"""The local quadratic: the surface as Newton's method sees it from one point."""

from typing import Any

import numpy as np
import streamlit as st

from engine.local import Expansion, limit_factor
from engine.parameter import Parameter
from widgets.controls import declare, number
from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.picture import Picture

NAME = "local"
TITLE = "The local quadratic"
ORDER = 2
ON = On.OTHER | On.CUT

AT = ("step", "point")
KEYS = ("look.x", "look.y")


def draw(picture: Picture) -> None:
    """Draw the quadratic that touches the surface at the step that is looked at, or at a point of its own."""
    declare("look", AT)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        at = st.segmented_control(
            "At",
            AT,
            default=AT[0],
            key="look",
            bind="query-params",
            help="A click in the picture then picks the point.",
        )
        place = [_place(*pair) for pair in zip(KEYS, ("w_1", "w_2"), strict=True)] if at == AT[1] else None
    follow(NAME, sent(picture, place))


def _place(key: str, symbol: str) -> float:
    return number(key, Parameter(0.0, -100.0, 100.0, symbol, step=0.1, help="The point that is looked at."), "at")


def sent(picture: Picture, place: list[float] | None) -> dict[str, Any]:
    """Return the expansion at a point, and where to tell of another; nothing where the steps are looked at."""
    if place is None:
        return {"point": None}
    here = Expansion.at(picture.flat, np.array(place))
    there = picture.flat.evaluate(here.newton_step + place)[0]
    a, b, _, d = here.hessian.ravel().tolist()
    known: dict[str, Any] = {"error": float(here.error), "gradient": here.gradient.tolist(), "hessian": [a, b, d]}
    known |= {
        "there": float(there),
        "factor": limit_factor(rule) if (rule := picture.edited.optimizer).linear else None,
    }
    return {"point": place, "keys": KEYS, "surface": repr(picture.flat), **known}
