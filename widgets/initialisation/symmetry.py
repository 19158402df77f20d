"""Symmetry: units that begin alike stay alike, and what a disturbance makes of them."""

from functools import lru_cache

import numpy as np
import streamlit as st

from charts.initialisation_symmetry import Split, symmetry_message
from engine import run
from engine.initialisation.alike import apart, difference_hessians, driven_apart
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from surfaces.data.circles import Circles
from surfaces.fitting.units import places
from surfaces.mlp import ACTIVATIONS, Mlp
from widgets.controls import number as ask
from widgets.controls import row
from widgets.initialisation.stack import pick_activation
from widgets.lines import lines

NAME = "symmetry"
TITLE = "Hidden units that begin alike stay alike for ever: it takes chance to tell them apart."
ORDER = 10

UNITS = Parameter(4, 2, 8, "M", step=1, whole=True, help="How many hidden units there are.")
FIRST = Parameter(0.5, -2.0, 2.0, "", step=0.1, help="What every weight is at first.")
RATE = Parameter(0.5, 0.01, 3.0, r"\eta", scale="log", step=0.1, help="Learning rate of gradient descent.")
STEPS = Parameter(3000, 100, 5000, "T", step=500, whole=True, help="How many steps every run takes.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the disturbance.")
KINDS = tuple(slug for slug in ACTIVATIONS if slug not in ("linear", "prelu"))
DISTURBED = (0.0, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 1e-1)
AT = 5  # the disturbance that is shown first
ROWS = 60
POINTS = 251  # of a curve
REMEMBERED = 4


def draw() -> None:
    """Pick a network, and draw what disturbances of every size make of units that begin alike."""
    with st.sidebar:
        activation = pick_activation("symmetry.activation", "tanh", KINDS)
        with row():
            units, first = int(ask("symmetry.units", UNITS, "units")), ask("symmetry.first", FIRST, "every weight")
        with row():
            eta, steps = ask("symmetry.rate", RATE, "learning rate"), int(ask("symmetry.steps", STEPS, "steps"))
        seed = int(ask("seed", SEED, "seed"))
    lines(f"initialisation.{NAME}", *symmetry_message(_split(activation, units, first, eta, steps, seed), AT))


@lru_cache(maxsize=REMEMBERED)
def _split(activation: str, units: int, first: float, eta: float, steps: int, seed: int) -> Split:
    net = network(activation, units)
    return split(net, first, eta, steps, seed)


@lru_cache(maxsize=REMEMBERED)
def network(activation: str, units: int) -> Mlp:
    """Return the network: one hidden layer, on two rings."""
    return Mlp(data=Circles(rows=ROWS).dataset(), hidden=(units,), activation=activation)


def split(net: Mlp, first: float, eta: float, steps: int, seed: int) -> Split:
    """Return what runs do that begin with equal weights, each disturbed by so much, and one with Xavier's."""
    alike, noise = net.initial("equal", first), np.random.default_rng(seed).standard_normal(net.dim)
    starts = np.stack([*(alike + size * noise for size in DISTURBED), net.initial("xavier", seed=seed)])
    path = run(net, GradientDescent(), eta, starts, steps, record=("error", "gradient"))
    units = places(net.layers)
    pairs = np.triu_indices(len(units), 1)
    whole = int(path.diverged_at[0]) if path.diverged_at[0] >= 0 else steps
    blocks = difference_hessians(net.times, path.weights[:whole, 0], units)
    gaps = noise[units][pairs[0]] - noise[units][pairs[1]]
    told = np.full(steps + 1, np.nan)
    told[: whole + 1] = np.linalg.norm(driven_apart(blocks, eta, gaps), axis=-1).max(axis=1)
    assert path.error is not None and path.gradient is not None
    seen = np.unique(np.linspace(0, steps, POINTS).round().astype(int))
    incoming = path.weights[seen][:, : len(DISTURBED)][..., units[:, : net.widths[0]]]
    return Split(
        DISTURBED,
        seen,
        apart(path.weights[:, : len(DISTURBED)], units),
        float(np.nanmax(apart(path.gradient[:, 0], units))),
        told,
        path.error,
        incoming,
        float(np.linalg.eigvalsh(0.5 * (blocks[-1] + blocks[-1].T))[0]),
        eta,
    )
