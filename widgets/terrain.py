"""The terrain: which surface the runs are on, and the numbers that shape it."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import streamlit as st

from engine.optimizer import Optimizer
from engine.parameter import four_digits
from engine.surface import Surface
from surfaces import discover_surfaces
from surfaces.quadratic import Quadratic
from widgets.controls import choice, controls, spoken
from widgets.runs import LETTERS
from widgets.shape import PREFIX, START_KEYS, pick_valley, slider

MOST_SLIDERS = 5  # in the figure; every number has an input beside


def pick_terrain(
    surfaces: Mapping[str, type[Surface]],
    first: str,
    optimizers: Mapping[str, type[Optimizer]],
    arrived: Callable[[Surface], None] | None = None,
    kept: bool = False,
) -> tuple[Surface, list[dict[str, Any]]]:
    """Draw the choice of the surface and its inputs; return it, and the figure's sliders for it.

    ``arrived`` is told of a newly chosen surface, in a callback. One that is ``kept`` goes along to another view.
    """
    titles = {slug: cls.title for slug, cls in surfaces.items()}
    slug = (
        choice(PREFIX, "Surface", titles, first, chosen=lambda: _arrive(surfaces, optimizers, arrived), kept=kept)
        or first
    )
    cls = surfaces[slug]
    if issubclass(cls, Quadratic):
        return pick_valley()
    surface, _ = controls(cls, PREFIX)
    declared = list(cls.parameters().items())[:MOST_SLIDERS]
    sliders = [slider(f"{PREFIX}.{name}", each, getattr(surface, name), spoken(name)) for name, each in declared]
    return surface, sliders


def _arrive(
    surfaces: Mapping[str, type[Surface]],
    optimizers: Mapping[str, type[Optimizer]],
    arrived: Callable[[Surface], None] | None,
) -> None:
    """Give a newly chosen surface its own settings, start and learning rates."""
    cls = surfaces[st.session_state[PREFIX]]
    for name, declared in cls.parameters().items():
        st.session_state[f"{PREFIX}.{name}"] = declared.default
    surface = cls()
    for key, value in zip(START_KEYS, surface.start, strict=True):
        st.session_state[key] = four_digits(value)
    for letter in LETTERS:
        rule = optimizers.get(st.session_state.get(letter) or "")
        if rule:
            st.session_state[f"{letter}.learning_rate"] = usual_learning_rate(rule, surface)
    if arrived:
        arrived(surface)


def usual_learning_rate(rule: type[Optimizer], surface: Surface) -> float:
    """Return a learning rate at which a rule behaves on a surface: the surface's own, or the rule's where each weight
    has one of its own.
    """
    adaptive = rule.preconditioner is not Optimizer.preconditioner
    return rule.typical_learning_rate if adaptive else surface.learning_rate


@cache
def plane_surfaces() -> dict[str, type[Surface]]:
    """Return {slug: class} of the surfaces with two weights, which a plane shows whole."""
    return {slug: cls for slug, cls in discover_surfaces().items() if cls().dim == 2}
