"""One direction alone: the larger root of a mode's polynomial over eta lambda and the momentum, as Goh (2017) drew it."""

from functools import cache
from typing import Any

import numpy as np
import streamlit as st

from charts.maps import DIVERGED, Axis, Line, Map, Point, Scale, map_message, middle
from engine import Optimizer, discover_optimizers, theory
from engine.parameter import Parameter
from widgets.controls import number, row
from widgets.map_figure import map_figure

NAME = "mode"
TITLE = "One direction alone: how far it gets in a step depends on two numbers, ηλ and μ."
ORDER = 20

COLUMNS, ROWS = 161, 101
WIDEST = 4.0  # eta lambda
SAID = {"monotone": "monotone", "ripples": "ripples", "oscillation": "oscillation", "divergence": "diverges"}
X = Parameter(0.5, 0.0, WIDEST, r"\eta\lambda", step=0.05, help="Learning rate times the eigenvalue of this direction.")
Y = Parameter(0.5, 0.0, 0.999, r"\mu", step=0.01, help="Share of the last step that is kept.")
STEPS = 60  # of the mode that is drawn beside the maps


def draw() -> None:
    """Draw two maps, one a rule, and the mode itself beside them."""
    with st.sidebar, row():
        x, y = number("mode.eta_lambda", X, ""), number("mode.momentum", Y, "momentum")
    maps = [_map(rule) for rule in _rules()]
    scale = Scale("factor per step, the larger root", 0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))
    words = {"id": f"{x:g},{y:g}", "chosen": {"map": None, "x": x, "y": y}, "steps": STEPS, "regimes": theory.REGIMES}
    map_figure(NAME, *map_message(maps, scale, {"diverged": "grows: diverges"}, words))


@cache
def _rules() -> tuple[type[Optimizer], ...]:
    """Return the linear rules whose one hyperparameter is a momentum."""
    return tuple(rule for rule in discover_optimizers().values() if rule().linear and [*rule.parameters()] == ["momentum"])


@cache
def _map(rule: type[Optimizer]) -> Map:
    x, y = np.linspace(0.0, WIDEST, COLUMNS), np.linspace(0.0, Y.high, ROWS)
    optimizers = [rule(momentum=mu) for mu in y]
    size, regimes = np.empty((ROWS, COLUMNS)), np.empty((ROWS, COLUMNS))
    for r, optimizer in enumerate(optimizers):
        size[r] = np.abs(theory.mode_factors(optimizer, 1.0, x)[:, 0])
        regimes[r] = theory.regime(optimizer, 1.0, x)
    diverges = regimes == theory.REGIMES.index("divergence")
    limits, critical = theory.stability_limit(optimizers, [1.0]), theory.critical_damping(optimizers)
    names = [(theory.REGIMES.index(name), text) for name, text in SAID.items()]
    places = [(middle(regimes == place), text) for place, text in names]
    return Map(
        rule.title,
        f"{rule.title}: the larger root's size over eta lambda from 0 to 4 and momentum from 0 to 1; arrow keys move",
        Axis("ηλ", x),
        Axis("momentum μ", y),
        np.where(diverges, DIVERGED, size),
        [
            Line(limits, y),
            Line(critical[:, 0], y, "dash"),
            Line(critical[:, 1], y, "dash"),
        ],
        [Point(x[place[1]], y[place[0]], text, mark=False, align="center") for place, text in places if place],
        keys={"x": "mode.eta_lambda", "y": "mode.momentum", "also": {}},
        known={
            "regimes": regimes,
            "sizes": size,
            "limits": limits,
            "critical": critical,
            "polynomials": np.stack([_ends(item) for item in optimizers]),
        },
        says={"colour": rule.colour, "dash": rule.dash},
    )


def _ends(optimizer: Any) -> np.ndarray:
    """Return the coefficients at eta lambda 0 and 1, between which they are affine, (2, 3)."""
    return optimizer.mode_polynomial(np.array([0.0, 1.0]), optimizer.pack()[:, None])
