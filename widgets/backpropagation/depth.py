"""Depth: every layer multiplies the number of paths, and only adds its edges."""

from functools import partial

import numpy as np
import streamlit as st

from charts.backpropagation_depth import Depth, depth_message
from engine.layered import edges, layered, links, paths, recursion, seconds, sum_over_paths
from engine.parameter import Parameter
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
TRIED = 70_000  # paths that are multiplied at most


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
    tried = [layers for layers in LAYERS if paths(width, layers) <= TRIED]
    timed = each(tried, lambda layers: by_paths(width, layers), progress)
    if timed is None:
        return None
    rate = timed[-1][0] / paths(width, tried[-1])
    missing = [(np.nan, np.nan)] * (len(LAYERS) - len(tried))
    return [depth(width, layers, way, rate) for layers, way in zip(LAYERS, [*timed, *missing], strict=True)]


def by_paths(width: int, layers: int) -> tuple[float, float]:
    """Return how long the sum over all paths takes, and what it gives."""
    made = links(layered(width, layers), POINT)
    return seconds(partial(sum_over_paths, made)), sum_over_paths(made)


def depth(width: int, layers: int, way: tuple[float, float], rate: float) -> Depth:
    """Return one depth; ``way`` is what ``by_paths`` gave, nan where it was not asked, ``rate`` the seconds a path."""
    made, counted, (took, total) = links(layered(width, layers), POINT), paths(width, layers), way
    expected = rate * counted if width > 1 else took
    backwards = seconds(partial(recursion, made))
    return Depth(layers, counted, edges(width, layers), took, expected, backwards, (total, recursion(made)))
