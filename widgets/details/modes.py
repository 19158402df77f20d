"""The modes: what becomes of the distance along each eigenvector."""

import streamlit as st

from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.picture import Picture

NAME = "modes"
TITLE = "Each direction by itself"
ORDER = 30
ON = On.QUADRATIC


def draw(picture: Picture) -> None:
    """Draw the modes against the step, their roots and their shares of the error."""
    st.markdown(
        "In the eigenvector basis the valley is a sum of parabolas. The dots are the run; the line is the closed form, "
        "for rules whose directions stay apart."
    )
    follow("modes")
