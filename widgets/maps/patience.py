"""Patience: a map that takes longer shows how far it is and can be stopped; nobody else waits for it."""

from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from widgets.maps.jobs import Compute, Job, ask

SHORT = 0.7  # seconds in which a map is simply drawn
POLL = 0.4  # seconds between two looks at a longer one
STOPPED = "maps.stopped"


def patiently(key: Hashable, compute: Compute, draw: Callable[[Any], None]) -> None:
    """Draw the result of ``compute(progress)``, known by ``key``: at once where it is short, else when it is there."""
    if st.session_state.get(STOPPED) == key:
        _stopped()
        return
    job = ask(key, compute, SHORT)
    if job.done.is_set():
        draw(job.result)
    else:
        _wait(key, compute)


@st.fragment(run_every=POLL)
def _wait(key: Hashable, compute: Compute) -> None:
    """Look again and again; the page is drawn anew when it is over."""
    job: Job = ask(key, compute, 0.0)
    if job.done.is_set() or st.session_state.get(STOPPED) == key:
        st.rerun()
    st.progress(job.share, f"Computing the map: {100.0 * job.share:.0f} %")
    st.button("Stop", key="maps.stop", on_click=st.session_state.update, args=({STOPPED: key},))


def _stopped() -> None:
    st.info("Stopped: this map is not computed. Fewer cells or fewer steps are sooner done.")
    st.button("Compute it after all", key="maps.resume", on_click=st.session_state.pop, args=(STOPPED,))
