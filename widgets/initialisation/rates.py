"""Rates: learning rates divided by the fan-in of a layer, in networks of very different widths."""

from functools import partial

import numpy as np
import streamlit as st

from charts.initialisation_rates import POWERS, Width, rates_message
from engine.initialisation.fan_in import descend, first_limits, sharpest
from engine.initialisation.schemes import deviation
from engine.parameter import Parameter
from surfaces.data.moons import Moons
from surfaces.fitting.activation import derivative
from surfaces.fitting.forward import activate
from surfaces.mlp import Mlp
from widgets.controls import number as ask
from widgets.controls import row
from widgets.initialisation.stack import pick_activation
from widgets.jobs import Progress
from widgets.lines import lines
from widgets.patience import patiently, side_by_side

NAME = "rates"
TITLE = "Divided by each layer's fan-in, one learning rate suits narrow and wide networks alike."
ORDER = 50

KINDS = ("tanh", "relu", "sigmoid", "softsign")
STEPS = Parameter(40, 20, 120, "T", step=10, whole=True, help="How many steps every run takes.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the weights.")
WIDTHS = (4, 8, 16, 32, 64)
AT = 4  # the width that is shown first
ETAS = np.geomspace(0.01, 20.0, 12)
ROWS, RUNS = 20, 4
APART = 100  # seeds of a width's runs are so far from those of the next seed


def draw() -> None:
    """Pick the units and the steps, and draw errors against learning rates for networks of many widths."""
    with st.sidebar:
        activation = pick_activation("rates.activation", "tanh", KINDS)
        with row():
            steps, seed = int(ask("rates.steps", STEPS, "steps")), int(ask("seed", SEED, "seed"))
    patiently(
        (NAME, activation, steps, seed),
        partial(at_widths, activation, steps, seed),
        lambda found: lines(f"initialisation.{NAME}", *rates_message(found, ETAS, steps, AT)),
        "the runs",
        "Fewer steps",
    )


def network(activation: str, width: int) -> Mlp:
    """Return the network: one hidden layer, on two moons, least squares."""
    return Mlp(data=Moons(rows=ROWS).dataset(), hidden=(width,), activation=activation, loss="sum_of_squares")


def shares(net: Mlp, power: float) -> np.ndarray:
    """Return what every weight's learning rate is multiplied by, (D,): its layer's fan-in to a negative power."""
    found = np.empty(net.dim)
    for layer in net.layers:
        found[layer.weights] = found[layer.biases] = layer.inputs**-power
    return found


def at_widths(activation: str, steps: int, seed: int, progress: Progress) -> list[Width] | None:
    """Return what networks of every width do; None where progress stopped it."""
    widest_first = WIDTHS[::-1]
    found = side_by_side(widest_first, lambda width: at_width(activation, width, steps, seed), progress)
    return found and found[::-1]


def at_width(activation: str, width: int, steps: int, seed: int) -> Width:
    """Return what networks of one width do at every learning rate, divided in every way, and their first limits."""
    net = network(activation, width)
    starts = np.stack([net.initial("he", seed=APART * seed + k) for k in range(RUNS)])
    h, rise = partial(activate, activation, slope=np.array(0.0)), partial(derivative, activation)
    deviations = deviation("he", 1.0, net.widths[0], width), deviation("he", 1.0, width, 1)
    share = np.stack([shares(net, power) for power in POWERS])[:, None]  # (3, 1, D)
    rates = np.tile(ETAS, RUNS)[:, None] * share
    _, ends = descend(net, np.tile(starts.repeat(len(ETAS), axis=0), (len(POWERS), 1)), _flat(rates), steps)
    sharp = sharpest(net, np.tile(starts, (len(POWERS), 1)), _flat(share.repeat(RUNS, axis=1)))
    both = np.array([(net.widths[0], width)]) ** -np.array(POWERS)[:, None]
    told = first_limits(h, rise, net.dataset.inputs, width, deviations, both)
    begun = float(net.evaluate(starts)[0].mean())
    return Width(width, ends.reshape(len(POWERS), RUNS, -1), 2.0 / sharp.reshape(len(POWERS), RUNS), told, begun)


def _flat(values: np.ndarray) -> np.ndarray:
    """Return what every run has, one after another: (..., D) -> (R, D)."""
    return values.reshape(-1, values.shape[-1])
