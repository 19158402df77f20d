"""Planes: one network, one set of first weights, one plane, and every activation's own error surface in it."""

from functools import partial

import numpy as np
import streamlit as st

from charts.activations import LOOKS
from charts.activations_planes import Compared, Sibling, planes_message
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
from widgets.jobs import Progress
from widgets.lines import lines
from widgets.patience import patiently
from widgets.trained import SOONER

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


def draw() -> None:
    """Pick a network and how it is trained, and draw the plane under every activation."""
    with st.sidebar:
        entry = pick_rule()
        net = pick_layers(pick_rows(), "tanh")
        initial, steps = pick_weights(entry), pick_length()
        along = phrase("along", KIND, "plane through the start, along", ALONG)
        seed = int(ask("along.seed", SEED, "seed of the plane")) if along == RANDOM else 0
    start = initial.start(net)
    words = f"{net.dim} weights, {len(net.rows())} rows, {entry.label} (PReLU learns a slope more, at first 1/4)."
    patiently(
        (NAME, net, entry, start, steps, along, seed),
        partial(compared, net, entry, start, steps, along, seed),
        lambda found: lines(f"activations.{NAME}", *planes_message(found, words)),
        "the planes",
        SOONER,
    )


def compared(
    net: Mlp, entry: Entry, start: tuple[float, ...], steps: int, along: str, seed: int, progress: Progress
) -> Compared | None:
    """Return the plane, the drawn steps, and what every sibling makes of them; None where progress stopped it."""
    nets, paths, errors = siblings(net), {}, []
    shown = np.unique(np.linspace(0, steps, SHOWN).round().astype(int))
    for done, (name, other) in enumerate(nets.items()):
        first = tuple(as_sibling(other, np.array(start)).tolist())
        told = partial(_told, progress, done, len(nets))
        path = remembered(other, entry.optimizer, entry.learning_rate, first, steps, entry.clip, progress=told)
        if path is None or path.error is None:
            return None
        paths[name] = common(other, path.weights[:, 0])
        errors.append(path.error[shown, 0])
    plane = lay(net, paths, along, seed)
    seen = [sibling(nets[name], plane, paths[name], shown, error) for name, error in zip(nets, errors, strict=True)]
    return Compared(plane, shown, seen)


def _told(progress: Progress, done: int, count: int, share: float) -> bool | None:
    return progress((done + share) / count)


def lay(net: Mlp, paths: dict[str, np.ndarray], along: str, seed: int) -> Plane:
    """Return the plane through the start of all runs (T+1, d), along them, one of them or random directions."""
    every = list(paths.values())
    stay = [path for path in every if np.isfinite(path).all()] or every  # one that leaves would be all there is to see
    if along == RANDOM:
        return random_directions(net, every[0][0], np.concatenate([near(path) for path in stay]), seed, wide=1.0)
    return of_runs(stay if along == RUNS else [paths[along]])


def sibling(net: Mlp, plane: Plane, path: np.ndarray, shown: np.ndarray, error: np.ndarray) -> Sibling:
    """Return one activation's error over the plane, and its run (T+1, d) in it at the drawn steps."""
    heights, _ = net.evaluate(as_sibling(net, plane.grid(GRID)[2]))
    feet = plane.project(path[shown])
    below, _ = net.evaluate(as_sibling(net, plane.lift(feet)))
    held = sum(explained(plane, near(path)))
    return Sibling(net.activation, heights, feet, error, below, held)
