"""Views: a page of several pictures, one file each; only the one that is picked runs.

A view is a module with ``NAME``, one plain word that stands in the row of views and in the address; ``TITLE``, the
sentence with which the page begins; ``ORDER``; and ``draw()``, which draws its inputs into the sidebar and its figure
into the page. It runs inside the page's fragment.
"""

from functools import cache
from typing import Any, Protocol, cast

import streamlit as st

from widgets.controls import declare, only_these_choices
from widgets.folder import modules
from widgets.notices import notices


class View(Protocol):
    """A module that is found by its file."""

    NAME: str
    TITLE: str
    ORDER: int

    def draw(self) -> None:
        """Draw inputs and figure."""
        ...


@cache
def found(package: str) -> dict[str, View]:
    """Return every view of a package by its name, in order."""
    return cast(dict[str, View], modules(package))


def views(package: str, key: str, label: str, sentence: Any, kept: tuple[str, ...] = ()) -> None:
    """Draw the row of views of a package, bound to the address as ``key``, and the one that is picked.

    Its title goes into the place ``sentence``. Of the choices of other views those that are ``kept`` stay in the
    address.
    """
    names = tuple(found(package))
    declare(key, names)
    picked = st.segmented_control(
        label, names, default=names[0], required=True, key=key, bind="query-params", label_visibility="collapsed"
    )
    view = found(package)[picked or names[0]]
    sentence.markdown(f"**{view.TITLE}**")
    with notices(), only_these_choices(*kept):
        view.draw()
