"""Schedules

:material/timeline: A learning rate that changes as the run goes, beside one that stays: what each does, and why.
"""

import streamlit as st

from engine import discover_optimizers
from widgets import address
from widgets.controls import adopt
from widgets.live_figure import commits
from widgets.notices import notices
from widgets.presets import preset_row
from widgets.schedule import arrived, pick_constant, pick_rule, pick_schedule
from widgets.schedule_run import STEPS, pick_axis, pick_noise, schedule_run
from widgets.shape import pick_start, pick_steps
from widgets.terrain import pick_terrain, plane_surfaces

ORDER = 5

VALLEY = "start.x=-1.5&start.y=1"
COSINE = (
    f"{VALLEY}&schedule=cosine&schedule.learning_rate=0.09&schedule.last_learning_rate=0&schedule.period=100"
    "&schedule.growth=1&constant.learning_rate=0.09"
)
PRESETS = {  # each names all of its schedule's settings: what is left out keeps the default of what is on the page
    "Cosine": COSINE,
    "No noise": f"{COSINE}&noise=0",
    "Fallen too soon": f"{VALLEY}&schedule=exponential&schedule.learning_rate=0.09&schedule.factor=0.5"
    "&schedule.scale=4&constant.learning_rate=0.09&noise=0",
    "Beyond the limit, then below": "start.x=-1&start.y=0.8&schedule=step&schedule.learning_rate=0.11"
    "&schedule.factor=0.5&schedule.every=15&constant.learning_rate=0.11&noise=0",
    "Notices a plateau": f"{VALLEY}&schedule=on_plateau&schedule.learning_rate=0.1&schedule.factor=0.5"
    "&schedule.patience=3&schedule.every=1&schedule.least_improvement=0.1&constant.learning_rate=0.1&noise=0",
    "Planned ahead": f"{VALLEY}&schedule=chebyshev&schedule.smallest_eigenvalue=1&schedule.largest_eigenvalue=20"
    "&schedule.cycle=8&constant.learning_rate=0.09524&noise=0&steps=40",
    "Drawn by hand": f"{VALLEY}&schedule=manual&schedule.points=0:0.09,50:0.09,100:0.01&constant.learning_rate=0.09",
}


@st.fragment
def schedules() -> None:
    """Pick, run, draw."""
    with notices(), st.sidebar:
        first, second = st.container(), st.container()
        surface, _ = pick_terrain(plane_surfaces(), "quadratic", {}, arrived)
        start, steps = pick_start(surface), pick_steps(STEPS)
        noise = pick_noise()
        with second:  # the surface is known
            rule = pick_rule(surface)
        with first:  # and the optimizer
            schedule, constant = pick_schedule(surface), pick_constant(surface)
            log = pick_axis()
        commits(adopt)
    schedule_run(surface, rule, schedule, constant, start, steps, noise, log)


query = address.query()
st.markdown("**In noisy gradients a constant learning rate rattles on for ever; one that falls comes to rest.**")
preset_row(PRESETS, discover_optimizers())
ignored = st.empty()
schedules()
address.report(ignored, query)
