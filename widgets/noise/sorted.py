"""Sorted: data in their own order mislead gradient descent on a few rows at a time."""

from functools import lru_cache

import numpy as np
import streamlit as st

from charts.noise_sorted import Ordered, sorted_message
from engine import run
from engine.cloud import mean_of
from engine.cycle import least_squares_cycle
from engine.dataset import Dataset
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from surfaces.linear_regression import LinearRegression
from widgets.controls import number as ask
from widgets.controls import row
from widgets.lines import lines

NAME = "sorted"
TITLE = "Sorted data lead a run astray: it believes the rows that it saw last."
ORDER = 40

BATCH = Parameter(1, 1, 60, "B", step=1, whole=True, help="How many rows each step sees.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the points and of the shuffling.")
ROWS, SCATTER = 60, 0.1
STOPS = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5)  # of the learning rate
FIRST = 0.1
SHOWN = 8  # epochs of the learning curve
FEWEST, MOST = 100, 5000  # epochs that are run
ARRIVED = 1e-5  # what is left of the way to the cycle
LONGER = 6  # times as many epochs are reshuffled: parts of them must hardly know of one another for a standard error
START = (0.0, 0.0)
REMEMBERED = 16


def draw() -> None:
    """Pick a batch size, and draw both orders at every learning rate."""
    with st.sidebar, row():
        size, seed = int(ask("sorted.batch", BATCH, "batch size")), int(ask("seed", SEED, "seed"))
    surface = bend(seed)
    each = -(-ROWS // size)
    epochs = np.minimum(np.arange(SHOWN * each + 1) % each * size / ROWS, 1.0) + np.arange(SHOWN * each + 1) // each
    points = np.column_stack([surface.dataset.inputs, surface.dataset.targets])
    found = _ordered(surface, size, seed)
    lines(f"noise.{NAME}", *sorted_message(points, surface.minima[0], epochs, found, size, STOPS.index(FIRST)))


def bend(seed: int) -> LinearRegression:
    """Return a line through points on a bend t = x^2, sorted by x."""
    random = np.random.default_rng(seed)
    x = np.sort(random.uniform(-1.0, 1.0, ROWS))
    t = x * x + SCATTER * random.standard_normal(ROWS)
    return LinearRegression(data=Dataset(x[:, None], t[:, None], ("x",), ("t",), "A bend, sorted", "generated"))


@lru_cache(maxsize=REMEMBERED)
def _ordered(surface: LinearRegression, size: int, seed: int) -> list[Ordered]:
    return [ordered(surface, eta, size, seed) for eta in STOPS]


def ordered(surface: LinearRegression, eta: float, size: int, seed: int) -> Ordered:
    """Return what batches of one size do in the data's order and reshuffled, once both have settled."""
    each, least = -(-ROWS // size), float(surface.evaluate(surface.minima[0])[0])
    cycle = least_squares_cycle(surface.columns, surface.wanted, eta, size)
    epochs = int(np.clip(np.ceil(np.log(ARRIVED) / np.log(cycle.rate)), FEWEST, MOST))
    ways, errors, above = {}, {}, {}
    for name, sampling in (("in_order", "in_order"), ("reshuffled", "reshuffle")):
        first, ends = (
            run(
                *(surface, GradientDescent(), eta, START, steps * each),
                record_every=every,
                record=("error",),
                batch_size=size,
                sampling=sampling,
                seed=seed,
            )
            for steps, every in ((SHOWN, 1), (epochs if name == "in_order" else LONGER * epochs, each))
        )
        assert first.error is not None and ends.error is not None
        errors[name] = first.error[:, 0] - least
        above[name], ways[name] = ends.error[:, 0] - least, ends.weights[-1, 0]
    told = float(surface.evaluate(cycle.end)[0]) - least
    settled = mean_of(above["reshuffled"][epochs:])
    return Ordered(eta, ways, errors, float(above["in_order"][-1]), told, *settled)
