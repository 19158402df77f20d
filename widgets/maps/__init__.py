"""The views of the page Maps: one file each, found in this folder; only the one that is picked runs.

A view is a module with ``NAME``, one plain word that stands in the row of views and in the address, ``map=settings``;
``TITLE``, the sentence with which the page begins; ``ORDER``; and ``draw()``, which draws its inputs into the sidebar
and its figure into the page. It runs inside the page's fragment.
"""

from functools import cache
from typing import Any, Protocol, cast

import streamlit as st

from engine import discover_optimizers
from widgets.controls import declare, only_these_choices
from widgets.folder import modules

KEY = "map"


class View(Protocol):
    """A module of this folder."""

    NAME: str
    TITLE: str
    ORDER: int

    def draw(self) -> None:
        """Draw inputs and figure."""
        ...


@cache
def found() -> dict[str, View]:
    """Return every view by its name, in order."""
    return cast(dict[str, View], modules(__name__))


def maps(sentence: Any) -> None:
    """Draw the row of views and the one that is picked; its title goes into the place ``sentence``."""
    names = tuple(found())
    declare(KEY, names)
    picked = st.segmented_control(
        "Map", names, default=names[0], required=True, key=KEY, bind="query-params", label_visibility="collapsed"
    )
    view = found()[picked or names[0]]
    sentence.markdown(f"**{view.TITLE}**")
    declare("a", tuple(discover_optimizers()))
    with only_these_choices("a"):
        view.draw()
