"""Valley

:material/landscape: A quadratic valley, six optimizers, and the learning rate at which each of them breaks.
"""

import streamlit as st

from charts.live import shown_steps
from engine import discover_optimizers
from widgets import address
from widgets.controls import adopt
from widgets.details import details
from widgets.details.picture import Picture
from widgets.explain import explain
from widgets.live_figure import commits
from widgets.live_run import live_run
from widgets.notices import notices
from widgets.presets import preset_row
from widgets.runs import pick_runs
from widgets.shape import pick_start, pick_steps, pick_valley

ORDER = 1

PRESETS = {
    "Zigzag": "a=gradient_descent&a.learning_rate=0.09",
    "With momentum": "a=momentum&a.learning_rate=0.06&a.momentum=0.5&b=gradient_descent&b.learning_rate=0.06",
    "Just below the limit": "a=gradient_descent&a.learning_rate=0.0995&start.x=-1&start.y=0.8",
    "Just above": "a=gradient_descent&a.learning_rate=0.1005&start.x=-1&start.y=0.8",
    "Exactly at it": "a=gradient_descent&a.learning_rate=0.1&start.x=-1&start.y=0.8",
    "Saddle": "a=gradient_descent&a.learning_rate=0.045&surface.eigenvalue_1=-1&start.x=-0.6&start.y=1.05",
    "Flat valley": "a=gradient_descent&surface.eigenvalue_1=0",
    "First worse": "a=momentum&a.learning_rate=0.03305&a.momentum=0.6695"
    "&surface.eigenvalue_2=100&start.x=-0.2&start.y=0.35",
    "x² + 4y²": "a=gradient_descent&a.learning_rate=0.2&surface.eigenvalue_1=2&surface.eigenvalue_2=8&surface.angle=0",
}


@st.fragment
def valley() -> None:
    """Pick, run, draw."""
    with notices(), st.sidebar:
        entries, edited = pick_runs(discover_optimizers())
        surface, sliders = pick_valley()
        start, steps = pick_start(), pick_steps()
        commits(adopt)
    live_run(entries, edited, surface, sliders, start, steps)
    details(Picture(surface, entries, edited, start, steps, shown_steps(surface, steps)))


query = address.query()
st.markdown("**Drag the learning rate through its limit and watch the path break.**")
preset_row(PRESETS, discover_optimizers())
ignored = st.empty()
valley()
explain(discover_optimizers())
address.report(ignored, query)
