"""Units: which of a network's units are dead or saturated, layer by layer, along a run."""

from functools import lru_cache

import numpy as np
import streamlit as st

from charts.activations_units import Layer, Lived, units_message
from engine.parameter import Choice
from engine.remembered import remembered
from engine.study import Entry
from engine.words import with_error
from surfaces.fitting.idle import Idle, expected_flat, idle
from surfaces.mlp import Mlp
from widgets.activations.inputs import SHARE, UNIT_ROWS, pick_layers, pick_length, pick_rows, pick_rule, pick_weights
from widgets.controls import number as ask
from widgets.controls import phrase, row
from widgets.details.picture import Initial
from widgets.lines import lines
from widgets.net import TITLES
from widgets.shape import PREFIX
from widgets.trained import trained

NAME = "units"
TITLE = "A unit that is flat on every row gets no gradient, or hardly any: how many are there along a run?"
ORDER = 20

FIRST = "relu"
MOST_STEPS, FEWEST_STEPS, ROOM = 151, 12, 60_000  # drawn steps, and numbers of the picture of all units

REMEMBERED = 8


def draw() -> None:
    """Pick a network and how it is trained, and draw the state of its units at every step."""
    with st.sidebar:
        entry = pick_rule()
        declared = Mlp.choices()["activation"]
        first = Choice(FIRST, declared.options, declared.meanings, declared.help)
        activation = phrase(f"{PREFIX}.activation", first, "activation", TITLES)
        net = pick_layers(pick_rows(), activation)
        initial, steps = pick_weights(entry), pick_length()
        with row():
            share, rows = ask("flat", SHARE, "flat below"), ask("units.rows", UNIT_ROWS, "of the rows")
    start = initial.start(net)
    begun = entry._replace(start=start)
    key = (NAME, net, begun, steps, share, rows)
    trained(net, [begun], begun, (), steps, None, key, lambda _: show(net, begun, initial, steps, share, rows))


def show(net: Mlp, entry: Entry, initial: Initial, steps: int, share: float, rows: float) -> None:
    """Draw the run."""
    lived = live(net, entry, steps, share, rows)
    lines(f"activations.{NAME}", *units_message(lived, entry.label, share, rows, begins(net, initial, share, lived)))


@lru_cache(maxsize=REMEMBERED)
def live(net: Mlp, entry: Entry, steps: int, share: float, rows: float) -> Lived:
    """Return what the units of a network are at the drawn steps of a run."""
    path = remembered(net, entry.optimizer, entry.learning_rate, entry.start or net.start, steps, entry.clip)
    assert path is not None and path.error is not None and path.gradient is not None
    shown = drawn(steps, sum(net.hidden))
    weights, gradient = path.weights[shown, 0], path.gradient[shown, 0]
    found = idle(net, weights, share)
    layers = [Layer(each.flat, each.dead, each.saturated(rows)) for each in found]
    return Lived(shown, layers, path.error[shown, 0], due_to_dead(net, found, gradient))


def drawn(steps: int, units: int) -> np.ndarray:
    """Return the drawn steps, as many as a message has room for."""
    most = min(MOST_STEPS, max(FEWEST_STEPS, ROOM // (4 * units)))
    return np.unique(np.linspace(0, steps, most).round().astype(int))


def due_to_dead(net: Mlp, found: tuple[Idle, ...], gradient: np.ndarray) -> np.ndarray:
    """Return the largest |dE/dw| of what leads into a dead unit, at every step (S,): nothing, if all is right."""
    largest = np.zeros(len(gradient))
    for layer, each in zip(net.layers, found, strict=False):
        into = np.abs(layer.matrix(gradient)).max(axis=-1)
        into = np.maximum(into, np.abs(gradient[:, layer.biases]))
        largest = np.maximum(largest, np.where(each.dead, into, 0.0).max(axis=1))
    return largest


def begins(net: Mlp, initial: Initial, share: float, lived: Lived) -> str:
    """Return in a sentence how flat the first layer is at first, and what is predicted where weights are normal."""
    deviations = {"gaussian": 1.0, "he": float(np.sqrt(2.0 / net.layers[0].inputs))}
    if initial.scheme not in deviations:
        return ""
    told = expected_flat(net, initial.scale * deviations[initial.scheme], initial.bias, share)
    each = lived.layers[0].flat[0]
    unsure = float(each.std(ddof=1) / np.sqrt(len(each))) if len(each) > 1 else 0.0
    return (
        f" At first {with_error(float(each.mean()), unsure)} of rows and units of layer 1 are flat; of normal weights"
        f" {told:.2g} is predicted."
    )
