"""Inputs that several views of the page Activations share."""

from typing import Any

import streamlit as st

from charts.activations import LOOKS
from engine import Optimizer, discover_optimizers
from engine.dataset import Dataset
from engine.parameter import Parameter
from engine.study import Entry
from surfaces.mlp import Mlp
from widgets.controls import several, typed, unmarked
from widgets.data import pick_data
from widgets.details.picture import Initial
from widgets.net import loss_choice, pick_initial
from widgets.runs import pick_alone, pick_settings
from widgets.shape import PREFIX, pick_steps

SHARE = Parameter(
    0.05,
    0.001,
    0.5,
    "c",
    scale="log",
    help="An activation counts as flat, or saturated, where |h′| is below this share of its largest. The left side of a"
    " leaky ReLU has 0.01 of it.",
)
UNIT_ROWS = Parameter(
    0.9, 0.5, 1.0, "q", step=0.05, help="A unit counts as saturated where it is flat on so many rows."
)
FUNCTIONS = "functions"
FIRST = ("sigmoid", "tanh", "relu")
STEPS = Parameter(200, 1, 1000, "T", step=10, whole=True, help="How many steps the run takes.")


def pick_functions() -> list[str]:
    """Draw the choice of functions; return those picked, in the order in which they are offered."""
    return several(FUNCTIONS, "Functions", {name: look.title for name, look in LOOKS.items()}, FIRST)


def pick_rule() -> Entry:
    """Draw the choice of the optimizer and its settings."""
    cls: type[Optimizer] = pick_alone(discover_optimizers(), Mlp)
    return pick_settings(cls, "a", Mlp)


def pick_rows() -> Dataset:
    """Draw the choice of the data."""
    return pick_data(Mlp.misfit, "moons")


def pick_layers(data: Dataset, activation: str) -> Mlp:
    """Draw the line of hidden layers; return the network, one layer of 8 where that cannot be."""
    hidden: Any = typed(f"{PREFIX}.hidden", Mlp.typed_fields()["hidden"])
    loss = loss_choice(data).default
    try:
        net = Mlp(data=data, hidden=hidden, activation=activation, loss=loss)
        if not net.hidden:
            raise ValueError("there are no hidden units, and no others have an activation")
    except ValueError as error:
        said = unmarked(str(error))
        st.warning(f"{said[0].upper()}{said[1:]}. One hidden layer of 8 is shown.")
        net = Mlp(data=data, hidden=(8,), activation=activation, loss=loss)
    return net


def pick_weights(entry: Entry) -> Initial:
    """Draw the inputs of the initial weights."""
    return pick_initial([entry])[entry.name]


def pick_length() -> int:
    """Draw how many steps the run takes."""
    return pick_steps(STEPS)
