"""Inputs: what their mean and their unit do to the valley of a model with one input, by formula and by a run."""

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from charts.normalisation_inputs import Stop, inputs_message
from engine.dataset import Dataset
from engine.level_lines import level_lines
from engine.normalisation.best_descent import descend
from engine.normalisation.units import hessian, weights
from engine.parameter import Choice, Parameter, four_digits
from surfaces.fitting.two_weights import TwoWeights
from surfaces.linear_regression import LinearRegression
from surfaces.logistic_regression import LogisticRegression
from widgets.controls import number as ask
from widgets.controls import row, word
from widgets.lines import lines
from widgets.patience import each, patiently

NAME = "inputs"
TITLE = "The same line in other units: why do inputs want mean 0 and standard deviation 1?"
ORDER = 10

MODEL = Choice("line", ("line", "classes"), ("a line", "two classes"), "Linear regression, or logistic regression.")
MOVES = Choice("mean", ("mean", "deviation"), ("mean", "deviation"), "What the slider above the pictures moves.")
MEAN = Parameter(3.0, 0.0, 20.0, "m", step=0.5, help="Mean of the inputs.")
DEVIATION = Parameter(1.0, 0.05, 20.0, "s", scale="log", help="Standard deviation of the inputs; v = s².")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Another seed draws other rows.")
ROWS = 30
MEANS = tuple(np.arange(0.0, 10.1, 0.5).tolist())
DEVIATIONS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0)
LEVELS = 6
START = np.zeros(2)  # it answers 0 for every input, in any unit


def draw() -> None:
    """Pick the model and the units, and draw what they do along the one that the slider moves."""
    with st.sidebar:
        model = word(f"{NAME}.model", MODEL, "model")
        moves = word(f"{NAME}.moves", MOVES, "the slider moves the")
        with row():
            mean, deviation = ask(f"{NAME}.mean", MEAN, "mean"), ask(f"{NAME}.deviation", DEVIATION, "deviation")
        seed = int(ask("seed", SEED, "seed"))
    standard = standard_model(model, seed)
    places, at = stops(moves, mean, deviation)
    patiently(
        (NAME, standard, moves, mean, deviation),
        partial(each, places, lambda place: at_units(standard, *place)),
        lambda found: lines(f"normalisation.{NAME}", *inputs_message(standard, found, moves, at)),
        "the runs",
        "Inputs nearer to mean 0",
    )


def standard_model(model: str, seed: int) -> TwoWeights:
    """Return the model on inputs with mean 0 and variance 1 exactly; of classes the first draw that has a minimum."""
    random = np.random.default_rng(seed)
    while True:
        z = random.standard_normal(ROWS)
        z = (z - z.mean()) / z.std()
        if model == "line":
            t = 1.5 * z + 1.0 + 0.4 * random.standard_normal(ROWS)
            rows = Dataset(z[:, None], t[:, None], ("x",), ("t",), "A line", "generated")
            return LinearRegression(data=rows)
        t = np.where(1.5 * z + 0.5 + random.logistic(size=ROWS) > 0.0, 1.0, 0.0)
        if 2 < t.sum() < ROWS - 2:
            rows = Dataset(z[:, None], t[:, None], ("x",), ("class",), "Two classes", "generated", ("0", "1"))
            classes = LogisticRegression(data=rows)
            if not classes.separable:
                return classes


def stops(moves: str, mean: float, deviation: float) -> tuple[list[tuple[float, float]], int]:
    """Return mean and deviation at every place of the slider, and the place of those that are typed."""
    present, others = (mean, MEANS) if moves == "mean" else (deviation, DEVIATIONS)
    values = sorted({*(four_digits(value) for value in others), present})
    places = [(value, deviation) if moves == "mean" else (mean, value) for value in values]
    return places, values.index(present)


def at_units(standard: TwoWeights, mean: float, deviation: float) -> Stop:
    """Return what gradient descent makes of inputs with this mean and deviation."""
    z = standard.dataset.inputs
    surface = replace(standard, data=replace(standard.dataset, inputs=mean + deviation * z))
    minimum = weights(mean, deviation, standard.minima[0])
    of_z = None if standard.quadratic else standard.expansion(standard.minima[0])[2]
    bent = hessian(mean, deviation, of_z)
    found = descend(surface, minimum, bent, START)
    height = float(surface.evaluate(START)[0] - surface.evaluate(minimum)[0])
    heights = height * (np.arange(1, LEVELS + 1) / (LEVELS - 1.0)) ** 2  # the last but one through the start
    return Stop(mean, deviation, surface.rows(), minimum, found, level_lines(surface, minimum, bent, heights))
