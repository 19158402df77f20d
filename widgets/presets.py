"""Presets: addresses with a name, applied without leaving the page."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import streamlit as st

from engine.optimizer import Optimizer
from engine.parameter import Parameter
from surfaces import discover_surfaces
from surfaces.quadratic import Quadratic
from widgets.address import APPLIED
from widgets.controls import DECLARED, Everywhere, Several, Text
from widgets.history import one_step
from widgets.runs import FIRST, LETTERS, defaults
from widgets.shape import PREFIX


def preset_row(presets: Mapping[str, str], optimizers: Mapping[str, type[Optimizer]]) -> None:
    """Draw a row of buttons; each makes the page what its own address would make it."""
    with st.container(horizontal=True, key="presets"):
        for title, query in presets.items():
            # without a key: Streamlit goes through all keys of a session at every input
            st.button(title, type="tertiary", on_click=apply, args=(query, optimizers))


def apply(query: str, optimizers: Mapping[str, type[Optimizer]]) -> None:
    """Give every input the value that a query asks for, or its default where the query says nothing.

    All of it is one step of the browser's history.
    """
    asked = dict(parse_qsl(query))
    surface = discover_surfaces().get(asked.get(PREFIX, ""), Quadratic)
    st.session_state[APPLIED] = True
    written: dict[str, str | float | None] = {letter: asked.get(letter) for letter in LETTERS}
    for key, declared in st.session_state.get(DECLARED, {}).items():
        if isinstance(declared, Everywhere):
            continue
        letter, _, name = key.partition(".")
        by_address = key in LETTERS or f"{key}.seen" in st.session_state
        if by_address or isinstance(declared, Several):
            if by_address and key not in LETTERS:
                written[key] = None
            continue
        if letter in LETTERS:
            slug = asked.get(letter, FIRST if letter == "a" else "")
            default = defaults(optimizers[slug], surface).get(name) if slug in optimizers else None
        else:
            default = declared[0] if isinstance(declared, tuple) else declared.default
        written[key] = None
        if default is not None and key not in asked:
            st.session_state[key] = default
    for key, value in asked.items():
        if key not in LETTERS:
            declared = st.session_state.get(DECLARED, {}).get(key)
            st.session_state[key] = _typed(declared, value)
            written[key] = st.session_state[key]
    one_step(written)


def _typed(declared: Parameter | Text | tuple[str, ...] | None, value: str) -> str | float:
    """Return what an input holds for a value of the address; of one that is still to be drawn its look decides."""
    try:
        return value if isinstance(declared, (tuple, Text)) else float(value)
    except ValueError:
        return value
