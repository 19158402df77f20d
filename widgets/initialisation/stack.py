"""Stack: a deep network of equal layers, as it is picked, and what its units and weights are at first."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from charts.activations import LOOKS
from engine.initialisation.schemes import DRAWN, deviation
from engine.initialisation.signal import Function
from engine.parameter import Choice, Parameter
from surfaces.fitting.activation import derivative
from surfaces.fitting.forward import activate
from surfaces.fitting.layers import FIRST_SLOPE
from surfaces.mlp import ACTIVATIONS
from widgets.controls import number, phrase, row
from widgets.net import TITLES

MEANINGS = (
    "between −ε and ε",
    "normal, standard deviation ε",
    "between ∓s √(6/(units below + units above))",
    "normal, standard deviation s √(2/units below)",
)
SCHEME = Choice("he", DRAWN, MEANINGS, "How weights are drawn: " + "; ".join(MEANINGS) + ".")
SCALE = Parameter(1.0, 0.1, 10.0, "s", scale="log", step=0.1, help="What the scheme's weights are multiplied by.")
EPSILON = Parameter(0.15, 0.001, 2.0, "ε", scale="log", step=0.01, help="How large the weights are.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the weights.")
AROUND = 2.0  # the slider goes from half of the scale that is picked to twice that
OWN = ("uniform", "gaussian")  # schemes that do not look at the widths


@dataclass(frozen=True)
class Stack:
    """A deep network as it is picked, and its weights."""

    activation: str
    scheme: str
    scale: float
    widths: tuple[int, ...]
    seed: int
    stops: int

    @property
    def h(self) -> Function:
        """The activation."""
        return partial(activate, self.activation, slope=np.array(FIRST_SLOPE))

    @property
    def rise(self) -> Function:
        """Its derivative."""
        return partial(derivative, self.activation)

    @property
    def scales(self) -> np.ndarray:
        """The stops of the slider, (S,), that in the middle exactly the one that is picked."""
        share = np.geomspace(1.0 / AROUND, AROUND, self.stops)
        share[self.stops // 2] = 1.0
        return self.scale * share

    @property
    def deviations(self) -> np.ndarray:
        """The standard deviations of the weights of every layer, (L, S)."""
        pairs = pairwise(self.widths)
        return np.array([[deviation(self.scheme, scale, *pair) for scale in self.scales] for pair in pairs])

    @property
    def symbol(self) -> str:
        """What the scale is called."""
        return "ε" if self.scheme in OWN else "s"

    @property
    def units(self) -> str:
        """What the units are called."""
        name = LOOKS[self.activation].title
        return f"{name}s" if name.endswith("ReLU") else f"{name} units"


def pick_stack(widths: Sequence[int], seed: int, stops: int) -> Stack:
    """Draw the choice of activation and scheme; the widths and the seed are given."""
    activation = pick_activation("stack.activation", "relu", tuple(ACTIVATIONS))
    with row():
        scheme = phrase("stack.scheme", SCHEME, "scheme", TITLES)
        own = scheme in OWN
        scale = number("stack.epsilon", EPSILON, "size") if own else number("stack.scale", SCALE, "scale")
    return Stack(activation, scheme, scale, tuple(widths), seed, stops)


def pick_activation(key: str, default: str, offered: Sequence[str]) -> str:
    """Draw the choice of what every unit makes of its sum."""
    meanings = tuple(ACTIVATIONS[slug] for slug in offered)
    known = Choice(default, tuple(offered), meanings, "What every unit makes of its sum.")
    return phrase(key, known, "activation", TITLES)


def funnel(first: int, last: int, depth: int) -> list[int]:
    """Return the widths of depth + 1 layers that change by one factor from layer to layer."""
    return [round(float(width)) for width in np.geomspace(first, last, depth + 1)]
