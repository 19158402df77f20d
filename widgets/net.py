"""The net: a small network's shape, its loss, and the weights it begins with."""

from typing import Any

import streamlit as st

from engine.dataset import Dataset
from engine.parameter import Choice, Parameter
from engine.sampling import SAMPLINGS, Batch
from engine.study import Entry
from surfaces.fitting.layers import SCHEMES
from surfaces.mlp import Mlp
from widgets.controls import number, row, spoken, typed, unmarked, word
from widgets.details.picture import Initial
from widgets.shape import PREFIX, slider

NUMBERS = "sum_of_squares"
INITIAL = "initial"
SCHEME = Choice(
    "xavier",
    SCHEMES,
    SCHEMES,
    "All zero, all equal, uniform, Gaussian, or spread so that signals keep their size: Xavier for tanh and sigmoid, He"
    " for ReLUs.",
)
SCALE = Parameter(1.0, 0.001, 100.0, "s", scale="log", help="What the initial weights are multiplied by.")
MORE = Parameter(0, 0, 99, "", step=1, whole=True, help="Begins with other weights than the first run, if not 0.")
SEED = Parameter(0, 0, 9999, "", step=1, whole=True, help="Another seed draws other initial weights.")
BIAS = Parameter(0.0, -1.0, 1.0, "b", step=0.05, help="All biases at first; a small positive one keeps ReLUs alive.")


def loss_choice(data: Dataset) -> Choice:
    """Return the losses that suit the targets: for numbers the sum of squares alone."""
    declared = Mlp.choices()["loss"]
    if not data.classes:
        return Choice(NUMBERS, (NUMBERS,), (declared.meaning(NUMBERS),), declared.help)
    first = "cross_entropy" if len(data.classes) == 2 else "softmax"
    return Choice(first, declared.options, declared.meanings, declared.help)


def pick_net(data: Dataset) -> tuple[Mlp, list[dict[str, Any]]]:
    """Draw the inputs of the network; return it, and the figure's sliders for it.

    One that cannot be, of too many weights, is said in a sentence, and one hidden layer takes its place.
    """
    words, numbers = Mlp.choices(), Mlp.parameters()
    values: dict[str, Any] = {"data": data}
    values["hidden"] = typed(f"{PREFIX}.hidden", Mlp.typed_fields()["hidden"])
    values["activation"] = word(f"{PREFIX}.activation", words["activation"], "activation")
    values["loss"] = word(f"{PREFIX}.loss", loss_choice(data), "loss")
    with st.expander("Normalisation and penalties"):
        for name in ("normalisation", "place", "reduction"):
            values[name] = word(f"{PREFIX}.{name}", words[name], spoken(name))
        with row():
            for name in ("penalty", "sparsity"):
                values[name] = number(f"{PREFIX}.{name}", numbers[name], name)
    try:
        net = Mlp(**values)
    except ValueError as error:
        st.warning(f"{unmarked(str(error))}. One hidden layer of 8 is shown.")
        net = Mlp(**values | {"hidden": (8,)})
    return net, [slider(f"{PREFIX}.penalty", numbers["penalty"], net.penalty, "penalty")]


def pick_batch(net: Mlp) -> Batch | None:
    """Draw how many rows a step receives and how they are drawn; None for all."""
    rows = len(net.rows())
    size = int(
        number(
            "batch",
            Parameter(0, 0, 1000, "B", step=1, whole=True, help="How many rows a step receives; 0 is all of them."),
            "batch size",
        )
    )
    if not 0 < size < rows:
        if size > rows:
            st.caption(f"There are {rows} rows for training: every step receives them all.")
        return None
    sampling = Choice("reshuffle", tuple(SAMPLINGS), tuple(SAMPLINGS.values()), "How the rows of a batch are drawn.")
    drawn = word("sampling", sampling, "rows")
    seed = Parameter(0, 0, 9999, "", step=1, whole=True, help="Another seed draws the batches in another order.")
    return Batch(size, drawn, int(number("batch.seed", seed, "seed of the batches")))


def pick_initial() -> Initial:
    """Draw the inputs of the initial weights."""
    scheme = word(f"{INITIAL}.scheme", SCHEME, "Initial weights")
    with row(3):
        scale = number(f"{INITIAL}.scale", SCALE, "scale")
        bias = number(f"{INITIAL}.bias", BIAS, "bias")
        seed = int(number(f"{INITIAL}.seed", SEED, "seed"))
    return Initial(scheme, scale, bias, seed)


def begun(net: Mlp, entries: list[Entry], initial: Initial) -> list[Entry]:
    """Draw where the seeds of further runs stand; return the runs, each with the weights that it begins with."""
    started = []
    for entry in entries:
        more = 0
        if entry is not entries[0] and initial.drawn:
            more = int(number(seed_key(entry), MORE, f"seed of {entry.name}: plus"))
        note = f"seed {initial.seed + more}" if more else ""
        started.append(entry._replace(start=initial.start(net, initial.seed + more), note=note))
    return started


def seed_key(entry: Entry) -> str:
    """Return the key of how far a run's seed is from the first one's."""
    return f"{INITIAL}.{entry.name}.seed"
