"""Training: how the sharpness of a run grows to its limit, and what it does there."""

from functools import partial

import numpy as np
import streamlit as st

from charts.edge_training import training_message
from engine import discover_optimizers
from engine.edge import Edge, limit_along, spectrum_along
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.nadam import NAdam
from engine.remembered import remembered
from engine.study import Entry
from engine.take_away import csv_of_edge
from surfaces.mlp import Mlp
from widgets.controls import number as ask
from widgets.edge.inputs import STEPS, pick_rule, pick_training, rules
from widgets.explain import formulas
from widgets.jobs import Progress
from widgets.lines import lines
from widgets.patience import patiently

NAME = "training"
TITLE = "Training tends to make a surface steeper until its steps hardly fit, and then goes on just there."
ORDER = 10

STOPS = 160  # places of the slider
RUN = 0.05  # share of the work that the run itself is


def draw() -> None:
    """Pick a net and a rule; draw its sharpness and error at every step."""
    with st.sidebar:
        entry = pick_rule(rules(discover_optimizers()))
        steps = int(ask("steps", STEPS, "steps"))
        picked = pick_training(entry)
    if picked is None:
        return
    net, started = picked

    def show(edge: Edge) -> None:
        caption = caption_of(net, started)
        lines(f"edge.{NAME}", *training_message(started.label, started.optimizer, edge, stops(edge), caption))
        formulas(net, [started])
        st.download_button(
            *("Numbers (CSV)", partial(csv_of_edge, edge), "edge.csv", "text/csv"),
            on_click="ignore",
            icon=":material/download:",
        )

    patiently(
        (NAME, net, started.optimizer, started.learning_rate, started.start, steps),
        partial(followed, net, started, steps),
        show,
        "the sharpness at every step",
        "Fewer steps, weights or rows",
    )


def followed(net: Mlp, entry: Entry, steps: int, progress: Progress = lambda share: True) -> Edge | None:
    """Return the run beside its edge; None where progress stopped it."""
    rule, eta = entry.optimizer, entry.learning_rate
    path = remembered(net, rule, eta, entry.start or net.start, steps, progress=lambda share: progress(RUN * share))
    if path is None:
        return None
    values = spectrum_along(net, rule, path, progress=lambda share: progress(RUN + (1.0 - RUN) * share))
    if values is None:
        return None
    assert path.error is not None
    return Edge(limit_along(rule, eta, path), values, path.error[:, 0], int(path.diverged_at[0]))


def stops(edge: Edge) -> np.ndarray:
    """Return the steps at which the slider stands: evenly, and where the limit is met and first left."""
    places = np.linspace(0, edge.last, min(STOPS, edge.last + 1)).round().astype(int)
    for special in (edge.first, edge.meets, edge.falls_below):
        if 0 <= special <= edge.last:
            places[np.argmin(np.abs(places - special))] = special
    return places


def caption_of(net: Mlp, entry: Entry) -> str:
    """Return what is drawn, in quiet words."""
    kinks = "" if net.smooth else " The activation or the loss has kinks: the Hessian is that of the piece at hand."
    plain = isinstance(entry.optimizer, GradientDescent)
    of = " P holds the roots of the averages at that step." if entry.optimizer.adaptive else ""
    # the summary of the course has it the other way round
    grows = isinstance(entry.optimizer, NAdam) and entry.optimizer.momentum_schedule != "constant"
    of += " μ is the momentum of that step, which grows from β₁/2 towards β₁, and the limit with it." if grows else ""
    least = " ηλ < 2 keeps steps from being too long; of too short ones it says nothing." if plain else ""
    return (
        f"{entry.label} on a net of {net.dim} weights; its error is {net.made_of} of {net.dataset.title.lower()}, all"
        f" of them in every step. The whole Hessian is computed exactly at every step.{of}{least}{kinks}"
    )
