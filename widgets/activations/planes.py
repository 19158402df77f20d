"""Planes: one network, one set of first weights, one plane, and every activation's own error surface in it."""

from functools import lru_cache

import numpy as np
import streamlit as st

from charts.activations_planes import Sibling, planes_message
from engine.parameter import Choice, Parameter
from engine.plane import Plane
from engine.planes import near, of_runs, random_directions
from engine.remembered import remembered
from engine.shadow import explained
from engine.study import Entry
from surfaces.fitting.siblings import as_sibling, common, siblings
from surfaces.mlp import Mlp
from widgets.activations.inputs import pick_layers, pick_length, pick_rows, pick_rule, pick_weights
from widgets.controls import number as ask
from widgets.controls import word
from widgets.lines import lines
from widgets.trained import trained

NAME = "planes"
TITLE = "The same weights, the same data, the same plane: each activation makes its own error surface of them."
ORDER = 30

KIND = Choice(
    "runs",
    ("runs", "random"),
    ("along the runs", "two random directions"),
    "Along the two directions in which all runs move most, or along two random ones; always through the start.",
)
SEED = Parameter(0, 0, 9999, "s", step=1, whole=True, help="From which the random directions are drawn.")
GRID = 41  # points along each side
SHOWN = 81  # drawn steps
REMEMBERED = 8


def draw() -> None:
    """Pick a network and how it is trained, and draw the plane under every activation."""
    with st.sidebar:
        entry = pick_rule()
        net = pick_layers(pick_rows(), "tanh")
        initial, steps = pick_weights(entry), pick_length()
        kind = word("cut", KIND, "plane through the start")
        seed = int(ask("cut.seed", SEED, "seed of the plane")) if kind == "random" else None
    start = initial.start(net)
    key = (NAME, net, entry, start, steps, seed)
    nets = siblings(net)
    entries = [entry._replace(start=tuple(as_sibling(each, np.array(start)).tolist())) for each in nets.values()]
    trained(net, entries, (), steps, key, lambda _: show(net, entry, start, steps, seed))


def show(net: Mlp, entry: Entry, start: tuple[float, ...], steps: int, seed: int | None) -> None:
    """Draw the planes."""
    plane, shown, found = _found(net, entry, start, steps, seed)
    words = f"{net.dim} weights, {len(net.rows())} rows, {entry.label} (PReLU learns a slope more, at first 1/4)."
    lines(f"activations.{NAME}", *planes_message(plane, shown, found, words))


@lru_cache(maxsize=REMEMBERED)
def _found(
    net: Mlp, entry: Entry, start: tuple[float, ...], steps: int, seed: int | None
) -> tuple[Plane, np.ndarray, list[Sibling]]:
    """Return the plane, the drawn steps, and what every sibling makes of them."""
    shown = np.unique(np.linspace(0, steps, SHOWN).round().astype(int))
    nets, paths, errors = siblings(net), {}, {}
    for name, each in nets.items():
        first = tuple(as_sibling(each, np.array(start)).tolist())
        path = remembered(each, entry.optimizer, entry.learning_rate, first, steps, entry.clip)
        assert path is not None and path.error is not None
        paths[name], errors[name] = common(each, path.weights[:, 0]), path.error[shown, 0]
    plane = lay(net, list(paths.values()), seed)
    return plane, shown, [sibling(nets[name], plane, paths[name][shown], errors[name]) for name in nets]


def lay(net: Mlp, paths: list[np.ndarray], seed: int | None) -> Plane:
    """Return the plane through the start of all runs (T+1, d): along them, or with a seed along random directions."""
    stay = [path for path in paths if np.isfinite(path).all()] or paths  # one that leaves would be all there is to see
    if seed is None:
        return of_runs(stay)
    feet = np.concatenate([near(path) for path in stay])
    return random_directions(net, paths[0][0], feet, seed, wide=1.0)


def sibling(net: Mlp, plane: Plane, path: np.ndarray, error: np.ndarray) -> Sibling:
    """Return one activation's error over the plane, and its run (S, d) in it."""
    _, _, points = plane.grid(GRID)
    heights, _ = net.evaluate(as_sibling(net, points))
    feet = plane.project(path)
    below, _ = net.evaluate(as_sibling(net, plane.lift(feet)))
    held = sum(explained(plane, near(path)))
    return Sibling(net.activation, heights, feet, error, below, held)
