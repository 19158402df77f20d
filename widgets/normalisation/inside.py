"""Inside: the same network without normalisation, with batch and with layer normalisation."""

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from charts.normalisation_inside import Kind, inside_message
from engine import run
from engine.dataset import Dataset
from engine.normalisation.snapshots import curvature
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from surfaces.mlp import NORMALISATIONS, Mlp
from widgets.controls import as_sentence, phrase, row, typed, unmarked
from widgets.controls import number as ask
from widgets.data import pick_rows, pick_scaling
from widgets.jobs import Progress
from widgets.lines import lines
from widgets.net import TITLES, loss_choice
from widgets.patience import patiently

NAME = "inside"
TITLE = "Normalise the hidden values as well: does the same network get a rounder valley, and learn sooner?"
ORDER = 30

SCALE = Parameter(1.0, 0.01, 100.0, "s", scale="log", help="What the initial weights, Xavier's, are multiplied by.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the initial weights, the same in all three.")
STEPS = Parameter(200, 20, 1000, "T", step=20, whole=True, help="How many steps each takes.")
PLACE = Parameter(10, 2, 40, "k", step=1, whole=True, help="λ₁/λ_k: how unlike the k steepest directions are.")
RATES = np.geomspace(0.02, 20.0, 10)
SNAPSHOTS = 9
LARGE = 120  # weights above which spectra would take too long
KINDS = tuple(NORMALISATIONS)


def draw() -> None:
    """Pick data and network; draw the three learning curves and spectra."""
    with st.sidebar:
        data, scaled = pick_rows(Mlp.misfit, "moons"), pick_scaling()
        data = data.scaled() if scaled else data
        hidden = typed(f"{NAME}.hidden", Mlp.typed_fields()["hidden"])
        activation = phrase(f"{NAME}.activation", Mlp.choices()["activation"], "activation", TITLES)
        with row():
            scale, seed = ask(f"{NAME}.scale", SCALE, "initial scale"), int(ask("seed", SEED, "seed"))
        with row():
            steps, place = int(ask(f"{NAME}.steps", STEPS, "steps")), int(ask(f"{NAME}.place", PLACE, "steepest"))
    made = nets(data, hidden, activation)
    if isinstance(made, str):
        st.info(made)
        return
    patiently(
        (NAME, tuple(made.values()), scale, seed, steps),
        partial(kinds, made, scale, seed, steps),
        lambda found: lines(f"normalisation.{NAME}", *inside_message(list(made.values()), found, place)),
        "the runs and their spectra",
        "Fewer steps, units or rows",
    )


def nets(data: Dataset, hidden: str, activation: str) -> dict[str, Mlp] | str:
    """Return the network of every kind, or why there is none."""
    loss = loss_choice(data).default
    words: dict[str, Any] = {"data": data, "hidden": hidden, "activation": activation, "loss": loss}
    try:
        made = {kind: Mlp(**words, normalisation=kind) for kind in KINDS}
    except ValueError as error:
        return f"{unmarked(as_sentence(str(error)))}. Take fewer hidden units."
    if not made["none"].hidden:
        return "A network without hidden units has no hidden values to normalise. Give it some, such as 8."
    largest = max(net.dim for net in made.values())
    if largest > LARGE:
        return f"This network has {largest} weights with normalisation. Spectra are shown up to {LARGE}: take fewer."
    return made


def kinds(made: dict[str, Mlp], scale: float, seed: int, steps: int, progress: Progress) -> list[Kind] | None:
    """Return every kind's run at the best of RATES, with its spectra; None where progress stopped it."""
    found = []
    for i, net in enumerate(made.values()):
        if progress(i / len(made)) is False:
            return None
        start = net.initial(scale=scale, seed=seed)
        first = run(net, GradientDescent(), RATES, start, steps, record=("error",))
        assert first.error is not None
        ends = np.where(np.isfinite(first.error[-1]), first.error[-1], np.inf)
        best = int(np.argmin(ends))
        at = np.unique(np.linspace(0, steps, SNAPSHOTS).round().astype(int))
        weights = first.weights[at, best]
        spectra = []
        for j, w in enumerate(weights):
            if progress((i + j / len(at)) / len(made)) is False:
                return None
            spectra.append(curvature(net, w))
        found.append(Kind(net.normalisation, float(RATES[best]), first.error[:, best], at, spectra))
    return found
