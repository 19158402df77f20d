"""Restarts: the same network from many seeds, judged on the rows that are kept for validation."""

from typing import Any

import numpy as np
import streamlit as st

from engine import run
from engine.sampling import arguments
from engine.study import Entry
from engine.words import number
from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.picture import Picture
from widgets.net import INITIAL, Initial, seed_key
from widgets.network import judged
from widgets.patience import patiently

NAME = "restarts"
TITLE = "From many starts"
ORDER = 8
ON = On.NETWORK

SEEDS = 60


def draw(picture: Picture) -> None:
    """Draw where the run under the sliders ends from every seed."""
    if picture.validation is None:
        st.caption("No rows are kept for validation: nothing can judge the ends.")
        return
    initial = Initial(*(st.session_state[f"{INITIAL}.{name}"] for name in Initial._fields))
    if not initial.drawn:
        st.caption("With weights that are all alike at first every seed is the same start.")
        return
    key = ("restarts", picture.surface, picture.validation, plain(picture.edited), picture.steps, initial[:-1])

    def compute(progress: Any) -> tuple[np.ndarray, np.ndarray]:
        return ends(picture, initial, progress)

    patiently(key, compute, lambda found: _show(picture, found), "the restarts", "Fewer steps or fewer units")


def plain(entry: Entry) -> Entry:
    """Return a run without what says where it begins."""
    return entry._replace(name="", start=None, note="")


def ends(picture: Picture, initial: Initial, progress: Any = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the training and the validation error of a row where the run from each seed ends, (SEEDS,) each."""
    net, entry = picture.surface, picture.edited
    path = run(
        *(net, entry.optimizer, entry.learning_rate),
        [initial.start(net, seed) for seed in range(SEEDS)],
        picture.steps,
        record=(),
        record_every=max(picture.steps, 1),
        progress=progress,
        clip=entry.clip,
        **arguments(entry.batch),
    )
    assert picture.validation is not None
    weights = path.weights[-1]
    return judged(net, net.dataset, weights)[0], judged(net, picture.validation, weights)[0]


def _show(picture: Picture, found: tuple[np.ndarray, np.ndarray]) -> None:
    training, validation = found
    st.markdown(sentence(training, validation))
    more = st.session_state.get(seed_key(picture.edited), 0)
    header = {
        "key": f"{INITIAL}.seed",
        "seed": st.session_state[f"{INITIAL}.seed"] + more,
        "more": more,
        "best": best(validation),
        "surface": repr(picture.surface),
    }
    follow(NAME, header, {"training": training, "validation": validation})
    st.caption(
        "Every dot is the network at the end of a run from another seed; click one and that run is shown. What is"
        " picked by its validation error looks better on those rows than on rows that nobody has looked at."
    )


def best(validation: np.ndarray) -> int:
    """Return the seed with the lowest validation error, -1 where all are lost."""
    known = np.where(np.isfinite(validation), validation, np.inf)
    return int(known.argmin()) if np.isfinite(known).any() else -1


def sentence(training: np.ndarray, validation: np.ndarray) -> str:
    """Say how far the ends lie apart, and which would be picked."""
    seed, known = best(validation), validation[np.isfinite(validation)]
    if seed < 0:
        return f"All {len(validation)} runs are lost: take a smaller learning rate."
    lost = f" {len(validation) - len(known)} are lost." if len(known) < len(validation) else ""
    low, high = number(float(known.min())), number(float(known.max()))
    rank = int((training < training[seed]).sum()) + 1
    also = "which also trains best" if rank == 1 else f"number {rank} of {len(training)} in training error"
    return (
        f"From {len(validation)} seeds a validation row ends up costing from {low} to {high}, half of the runs less"
        f" than {number(float(np.median(known)))}.{lost} Lowest is seed {seed}, {also}."
    )
