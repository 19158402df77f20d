"""Beyond: a run that has come to rest goes on with a larger learning rate, which its minimum cannot hold."""

from functools import partial

import numpy as np
import streamlit as st

from charts.edge_beyond import Thrown, beyond_message
from engine import run
from engine.edge import spectra
from engine.local import Expansion, eigen
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from engine.thrown import local_errors
from surfaces.mlp import Mlp
from widgets.controls import number as ask
from widgets.controls import row
from widgets.edge.inputs import limit_at, pick_plain
from widgets.jobs import Progress
from widgets.lines import lines
from widgets.patience import patiently

NAME = "beyond"
TITLE = "Steps too long for a minimum throw the run out: it lands where the surface is flatter, or nowhere."
ORDER = 40

BEFORE = Parameter(4000, 500, 10000, "", step=500, whole=True, help="Steps with a fifth of the starting limit, first.")
STEPS = Parameter(100, 50, 400, "T", step=10, whole=True, help="How many steps are then taken with the larger η.")
GENTLE = 0.2  # of the limit at the start: the learning rate with which it comes to rest
SHARES = (0.6, 0.8, 0.9, 1.05, 1.1, 1.15, 1.2, 1.3, 1.4, 1.6, 1.8, 2.0, 2.3, 2.6, 3.0, 3.5, 4.0)
FIRST = 1.4
NUDGE = 1e-3  # along the steepest direction, so that all are pushed out of rest alike


def draw() -> None:
    """Pick a net; draw what learning rates beyond the limit of a rested run do."""
    with st.sidebar:
        with row():
            before = int(ask("beyond.before", BEFORE, "steps before"))
            steps = int(ask("beyond.steps", STEPS, "steps"))
        picked = pick_plain()
    if picked is None:
        return
    net, start = picked

    def show(found: Thrown | str) -> None:
        if isinstance(found, str):
            st.info(found)
            return
        lines(f"edge.{NAME}", *beyond_message(found, GradientDescent.colour, net.dim, NUDGE, SHARES.index(FIRST)))

    patiently(
        (NAME, net, start, before, steps),
        partial(thrown, net, start, before, steps),
        show,
        "the runs",
        "Fewer steps, weights or rows",
    )


def thrown(
    net: Mlp, start: tuple[float, ...], before: int, steps: int, progress: Progress = lambda share: True
) -> Thrown | str | None:
    """Return what happens at every share of the limit; a sentence where there is no limit, None where stopped."""
    if progress(0.0) is False:
        return None
    limit = limit_at(net, start)
    if not np.isfinite(limit):
        return "Nothing curves up at these first weights: no learning rate is beyond a limit."
    gentle = run(net, GradientDescent(), GENTLE * limit, start, before, record_every=before, record=("error",))
    rest = gentle.weights[-1, 0]
    if not np.isfinite(rest).all():
        return "The run is lost before it comes to rest: take other first weights."
    values, vectors = eigen(net.hessian(rest))
    sharpness = float(values[-1])
    if not sharpness > 0.0:
        return "Nothing curves up where the run has come to rest: no learning rate is beyond a limit."
    etas, nudged = np.array(SHARES) * 2.0 / sharpness, rest + NUDGE * vectors[:, -1]
    path = run(net, GradientDescent(), etas, nudged, steps, record=("error",))
    assert path.error is not None
    along = spectra(net, path.weights.reshape(-1, net.dim), progress=progress)
    if along is None:
        return None
    curvature = along[:, 0].reshape(steps + 1, len(etas))
    flat = local_errors(Expansion.at(net, nudged), etas, steps)
    least = float(net.evaluate(rest)[0])
    return Thrown(np.array(SHARES), etas, sharpness, least, curvature, path.error, flat, path.diverged_at)
