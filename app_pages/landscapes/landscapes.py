"""Landscapes

:material/terrain: Surfaces with several minima, saddles, ravines and cliffs: where each optimizer ends, and why.
"""

from typing import Any

import streamlit as st

from engine import discover_optimizers
from widgets import address
from widgets.controls import adopt
from widgets.details import details
from widgets.explain import formulas
from widgets.live_figure import commits
from widgets.live_run import live_run, picture_of
from widgets.notices import notices
from widgets.presets import preset_row
from widgets.runs import pick_runs
from widgets.section import pick_cut, pick_move
from widgets.shape import pick_start, pick_steps
from widgets.terrain import cut_surfaces, drawn_surfaces, opening, pick_terrain

ORDER = 4

FIRST = "two_minima"
# every preset says its surface and start: what an input's default is depends on the surface that is there
PRESETS = {
    "Two minima": "surface=two_minima&start.x=-2.175&start.y=0.45&a=gradient_descent&a.learning_rate=0.05",
    "The pass crossed": "surface=two_minima&start.x=-2.175&start.y=0.45&a=momentum&a.learning_rate=0.05"
    "&b=gradient_descent&b.learning_rate=0.05",
    "Banana": "surface=rosenbrock&start.x=-1.2&start.y=1&steps=1000&a=momentum&a.learning_rate=0.002"
    "&b=gradient_descent&b.learning_rate=0.002",
    "Four basins": "surface=himmelblau&start.x=0&start.y=0&a=momentum&a.learning_rate=0.01"
    "&b=gradient_descent&b.learning_rate=0.01&c=adam&c.learning_rate=0.1",
    "Plateau and cliff": "surface=plateau_ravine&start.x=-3&start.y=1&a=gradient_descent&a.learning_rate=0.1"
    "&b=momentum&b.learning_rate=0.1",
    "Clipped at the cliff": "surface=plateau_ravine&start.x=-3&start.y=1&a=momentum&a.learning_rate=0.2&a.clip=1"
    "&b=momentum&b.learning_rate=0.2",
    "Round for ever": "surface=piecewise_quadratic&start.x=3.3&steps=60&a=momentum&a.learning_rate=0.1111"
    "&a.momentum=0.4444&b=gradient_descent&b.learning_rate=0.04",
    "Leaving a saddle": "surface=sharpness&start.x=-0.4&start.y=0.401&a=gradient_descent&a.learning_rate=0.1",
    "A plane through 25 weights": "surface=convex_rosenbrock&plane=run&a=momentum&a.learning_rate=0.2"
    "&b=gradient_descent&b.learning_rate=0.4",
    "Too sharp to stay": "surface=sharpness&start.x=3&start.y=0.1&a=gradient_descent&a.learning_rate=0.25",
    "Log loss": "surface=logistic_regression&start.x=-2&start.y=4&steps=600&a=gradient_descent&a.learning_rate=1",
    "Squared error": "surface=neuron&start.x=-2&start.y=4&steps=600&a=gradient_descent&a.learning_rate=1",
}


@st.fragment
def landscapes(sentence: Any) -> None:
    """Pick, run, draw; the page's first sentence goes into its place."""
    with notices(), st.sidebar:
        surfaces = {**drawn_surfaces(), **cut_surfaces()}
        surface, sliders = pick_terrain(surfaces, FIRST, discover_optimizers(), kept=True)
        st.caption(surface.note)
        entries, edited = pick_runs(discover_optimizers(), type(surface))
        cut, steps = pick_cut(surface), pick_steps()
        start = pick_move(cut) if cut else pick_start(surface)
        commits(adopt)
    sentence.markdown(f"**{opening(surface, start)}**")
    live_run(entries, edited, surface, sliders, start, steps, cut)
    details(picture_of(surface, entries, edited, start, steps, cut))
    formulas(surface, entries)


query = address.query()
sentence = st.empty()
preset_row(PRESETS, discover_optimizers())
ignored = st.empty()
landscapes(sentence)
address.report(ignored, query)
