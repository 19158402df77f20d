"""In words: the picture as plain text."""

import streamlit as st

from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.picture import Picture

NAME = "words"
TITLE = "In words"
ORDER = 80
ON = On.ALL


def draw(picture: Picture) -> None:
    """Tell the run under the sliders, and the last error of the others."""
    st.markdown("What the picture shows, for whoever cannot see it or wants to quote it.")
    follow("words")
