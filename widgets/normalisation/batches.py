"""Batches: how far a batch's mean and variance are from those of all rows, and what that does to a run."""

from functools import partial

import numpy as np
import streamlit as st

from charts.normalisation_batches import Size, batches_message
from engine import run
from engine.cloud import mean_of, root_of
from engine.normalisation.batch_statistics import spread
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from engine.sampling import batches
from surfaces.data.moons import Moons
from surfaces.mlp import Mlp
from widgets.controls import number as ask
from widgets.controls import row
from widgets.lines import lines
from widgets.patience import patiently, side_by_side

NAME = "batches"
TITLE = "The statistics of a small batch are noise: how much of it is too much?"
ORDER = 40

RATE = Parameter(1.0, 0.001, 3.0, r"\eta", scale="log", help="Learning rate of all runs.")
UNIT = Parameter(1, 1, 8, "", step=1, whole=True, help="Which hidden unit's statistics are looked at.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the initial weights and of the batches.")
SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 25, 50, 100)
FIRST = 4  # the size that is shown first
HIDDEN = (8,)
DRAWS = 4000  # batches whose statistics are taken
STEPS, RUNS = 200, 6
EVERY = 4  # steps between two at which their error is taken
SAMPLING = "with_replacement"
APART = 1000  # seeds of a size's batches are so far from those of the next seed
KINDS = ("batch", "layer")


def draw() -> None:
    """Pick learning rate and unit; draw the statistics of every batch size, and the runs with it."""
    with st.sidebar:
        eta = ask(f"{NAME}.rate", RATE, "learning rate")
        with row():
            unit, seed = int(ask(f"{NAME}.unit", UNIT, "hidden unit")), int(ask("seed", SEED, "seed"))
    patiently(
        (NAME, eta, unit, seed),
        partial(side_by_side, SIZES, lambda size: at_size(size, eta, unit - 1, seed)),
        lambda found: lines(f"normalisation.{NAME}", *batches_message(found, unit, STEPS, SIZES.index(FIRST))),
        "the batches",
        "Other settings",
    )


def net(kind: str) -> Mlp:
    """Return the network, normalised in one way."""
    return Mlp(data=Moons().dataset(), hidden=HIDDEN, normalisation=kind)


def at_size(size: int, eta: float, unit: int, seed: int) -> Size:
    """Return the statistics of batches of one size, measured and predicted, and the runs with them."""
    values = values_of(unit, seed)
    drawn = values[batches(len(values), size, DRAWS, SAMPLING, APART * seed + size)]
    means, variances = drawn.mean(axis=1), drawn.var(axis=1)
    told, (about, sigma) = spread(values, size), (values.mean(), values.std())
    return Size(
        size,
        float(about),
        float(sigma),
        means,
        variances,
        told,
        root_of(mean_of((means - about) ** 2)),
        mean_of(variances),
        {kind: errors(kind, size, eta, seed) for kind in KINDS},
    )


def values_of(unit: int, seed: int) -> np.ndarray:
    """Return what a hidden unit receives from every row before the run, (N,)."""
    start = net("batch")
    return start.forward(start.initial(seed=seed), start.dataset.inputs).pre[0][:, unit]


def errors(kind: str, size: int, eta: float, seed: int) -> np.ndarray:
    """Return the error of all rows, with their statistics, of RUNS runs with batches: (STEPS/EVERY + 1, RUNS)."""
    surface = net(kind)
    starts = [surface.initial(seed=seed + i) for i in range(RUNS)]
    path = run(
        *(surface, GradientDescent(), eta, starts, STEPS),
        record=("error",),
        record_every=EVERY,
        batch_size=size,
        sampling=SAMPLING,
        seed=APART * seed + size,
    )
    assert path.error is not None
    return path.error
