"""The map of one mode: the larger root of its polynomial over eta lambda and the momentum, as Goh (2017) drew it."""

import numpy as np

from charts.maps import DIVERGED, Axis, Line, Map, Point, Scale, middle
from engine import Optimizer, theory

COLUMNS, ROWS = 161, 101
WIDEST = 4.0  # eta lambda
SCALE = Scale("factor per step, the larger root", 0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))
LEGEND = {"diverged": "more than 1: diverges"}
NAMES = {"monotone": "monotone", "ripples": "ripples", "oscillation": "oscillation", "divergence": "diverges"}


def mode_map(rule: type[Optimizer], highest: float) -> Map:
    """Return the map of a linear rule whose one hyperparameter is a momentum, from 0 to the highest."""
    x, y = np.linspace(0.0, WIDEST, COLUMNS), np.linspace(0.0, highest, ROWS)
    optimizers = [rule(**dict.fromkeys(rule.parameters(), mu)) for mu in y.tolist()]
    sizes = np.array([np.abs(theory.mode_factors(item, 1.0, x)[:, 0]) for item in optimizers])
    regimes = np.array([theory.regime(item, 1.0, x) for item in optimizers])
    limits, critical = theory.stability_limit(optimizers, [1.0]), theory.critical_damping(optimizers)
    return Map(
        rule.title,
        f"{rule.title}: size of the larger root over eta lambda from 0 to 4 and momentum from 0 to 1. Arrow keys move.",
        Axis("ηλ", x),
        Axis("momentum μ", y),
        np.where(regimes == theory.REGIMES.index("divergence"), DIVERGED, sizes),
        [
            Line(limits, y, label="limit", at=ROWS * 5 // 8),
            Line(critical[:, 0], y, "dash", "critical damping", ROWS * 7 // 8),
            Line(critical[:, 1], y, "dash"),
        ],
        [point for name in NAMES if (point := _named(name, regimes, x, y))] + _one_step(regimes, x, y),
        keys={"x": "mode.eta_lambda", "y": "mode.momentum", "also": {}},
        known={"regimes": regimes, "limits": limits, "polynomials": theory.ends(optimizers)},
        says={"colour": rule.colour, "dash": rule.dash},
    )


def _named(name: str, regimes: np.ndarray, x: np.ndarray, y: np.ndarray) -> Point | None:
    """Return a regime's name where its region is deepest."""
    place = middle(regimes == theory.REGIMES.index(name))
    return place and Point(float(x[place[1]]), float(y[place[0]]), NAMES[name], mark=False)


def _one_step(regimes: np.ndarray, x: np.ndarray, y: np.ndarray) -> list[Point]:
    """Return a mark where all is gone in one step: the only such place, or one of a line of them."""
    places = np.argwhere(regimes == theory.REGIMES.index("one step"))
    return [Point(float(x[column]), float(y[row]), "one step") for row, column in places[len(places) // 3 :][:1]]
