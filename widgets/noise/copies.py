"""Copies: duplicated data cost methods that look at all rows, and those that look at one nothing."""

from functools import partial

import numpy as np
import streamlit as st

from charts.noise_copies import Copies, copies_message
from engine import run, theory
from engine.dataset import Dataset
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from engine.settling import first_hit
from surfaces.linear_regression import LinearRegression
from widgets.controls import number as ask
from widgets.controls import row
from widgets.lines import lines
from widgets.patience import each, patiently

NAME = "copies"
TITLE = "Every row twice: a step on all rows costs twice as much, a step on one row nothing more."
ORDER = 60

ROWS = Parameter(40, 5, 100, "N", step=5, whole=True, help="How many points there are at first.")
TARGET = Parameter(0.1, 0.05, 0.5, "", step=0.05, help="The share of E − E* that may be left.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the points and of the rows drawn.")
STOPS = (1, 2, 3, 4, 6, 8)
SCATTER = 0.5
RUNS = 40  # on one row at a time
CAREFUL = 0.02  # their learning rate, as a share of the limit on all rows
STEPS, LONGEST = 100, 1000  # of gradient descent on all rows, and on one at a time
ROUNDING = 1e-9  # of the target: at 5 points one step leaves one half to the last digit, and copies round otherwise
START = (0.0, 0.0)
APART = 1000  # seeds of one picture's runs are so far from those of the next seed


def draw() -> None:
    """Pick the data, and draw both ways down for every number of copies."""
    with st.sidebar:
        with row():
            rows, target = int(ask("copies.rows", ROWS, "rows")), ask("copies.target", TARGET, "target")
        seed = int(ask("seed", SEED, "seed"))
    surface = line(rows, seed, 1)
    patiently(
        (NAME, rows, seed, target),
        partial(each, STOPS, lambda copies: copied(rows, seed, copies, target)),
        lambda found: lines(f"noise.{NAME}", *copies_message(rows, target, found, RUNS, rates(surface))),
        "the runs",
        "Fewer rows",
    )


def line(rows: int, seed: int, copies: int) -> LinearRegression:
    """Return a line through points, each of which is there so many times."""
    x = np.linspace(-1.0, 3.0, rows)
    t = 2.0 * x - 1.0 + SCATTER * np.random.default_rng(seed).standard_normal(rows)
    inputs, targets = (np.tile(column[:, None], (copies, 1)) for column in (x, t))
    return LinearRegression(data=Dataset(inputs, targets, ("x",), ("t",), "A line, with copies", "generated"))


def rates(surface: LinearRegression) -> tuple[float, float]:
    """Return the learning rates: the best on all rows, and a small one on single rows."""
    eigenvalues = np.linalg.eigvalsh(surface.hessian(np.array(START)))
    best = theory.optimal(GradientDescent, eigenvalues).learning_rate
    return best, CAREFUL * float(theory.stability_limit(GradientDescent(), eigenvalues))


def copied(rows: int, seed: int, copies: int, target: float) -> Copies:
    """Return what both need with so many copies."""
    surface, once = line(rows, seed, copies), line(rows, seed, 1)
    least, (fast, careful) = float(surface.evaluate(surface.minima[0])[0]), rates(surface)
    batch = run(surface, GradientDescent(), fast, START, STEPS, record=("error",)).error
    assert batch is not None
    shares = []
    for k in range(RUNS):
        path = run(
            *(surface, GradientDescent(), careful, START, LONGEST),
            record=(),
            batch_size=1,
            sampling="with_replacement",
            seed=APART * (APART * seed + copies) + k,
        )
        error, _ = once.evaluate(path.weights[:, 0])  # the mean over the copies is that over the rows
        shares.append((error - least) / (error[0] - least))
    stochastic = np.stack(shares, axis=1)
    left = (batch[:, 0] - least) / (batch[0, 0] - least)
    hits = first_hit(stochastic, target)
    steps = int(first_hit(left[:, None], target * (1.0 + ROUNDING))[0])
    unsure = float(hits.std(ddof=1) / np.sqrt(RUNS))
    return Copies(copies, left, stochastic.mean(axis=1), steps, float(hits.mean()), unsure)
