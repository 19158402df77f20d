"""Shapes: each activation beside its derivative, where it is flat, and whether what comes out is about 0."""

from functools import lru_cache

import numpy as np
import streamlit as st

from charts.activations import LOOKS
from charts.activations_shapes import REACH, Shape, shapes_message
from engine.normal import beyond, expected
from engine.parameter import Parameter
from surfaces.fitting.activation import derivative, edges, flat, steepest
from surfaces.fitting.forward import activate
from surfaces.fitting.layers import FIRST_SLOPE
from widgets.activations.inputs import SHARE, pick_functions
from widgets.controls import number as ask
from widgets.controls import row
from widgets.lines import lines

NAME = "shapes"
TITLE = "A unit learns where its activation is steep: through a flat side hardly any gradient comes."
ORDER = 10

SLOPE = Parameter(FIRST_SLOPE, -1.0, 2.0, "s", step=0.05, help="What PReLU has learned: its slope below 0.")
PLACES = np.linspace(-REACH, REACH, 481)
DEVIATIONS = np.array([0.1, 0.14, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0])
FIRST_DEVIATION = 7  # its place: 1
KINKS = (1.0,)  # of all of them, beside 0
DRAWN, SEED = 10_000, 1
REMEMBERED = 64
SLIPS = (
    "Slips to know of: the notes print σ′ as −e⁻ᶻ/(1 + e⁻ᶻ), with the wrong sign and the square left out, softsign′"
    " as sgn(z)/(1 + z)², and hard tanh′ as 1 for −1 ≤ z ≤ −1; drawn is what a complex step confirms. And slopes of"
    " at most ¼ (sigmoid) or 1 (tanh, ReLU) can make gradients vanish but not explode, whatever a table in the slides"
    " says: large weights do that, with any of them."
)


def draw() -> None:
    """Pick functions, and draw them with what they make of normal inputs."""
    with st.sidebar:
        names = pick_functions()
        with row():
            share, slope = ask("flat", SHARE, "flat below"), ask("shapes.slope", SLOPE, "slope of PReLU")
    found = [shape(name, share, slope) for name in names]
    lines(f"activations.{NAME}", *shapes_message(PLACES, DEVIATIONS, found, share, DRAWN, FIRST_DEVIATION))
    st.caption(SLIPS)


@lru_cache(maxsize=REMEMBERED)
def shape(name: str, share: float, slope: float) -> Shape:
    """Return what there is to be said of one activation."""
    below, ends = np.array(slope), edges(name, share, slope)
    mean, measured, rise = _of_inputs(name, slope)
    low = share * steepest(name, slope)
    return Shape(
        name,
        activate(name, PLACES, below),
        derivative(name, PLACES, below),
        flat(name, PLACES, share, below),
        ends,
        mean,
        measured,
        beyond(*ends, DEVIATIONS),
        np.array([np.searchsorted(each, low) for each in rise]) / DRAWN,
    )


@lru_cache(maxsize=len(LOOKS))
def _of_inputs(name: str, slope: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return E[h] at every deviation, the mean of drawn outputs (S,), and the drawn |h'| in order (S, DRAWN)."""
    below = np.array(slope)

    def h(a: np.ndarray) -> np.ndarray:
        return activate(name, a, below)

    inputs = np.random.default_rng(SEED).standard_normal(DRAWN) * DEVIATIONS[:, None]
    told = np.array([expected(h, deviation, KINKS) for deviation in DEVIATIONS])
    return told, h(inputs).mean(axis=1), np.sort(np.abs(derivative(name, inputs, below)), axis=1)
