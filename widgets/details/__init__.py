"""Details on demand, below the figure: one file each, found in this folder; closed they cost nothing."""

from functools import cache
from typing import Protocol, cast

import streamlit as st

from engine.surface import Surface
from widgets.controls import Several, declare
from widgets.details.kinds import On
from widgets.details.picture import Picture
from widgets.folder import modules

KEY = "show"


class Detail(Protocol):
    """A module of this folder that can be opened; ``ON`` says on which surfaces, if not on all."""

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


def offered(surface: Surface) -> dict[str, Detail]:
    """Return the details that speak of a surface by their names, in order."""
    kind = On.of(surface)
    return {name: detail for name, detail in found().items() if kind & getattr(detail, "ON", On.ANY)}


def details(picture: Picture) -> None:
    """Draw the row of details that the surface at hand has, and those that are open."""
    choices = offered(picture.surface)
    declare(KEY, Several(choices))
    if KEY in st.session_state:  # what was open on a surface of another kind
        st.session_state[KEY] = [name for name in st.session_state[KEY] if name in choices]
    opened = st.pills("Look closer", list(choices), selection_mode="multi", key=KEY, bind="query-params")
    for name, detail in choices.items():
        if name in opened:
            with st.container(border=True, key=f"detail-{name}"):
                st.markdown(f"**{detail.TITLE}**")
                rule = picture.edited.optimizer
                if rule.has_learning_rate or not getattr(detail, "OF_A_RATE", False):
                    detail.draw(picture)
                else:
                    st.caption(f"{rule.title} has no learning rate: there is nothing to show here.")
