"""Presets: addresses with a name, applied without leaving the page."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.errors import StreamlitAPIException

from engine.optimizer import Optimizer
from engine.parameter import Parameter
from surfaces import discover_surfaces
from surfaces.quadratic import Quadratic
from widgets.address import APPLIED
from widgets.controls import DECLARED, Several, Text
from widgets.runs import FIRST, LETTERS, defaults
from widgets.shape import PREFIX


def preset_row(presets: Mapping[str, str], optimizers: Mapping[str, type[Optimizer]]) -> None:
    """Draw a row of buttons; each makes the page what its own address would make it."""
    with st.container(horizontal=True, key="presets"):
        for title, query in presets.items():
            # without a key: Streamlit goes through all keys of a session at every input
            st.button(title, type="tertiary", on_click=apply, args=(query, optimizers))


def apply(query: str, optimizers: Mapping[str, type[Optimizer]]) -> None:
    """Give every input the value that a query asks for, or its default where the query says nothing."""
    asked = dict(parse_qsl(query))
    surface = discover_surfaces().get(asked.get(PREFIX, ""), Quadratic)
    st.session_state[APPLIED] = True
    for letter in LETTERS:
        _write(letter, asked.get(letter))
    for key, declared in st.session_state.get(DECLARED, {}).items():
        letter, _, name = key.partition(".")
        by_address = key in LETTERS or f"{key}.seen" in st.session_state
        if by_address or isinstance(declared, Several):
            if by_address and key not in LETTERS and key not in asked:
                _write(key, None)
            continue
        if letter in LETTERS:
            slug = asked.get(letter, FIRST if letter == "a" else "")
            default = defaults(optimizers[slug], surface).get(name) if slug in optimizers else None
        else:
            default = declared[0] if isinstance(declared, tuple) else declared.default
        if default is not None and key not in asked:
            st.session_state[key] = default
    for key, value in asked.items():
        if key not in LETTERS:
            st.session_state[key] = _typed(st.session_state.get(DECLARED, {}).get(key), value)
            _write(key, value)


def _typed(declared: Parameter | Text | tuple[str, ...] | None, value: str) -> str | float:
    """Return what an input holds for a value of the address; of one that is still to be drawn its look decides."""
    try:
        return value if isinstance(declared, (tuple, Text)) else float(value)
    except ValueError:
        return value


def _write(key: str, value: str | None) -> None:
    try:
        if value is None:
            st.query_params.pop(key, None)
        else:
            st.query_params[key] = value
    except StreamlitAPIException:
        return  # an input that is on the page owns this key and writes it itself
