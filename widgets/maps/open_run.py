"""The run that a cell opens, live, and the way to the page that shows more of it."""

from typing import Any

import streamlit as st

from engine import slug
from engine.study import Entry
from engine.surface import Surface
from surfaces.quadratic import Quadratic
from widgets.live_run import live_run
from widgets.navigation import FOLDER
from widgets.runs import CLIP
from widgets.shape import PREFIX, STEPS

PLACE = "map-and-run"  # where there is room they stand side by side
SHOWN_STEPS = int(STEPS.high)  # of a long run


def map_and_run() -> tuple[Any, Any]:
    """Return a place for the map and one for the run that is open."""
    with st.container(key=PLACE):
        return st.container(), st.container()


def open_run(
    entry: Entry, surface: Surface, sliders: list[dict[str, Any]], start: tuple[float, ...], steps: int
) -> None:
    """Draw the run, and the button that opens it on the page that shows more of it."""
    shown = min(steps, SHOWN_STEPS)
    if shown < steps:
        st.caption(f"The run shows the first {shown} of {steps} steps.")
    live_run([entry], entry, surface, sliders, start, shown)
    valley = isinstance(surface, Quadratic)
    page = FOLDER / ("quadratics/valley.py" if valley else "landscapes/landscapes.py")
    chosen = {entry.name: slug(entry.optimizer)} | ({} if valley else {PREFIX: slug(surface)})
    if st.button(f"Open this run on the page {page.stem.capitalize()}", type="tertiary", icon=":material/landscape:"):
        # the other inputs have the same names there and keep what they hold; clipping has none here, and is off
        st.session_state[f"{entry.name}.clip"] = CLIP.default
        st.switch_page(page, query_params=chosen)
