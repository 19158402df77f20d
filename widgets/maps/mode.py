"""One direction alone: what eta lambda and the momentum make of it, in closed form."""

from functools import cache

import streamlit as st

from charts.maps import Map, map_message
from charts.mode_map import LEGEND, SCALE, WIDEST, mode_map
from engine import discover_optimizers, theory
from engine.parameter import Parameter
from widgets.controls import number, row
from widgets.map_figure import map_figure

NAME = "mode"
TITLE = "One direction alone: what becomes of it depends on two numbers, ηλ and μ."
ORDER = 20

X = Parameter(0.5, 0.0, WIDEST, r"\eta\lambda", step=0.05, help="Learning rate times the eigenvalue of this direction.")
Y = Parameter(0.5, 0.0, 0.999, r"\mu", step=0.01, help="Share of the last step that is kept.")
STEPS = 60  # of the mode that is drawn below the maps


def draw() -> None:
    """Draw a map for each rule, and the mode itself below them."""
    with st.sidebar, row():
        x, y = number("mode.eta_lambda", X, ""), number("mode.momentum", Y, "momentum")
    words = {"id": f"{x:g},{y:g}", "chosen": {"map": None, "x": x, "y": y}, "steps": STEPS, "regimes": theory.REGIMES}
    map_figure(NAME, *map_message(_maps(), SCALE, LEGEND, words))


@cache
def _maps() -> list[Map]:
    """Return the maps of the linear rules whose one hyperparameter is a momentum."""
    rules = [rule for rule in discover_optimizers().values() if rule().linear and [*rule.parameters()] == ["momentum"]]
    return [mode_map(rule, Y.high) for rule in rules]
