"""Network: four inputs, two hidden units and a score, a true and a corrupt input, every number forward and back."""

import numpy as np
import streamlit as st

from charts.backpropagation_back import BACK
from charts.backpropagation_network import WRITTEN, network_message
from engine.margin_pair import pair
from engine.parameter import Choice, Parameter
from engine.passes import BENDS, Layer
from widgets.controls import adopt, row, word
from widgets.controls import number as ask
from widgets.worked import worked

NAME = "network"
TITLE = "Forward every number is kept, because the way back needs it: scrub through both."
ORDER = 30

TRUE, CORRUPT = (1.0, 0.5, -1.0, 0.2), (0.2, -0.5, 1.0, 0.8)
WEIGHTS = ((0.5, -0.3, 0.8, 0.1), (-0.6, 0.4, 0.2, 0.7))
BIASES, OUTGOING = (0.1, -0.2), (0.9, -0.5)
REACH = 100.0
MARGIN = Parameter(
    1.0,
    0.0,
    10.0,
    "m",
    step=0.1,
    help="By how much the true score should be above the other. The notes call it Δ, which is ∂J/∂a here.",
)
RATE = Parameter(0.1, 0.0, 10.0, r"\eta", step=0.1, help="Of the one step at the end.")
ACTIVATION = Choice("sigmoid", tuple(BENDS), tuple(BENDS), help="f, what the hidden units make of their sums.")
FORM = Choice(
    "pre",
    tuple(BACK),
    tuple(form.title for form in BACK.values()),
    help="Which derivatives are written down: by the sums z (pre-activation), by the activations a (post-activation),"
    " or by both, where linear part and activation are layers of their own (decoupled).",
)
STYLE = Choice("elements", WRITTEN, WRITTEN, help="One number at a time, or a layer at a time.")
PRESETS: dict[str, dict[str, float | str]] = {
    "At the start": {},
    "The margin is kept": {"out.1": -2.0, "out.2": -2.0},
    "A saturated unit": {"bias.1": 12.0},
    "A dead ReLU": {"activation": "relu", "bias.1": -2.0},
    "No activation": {"activation": "linear"},
}


def draw() -> None:
    """Pick form and numbers, and draw both passes."""
    with st.sidebar:
        form, written = word("form", FORM, "what flows back"), word("written", STYLE, "written as")
        activation = word("activation", ACTIVATION, "activation")
        with row():
            margin, rate = ask("margin", MARGIN, "margin"), ask("net.rate", RATE, "learning rate")
        true, corrupt = _asked("true", TRUE, "x", "True input"), _asked("corrupt", CORRUPT, "x", "Corrupt input")
        weights = [
            _asked(f"weight.{i}", values, f"W_{i}", f"Weights of unit {i}") for i, values in enumerate(WEIGHTS, start=1)
        ]
        biases, outgoing = _asked("bias", BIASES, "b", "Biases"), _asked("out", OUTGOING, "U", "Weights of the score")
    layers = (
        Layer(np.array(weights), np.array(biases), activation),
        Layer(np.array([outgoing]), np.zeros(1), "linear"),
    )
    found = pair(layers, np.array(true), np.array(corrupt), margin)
    worked(f"backpropagation.{NAME}", network_message(found, form, written, rate))
    with st.container(horizontal=True):
        for title, values in PRESETS.items():
            st.button(title, type="tertiary", on_click=adopt, args=({**_first(), **values},))


def _first() -> dict[str, float | str]:
    """Return every number and the activation as they are at first, by their keys."""
    parts = {
        "true": TRUE,
        "corrupt": CORRUPT,
        "weight.1": WEIGHTS[0],
        "weight.2": WEIGHTS[1],
        "bias": BIASES,
        "out": OUTGOING,
    }
    numbers = {f"{key}.{i}": value for key, values in parts.items() for i, value in enumerate(values, start=1)}
    return {**numbers, "margin": MARGIN.default, "activation": ACTIVATION.default}


def _asked(key: str, values: tuple[float, ...], symbol: str, title: str) -> list[float]:
    """Draw an expander with a number for each value; what is typed is in the address."""
    with st.expander(title):
        found = []
        for first in range(0, len(values), 2):
            with row():
                found += [
                    ask(f"{key}.{i + 1}", _number(values[i], f"{symbol}{i + 1}"), "")
                    for i in range(first, min(first + 2, len(values)))
                ]
    return found


def _number(default: float, symbol: str) -> Parameter:
    return Parameter(default, -REACH, REACH, symbol, step=0.1, help="One number of the picture.")
