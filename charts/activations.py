"""What the pictures of activations share: their names, colours and dashes."""

from typing import NamedTuple


class Look(NamedTuple):
    """How an activation is called and drawn, the same in every picture."""

    title: str
    colour: str
    dash: str


LOOKS = {
    "linear": Look("linear", "#7d8894", "dot"),
    "sigmoid": Look("sigmoid", "#d1611f", "solid"),
    "tanh": Look("tanh", "#3f86cf", "solid"),
    "hard_tanh": Look("hard tanh", "#7a6fd6", "dash"),
    "softsign": Look("softsign", "#b05fb8", "dashdot"),
    "relu": Look("ReLU", "#219a66", "solid"),
    "leaky_relu": Look("leaky ReLU", "#8f9419", "dash"),
    "prelu": Look("PReLU", "#cf4a76", "longdash"),
}
