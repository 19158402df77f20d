"""ReLU: what small positive biases do for units that would be dead from the start."""

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from charts.initialisation_relu import Biased, relu_message
from engine import run
from engine.dataset import Dataset
from engine.initialisation.dead import active_share, dead_share
from engine.initialisation.schemes import deviation
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from surfaces.data.moons import Moons
from surfaces.mlp import Mlp
from widgets.controls import number as ask
from widgets.controls import row
from widgets.jobs import Progress
from widgets.lines import lines
from widgets.patience import patiently, side_by_side

NAME = "relu"
TITLE = "A ReLU that is off on every row never learns; a small positive bias keeps more of them alive."
ORDER = 30

OFFSET = Parameter(1.0, -3.0, 3.0, "", step=0.25, help="The mean of both inputs. At 0 they are centred.")
UNITS = Parameter(12, 4, 20, "M", step=2, whole=True, help="How many hidden units there are.")
RATE = Parameter(0.5, 0.01, 5.0, r"\eta", scale="log", step=0.1, help="Learning rate of gradient descent.")
STEPS = Parameter(200, 0, 1000, "T", step=100, whole=True, help="How many steps every network is trained.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the weights.")
BIASES = np.linspace(-0.5, 1.0, 13)
AT = 4  # no bias
ROWS, NETWORKS = 30, 16
APART = 1000  # seeds of a bias's networks are so far from those of the next seed


def draw() -> None:
    """Pick data and network, and draw the shares of dead units for biases of every size."""
    with st.sidebar:
        with row():
            offset, units = ask("relu.offset", OFFSET, "mean"), int(ask("relu.units", UNITS, "units"))
        with row():
            eta, steps = ask("relu.rate", RATE, "learning rate"), int(ask("relu.steps", STEPS, "steps"))
        seed = int(ask("seed", SEED, "seed"))
    data = moved(offset)
    patiently(
        (NAME, offset, units, eta, steps, seed),
        partial(all_biases, data, units, eta, steps, seed),
        lambda found: lines(f"initialisation.{NAME}", *relu_message(data.inputs, data.labels, found, AT)),
        "the networks",
        "Fewer units or fewer steps",
    )


def moved(offset: float) -> Dataset:
    """Return two moons with both inputs moved so that their mean is ``offset``."""
    data = Moons(rows=ROWS).dataset()
    return replace(data, inputs=data.inputs - data.inputs.mean(axis=0) + offset)


def all_biases(data: Dataset, units: int, eta: float, steps: int, seed: int, progress: Progress) -> list[Biased] | None:
    """Return what networks do for biases of every size at first; None where progress stopped it."""
    told = dead_share(data.inputs, deviation("he", 1.0, 2, units), BIASES)
    every = range(len(BIASES))
    return side_by_side(every, lambda k: biased(data, units, eta, steps, seed, k, float(told[k])), progress)


def biased(data: Dataset, units: int, eta: float, steps: int, seed: int, k: int, told: float) -> Biased:
    """Return what networks do whose biases are all the k-th at first, and whose weights are He's.

    ``told`` is the share of dead units that is predicted.
    """
    net, bias = Mlp(data=data, hidden=(units,), activation="relu"), float(BIASES[k])
    first = NETWORKS * (len(BIASES) * APART * seed + k)
    starts = np.stack([net.initial("he", seed=first + g, bias=bias) for g in range(NETWORKS)])
    path = run(net, GradientDescent(), eta, starts, steps, record=("error",), record_every=max(steps, 1))
    assert path.error is not None
    before, after = (net.forward(weights, data.inputs).pre[0] for weights in (path.weights[0], path.weights[-1]))
    sigma = deviation("he", 1.0, 2, units)
    ended = np.isfinite(after).all(axis=(1, 2))
    return Biased(
        bias,
        told,
        (before.max(axis=1) <= 0.0).mean(axis=1),
        (after[ended].max(axis=1) <= 0.0).mean(axis=1),
        float(active_share(data.inputs, sigma, np.array([bias]))[0]),
        (before > 0.0).mean(axis=(1, 2)),
        (after[ended] > 0.0).mean(axis=(1, 2)),
        path.error[-1][ended],
        net.layers[0].matrix(starts[0]),
        steps,
        NETWORKS,
    )
