"""Rotation: what it costs an optimizer that the valley lies askew to the weights, tuned for it and not."""

from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st

from charts.rotation import Turning, rotation_message, shape_words
from engine import discover_optimizers
from engine.rotation import TRIED_RATES, TRIED_SHARES, over_angles, tuned_over_angles
from engine.settling import first_hit, settled_step
from engine.tuning import rates_in_words
from engine.words import number
from widgets.lines import lines
from widgets.shape import pick_start, pick_valley

NAME = "rotation"
TITLE = "Turn the valley: who minds, and does tuning help?"
ORDER = 50

ANGLES = tuple(range(0, 91, 3))
STEPS = 2000  # in which the error must get there
TOLERANCE = 1e-6
REMEMBERED = 64


def draw() -> None:
    """Draw steps against the angle, untuned and tuned."""
    with st.sidebar:
        surface, _ = pick_valley()
        start = pick_start()
    why = _nothing_to_count(surface, start)
    if why:
        st.info(why)
        return
    rules = [_turning(surface, slug, start) for slug, cls in discover_optimizers().items() if cls.textbook]
    shape = shape_words(*surface.eigenvalues.tolist())
    lines(f"map.{NAME}", *rotation_message(ANGLES, surface.angle % 90.0, STEPS, rules, shape, _budget()))


@lru_cache(maxsize=REMEMBERED)
def _turning(surface: Any, slug: str, start: tuple[float, ...]) -> Turning:
    cls = discover_optimizers()[slug]
    eta, rule = cls.typical_learning_rate, cls()
    error = over_angles(surface, rule, eta, start, ANGLES, STEPS).error
    reached = settled_step if cls.steps_shrink else first_hit
    tuned = tuned_over_angles(surface, cls, start, ANGLES, STEPS, TOLERANCE)
    settings = [
        _label(cls, tuned.hyperparameter, value, best)
        for value, best in zip(tuned.value, tuned.learning_rate, strict=True)
    ]
    return Turning(
        title=cls.title,
        colour=cls.colour,
        dash=cls.dash,
        first=not cls.steps_shrink,
        linear=rule.linear,
        untuned=reached(error, TOLERANCE),
        diverges=bool(np.isnan(error[-1]).any()),
        setting=rule.label(eta),
        tuned=tuned.counts,
        settings=settings,
    )


def _label(cls: Any, name: str | None, value: float, eta: float) -> str:
    if np.isnan(eta):
        return f"{cls.title}, at no setting tried"
    label: str = cls(**({name: value} if name else {})).label(eta)
    return label


def _budget() -> str:
    shares = ", ".join(number(value) for value in TRIED_SHARES)
    return (
        f"at every angle the best of {TRIED_RATES} learning rates, with each of μ, β or β₁ = {shares} where there is"
        f" one; rates {rates_in_words()}"
    )


def _nothing_to_count(surface: Any, start: tuple[float, ...]) -> str:
    """Return why there are no steps to count, empty where there are."""
    if surface.eigenvalues[0] < 0.0:
        return (
            f"A {surface.verdict} has no smallest error, so there are no steps to count: make both λ zero or positive."
        )
    error, _ = surface.evaluate(np.asarray(start))
    if not error > 0.0:
        return "The start has the smallest error there is, so there are no steps to count: move it."
    return ""
