"""Jacobian: what the product of Jacobians through a deep network does to directions, 7.51."""

from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st

from charts.initialisation_jacobian import jacobian_message
from engine.initialisation.jacobian import expected, largest, largest_in_deep, singular_values, typical
from engine.initialisation.signal import predicted
from engine.parameter import Parameter
from widgets.controls import number as ask
from widgets.controls import row
from widgets.initialisation.stack import SEED, Stack, pick_stack
from widgets.lines import lines

NAME = "jacobian"
TITLE = "A gradient is a product of Jacobians: it vanishes or explodes, and in the end keeps one direction."
ORDER = 40

DEPTH = Parameter(30, 1, 50, "L", step=5, whole=True, help="How many layers there are.")
WIDTH = Parameter(32, 8, 40, "n", step=4, whole=True, help="How many units each layer has, and how many inputs.")
STOPS = 7
PLACES = 10  # layers at which singular values are worked out
WIDE = 10  # times as wide as deep: then the limit of wide layers is shown
DEEP = 3  # times as deep as wide: then one direction is all that is left
REMEMBERED = 4


def draw() -> None:
    """Pick a deep network, and draw the singular values of its Jacobians."""
    with st.sidebar:
        place = st.container()
        with row(3):
            depth, width = int(ask("jacobian.depth", DEPTH, "layers")), int(ask("jacobian.width", WIDTH, "width"))
            seed = int(ask("seed", SEED, "seed"))
        with place:
            stack = pick_stack([width] * (depth + 1), seed, STOPS)
    lines(f"initialisation.{NAME}", *_message(stack))


@lru_cache(maxsize=REMEMBERED)
def _message(stack: Stack) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    deviations, depth = stack.deviations, len(stack.widths) - 1
    at = sorted({round(float(layer)) for layer in np.linspace(1, depth, min(PLACES, depth))})
    signal = predicted(stack.h, stack.rise, stack.widths, deviations)
    told = expected(signal, stack.widths, deviations)
    few = max(1, stack.widths[0] // WIDE)
    sent = typical(stack.rise, signal, stack.widths, deviations)
    alone = np.arange(depth + 1)[:, None] >= DEEP * stack.widths[0]
    edge = np.where(alone, largest_in_deep(sent, stack.widths[0]), np.nan)
    edge[: few + 1] = largest(stack.rise, signal, stack.widths, deviations[:few])[: depth + 1]
    found, arrived = singular_values(stack.h, stack.rise, stack.widths, stack.scheme, deviations, at, stack.seed)
    names = [f"{stack.symbol} = {scale:.3g}" for scale in stack.scales]
    return jacobian_message(told, sent, edge, found, arrived, at, names, stack.units)
