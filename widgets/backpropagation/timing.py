"""Timing: the same gradient by loops in Python, by vectors in NumPy and by compiled loops, measured here and now."""

import inspect
import os
import platform
import textwrap
import time
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from charts.backpropagation_timing import timing_message
from engine.elementwise import interpreted, vectors
from engine.parameter import Parameter
from engine.stopwatch import Timing, measured
from widgets.controls import number as ask
from widgets.controls import row
from widgets.lines import lines
from widgets.patience import patiently

NAME = "timing"
TITLE = "The same gradient by loops in Python, by vectors and by compiled loops: what does each cost?"
ORDER = 50

LARGEST = Parameter(256, 8, 512, "n", step=64, whole=True, help="Units of the largest layers that are measured.")
LAYERS = Parameter(2, 1, 4, "L", step=1, whole=True, help="Layers, all of one size, below one score.")
SHARED = 30.0  # seconds: whoever asks for the same within them gets one measurement, so that a class does not queue
ASKED, KEPT = "timing.asked", "timing.kept"


def draw() -> None:
    """Pick the sizes, measure where a student asks for it, and show the lines that were run."""
    with st.sidebar, row():
        largest, layers = int(ask("timing.largest", LARGEST, "units")), int(ask("timing.layers", LAYERS, "layers"))
    begun = st.session_state.get(ASKED, ())
    again = begun[1:3] == (largest, layers)
    st.button(
        "Measure again" if again else "Measure on the machine that serves this page",
        key="timing.measure",
        type="secondary" if again else "primary",
        icon=":material/timer:",
        on_click=_begin,
        args=(largest, layers),
    )
    if again:
        _show(begun, largest, layers)
    with st.expander("The lines that are timed", expanded=not again):
        st.markdown(
            "Both fill the same arrays: $a_k$, $\\delta_k = \\partial s/\\partial z_k$ and"
            " $\\partial s/\\partial W_k$ of a score $s = u^\\mathsf{T} a_L$, with $f(z) = z/(1 + |z|)$, whose slope is"
            " $(1 - |a|)^2$. Python runs the first on lists; compiled, these very lines run on arrays."
        )
        for place, title, act in zip(
            st.columns(2), ("Number by number", "As vectors"), (interpreted(), vectors), strict=True
        ):
            place.markdown(f"**{title}**")
            place.code(body(act), language="python")


def _begin(largest: int, layers: int) -> None:
    """Ask for a measurement that is shared; who has that one already gets one more."""
    now = time.monotonic()
    shared = (NAME, largest, layers, int(now / SHARED))
    held = st.session_state.get(ASKED, ())[:4] == shared
    st.session_state[ASKED] = (*shared, now) if held else shared


def _show(key: tuple[Any, ...], largest: int, layers: int) -> None:
    """Draw what was measured, which stays as it is until the button is pressed again."""
    before, kept = st.session_state.get(KEPT, (None, None))

    def show(timings: list[Timing]) -> None:
        st.session_state[KEPT] = (key, timings)
        lines(f"backpropagation.{NAME}", *timing_message(layers, timings, machine()))

    if before == key and kept:
        show(kept)
    else:
        patiently(key, partial(measured, sizes(largest), layers), show, "the times", "Smaller layers")


def sizes(largest: int) -> list[int]:
    """Return the sizes of layers that are measured: powers of two below the largest, and that."""
    return [2**power for power in range(1, 10) if 2**power < largest] + [largest]


def machine() -> str:
    """Return what runs the lines, in a sentence."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, NumPy {np.__version__}, {os.cpu_count()} processors, while others may use them too."


def body(function: Any) -> str:
    """Return the lines of a function below its head and its words about itself."""
    source = inspect.getsource(function)
    text = source[source.index(":\n") + 2 :] if '"""' not in source else source.split('"""')[2].lstrip("\n")
    return textwrap.dedent(text).strip("\n")
