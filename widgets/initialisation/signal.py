"""Signal: how large values and gradients are in every layer of a deep network."""

from dataclasses import replace

import streamlit as st

from charts.initialisation_signal import signal_message
from engine.initialisation.passes import measured, networks
from engine.initialisation.signal import Signal, predicted
from engine.parameter import Parameter
from widgets.controls import number as ask
from widgets.controls import row
from widgets.initialisation.stack import SEED, Stack, funnel, pick_stack
from widgets.lines import lines
from widgets.net import TITLES

NAME = "signal"
TITLE = "Through fifty layers a signal and its gradient keep their size only if the weights have the right one."
ORDER = 20

DEPTH = Parameter(50, 1, 50, "L", step=5, whole=True, help="How many layers there are.")
FIRST = Parameter(100, 10, 200, "", step=10, whole=True, help="How many inputs there are.")
LAST = Parameter(
    100, 10, 200, "", step=10, whole=True, help="Units of the last layer. Those between change by one factor a layer."
)
STOPS = 13
OTHER = {"xavier": ("he", 0.5**0.5), "he": ("xavier", 2.0**0.5)}  # and what makes them as large between equal widths


def draw() -> None:
    """Pick a deep network, and draw what becomes of a signal and of a gradient."""
    with st.sidebar:
        place = st.container()
        with row(3):
            depth = int(ask("stack.depth", DEPTH, "layers"))
            first, last = int(ask("signal.first", FIRST, "inputs")), int(ask("signal.last", LAST, "last units"))
        seed = int(ask("seed", SEED, "seed"))
        with place:
            stack = pick_stack(funnel(first, last, depth), seed, STOPS)
    count = networks(stack.widths)
    told = predicted(stack.h, stack.rise, stack.widths, stack.deviations)
    found = measured(stack.h, stack.rise, stack.widths, stack.scheme, stack.deviations, count, seed)
    names = [f"{stack.symbol} = {scale:.3g}" for scale in stack.scales]
    lines(
        f"initialisation.{NAME}",
        *signal_message(told, found, stack.widths, names, stack.activation, stack.units, _otherwise(stack)),
    )


def _otherwise(stack: Stack) -> tuple[str, Signal] | None:
    """Return what the other of Xavier and He would make of widths that change; None where there is nothing to tell.

    The other weights have the same deviations in a layer that is as wide below as above.
    """
    if stack.scheme not in OTHER or stack.widths[0] == stack.widths[-1]:
        return None
    other, factor = OTHER[stack.scheme]
    changed = replace(stack, scheme=other, scale=factor * stack.scale)
    return f"{TITLES[other]}'s", predicted(stack.h, stack.rise, stack.widths, changed.deviations)
