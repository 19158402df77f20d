"""Planes: one network, one set of first weights, one plane, and every activation's own error surface in it."""

from functools import lru_cache

import numpy as np
import streamlit as st

from charts.activations import LOOKS
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
from widgets.controls import phrase
from widgets.lines import lines
from widgets.trained import trained

NAME = "planes"
TITLE = "Same weights, same data, same plane: each activation makes its own error surface."
ORDER = 30

RUNS, RANDOM = "runs", "random"
ALONG = {RUNS: "all runs", RANDOM: "two random directions"} | {
    name: f"the run of {look.title}" for name, look in LOOKS.items()
}
KIND = Choice(
    RUNS,
    tuple(ALONG),
    tuple(ALONG.values()),
    "Along the two directions in which all runs move most, or one of them, or along two random ones.",
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
        along = phrase("along", KIND, "plane through the start, along", ALONG)
        seed = int(ask("along.seed", SEED, "seed of the plane")) if along == RANDOM else 0
    start = initial.start(net)
    key = (NAME, net, entry, start, steps, along, seed)
    nets = siblings(net)
    entries = [entry._replace(start=tuple(as_sibling(each, np.array(start)).tolist())) for each in nets.values()]
    trained(net, entries, (), steps, key, lambda _: show(net, entry, start, steps, (along, seed)))


def show(net: Mlp, entry: Entry, start: tuple[float, ...], steps: int, cut: tuple[str, int]) -> None:
    """Draw the planes."""
    plane, shown, found = _found(net, entry, start, steps, cut)
    words = f"{net.dim} weights, {len(net.rows())} rows, {entry.label} (PReLU learns a slope more, at first 1/4)."
    lines(f"activations.{NAME}", *planes_message(plane, shown, found, words))


@lru_cache(maxsize=REMEMBERED)
def _found(
    net: Mlp, entry: Entry, start: tuple[float, ...], steps: int, cut: tuple[str, int]
) -> tuple[Plane, np.ndarray, list[Sibling]]:
    """Return the plane, the drawn steps, and what every sibling makes of them."""
    shown = np.unique(np.linspace(0, steps, SHOWN).round().astype(int))
    nets, paths, errors = siblings(net), {}, {}
    for name, each in nets.items():
        first = tuple(as_sibling(each, np.array(start)).tolist())
        path = remembered(each, entry.optimizer, entry.learning_rate, first, steps, entry.clip)
        assert path is not None and path.error is not None
        paths[name], errors[name] = common(each, path.weights[:, 0]), path.error[shown, 0]
    plane = lay(net, paths, *cut)
    return plane, shown, [sibling(nets[name], plane, paths[name][shown], errors[name]) for name in nets]


def lay(net: Mlp, paths: dict[str, np.ndarray], along: str, seed: int) -> Plane:
    """Return the plane through the start of all runs (T+1, d), along them, one of them or random directions."""
    every = list(paths.values())
    stay = [path for path in every if np.isfinite(path).all()] or every  # one that leaves would be all there is to see
    if along == RANDOM:
        return random_directions(net, every[0][0], np.concatenate([near(path) for path in stay]), seed, wide=1.0)
    return of_runs(stay if along == RUNS else [paths[along]])


def sibling(net: Mlp, plane: Plane, path: np.ndarray, error: np.ndarray) -> Sibling:
    """Return one activation's error over the plane, and its run (S, d) in it."""
    _, _, points = plane.grid(GRID)
    heights, _ = net.evaluate(as_sibling(net, points))
    feet = plane.project(path)
    below, _ = net.evaluate(as_sibling(net, plane.lift(feet)))
    held = sum(explained(plane, near(path)))
    return Sibling(net.activation, heights, feet, error, below, held)
