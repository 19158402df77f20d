"""Rates: how sharp training leaves a net at every learning rate."""

from functools import partial

import numpy as np
import streamlit as st

from charts.edge_rates import Run, Swept, rates_message
from engine import run
from engine.edge import spectrum_along
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from surfaces.mlp import Mlp
from widgets.controls import number as ask
from widgets.edge.inputs import pick_limited
from widgets.jobs import Progress
from widgets.lines import lines
from widgets.patience import part, patiently

NAME = "rates"
TITLE = "Small learning rates leave a net as sharp as the gradient flow does, large ones hold it down to 2/η."
ORDER = 30

STEPS = Parameter(
    4000,
    1000,
    20000,
    "T",
    step=1000,
    whole=True,
    help="How many steps the smallest learning rate takes; all train as long.",
)
SHARES = np.geomspace(0.15, 2.4, 14)  # of the limit at the start
KEPT = 80  # points of a run


def draw() -> None:
    """Pick a net; draw how sharp gradient descent leaves it at every learning rate."""
    with st.sidebar:
        steps = int(ask("rates.steps", STEPS, "steps of the smallest η"))
        picked = pick_limited("compare learning rates with")
    if picked is None:
        return
    net, start, limit = picked
    patiently(
        (NAME, net, start, steps),
        partial(swept, net, start, stops(limit), steps),
        lambda found: lines(f"edge.{NAME}", *rates_message(found, GradientDescent.colour, net.dim, net.made_of)),
        "the runs",
        "Fewer steps, weights or rows",
    )


def stops(limit: float) -> np.ndarray:
    """Return the learning rates, to three digits."""
    return np.array([float(f"{limit * share:.3g}") for share in SHARES])


def swept(
    net: Mlp, start: tuple[float, ...], etas: np.ndarray, steps: int, progress: Progress = lambda share: True
) -> Swept | None:
    """Return how sharp every learning rate leaves the net after the same training time, eta times steps."""
    time = float(etas[0]) * steps
    found = []
    for r, eta in enumerate(etas.tolist()):
        count = max(2, round(time / eta))
        every = max(1, count // KEPT)
        running, looking = part(progress, 2 * r, 2 * len(etas)), part(progress, 2 * r + 1, 2 * len(etas))
        path = run(net, GradientDescent(), eta, start, count, record_every=every, progress=running)
        if running(1.0) is False:
            return None
        values = spectrum_along(net, GradientDescent(), path, progress=looking)
        if values is None:
            return None
        assert path.error is not None
        found.append(Run(path.step * eta, values[:, 0], path.error[:, 0], int(path.diverged_at[0])))
    return Swept(etas, time, found)
