"""Take away: the run as numbers, and as a program that repeats it."""

from collections.abc import Callable
from functools import lru_cache, partial

import streamlit as st

from engine import run, slug
from engine.program import numpy_program, torch_program
from engine.sampling import arguments
from engine.study import Entry
from engine.take_away import csv_of_run, csv_of_runs
from engine.trajectory import Trajectory
from widgets.details.kinds import On
from widgets.details.picture import Picture

NAME = "code"
TITLE = "Take away"
ORDER = 90
ON = On.ALL
REMEMBERED = 64  # programs kept, 2 kB each

_text = lru_cache(maxsize=REMEMBERED)(numpy_program)


def draw(picture: Picture) -> None:
    """Draw buttons for the numbers and the programs, and the NumPy program itself."""
    edited = picture.edited
    settings = (
        picture.surface,
        edited.optimizer,
        edited.learning_rate,
        tuple(picture.start),
        picture.steps,
        edited.clip,
        edited.batch,
        edited.schedule,
    )
    name = f"{edited.name}_{slug(edited.optimizer)}"
    try:
        text, why = _text(*settings), ""
    except ValueError as error:
        text, why = "", str(error)
    program = ", and a program that repeats every digit" if text else ""
    st.markdown(f"Run {edited.name}, {edited.optimizer.title}: its numbers{program}.")
    with st.container(horizontal=True):
        _button("Numbers (CSV)", f"{name}.csv", "text/csv", lambda: csv_of_run(_path(picture, edited)))
        if len(picture.entries) > 1:
            _button("Numbers of all runs (CSV)", "runs.csv", "text/csv", lambda: _all(picture))
        if text:
            _button("Program for NumPy", f"{name}.py", "text/x-python", lambda: text)
            torch = partial(torch_program, *settings)
            _button("Program for PyTorch", f"{name}_torch.py", "text/x-python", torch)
    if text:
        st.code(text, language="python")
    else:
        st.caption(why)


def _button(label: str, file: str, mime: str, data: Callable[[], str]) -> None:
    st.download_button(label, data, file, mime, on_click="ignore", icon=":material/download:")


def _path(picture: Picture, entry: Entry) -> Trajectory:
    start = entry.start or picture.start
    return run(
        *(picture.surface, entry.optimizer, entry.rates(picture.steps), start, picture.steps),
        clip=entry.clip,
        **arguments(entry.batch),
    )


def _all(picture: Picture) -> str:
    return csv_of_runs({entry.name: _path(picture, entry) for entry in picture.entries})
