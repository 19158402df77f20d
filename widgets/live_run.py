"""The live run: runs on a valley in the live figure, with all that its handles ask for."""

from typing import Any

import streamlit as st

from charts.live import live_message
from engine import Plane
from engine.study import Entry, study
from surfaces.quadratic import Quadratic
from widgets.live_figure import asked, live_figure
from widgets.runs import best_values, no_best_words
from widgets.shape import START_KEYS, dragged


@st.fragment
def live_run(
    entries: list[Entry],
    edited: Entry,
    surface: Quadratic,
    sliders: list[dict[str, Any]],
    start: tuple[float, float],
    steps: int,
) -> None:
    """Run and draw; alone, where only the figure asks."""
    values, families = asked()
    plane = Plane.of(surface, include=start)
    surface, start = dragged(surface, start, values)
    result = study(surface, entries, edited, start, steps, plane, families)
    words = {
        "preview": bool(values),
        "start": {"keys": START_KEYS, "value": start},
        "edit": "edit",
        "best": {
            "values": best_values(edited, result.typed_best),
            "words": no_best_words(edited, surface),
        },
    }
    live_figure(*live_message(surface, result, sliders, words, ground=not families))
