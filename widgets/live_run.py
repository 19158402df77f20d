"""The live run: runs on a surface in the live figure, with all that its handles ask for."""

from typing import Any

import numpy as np
import streamlit as st

from charts.live import live_message, shown_steps
from engine.cut import Cut
from engine.plane import Plane
from engine.study import Entry, Study, has_modes, study
from engine.surface import Surface
from widgets.details.picture import Picture
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
    cut: Cut | None = None,
) -> None:
    """Run and draw; alone, where only the figure asks.

    Of a surface with more than two weights ``cut`` says which plane is shown, and ``start`` how far the surface's own
    start is moved within it.
    """
    values, families, ticket = asked()
    if families is True and not has_modes(surface):
        families = "learning_rate"  # a point takes five numbers there instead of two: one family fills a message
    plane = plane_of(surface, edited, start, steps, cut)
    surface, start = dragged(surface, start, values)
    base = edited.start or surface.start
    if plane.dim != surface.dim:
        plane = plane_of(surface, edited, start, steps, cut)
    entries, edited = begun(surface, entries, edited, plane, start)
    result = study(surface, entries, edited, start_of(surface, plane, start), steps, plane, families)
    words = {
        "preview": ticket,
        "start": _handle(surface, base, plane, start, cut),
        "edit": "edit",
        "best": _best(surface, edited, result),
    }
    live_figure(*live_message(surface, result, sliders, words, ground=not families))


def plane_of(surface: Surface, edited: Entry, start: tuple[float, ...], steps: int, cut: Cut | None) -> Plane:
    """Return the plane of the picture."""
    if cut is None or surface.dim <= 2:
        return Plane.of(surface, include=start)
    base = edited.start or surface.start
    return cut.lay(surface, edited, base, steps)


def picture_of(
    surface: Surface,
    entries: list[Entry],
    edited: Entry,
    start: tuple[float, ...],
    steps: int,
    cut: Cut | None = None,
) -> Picture:
    """Return the picture as details receive it."""
    plane = plane_of(surface, edited, start, steps, cut)
    shown = shown_steps(surface, steps)
    entries, edited = begun(surface, entries, edited, plane, start)
    whole = (surface, entries, edited, edited.start or start_of(surface, plane, start), steps, shown)
    return Picture(*whole, None if plane.whole else plane)


def start_of(surface: Surface, plane: Plane, start: tuple[float, ...]) -> tuple[float, ...]:
    """Return where every run starts, (D,)."""
    if plane.whole:
        return start
    return tuple((np.array(surface.start) + np.array(start) @ plane.axes).tolist())


def begun(
    surface: Surface, entries: list[Entry], edited: Entry, plane: Plane, start: tuple[float, ...]
) -> tuple[list[Entry], Entry]:
    """Return the runs, those with a start of their own moved in the plane as all are, and the one under the sliders."""
    moved = [
        entry
        if plane.whole or entry.start is None
        else entry._replace(start=tuple((np.array(entry.start) + np.array(start) @ plane.axes).tolist()))
        for entry in entries
    ]
    return moved, moved[entries.index(edited)]


def _handle(
    surface: Surface, base: tuple[float, ...], plane: Plane, start: tuple[float, ...], cut: Cut | None
) -> dict[str, Any]:
    """Return what the start's handle needs: its place, and from where on its inputs count; none where it is fixed."""
    if plane.whole:
        return {"keys": START_KEYS[: surface.dim], "value": _shown(surface, start), "fixed": False}
    foot = plane.project(np.array(base)).tolist()
    place = [start[0] + foot[0], start[1] + foot[1]]
    return {"keys": START_KEYS, "value": place, "base": foot, "fixed": bool(cut and cut.follows)}


def _shown(surface: Surface, start: tuple[float, ...]) -> tuple[float, ...]:
    """Return where the start stands in the picture: of one weight on the curve."""
    return start if surface.dim > 1 else (*start, float(surface.evaluate(np.array(start))[0]))


def _best(surface: Any, edited: Entry, result: Study) -> dict[str, Any] | None:
    """Return what the button for the best setting needs, None where there is no such thing."""
    if not has_modes(surface):
        return None
    return {"values": best_values(edited, result.typed_best), "words": no_best_words(edited, surface)}
