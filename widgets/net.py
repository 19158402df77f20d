"""The net: a small network's shape, its loss, and the weights it begins with."""

from typing import Any

import numpy as np
import streamlit as st

from charts.activations import LOOKS
from engine.dataset import Dataset
from engine.parameter import Choice, Parameter
from engine.sampling import SAMPLINGS, Batch
from engine.study import Entry
from engine.words import number as words_of
from surfaces.fitting.layers import SCHEMES
from surfaces.mlp import Mlp
from widgets.controls import as_sentence, number, phrase, row, spoken, typed, unmarked, word
from widgets.controls import choice as choose
from widgets.details.picture import Initial
from widgets.notices import remark, warn
from widgets.schedule import Judge
from widgets.shape import PREFIX, slider

NUMBERS = "sum_of_squares"
SAME = "same"
LARGE = 10.0  # inputs beyond which units that saturate do
TITLES = {
    **{name: look.title for name, look in LOOKS.items()},
    **{"cross_entropy": "cross-entropy", "softmax": "softmax with cross-entropy", "max_margin": "max margin"},
    **{"gaussian": "Gaussian", "xavier": "Xavier", "he": "He", "equal": "all equal", "zero": "all zero"},
}
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
    values["activation"] = phrase(f"{PREFIX}.activation", words["activation"], "activation", TITLES)
    values["loss"] = _pick_loss(data)
    with section("more", "Normalisation and penalties", _more_is_set()):
        for name in ("normalisation", "place", "reduction"):
            values[name] = word(f"{PREFIX}.{name}", words[name], spoken(name))
        with row():
            for name in ("penalty", "sparsity"):
                values[name] = number(f"{PREFIX}.{name}", numbers[name], name)
    if (largest := float(np.abs(data.inputs).max())) > LARGE:
        remark(f"Inputs are as large as {words_of(largest)}: hidden units saturate. Scaled ones are learned better.")
    try:
        net = Mlp(**values)
    except ValueError as error:
        warn(f"{unmarked(as_sentence(str(error)))}. One hidden layer of 8 is shown.")
        net = Mlp(**values | {"hidden": (8,)})
    return net, [slider(f"{PREFIX}.penalty", numbers["penalty"], net.penalty, "penalty")]


def judge_of(net: Mlp, validation: Dataset | None) -> Judge:
    """Return what tells the error of a net on rows held out while it trains."""
    if validation is None:
        return Judge(None, "No rows are held out")
    if net.normalisation == "batch":
        return Judge(None, "With batch normalisation rows held out need the statistics of those that train")
    return Judge(net.judging(validation))


def _pick_loss(data: Dataset) -> str:
    """Draw the choice of the loss; where one is asked for that does not fit the targets, say why."""
    key, offered = f"{PREFIX}.loss", loss_choice(data)
    asked = held(key, offered.default)
    loss = phrase(key, offered, "loss", TITLES)
    if asked in Mlp.choices()["loss"].options and asked not in offered.options:
        name = TITLES.get(asked, spoken(asked))
        remark(f"{name.capitalize()} needs classes and {data.title} has numbers: the sum of squares is used.")
    return loss


def _more_is_set() -> str:
    """Return in a few words what is set of normalisation, reduction and penalties."""
    said = [
        spoken(value)
        for name in ("normalisation", "reduction")
        if (value := held(f"{PREFIX}.{name}", "none")) not in ("none", "mean")
    ]
    said += [f"{name} {value}" for name in ("penalty", "sparsity") if (value := held(f"{PREFIX}.{name}", 0.0)) != 0.0]
    return ", ".join(said) or "none"


def held(key: str, default: Any) -> Any:
    """Return what an input holds that is still to be drawn, or what the address has for it."""
    value = st.session_state.get(key)
    return st.query_params.get(key, default) if value is None else value


def section(name: str, title: str, said: str = "") -> Any:
    """Return a closed part of the sidebar, whose label says what is set in it."""
    label = f"{title}: {said}" if said else title
    opened = f"section.{name}.open"  # another label makes another expander, which would be closed
    place = st.expander(
        unmarked(label), expanded=st.session_state.get(opened, False), key=f"section-{name}", on_change="rerun"
    )
    st.session_state[opened] = bool(place.open)
    return place


def pick_batch(net: Mlp) -> Batch | None:
    """Draw how many rows a step receives and how they are drawn; None for all."""
    rows = len(net.rows())
    declared = Parameter(0, 0, 1000, "B", step=1, whole=True, help="How many rows a step receives; 0 is all of them.")
    size = int(number("batch", declared, "batch size"))
    if not 0 < size < rows:
        if size > rows:
            remark(f"There are {rows} rows for training: every step receives them all.")
        return None
    sampling = Choice("reshuffle", tuple(SAMPLINGS), tuple(SAMPLINGS.values()), "How the rows of a batch are drawn.")
    drawn = phrase("sampling", sampling, "rows", {})
    seed = Parameter(0, 0, 9999, "", step=1, whole=True, help="Another seed draws the batches in another order.")
    return Batch(size, drawn, int(number("batch.seed", seed, "seed of the batches")))


def pick_initial(entries: list[Entry]) -> dict[str, Initial]:
    """Draw the inputs of the initial weights; return how those of every run are drawn, by its name."""
    seed = held(f"{INITIAL}.seed", SEED.default)
    asked = str(held(f"{INITIAL}.scheme", SCHEME.default))
    with section(INITIAL, "Initial weights", f"{TITLES.get(asked, asked)}, seed {seed}"):
        scheme = phrase(f"{INITIAL}.scheme", SCHEME, "scheme", TITLES)
        with row(3):
            scale = number(f"{INITIAL}.scale", SCALE, "scale")
            bias = number(f"{INITIAL}.bias", BIAS, "bias")
            first = Initial(scheme, scale, bias, int(number(f"{INITIAL}.seed", SEED, "seed")))
        return {entry.name: first if entry is entries[0] else _pick_further(entry, first) for entry in entries}


def _pick_further(entry: Entry, first: Initial) -> Initial:
    """Draw what sets the initial weights of a further run apart from those of the first."""
    options = {SAME: "as a", **{scheme: TITLES.get(scheme, scheme) for scheme in SCHEMES}}
    with row():
        picked = choose(scheme_key(entry), f"scheme of {entry.name}", options, SAME) or SAME
        initial = first if picked == SAME else first._replace(scheme=picked)
        more = int(number(seed_key(entry), MORE, f"seed of {entry.name}: plus")) if initial.drawn else 0
    return initial._replace(seed=initial.seed + more)


def begun(net: Mlp, entries: list[Entry], initials: dict[str, Initial]) -> list[Entry]:
    """Return the runs, each with the weights that it begins with and what sets them apart from the first run's."""
    first, started = initials[entries[0].name], []
    for entry in entries:
        own = initials[entry.name]
        note = [TITLES.get(own.scheme, own.scheme)] if own.scheme != first.scheme else []
        note += [f"seed {own.seed}"] if own.drawn and own.seed != first.seed else []
        started.append(entry._replace(start=own.start(net), note=", ".join(note)))
    return started


def scheme_key(entry: Entry) -> str:
    """Return the key of a further run's own scheme."""
    return f"{INITIAL}.{entry.name}.scheme"


def seed_key(entry: Entry) -> str:
    """Return the key of how far a run's seed is from the first one's."""
    return f"{INITIAL}.{entry.name}.seed"
