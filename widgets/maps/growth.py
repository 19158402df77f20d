"""Growth: the price of the best momentum, which first makes some starts worse."""

from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st

from charts.growth import Rule, growth_message
from engine import Optimizer, discover_optimizers
from engine.growth import growth, horizon, worst_path
from engine.optimizers.momentum import Momentum
from engine.parameter import four_digits
from engine.settling import settled_step
from engine.words import number
from widgets.lines import lines
from widgets.shape import pick_eigenvalues

NAME = "growth"
TITLE = "The best momentum is the fastest in the end, and first makes things worse."
ORDER = 40

STOPS = [four_digits(kappa) for kappa in np.geomspace(1.0, 1e6, 49)]
KAPPAS = np.geomspace(1.0, 1e6, 181)
SHOWN = 121  # steps of a run that are drawn
SPAN = 8  # the run is this many times as long as it takes to reach the largest growth


def draw() -> None:
    """Draw the peak against kappa, and the worst start at one of them."""
    with st.sidebar:
        low, high = sorted(pick_eigenvalues())
    kappa = four_digits(high / low) if low > 0.0 else None
    stops = sorted({*STOPS, *([kappa] if kappa else [])})
    names = "λ₁ and λ₂"
    words = "" if kappa else f"A valley has a κ where both {names} are above 0; this one has {number(low)}."
    kappas = np.union1d(KAPPAS, stops)
    rules = [_rule(cls, kappas, stops) for cls in sorted(_tuned(), key=lambda cls: cls is not Momentum)]
    steps = np.stack([_steps(stop) for stop in stops]).astype(float)
    own = stops.index(kappa) if kappa else -1
    lines(f"map.{NAME}", *growth_message(kappas, np.array(stops), steps, rules, own, words))


def _tuned() -> list[Any]:
    """Return every rule whose best setting is known, a list of type[Optimizer]."""
    return [cls for cls in discover_optimizers().values() if cls.best(1.0, 2.0) is not None]


def _rule(cls: Any, kappas: np.ndarray, stops: list[float]) -> Rule:
    runs = [_run(cls, stop) for stop in stops]
    errors, back = np.stack([errors for errors, _ in runs]), np.array([back for _, back in runs])
    return Rule(cls.title, cls.colour, cls.dash, growth(cls, kappas), errors, back)


@lru_cache(maxsize=512)
def _run(cls: type[Optimizer], kappa: float) -> tuple[np.ndarray, float]:
    """Return the largest E(k)/E(0) at the steps that are drawn, and the step from which it is at most 1."""
    errors = worst_path(cls, kappa, SPAN * horizon(kappa)) ** 2
    return errors[_steps(kappa)], float(settled_step(errors[:, None], 1.0)[0])


def _steps(kappa: float) -> np.ndarray:
    """Return the steps that are drawn, among them that of momentum's largest growth."""
    last = SPAN * horizon(kappa)
    steps = np.linspace(0, last, SHOWN).round().astype(int)
    peak = int(np.argmax(worst_path(Momentum, kappa, horizon(kappa))))
    steps[np.argmin(np.abs(steps[1:-1] - peak)) + 1] = peak
    return steps
