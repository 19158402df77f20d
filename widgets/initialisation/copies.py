"""Copies: permute, flip and rescale the hidden units of a solution, and the network is the same."""

from functools import lru_cache

import numpy as np
import streamlit as st

from charts.initialisation_copies import Copy, Family, copies_message
from engine import run
from engine.initialisation.copies import count, flipped, permuted, rescaled
from engine.optimizers.adam import Adam
from engine.parameter import Parameter
from surfaces.data.moons import Moons
from surfaces.fitting.charges import charges
from surfaces.fitting.units import places
from surfaces.mlp import Mlp
from widgets.controls import number as ask
from widgets.controls import row
from widgets.initialisation.stack import pick_activation
from widgets.lines import lines

NAME = "copies"
TITLE = "Every solution has many copies: other weights, the same network."
ORDER = 60

ODD, RESCALED = ("tanh", "hard_tanh", "softsign"), ("relu", "leaky_relu")
KINDS = (*ODD, "sigmoid", *RESCALED)
UNITS = Parameter(4, 2, 8, "M", step=1, whole=True, help="How many hidden units there are.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the weights before training, and of the copies.")
ROWS, NOISE, STEPS, RATE = 60, 0.3, 1000, 0.03
RANDOM = 12  # copies that are drawn
FACTORS = 2.0 ** np.linspace(-3.0, 3.0, 13)
FINE = np.linspace(-0.1, 1.1, 121)  # places along the straight line
REMEMBERED = 4
ALL = "all units flipped"


def draw() -> None:
    """Pick a network, train it, and draw its copies."""
    with st.sidebar:
        activation = pick_activation("copies.activation", "tanh", KINDS)
        with row():
            units, seed = int(ask("copies.units", UNITS, "units")), int(ask("seed", SEED, "seed"))
    lines(f"initialisation.{NAME}", *copies_message(_family(activation, units, seed)))


@lru_cache(maxsize=REMEMBERED)
def _family(activation: str, units: int, seed: int) -> Family:
    net = Mlp(data=Moons(rows=ROWS, noise=NOISE).dataset(), hidden=(units,), activation=activation)
    return family(net, solution(net, seed), seed)


def solution(net: Mlp, seed: int) -> np.ndarray:
    """Return the weights (D,) that Adam ends at."""
    start = net.initial("he" if net.activation in RESCALED else "xavier", seed=seed)
    path = run(net, Adam(), RATE, start, STEPS, record=(), record_every=STEPS)
    return np.asarray(path.weights[-1, 0])


def family(net: Mlp, w: np.ndarray, seed: int) -> Family:
    """Return the copies of w with their errors, their curvatures, and the errors along the straight lines to them."""
    units = places(net.layers)
    made = _rescaled(net, w, units) if net.activation in RESCALED else _turned(net, w, units, seed)
    points = np.stack([copy for _, copy in made])
    errors = net.evaluate(points)[0]
    between = w + FINE[:, None] * (points - w)[:, None, :]
    along = net.evaluate(between.reshape(-1, net.dim))[0].reshape(len(points), -1)
    curvatures = np.linalg.eigvalsh(net.hessian(points))[:, -1]
    hessian, sharp = net.hessian(w), []
    for copy in points:
        share = np.where(w == 0.0, 1.0, copy / np.where(w == 0.0, 1.0, w))
        sharp.append(float(np.linalg.eigvalsh(hessian / np.outer(share, share))[-1]))
    middle = net.evaluate(0.5 * (points + w))[0]
    constant = half_way(net, w, units)
    copies = tuple(
        Copy(
            name,
            copy[units[:, :2]],
            float(error),
            float(np.linalg.norm(copy - w)),
            line,
            float(half),
            constant if name == ALL else None,
            float(top),
        )
        for (name, copy), error, line, half, top in zip(made, errors, along, middle, curvatures, strict=True)
    )
    scaled = net.activation in RESCALED
    kind = "rescaled" if scaled else "odd" if net.activation in ODD else "sigmoid"
    return Family(
        kind,
        w[units[:, :2]],
        float(net.evaluate(w)[0]),
        FINE,
        copies,
        count(len(units), not scaled),
        np.array(sharp) if scaled else None,
        FACTORS if scaled else None,
        float(np.linalg.eigvalsh(hessian)[-1]),
    )


def half_way(net: Mlp, w: np.ndarray, units: np.ndarray) -> float:
    """Return the error half way to the copy with all units flipped, where every row has the same output.

    The output is its bias; of sigmoids, half of what leads out of every unit is added.
    """
    output = w[net.layers[-1].biases]
    if net.activation == "sigmoid":
        output = output + 0.5 * w[units[:, -len(output) :]].sum(axis=0)
    rows = np.broadcast_to(output, (len(net.rows()), len(output)))
    return float(charges(net.loss, rows, net.dataset.targets).mean())


def _rescaled(net: Mlp, w: np.ndarray, units: np.ndarray) -> list[tuple[str, np.ndarray]]:
    return [(f"× {factor:.3g}", rescaled(w, units, net.widths[-1], float(factor))) for factor in FACTORS]


def _turned(net: Mlp, w: np.ndarray, units: np.ndarray, seed: int) -> list[tuple[str, np.ndarray]]:
    """Return copies with their names: two units swapped, one flipped, all flipped, and some drawn by chance."""
    many, random = len(units), np.random.default_rng(seed)
    output = net.layers[-1].biases
    moved = np.arange(output.start, output.stop) if net.activation == "sigmoid" else None
    swap = np.array([1, 0, *range(2, many)])
    made = [
        ("units 1 and 2 swapped", permuted(w, units, swap)),
        ("unit 1 flipped", flipped(w, units, np.arange(many) == 0, moved)),
        (ALL, flipped(w, units, np.ones(many, dtype=bool), moved)),
    ]
    for k in range(RANDOM):
        turned = flipped(w, units, random.integers(0, 2, many) == 1, moved)
        made.append((f"by chance, {k + 1}", permuted(turned, units, random.permutation(many))))
    return made
