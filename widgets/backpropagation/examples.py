"""Examples: insurance and house prices from their data, every number worked out, the slides' slips put right."""

from typing import Any

import numpy as np
import streamlit as st

from charts.backpropagation_age import age_message
from charts.backpropagation_examples import example_message
from charts.backpropagation_hidden import hidden_message
from charts.backpropagation_unit import EXAMPLES
from engine.dataset import Data
from engine.hidden_loss import hidden_loss
from engine.one_unit import Rows, rows
from engine.parameter import Choice, Parameter
from engine.passes import Layer
from surfaces.data.house_prices import HousePrices
from surfaces.data.insurance import Insurance
from surfaces.data.insurance_age import InsuranceAge
from widgets.controls import number as ask
from widgets.controls import row, word
from widgets.lines import lines
from widgets.worked import worked

NAME = "examples"
TITLE = "From the data to one step downhill, with every number worked out."
ORDER = 40

DATA: dict[str, Data] = {
    "age": InsuranceAge(),
    "affordability": Insurance(),
    "houses": HousePrices(),
    "hidden": Insurance(),
}
EXAMPLE = Choice(
    "age",
    tuple(DATA),
    ("insurance by age", "insurance by age and affordability", "house prices", "insurance through hidden units"),
    help="Three of one unit, and one with two hidden units that have a loss of their own.",
)
REACH = 1000.0  # of a weight
RATES = {"age": 0.001, "affordability": 0.01, "houses": 1e-7}  # with which the first step helps
HUNDRED = 100.0  # years that are one of the hidden units' inputs
HIDDEN = {"W₁₁": 2.0, "W₁₂": 1.0, "W₂₁": -3.0, "W₂₂": 0.5, "b₁": -0.5, "b₂": 1.0, "v₁": 1.5, "v₂": -2.0, "c": 0.2}
PENALTY = Parameter(0.1, 0.0, 10.0, r"\rho", step=0.05, help="What a hidden unit costs for being away from 0.")


def draw() -> None:
    """Pick an example, a row and the weights, and draw the calculation."""
    with st.sidebar:
        name = word("example", EXAMPLE, "example")
        table = DATA[name].dataset()
        place = int(ask(f"{name}.row", _row(len(table.targets)), "row")) - 1
        if name == "hidden":
            header = _hidden(name, table.inputs, table.targets[:, 0], place)
        else:
            found, rate = _unit(name, table.inputs, table.targets[:, 0])
            header = example_message(EXAMPLES[name], found, place, rate)
    worked(f"backpropagation.{NAME}", header)
    if name == "age":
        lines("backpropagation.age", *age_message(found))


def _unit(name: str, inputs: np.ndarray, targets: np.ndarray) -> tuple[Rows, float]:
    """Draw the weights of one unit and the learning rate, and return what it makes of all rows, and the rate."""
    example = EXAMPLES[name]
    symbols = ["m", "b"] if len(example.printed) == 2 else ["w₁", "w₂", "b"]
    with row(len(symbols)):
        weights = [
            ask(f"{name}.{key}", _weight(value, symbol, REACH), "")
            for key, symbol, value in zip(("w1", "w2", "b")[-len(symbols) :], symbols, example.printed, strict=True)
        ]
    rate = ask(f"{name}.rate", _rate(RATES[name]), "learning rate")
    return rows(inputs, targets, np.array(weights), "log_loss" if example.log else "squared"), rate


def _hidden(name: str, inputs: np.ndarray, targets: np.ndarray, place: int) -> dict[str, Any]:
    """Draw the weights of the hidden units, and return the message of their calculation."""
    penalty = ask(f"{name}.penalty", PENALTY, "hidden loss")
    values, items = [], list(HIDDEN.items())
    for first in range(0, len(items), 2):
        pair = items[first : first + 2]
        with row(len(pair)):
            for i, (symbol, value) in enumerate(pair, start=first + 1):
                values.append(ask(f"{name}.{i}", _weight(value, symbol, HUNDRED), ""))
    w = np.array(values)
    layers = Layer(w[:4].reshape(2, 2), w[4:6], "sigmoid"), Layer(w[6:8][None], w[8:], "linear")
    x = inputs[place] / (HUNDRED, 1.0)
    return hidden_message(hidden_loss(layers, x, float(targets[place]), penalty), ("age/100", "affordability"), place)


def _row(count: int) -> Parameter:
    return Parameter(1, 1, count, "", step=1, whole=True, help="Which row of the data the picture shows.")


def _weight(default: float, symbol: str, reach: float) -> Parameter:
    return Parameter(default, -reach, reach, symbol, step=0.1, help="A weight of the picture.")


def _rate(default: float) -> Parameter:
    return Parameter(default, 0.0, 10.0, r"\eta", scale="log", smallest=1e-12, help="Of the one step at the end.")
