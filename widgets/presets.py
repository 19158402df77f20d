"""Presets: addresses with a name, applied without leaving the page."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.errors import StreamlitAPIException

from engine.optimizer import Optimizer
from engine.parameter import Parameter
from widgets.address import APPLIED
from widgets.controls import DECLARED, Several
from widgets.runs import FIRST, LETTERS, default_of


def preset_row(presets: Mapping[str, str], optimizers: Mapping[str, type[Optimizer]]) -> None:
    """Draw a row of buttons; each makes the page what its own address would make it."""
    with st.container(horizontal=True, key="presets"):
        for title, query in presets.items():
            # without a key: Streamlit goes through all keys of a session at every input
            st.button(title, type="tertiary", on_click=apply, args=(query, optimizers))


def apply(query: str, optimizers: Mapping[str, type[Optimizer]]) -> None:
    """Give every input the value that a query asks for, or its default where the query says nothing."""
    asked = dict(parse_qsl(query))
    st.session_state[APPLIED] = True
    for letter in LETTERS:
        _write(letter, asked.get(letter))
    for key, declared in st.session_state.get(DECLARED, {}).items():
        letter, _, name = key.partition(".")
        if key in LETTERS or isinstance(declared, Several):
            continue
        if letter in LETTERS:
            slug = asked.get(letter, FIRST if letter == "a" else "")
            default = default_of(optimizers[slug], name) if slug in optimizers else None
        else:
            default = declared.default if isinstance(declared, Parameter) else declared[0]
        if default is not None and key not in asked:
            st.session_state[key] = default
    for key, value in asked.items():
        if key not in LETTERS:
            st.session_state[key] = value if _is_word(key, asked, optimizers) else float(value)
            _write(key, value)


def _is_word(key: str, asked: Mapping[str, str], optimizers: Mapping[str, type[Optimizer]]) -> bool:
    letter, _, name = key.partition(".")
    rule = optimizers.get(asked.get(letter, FIRST))
    return isinstance(st.session_state.get(DECLARED, {}).get(key), tuple) or bool(rule and name in rule.choices())


def _write(key: str, value: str | None) -> None:
    try:
        if value is None:
            st.query_params.pop(key, None)
        else:
            st.query_params[key] = value
    except StreamlitAPIException:
        return  # an input that is on the page owns this key and writes it itself
