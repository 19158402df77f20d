"""Rates: how sharp training leaves a net at every learning rate."""

from functools import partial
from typing import NamedTuple

import numpy as np
import streamlit as st

from charts.edge_rates import LATE, Run, Swept, rates_message
from engine import run
from engine.edge import spectra
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
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
KEPT, PAIRS = 60, 12  # steps at which a run is drawn, evenly, and late ones of which each is taken with the next


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


class Path(NamedTuple):
    """A run at the steps that are looked at: those that are drawn, then those that are averaged."""

    time: np.ndarray  # (K,) eta times steps
    weights: np.ndarray  # (K + L, D)
    error: np.ndarray  # (K,)
    diverged_at: int


def stops(limit: float) -> np.ndarray:
    """Return the learning rates, to three digits."""
    return np.array([float(f"{limit * share:.3g}") for share in SHARES])


def swept(
    net: Mlp, start: tuple[float, ...], etas: np.ndarray, steps: int, progress: Progress = lambda share: True
) -> Swept | None:
    """Return how sharp every learning rate leaves the net after the same training time, eta times steps."""
    time = float(etas[0]) * steps

    def trained(eta: float) -> Path:
        path = run(net, GradientDescent(), eta, start, max(2, round(time / eta)), record=("error",))
        assert path.error is not None
        some, late = looks(len(path.step) - 1)
        at = np.concatenate([some, late])
        return Path(some * eta, path.weights[at, 0], path.error[some, 0], int(path.diverged_at[0]))

    paths = side_by_side(etas.tolist(), trained, part(progress, 0, 2))
    if paths is None:
        return None
    values = spectra(net, np.concatenate([path.weights for path in paths]), progress=part(progress, 1, 2))
    if values is None:
        return None
    each = np.split(values[:, 0], np.cumsum([len(path.weights) for path in paths])[:-1])
    return Swept(etas, time, [_run(path, sharp) for path, sharp in zip(paths, each, strict=True)])


def _run(path: Path, sharp: np.ndarray) -> Run:
    drawn = len(path.time)
    return Run(path.time, sharp[:drawn], path.error, path.diverged_at, float(sharp[drawn:].mean()))


def looks(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the steps of so many at which the sharpness is drawn, and those over which its last part is averaged.

    At its limit it may go up and down with every step: these come in pairs.
    """
    late = np.linspace(np.ceil((1.0 - LATE) * count), count - 1, PAIRS).round()
    drawn = np.linspace(0, count, KEPT).round()
    return np.unique(drawn).astype(int), np.unique(np.concatenate([late, late + 1])).astype(int)
