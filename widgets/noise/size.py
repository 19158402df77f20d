"""Size: what a batch's gradient is worth, with replacement and without."""

from functools import partial

import numpy as np
import streamlit as st

from charts.noise_size import Draws, size_message
from engine import run
from engine.cloud import mean_of, root_of
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from engine.spread import batch_share, row_covariance
from surfaces.data.noisy_line import NoisyLine
from surfaces.linear_regression import LinearRegression
from widgets.controls import number as ask
from widgets.controls import row
from widgets.lines import lines
from widgets.patience import each, patiently

NAME = "size"
TITLE = "A batch a hundred times as large is only ten times as good."
ORDER = 20

ROWS = Parameter(100, 10, 1000, "N", step=10, whole=True, help="How many points the line goes through.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the points and of the batches.")
SIZES = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 200, 300, 500, 700, 1000)
FIRST = 10  # the size that is shown first
BATCHES = 2000  # of every size
HERE = (0.0, 0.0)  # where the gradients are taken
APART = 2000  # seeds of a size's batches are so far from those of the next seed


def draw() -> None:
    """Pick how many rows there are, and draw gradients of batches of every size."""
    with st.sidebar, row():
        rows, seed = int(ask("size.rows", ROWS, "rows")), int(ask("seed", SEED, "seed"))
    surface, sizes = line(rows, seed), stops(rows)
    at = int(np.argmin([abs(size - FIRST) for size in sizes]))
    whole = surface.evaluate(np.array(HERE))[1]
    patiently(
        (NAME, surface, seed),
        partial(each, sizes, lambda size: draws(surface, size, seed)),
        lambda drawn: lines(f"noise.{NAME}", *size_message(rows, whole, sizes, drawn, at)),
        "the gradients",
        "Fewer rows",
    )


def line(rows: int, seed: int) -> LinearRegression:
    """Return the surface: a line through points."""
    return LinearRegression(data=NoisyLine(rows=rows, seed=seed).dataset())


def stops(rows: int) -> list[int]:
    """Return the batch sizes of the slider, the last of them all rows."""
    return [size for size in SIZES if size < rows] + [rows]


def draws(surface: LinearRegression, size: int, seed: int) -> dict[str, Draws]:
    """Return gradients of batches of one size: what the steps of a run receive that stays where it is."""
    count, of_rows = len(surface.rows()), row_covariance(row_gradients(surface))
    whole = surface.evaluate(np.array(HERE))[1]
    found = {}
    for name, sampling in (("with", "with_replacement"), ("without", "without_replacement")):
        path = run(
            *(surface, GradientDescent(), 0.0, HERE, BATCHES),
            record=("used_gradient",),
            batch_size=size,
            sampling=sampling,
            seed=APART * seed + size,
        )
        assert path.used_gradient is not None
        got = path.used_gradient[:-1, 0]
        squares = ((got - whole) ** 2).sum(axis=1)
        predicted = of_rows * batch_share(size, count, replacement=name == "with")
        found[name] = Draws(got, predicted, *root_of(mean_of(squares)))
    return found


def row_gradients(surface: LinearRegression) -> np.ndarray:
    """Return the gradient of every row's own error, (N, 2)."""
    _, slope, _ = surface.derivatives(np.array(HERE) @ surface.columns.T, surface.wanted)
    return slope[:, None] * surface.columns
