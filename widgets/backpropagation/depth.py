"""Depth: every layer multiplies the number of paths, and only adds its edges."""

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from charts.backpropagation_depth import Depth, depth_message
from engine.layered import edges, layered, links, paths, recursion, sum_over_paths
from engine.parameter import Parameter
from engine.stopwatch import shortest
from widgets.controls import number as ask
from widgets.jobs import Progress
from widgets.lines import lines
from widgets.patience import each, patiently

NAME = "depth"
TITLE = "Every layer multiplies the number of paths, and only adds its edges: hence the recursion."
ORDER = 20

WIDTH = Parameter(2, 1, 4, "K", step=1, whole=True, help="Nodes in every layer.")
LAYERS = range(1, 21)
FIRST = 10  # layers, as in the lecture's 2^10 terms
POINT = 0.5
TRIED = 20_000  # paths that are multiplied at most
MANY = 100  # paths, of which one is like the next
BUDGET = 0.002  # seconds for each way at each depth


def draw() -> None:
    """Pick the width, and draw both counts and both times for every depth."""
    with st.sidebar:
        width = int(ask("depth.width", WIDTH, "nodes in a layer"))
    patiently(
        (NAME, width),
        partial(depths, width),
        lambda found: lines(f"backpropagation.{NAME}", *depth_message(width, found, LAYERS.index(FIRST))),
        "both ways",
        "Fewer nodes in a layer",
    )


def depths(width: int, progress: Progress) -> list[Depth] | None:
    """Return what both ways cost at every depth; None where progress stopped it."""
    found = each(LAYERS, partial(depth, width), progress)
    if found is None or width == 1:
        return found
    # whatever else the machine does only adds
    rate = min(item.by_paths / item.paths for item in found if MANY <= item.paths <= TRIED)
    return [replace(item, expected=rate * item.paths) for item in found]


def depth(width: int, layers: int) -> Depth:
    """Return what both ways cost at one depth, path by path where there are not too many."""
    made, counted = links(layered(width, layers), POINT), paths(width, layers)
    took = total = np.nan
    if counted <= TRIED:
        took, total = shortest(partial(sum_over_paths, made), BUDGET)[0], sum_over_paths(made)
    backwards = shortest(partial(recursion, made), BUDGET)[0]
    return Depth(layers, counted, edges(width, layers), took, took, backwards, (total, recursion(made)))
