"""Rates: how sharp training leaves a net at every learning rate."""

from functools import partial

import numpy as np
import streamlit as st

from charts.edge_rates import Run, Swept, rates_message
from engine import run
from engine.edge import spectra
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from engine.trajectory import Trajectory
from surfaces.mlp import Mlp
from widgets.controls import number as ask
from widgets.edge.inputs import pick_limited
from widgets.jobs import Progress
from widgets.lines import lines
from widgets.patience import part, patiently, side_by_side

NAME = "rates"
TITLE = "Small learning rates leave a net as sharp as the gradient flow does, large ones hold it down to 2/η."
ORDER = 30

STEPS = Parameter(
    3000,
    1000,
    20000,
    "T",
    step=500,
    whole=True,
    help="How many steps the smallest learning rate takes; all train as long.",
)
SHARES = np.geomspace(0.15, 2.4, 13)  # of the limit at the start
KEPT = 60  # points of a run


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

    def trained(eta: float) -> Trajectory:
        count = max(2, round(time / eta))
        every = max(1, count // KEPT)
        return run(net, GradientDescent(), eta, start, count, record_every=every, record=("error",))

    paths = side_by_side(etas.tolist(), trained, part(progress, 0, 2))
    if paths is None:
        return None
    points = np.concatenate([path.weights[:, 0] for path in paths])
    values = spectra(net, points, progress=part(progress, 1, 2))
    if values is None:
        return None
    sharp = np.split(values[:, 0], np.cumsum([len(path.step) for path in paths])[:-1])
    found = [
        Run(path.step * eta, some, path.error[:, 0], int(path.diverged_at[0]))
        for path, eta, some in zip(paths, etas.tolist(), sharp, strict=True)
    ]
    return Swept(etas, time, found)
