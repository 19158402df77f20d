"""Networks

:material/hub: A small network on data you know: the plane through its weights, and what it answers on the way.
"""

import streamlit as st

from engine import discover_optimizers
from engine.parameter import Parameter
from surfaces.mlp import Mlp
from widgets import address
from widgets.controls import adopt, row
from widgets.controls import number as ask
from widgets.data import pick_rows, pick_scaling
from widgets.details import details
from widgets.explain import formulas
from widgets.live_figure import commits
from widgets.live_run import live_run, picture_of
from widgets.net import begun, judge_of, pick_batch, pick_initial, pick_net, section
from widgets.network import network
from widgets.notices import notices
from widgets.presets import preset_row
from widgets.runs import pick_runs
from widgets.schedule import pick_shape
from widgets.section import pick_cut, pick_move, plane_is_set
from widgets.shape import pick_steps
from widgets.trained import trained

ORDER = 6

# every preset says noise and loss: what an input is at first depends on the data that are there
PRESETS = {
    "Two moons": "data=moons&data.noise=0.15&surface.loss=cross_entropy&a=adam&a.learning_rate=0.05&steps=300",
    "Exclusive or": "data=xor&data.noise=0.3&surface.loss=cross_entropy&surface.hidden=4&a=adam&a.learning_rate=0.05"
    "&b=momentum&b.learning_rate=0.1&steps=300",
    "No hidden units": "data=moons&data.noise=0.15&surface.loss=cross_entropy&surface.hidden=none&a=adam"
    "&a.learning_rate=0.1&steps=300",
    "All weights equal": "data=xor&data.noise=0.3&surface.loss=cross_entropy&surface.hidden=4&initial.scheme=equal"
    "&a=adam&a.learning_rate=0.05&steps=300",
    "Too many units, few rows": "data=moons&data.rows=30&data.noise=0.4&surface.loss=cross_entropy&surface.hidden=20"
    "&a=adam&a.learning_rate=0.05&steps=300",
    "Luck of the draw": "data=xor&data.noise=0.3&surface.loss=cross_entropy&surface.hidden=2&initial.seed=2&plane=ends"
    "&a=adam&a.learning_rate=0.05&b=adam&b.learning_rate=0.05&initial.b.seed=1&steps=300",
    "A curve": "data=noisy_line&data.rows=20&data.noise=1&surface.loss=sum_of_squares&surface.hidden=8&a=adam"
    "&a.learning_rate=0.05&steps=300",
}
SHARE = Parameter(0.7, 0.1, 1.0, "", step=0.1, help="Of the rows, for training; the others are kept for validation.")
STEPS = Parameter(300, 1, 2000, "T", step=10, whole=True, help="How many steps each run takes.")


@st.fragment
def networks() -> None:
    """Pick, run, draw."""
    with notices(), st.sidebar:
        entries, edited = pick_runs(discover_optimizers(), Mlp)
        place, training_place = entries.index(edited), st.container()
        data, scaled = pick_rows(Mlp.misfit, "moons"), pick_scaling()
        share = ask("share", SHARE, "share for training")
        training, validation = data.split(share, 0) if share < 1.0 else (data, None)
        if scaled:
            training, validation = training.scaled(), validation.scaled(training) if validation else None
        net, sliders = pick_net(training)
        initials = pick_initial(entries)
        with training_place:
            with row():
                steps, batch = pick_steps(STEPS), pick_batch(net)
            schedule = pick_shape(judge_of(net, validation))
        entries = [
            entry._replace(
                batch=None if entry.optimizer.iterates else batch,
                schedule=schedule if entry.optimizer.has_learning_rate else None,
            )
            for entry in begun(net, entries, initials)
        ]
        other = next((entry for entry in entries if entry.name != edited.name), None)
        with section("plane", "Plane through the weights", plane_is_set("run")):
            cut = pick_cut(net, "run", "end", other)
            start = pick_move(cut)
        commits(adopt)
    given = (net, validation, tuple(entries), place, start, steps, cut)
    initial = initials[edited.name]

    def draw(_: object) -> None:
        live_run(entries, entries[place], net, sliders, start, steps, cut)
        picture = picture_of(net, entries, entries[place], start, steps, cut)._replace(validation=validation)
        network(picture)
        details(picture._replace(initial=initial))

    trained(net, entries, entries[place], start, steps, cut, given, draw)
    formulas(net, entries)


query = address.query()
st.markdown("**A network learns by walking downhill in all its weights at once: scrub through the run and watch it.**")
preset_row(PRESETS, discover_optimizers())
ignored = st.empty()
networks()
address.report(ignored, query)
