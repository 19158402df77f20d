"""The proofs: how each number of the page follows from the update rule, and whether the run agrees."""

import streamlit as st

from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.picture import Picture

NAME = "proofs"
TITLE = "Where the numbers come from"
ORDER = 70
ON = On.QUADRATIC
OF_A_RATE = True


def draw(picture: Picture) -> None:
    """Derive limit, factor, best setting and effective learning rate, with the present numbers put in."""
    st.markdown(
        "Each number in a few steps, with the present settings put in, and beside it what the run itself shows."
    )
    follow("proofs")
