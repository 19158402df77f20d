"""Details on demand, below the figure: one file each, found in this folder; closed they cost nothing."""

from functools import cache
from typing import Protocol, cast

import streamlit as st

from widgets.controls import Several, declare
from widgets.details.picture import Picture
from widgets.folder import modules

KEY = "show"


class Detail(Protocol):
    """A module of this folder that can be opened."""

    NAME: str  # in the row of details and in the address, one plain word
    TITLE: str
    ORDER: int
    OF_A_RATE: bool  # whether it speaks of the learning rate; it need not be given where it does not

    def draw(self, picture: Picture) -> None:
        """Draw it below its title."""
        ...


@cache
def found() -> dict[str, Detail]:
    """Return every detail by its name, in order."""
    return cast(dict[str, Detail], modules(__name__))


def details(picture: Picture) -> None:
    """Draw the row of details, and those that are open."""
    declare(KEY, Several(found()))
    opened = st.pills("Look closer", list(found()), selection_mode="multi", key=KEY, bind="query-params")
    for name, detail in found().items():
        if name in opened:
            with st.container(border=True, key=f"detail-{name}"):
                st.markdown(f"**{detail.TITLE}**")
                rule = picture.edited.optimizer
                if rule.has_learning_rate or not getattr(detail, "OF_A_RATE", False):
                    detail.draw(picture)
                else:
                    st.caption(f"{rule.title} has no learning rate: there is nothing to show here.")
