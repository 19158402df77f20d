"""The scheduled run: a schedule and a constant learning rate on the same surface, with the same noise."""

from typing import Any

import numpy as np
import streamlit as st

from charts.schedules import Run, schedules_message
from engine import Optimizer, Plane, run, theory
from engine.parameter import Parameter
from engine.sampling import gradient_noise
from engine.schedule import Schedule
from engine.schedules.constant import Constant
from engine.study import has_modes
from engine.surface import Surface
from widgets.controls import declare, number, row
from widgets.live_figure import asked
from widgets.schedule import POINTS, dragged_points
from widgets.schedule_figure import schedule_figure
from widgets.shape import START_KEYS, dragged

STEPS = Parameter(100, 1, 1000, "T", step=10, whole=True, help="How many steps both runs take.")
NOISE = Parameter(
    1.0,
    0.0,
    100.0,
    r"\sigma",
    scale="log",
    smallest=1e-3,
    help="Standard deviation of the noise in every gradient, the same for both runs, as mini-batches bring it.",
)
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the noise.")
AXES = ("log", "linear")


def pick_noise() -> tuple[float, int]:
    """Draw the inputs of the noise; return its standard deviation and its seed."""
    with row():
        return number("noise", NOISE, "noise"), int(number("seed", SEED, "seed"))


def pick_axis() -> bool:
    """Draw the choice of the learning rate's axis; return whether it is logarithmic."""
    declare("rates", AXES)
    chosen = st.segmented_control(
        "Learning rates drawn", AXES, default=AXES[0], required=True, key="rates", bind="query-params"
    )
    return chosen != AXES[1]


@st.fragment
def schedule_run(
    surface: Surface,
    rule: Optimizer,
    schedule: Schedule,
    constant: Constant,
    start: tuple[float, ...],
    steps: int,
    noise: tuple[float, int],
    log: bool,
) -> None:
    """Run and draw; alone, where only the figure asks."""
    values, _, ticket = asked()
    plane = Plane.of(surface, include=start)
    surface, start = dragged(surface, start, values)
    schedule = dragged_points(schedule, values)
    sigma, seed = noise
    drawn = sigma * gradient_noise(steps, surface.dim, 1, seed) if sigma else None
    paths = [run(surface, rule, each, start, steps, record=("error",), noise=drawn) for each in (schedule, constant)]
    header, arrays = schedules_message(
        surface,
        plane,
        rule.title,
        Run(schedule.label, rule.colour, "solid", paths[0]),
        Run(constant.label, "@quiet", "dash", paths[1]),
        limit_of(surface, rule),
        log,
    )
    points = getattr(schedule, "points", None)
    header |= {
        "points": {"key": POINTS, "values": [list(point) for point in points]} if points else None,
        "start": {"keys": START_KEYS, "value": start},
        "preview": ticket,
    }
    schedule_figure(header, arrays)


def limit_of(surface: Any, rule: Optimizer) -> float:
    """Return the largest stable learning rate on a quadratic with positive curvatures, nan where none is known."""
    if not (has_modes(surface) and rule.linear and np.all(surface.eigenvalues > 0.0)):
        return np.nan
    return float(theory.stability_limit(rule, surface.eigenvalues))
