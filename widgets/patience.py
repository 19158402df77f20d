"""Patience: what takes longer shows how far it is, or who is ahead, and can be stopped; nobody else waits for it."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from engine.workers import Block, Watch, scatter
from widgets.jobs import Compute, Failed, Progress, ask, forget

SHORT = 0.7  # seconds in which a result is simply drawn
POLL = 0.4  # seconds between two looks at a longer one
ROOM = 420  # px, about what the result will take
STOPPED = "patience.stopped"


def patiently(
    key: Hashable,
    compute: Compute,
    draw: Callable[[Any], None],
    what: str = "the map",
    sooner: str = "Fewer cells or fewer steps",
) -> None:
    """Draw the result of ``compute(progress)``, known by ``key``: at once where it is short, else when it is there.

    ``what`` it is, and what would make it ``sooner`` done, are said where it is not.
    """
    if st.session_state.get(STOPPED) == key:
        _stopped(what, sooner)
        return
    try:
        job = ask(key, compute, SHORT, _session())
    except Failed:
        _failed(key, what)
        return
    if job.result is not None:
        draw(job.result)
    else:
        _wait(key, compute, what)


def each(places: Sequence[Any], make: Callable[[Any], Any], progress: Progress) -> list[Any] | None:
    """Return what is made at every place, one after another; None where progress stopped it."""
    made: list[Any] = []
    for place in places:
        if progress(len(made) / len(places)) is False:
            return None
        made.append(make(place))
    return made


def side_by_side(places: Sequence[Any], make: Callable[[Any], Any], progress: Progress) -> list[Any] | None:
    """Return the same in the same order, made on all processors; ``make`` must not wait for others of the pool.

    What takes longest is best put first. What has begun when progress says stop is still made.
    """
    if progress(0.0) is False:
        return None
    made: list[Any] = [None] * len(places)

    def measure(place: Any, watch: Watch | None) -> list[Any] | None:
        found: list[Any] = []

        def advance(first: int, last: int) -> bool:
            found.append(make(place))
            return True

        whole = watch is not None and watch.in_pieces(advance, 0, 1)
        return found if whole else None

    def keep(where: slice, found: Any) -> None:
        made[where] = found

    blocks = (Block(slice(k, k + 1), place) for k, place in enumerate(places))
    return made if scatter(measure, blocks, keep, len(places), progress=progress) else None


def part(progress: Progress, done: int, count: int) -> Progress:
    """Return the progress of the next of ``count`` parts of equal length, of which so many are done."""
    return lambda share: progress((done + share) / count)


@st.fragment(run_every=POLL)
def _wait(key: Hashable, compute: Compute, what: str) -> None:
    """Look again and again; the page is drawn anew when it is over."""
    try:
        job = ask(key, compute, 0.0, _session())
    except Failed:
        job = None
    if job is None or job.done.is_set() or st.session_state.get(STOPPED) == key:
        st.rerun()
    with st.container(height=ROOM, border=False):
        ahead = job.ahead
        far = f"{ahead} ahead of you" if ahead else f"{100.0 * job.share:.0f} %"
        st.progress(job.share, f"Computing {what}: {far}")
        st.button("Stop", key="patience.stop", on_click=st.session_state.update, args=({STOPPED: key},))


def _session() -> str | None:
    context = get_script_run_ctx()
    return context.session_id if context else None


def _stopped(what: str, sooner: str) -> None:
    st.info(f"Stopped while computing {what}. {sooner} are sooner done.")
    st.button("Compute it after all", key="patience.resume", on_click=st.session_state.pop, args=(STOPPED,))


def _failed(key: Hashable, what: str) -> None:
    st.error(f"Something went wrong while computing {what}: try again, or change a setting.")
    st.button("Try again", key="patience.again", on_click=forget, args=(key,))
