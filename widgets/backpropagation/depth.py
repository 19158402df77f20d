"""Depth: every layer multiplies the number of paths, and adds its edges only once."""

import numpy as np
import streamlit as st

from charts.backpropagation_depth import depth_message
from engine.layered import edges, paths
from engine.parameter import Parameter
from widgets.controls import number as ask
from widgets.lines import lines

NAME = "depth"
TITLE = "Every layer multiplies the number of paths, but only adds its edges: the recursion needs each of them once."
ORDER = 20

WIDTH = Parameter(2, 1, 4, "K", step=1, whole=True, help="Nodes in every layer.")
LAYERS = np.arange(1, 21)
FIRST = 10  # layers, as in the lecture's 2^10 terms


def draw() -> None:
    """Pick the width, and draw both counts for every depth."""
    with st.sidebar:
        width = int(ask("depth.width", WIDTH, "nodes a layer"))
    layers = LAYERS.tolist()
    counts = [paths(width, n) for n in layers], [edges(width, n) for n in layers]
    lines(f"backpropagation.{NAME}", *depth_message(width, LAYERS, *counts, layers.index(FIRST)))
