"""Projector: large letters and strong contrast on every page, for the last row of a lecture room."""

from pathlib import Path
from typing import Literal

import streamlit as st

from widgets import address
from widgets.controls import Everywhere, declare

KEY = "projector"
WORDS = ("false", "true")  # as Streamlit writes a switch into the address; the first one is left out
LARGE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def projector() -> None:
    """Draw the switch, which stands beside the menu and in the address of every page, and dress the page."""
    asked = st.query_params.get_all(KEY)
    declare(KEY, Everywhere(WORDS))
    with st.container(key="projector-switch"):
        on = st.toggle("Projector", key=KEY, bind="query-params")
    # always there: what is no longer drawn is only taken away when the page is finished
    st.html(f"<style>{LARGE if on else ':root {}'}</style>")
    address.report(st, {KEY: asked} if asked else {})


def room() -> Literal["auto", "collapsed"]:
    """Return how the sidebar begins: what a projector shows belongs to the picture."""
    return "collapsed" if projected() or st.query_params.get(KEY) == WORDS[1] else "auto"


def projected() -> bool:
    """Tell whether the page is drawn for a projector."""
    return bool(st.session_state.get(KEY, False))
