"""Ways: how inputs can be prepared, and what each does to the cloud of rows and to the valley of a model."""

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from charts.normalisation_ways import Way, ways_message
from engine.dataset import Dataset
from engine.normalisation.best_descent import descend
from engine.normalisation.ways import WAYS, covariance, hessian
from engine.words import count, number
from surfaces.fitting.least_squares import LeastSquares
from widgets.data import pick_rows
from widgets.lines import lines
from widgets.patience import each, patiently

NAME = "ways"
TITLE = "Move, stretch, turn: which way of preparing inputs makes the valley round?"
ORDER = 20

FIRST = 2  # the way that is shown first


def draw() -> None:
    """Pick two inputs and draw what every way makes of them."""
    with st.sidebar:
        data = pick_rows(misfit, "leaning_cloud")
    patiently(
        (NAME, data),
        partial(each, list(WAYS), lambda name: prepared(name, data)),
        lambda found: show(data, found),
        "the runs",
        "Fewer rows",
    )


def show(data: Dataset, found: list[Way]) -> None:
    """Draw the picture, and all of the ways beside each other."""
    lines(f"normalisation.{NAME}", *ways_message(data, found, FIRST))
    st.markdown(table(found))


def misfit(data: Dataset) -> str | None:
    """Return why data cannot be taken: not two inputs with one target, or inputs that tell too little."""
    if data.inputs.shape[1] != 2 or data.targets.shape[1] != 1:
        return "This view takes two inputs and one target"
    if np.linalg.matrix_rank(np.column_stack([data.inputs, np.ones(len(data.rows))])) < 3:
        return "One of the inputs is constant, or follows from the other"
    if np.linalg.matrix_rank(data.inputs - data.inputs.mean(axis=0)) < 2:
        return "One of the inputs hardly varies beside its mean, or follows from the other"
    return None


def prepared(name: str, data: Dataset) -> Way:
    """Return what one way does: the rows, and gradient descent on a plane through them."""
    inputs = WAYS[name](data.inputs).of(data.inputs)
    columns = np.column_stack([inputs, np.ones(len(inputs))])
    names = (*data.input_names, "1")
    rows = replace(data, inputs=columns, input_names=names, classes=())
    surface = LeastSquares(data=rows)
    found = descend(surface, surface.minima[0], hessian(inputs), np.zeros(3))
    return Way(name, inputs, covariance(inputs), found)


def table(found: list[Way]) -> str:
    """Return a table of the ways, in Markdown."""
    rows = ["| inputs | κ | steps |", "|:--|--:|--:|"]
    for way in found:
        measured, told = way.found.measured, count(way.found.predicted)
        steps = f"{count(measured)}, predicted {told}" if np.isfinite(measured) else f"predicted {told}"
        rows.append(f"| {way.name} | {number(way.found.condition)} | {steps} |")
    return "\n".join(rows)
