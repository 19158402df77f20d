"""The live run: runs on a surface in the live figure, with all that its handles ask for."""

from typing import Any

import numpy as np
import streamlit as st

from charts.live import live_message
from engine import Plane
from engine.study import Entry, Study, has_modes, study
from engine.surface import Surface
from widgets.live_figure import asked, live_figure
from widgets.runs import best_values, no_best_words
from widgets.shape import START_KEYS, dragged


@st.fragment
def live_run(
    entries: list[Entry],
    edited: Entry,
    surface: Surface,
    sliders: list[dict[str, Any]],
    start: tuple[float, ...],
    steps: int,
) -> None:
    """Run and draw; alone, where only the figure asks."""
    values, families, ticket = asked()
    if families is True and not has_modes(surface):
        families = "learning_rate"  # a point takes five numbers there instead of two: one family fills a message
    plane = Plane.of(surface, include=start)
    surface, start = dragged(surface, start, values)
    result = study(surface, entries, edited, start, steps, plane, families)
    words = {
        "preview": ticket,
        "start": {"keys": START_KEYS[: surface.dim], "value": _shown(surface, start)},
        "edit": "edit",
        "best": _best(surface, edited, result),
    }
    live_figure(*live_message(surface, result, sliders, words, ground=not families))


def _shown(surface: Surface, start: tuple[float, ...]) -> tuple[float, ...]:
    """Return where the start stands in the picture: of one weight on the curve."""
    return start if surface.dim > 1 else (*start, float(surface.evaluate(np.array(start))[0]))


def _best(surface: Any, edited: Entry, result: Study) -> dict[str, Any] | None:
    """Return what the button for the best setting needs, None where there is no such thing."""
    if not has_modes(surface):
        return None
    return {"values": best_values(edited, result.typed_best), "words": no_best_words(edited, surface)}
