"""Validation: rows held out, standardised by the training rows' statistics and by their own."""

from functools import partial
from typing import NamedTuple

import numpy as np
import streamlit as st

from charts.normalisation_validation import Size, validation_message
from engine.cloud import mean_of
from engine.dataset import Dataset
from engine.normalisation.own_statistics import Line, expected_by_own, judged, judged_by_own
from engine.parameter import Parameter
from surfaces.linear_regression import LinearRegression
from widgets.controls import number as ask
from widgets.controls import row
from widgets.lines import lines
from widgets.patience import each, patiently

NAME = "validation"
TITLE = "Why must rows held out be measured by the mean and deviation of the rows that train?"
ORDER = 60

MEAN, DEVIATION = 50.0, 10.0  # of the inputs, in their own unit
TRUE = (0.2, 3.0)  # the true line's slope per unit of the input, and its height at MEAN
ROWS = 60  # that train
DRIFT = Parameter(0.0, -3.0, 3.0, "d", step=0.5, help="How many deviations higher the inputs held out lie.")
STRETCH = Parameter(1.0, 0.1, 5.0, "q", scale="log", help="How many times as wide the inputs held out are spread.")
NOISE = Parameter(0.5, 0.0, 5.0, r"\sigma", step=0.1, help="Standard deviation of the noise on the targets.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of all rows.")
SIZES = (2, 3, 4, 6, 8, 12, 20, 30, 50, 100, 200)
FIRST = 4  # the place of the size that is shown first
SETS = 2000  # of rows held out, of every size
APART = 1000  # seeds of a size's sets are so far from those of the next seed


class Fitted(NamedTuple):
    """A line through the standardised training rows."""

    model: Line
    true: Line  # in the same unit
    mean: float  # of the training rows
    deviation: float
    noise: float


class Held(NamedTuple):
    """Where inputs are that are held out, in the unit of the training rows."""

    mean: float
    deviation: float


def draw() -> None:
    """Pick how rows held out differ, and draw what their own statistics make of them."""
    with st.sidebar:
        with row():
            drift, stretch = ask(f"{NAME}.drift", DRIFT, "drift"), ask(f"{NAME}.stretch", STRETCH, "stretch")
        with row():
            noise, seed = ask(f"{NAME}.noise", NOISE, "noise"), int(ask("seed", SEED, "seed"))
    found = fitted(noise, seed)
    held = held_out(found, drift, stretch)
    patiently(
        (NAME, drift, stretch, noise, seed),
        partial(each, SIZES, lambda size: at_size(found, held, size, seed)),
        lambda sizes: lines(
            f"normalisation.{NAME}",
            *validation_message(
                (found.model, found.true, found.mean, found.deviation),
                sizes,
                judged(found.model, found.true, *held, noise),
                judged_by_own(found.model, found.true, *held, noise),
                FIRST,
            ),
        ),
        "the sets",
        "Other settings",
    )


def fitted(noise: float, seed: int) -> Fitted:
    """Return the line through the standardised training rows."""
    random = np.random.default_rng(seed)
    x = MEAN + DEVIATION * random.standard_normal(ROWS)
    t = targets(x, noise, random)
    training = Dataset(x[:, None], t[:, None], ("x",), ("t",), "training rows", "generated")
    slope, level = LinearRegression(data=training.scaled()).minima[0]
    mean, deviation = float(x.mean()), float(x.std())
    true = Line(TRUE[0] * deviation, TRUE[1] + TRUE[0] * (mean - MEAN))
    return Fitted(Line(float(slope), float(level)), true, mean, deviation, noise)


def targets(x: np.ndarray, noise: float, random: np.random.Generator) -> np.ndarray:
    """Return the true line at x with noise."""
    return np.asarray(TRUE[1] + TRUE[0] * (x - MEAN) + noise * random.standard_normal(x.shape))


def held_out(found: Fitted, drift: float, stretch: float) -> Held:
    """Return mean and deviation of inputs that lie ``drift`` deviations higher and spread ``stretch`` times as wide."""
    return Held((MEAN + DEVIATION * drift - found.mean) / found.deviation, DEVIATION * stretch / found.deviation)


def at_size(found: Fitted, held: Held, size: int, seed: int) -> Size:
    """Return the errors of SETS sets of ``size`` rows held out, standardised in both ways."""
    random = np.random.default_rng(APART * seed + size)
    z = held.mean + held.deviation * random.standard_normal((SETS, size))
    x = found.mean + found.deviation * z
    t = targets(x, found.noise, random)
    own = (z - z.mean(axis=1, keepdims=True)) / z.std(axis=1, keepdims=True)
    errors = [0.5 * (found.model.slope * one + found.model.level - t) ** 2 for one in (z, own)]
    by_training, by_own = (mean_of(each_.mean(axis=1)) for each_ in errors)
    told = expected_by_own(found.model, found.true, *held, found.noise, size)
    return Size(size, x[0], t[0], by_training, by_own, told)
