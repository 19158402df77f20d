"""Death: one unit over its weight and bias, and the learning rate from which it never wakes again."""

from functools import lru_cache

import numpy as np
import streamlit as st

from charts.activations_death import Ground, Lives, death_message
from engine import Plane, run
from engine.dataset import Dataset
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from engine.words import number
from surfaces.fitting.activation import derivative, flat
from surfaces.fitting.unit import Unit, deadly
from widgets.activations.inputs import SHARE
from widgets.controls import number as ask
from widgets.controls import phrase, row
from widgets.lines import lines
from widgets.net import TITLES

NAME = "death"
TITLE = "One step too long, and a ReLU is 0 on every row for good; a leaky one can come back."
ORDER = 40

FIRST_W = Parameter(2.5, -4.0, 4.0, "w", step=0.1, help="The unit's weight at the start.")
FIRST_B = Parameter(1.0, -4.0, 4.0, "b", step=0.1, help="Its bias at the start.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the rows.")
ROWS, SCATTER, STEPS = 20, 0.1, 200
ETAS = np.geomspace(0.05, 5.0, 41)
FIRST = 25  # the place of the learning rate that is shown first, about 0.9
VIEW = ((-4.0, 4.0), (-4.0, 4.0))
GRID = 81
REMEMBERED = 32


def draw() -> None:
    """Pick an activation and a start, and draw what every learning rate makes of them."""
    declared = Unit.choices()["activation"]
    with st.sidebar:
        activation = phrase("death.activation", declared, "activation", TITLES)
        with row():
            w, b = ask("death.w", FIRST_W, "start"), ask("death.b", FIRST_B, "start")
        with row():
            share, seed = ask("flat", SHARE, "flat below"), int(ask("seed", SEED, "seed"))
    unit = of_rows(activation, seed)
    lives, ground = _lived(unit, (w, b), share)
    words = (
        f"One unit y = h(wx + b), half the mean squared error on {ROWS} rows, gradient descent from w = {number(w)},"
        f" b = {number(b)}, {STEPS} steps. Bands of E are equally spaced in the root."
    )
    lines(f"activations.{NAME}", *death_message(lives, ground, words, FIRST))


def of_rows(activation: str, seed: int) -> Unit:
    """Return a unit on rows about a ReLU's bend, which others cannot follow so well."""
    x = np.linspace(0.0, 2.0, ROWS)
    t = np.maximum(x - 0.3, 0.0) + SCATTER * np.random.default_rng(seed).standard_normal(ROWS)
    data = Dataset(x[:, None], t[:, None], ("x",), ("t",), "A bend", "generated")
    return Unit(data=data, activation=activation)


@lru_cache(maxsize=REMEMBERED)
def _lived(unit: Unit, start: tuple[float, float], share: float) -> tuple[Lives, Ground]:
    return live(unit, start, share), ground(unit, start)


def live(unit: Unit, start: tuple[float, float], share: float) -> Lives:
    """Return the runs of all learning rates from a start."""
    path = run(unit, GradientDescent(), ETAS, start, STEPS, record=("error", "gradient"))
    assert path.error is not None and path.gradient is not None
    weights, here = path.weights.swapaxes(0, 1), np.array(start)
    a = weights @ unit.columns.T  # (R, T+1, N)
    still = (derivative(unit.activation, a) == 0.0).all(axis=-1)
    asleep = flat(unit.activation, a[:, -1], share).sum(axis=-1)
    relu = unit.activation == "relu"
    kills = deadly(unit.columns, here, unit.evaluate(here)[1]) if relu else (np.inf, np.inf)
    long = np.linalg.norm(path.gradient[-1], axis=-1)
    return Lives(
        unit.activation,
        *(ETAS, weights, path.error.T, long, still[:, -1], still.argmax(axis=1), asleep, kills),
    )


def ground(unit: Unit, start: tuple[float, float]) -> Ground:
    """Return what all runs share: the error over weight and bias, the rows, and what units answer."""
    u, v = np.eye(2)
    plane = Plane(np.zeros(2), u, v, VIEW)
    heights, _ = unit.evaluate(plane.grid(GRID)[2])
    x = np.linspace(-0.2, 2.2, 121)
    path = run(unit, GradientDescent(), ETAS, start, STEPS, record=())
    answers = unit.outputs(path.weights[-1], x[:, None])
    first = unit.outputs(np.array(start), x[:, None])
    rows = unit.rows()
    least, most = float(rows[:, 0].min()), float(rows[:, 0].max())
    cone = np.array([(-9.0, 9.0 * least), (0.0, 0.0), (9.0, -9.0 * most)])
    cone = cone if unit.activation == "relu" else np.full((3, 2), np.nan)
    return Ground(plane, heights, float(heights.min()), rows, x, answers, first, cone)
