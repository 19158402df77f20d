"""Paths: the derivative as a sum over all paths of a graph, and by the recursion that needs each edge once."""

import numpy as np
import streamlit as st

from charts.backpropagation_paths import Derivative, paths_message
from engine import discover_optimizers
from engine.expression import NODES, PATHS, W, graph, typeset
from engine.formula.grammar import FUNCTIONS
from engine.graph import Graph
from engine.graph_program import graph_program
from engine.parameter import Parameter, Typed
from widgets.controls import adopt, number, typed
from widgets.graph_figure import graph_figure
from widgets.live_figure import commits
from widgets.presets import preset_row

NAME = "paths"
TITLE = "A derivative is a sum over all paths through the graph; the backward recursion needs each edge only once."
ORDER = 10

HELP = (
    f"In w, with + - * / ^ and {', '.join(FUNCTIONS)}. What occurs twice is one node. At most {NODES} nodes and {PATHS}"
    " paths."
)
TEXT = Typed(W.example, "y =", graph, typeset, HELP)
POINT = Parameter(1.2, -3.0, 3.0, "w", step=0.1, help="The input at which everything is evaluated.")
PRESETS = {
    "cos w² + sin w²": "",
    "A chain has one path": "&paths.y=sigmoid(sigmoid(w))",
    "An argument twice": "&paths.y=w*w",
    "Every squaring doubles the paths": "&paths.y=((w*w)*(w*w))*((w*w)*(w*w))",
    "A unit that is off": "&paths.y=max(0, w)*exp(w)&paths.w=-1",
}
SLIP = (
    " The lecture notes print −2w sin w² for ∂f/∂g with f = cos g and g = w²: that is ∂f/∂w, the product of both edges."
    " ∂f/∂g is −sin w², the local derivative on the edge from y₂ to y₃."
)


def draw() -> None:
    """Pick an expression and w, and draw its graph at every w."""
    preset_row({title: f"backpropagation={NAME}{more}" for title, more in PRESETS.items()}, discover_optimizers())
    with st.sidebar:
        text = typed("paths.y", TEXT)
        w = number("paths.w", POINT, "w")
        commits(adopt)
    stops = POINT.stops(w)
    made = graph(text)
    found = differentiated(made, np.array(stops))
    note = SLIP if made == graph(W.example) else ""
    graph_figure("backpropagation.paths", *paths_message(found, stops, w, "paths.w", " ".join(text.split()), note))
    with st.expander("Take away: the recursion as a program"):
        program = graph_program(made, text, w)
        label, file = "Program for NumPy", "backpropagation.py"
        st.download_button(label, program, file, "text/x-python", on_click="ignore", icon=":material/download:")
        st.code(program, language="python")


def differentiated(made: Graph, w: np.ndarray) -> Derivative:
    """Return a graph's derivative at points w (S,), by paths, by the recursion and by the complex step."""
    values = made.values(w)
    local = made.local_derivatives(values)
    return Derivative(made, values, local, made.products(local), made.recursion(local), made.complex_step(w))
