"""Notices: what was not adopted or was limited, said beside its input and again where a folded sidebar hides that."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

SAID = "valley.said"  # in this run


def warn(text: str) -> None:
    """Say beside an input that what it holds is not used."""
    st.warning(text)
    _remember(text)


def remark(text: str) -> None:
    """Say beside an input, quietly, how what it holds is taken."""
    st.caption(text)
    _remember(text)


@contextmanager
def notices() -> Iterator[None]:
    """Repeat here what is said within; page.css hides it while the sidebar, where it was said, is open."""
    st.session_state[SAID], place = [], st.empty()
    yield
    if said := st.session_state[SAID]:
        with place.container(border=True, key="notices"):
            for text in said:
                st.markdown(text)


def _remember(text: str) -> None:
    if text not in (said := st.session_state.setdefault(SAID, [])):
        said.append(text)
