"""Identity: tanh a = 2 sigma(2a) - 1, shown, measured, and what it means for a network."""

from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st

from charts.activations_identity import Stage, Twins, identity_message
from engine import run
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from engine.words import number
from surfaces.fitting.forward import sigmoid
from surfaces.fitting.siblings import siblings, tanh_as_sigmoid
from surfaces.mlp import Mlp
from widgets.controls import number as ask
from widgets.controls import row
from widgets.lines import lines

NAME = "identity"
TITLE = "tanh is a sigmoid, twice as narrow, twice as high and pulled down to 0: tanh a = 2σ(2a) − 1."
ORDER = 50

RATE = Parameter(0.5, 0.001, 10.0, r"\eta", scale="log", help="Learning rate of gradient descent, for both networks.")
SEED = Parameter(0, 0, 9999, "", step=1, whole=True, help="Of the first weights.")
HIDDEN, STEPS = (6, 4), 300
PLACES = np.linspace(-5.0, 5.0, 401)
STRETCHED = np.linspace(1.0, 2.0, 13)
REMEMBERED = 16
STAGES = [
    *(Stage(float(k), 1.0, 0.0) for k in STRETCHED),
    *(Stage(2.0, float(k), 0.0) for k in STRETCHED[1:]),
    *(Stage(2.0, 2.0, float(k) - 1.0) for k in STRETCHED[1:]),
]


def draw() -> None:
    """Draw the identity, and train a network in both clothings."""
    with st.sidebar, row():
        eta, seed = ask("identity.rate", RATE, "learning rate"), int(ask("identity.seed", SEED, "seed"))
    values = np.stack([stage.up * sigmoid(stage.squeeze * PLACES) - stage.down for stage in STAGES])
    lines(f"activations.{NAME}", *identity_message(PLACES, STAGES, values, twins(eta, seed)))


@lru_cache(maxsize=REMEMBERED)
def twins(eta: float, seed: int) -> Twins:
    """Return what becomes of a network of tanhs, and of the same one written in sigmoids."""
    nets = siblings(Mlp(hidden=HIDDEN))
    tanh, other = nets["tanh"], nets["sigmoid"]
    w = tanh.initial(seed=seed)
    starts = ((tanh, w), (other, tanh_as_sigmoid(tanh, w)))
    paths = [run(net, GradientDescent(), eta, start, STEPS, record=("error",)) for net, start in starts]
    made = [[_outputs(net, path.weights[k, 0]) for k in (0, -1)] for (net, _), path in zip(starts, paths, strict=True)]
    first, last = (float(np.abs(made[1][k] - made[0][k]).max()) for k in (0, 1))
    by_tanh, by_sigmoid = (path.error[:, 0] for path in paths if path.error is not None)
    words = (
        f"Below: {tanh.dim} weights on {len(tanh.rows())} rows of the moons, gradient descent, η = {number(eta)}. The"
        " sigmoids' weights are those of the tanhs doubled or quadrupled, and their biases moved, so that every"
        " answer is the same."
    )
    return Twins(first, float(np.abs(made[0][0]).max()), by_tanh, by_sigmoid, last, words)


def _outputs(net: Any, w: np.ndarray) -> np.ndarray:
    """Return the outputs before the last sigmoid."""
    outputs: np.ndarray = net.forward(w, net.dataset.inputs).outputs
    return outputs
