"""The section: which plane through the weights is shown, of a surface that has more than two."""

import streamlit as st

from engine.cut import ENDS, KINDS, PLACES, Cut
from engine.parameter import Choice, Parameter
from engine.study import Entry
from engine.surface import Surface
from widgets.controls import number, row, word
from widgets.notices import remark
from widgets.shape import START_KEYS

KEY = "plane"
MEANINGS = ("two weights", "two random directions", "principal components of the run", "steepest eigenvectors")
HELP = (
    "What the plane is laid along: two weights; two random directions, scaled filter by filter; the principal"
    " components of the run under the sliders; the eigenvectors of the two largest eigenvalues of the Hessian."
)
MORE = f"{HELP[:-1]}; or through the ends of that run and of another one, and its start."
SEED = Parameter(0, 0, 9999, "s", step=1, whole=True, help="From which the random directions are drawn.")


def plane_is_set(first: str = KINDS[0]) -> str:
    """Return in a few words what the plane is laid along, before its inputs are drawn."""
    meanings = {**dict(zip(KINDS, MEANINGS, strict=True)), ENDS: "the ends of two runs"}
    kind = str(st.session_state.get(KEY) or st.query_params.get(KEY, first))
    return meanings.get(kind, meanings[first])


def pick_cut(surface: Surface, first: str = KINDS[0], at: str = PLACES[0], other: Entry | None = None) -> Cut | None:
    """Draw the inputs of the plane; None where the surface has but two weights and is shown whole.

    With ``other``, a run beside the one under the sliders, the plane can go through the ends of both.
    """
    if surface.dim <= 2:
        return None
    kinds, meanings, text = (KINDS, MEANINGS, HELP) if other is None else ((*KINDS, ENDS), (*MEANINGS, ENDS), MORE)
    kind = word(KEY, Choice(first, kinds, meanings, text), "Plane through the weights")
    pair, seed = (0, 1), 0
    if kind == "weights":
        pair = _pick_pair(surface)
    if kind == "random":
        seed = int(number(f"{KEY}.seed", SEED, "seed"))
    if kind in ("run", ENDS):
        return Cut(kind, other=other if kind == ENDS else None)
    place = word(
        f"{KEY}.at", Choice(at, PLACES, PLACES, "A plane through the end is that of the present run."), "Laid at its"
    )
    return Cut(kind, place, *pair, seed)


def _pick_pair(surface: Surface) -> tuple[int, int]:
    """Draw the inputs of two weights, by their numbers from 1."""
    picked = []
    with row():
        for name, default in (("first", 1), ("second", 2)):
            declared = Parameter(
                default, 1, surface.dim, name, step=1, whole=True, help="A weight of the plane, by its number."
            )
            picked.append(int(number(f"{KEY}.{name}", declared, name)) - 1)
    one, other = picked
    if one == other:
        other = 0 if one else 1
        remark(f"A plane needs two weights: {one + 1} and {other + 1} are shown.")
    return one, other


def pick_move(cut: Cut | None) -> tuple[float, float]:
    """Draw the inputs that move the start within the plane; it stays where the plane depends on the run."""
    if cut is None or cut.follows:
        return 0.0, 0.0
    values = []
    with row():
        for key, symbol in zip(START_KEYS, ("x", "y"), strict=True):
            declared = Parameter(0.0, -100.0, 100.0, symbol, step=0.1, help="How far the start is moved in the plane.")
            values.append(number(key, declared, "start moved by"))
    return values[0], values[1]
