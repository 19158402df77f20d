"""The terrain: which surface the runs are on, and the numbers that shape it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import streamlit as st

from engine import Plane
from engine.dataset import Dataset
from engine.optimizer import Optimizer
from engine.parameter import four_digits
from engine.stationary import stationary_points
from engine.surface import Surface
from surfaces import discover_surfaces
from surfaces.fitting.fitted import Fitted
from surfaces.quadratic import Quadratic
from widgets.controls import choice, controls, spoken
from widgets.data import PREFIX as DATA
from widgets.data import held, pick_data
from widgets.notices import warn
from widgets.runs import LETTERS, learning_rate_of, usual_learning_rate
from widgets.shape import PREFIX, START_KEYS, pick_valley, slider

SEEN = 41  # points a side that are looked at for a finite error
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
    surface: Surface = _of_data(cls, optimizers, arrived) if issubclass(cls, Fitted) else controls(cls, PREFIX)[0]
    if surface.dim == 2 and not np.isfinite(surface.evaluate(Plane.of(surface).grid(SEEN)[2])[0]).any():
        warn("E is not a finite number anywhere in the picture.")
    shaping = [item for item in surface.parameters().items() if item[0] not in cls.view_fields]
    declared = shaping[:MOST_SLIDERS]
    sliders = [slider(f"{PREFIX}.{name}", each, getattr(surface, name), spoken(name)) for name, each in declared]
    return surface, sliders


def _of_data(
    cls: type[Fitted], optimizers: Mapping[str, type[Optimizer]], arrived: Callable[[Surface], None] | None
) -> Fitted:
    """Draw the choice of the data and the inputs of a model of them."""

    def chosen(data: Dataset) -> dict[str, str | None]:
        declared = cls.declared()
        held = {name: st.session_state.get(f"{PREFIX}.{name}", known.default) for name, known in declared.items()}
        return _settle(cls(data=data, **held), optimizers, arrived)

    data = pick_data(cls.misfit, cls.data, chosen)
    return replace(controls(cls, PREFIX)[0], data=data)


def _arrive(
    surfaces: Mapping[str, type[Surface]],
    optimizers: Mapping[str, type[Optimizer]],
    arrived: Callable[[Surface], None] | None,
) -> dict[str, str | None]:
    """Give a newly chosen surface its settings, start and learning rates; return what the address must say of it."""
    cls = surfaces[st.session_state[PREFIX]]
    surface = cls()
    for name, known in cls.typed_fields().items():
        st.session_state[f"{PREFIX}.{name}"] = known.text(getattr(surface, name))
    for name in surface.parameters():
        st.session_state[f"{PREFIX}.{name}"] = getattr(surface, name)
    if not isinstance(surface, Fitted):
        return {**_settle(surface, optimizers, arrived), DATA: None}
    if data := held(surface.misfit):
        surface = replace(surface, data=data)
    return _settle(surface, optimizers, arrived)


def _settle(
    surface: Surface, optimizers: Mapping[str, type[Optimizer]], arrived: Callable[[Surface], None] | None
) -> dict[str, str | None]:
    """Give the runs a start and learning rates that suit a surface; return what the address must say of them."""
    start = surface.start if surface.dim <= 2 else (0.0, 0.0)  # how far it is moved in a plane
    for key, value in zip(START_KEYS, start, strict=False):
        st.session_state[key] = four_digits(value)
    written: dict[str, str | None] = dict.fromkeys(START_KEYS)
    for letter in LETTERS:
        rule, key = optimizers.get(st.session_state.get(letter) or ""), f"{letter}.learning_rate"
        if rule and rule.has_learning_rate:
            first = learning_rate_of(rule, type(surface)).default
            eta = usual_learning_rate(rule, surface) if isinstance(surface, Fitted) else first
            st.session_state[key] = eta
            written[key] = None if eta == first else str(eta)
    if arrived:
        arrived(surface)
    return written


def opening(surface: Surface, start: tuple[float, ...]) -> str:
    """Return the page's first sentence, which speaks of several minima where there are several."""
    if surface.dim <= 2:
        found = stationary_points(surface, Plane.of(surface, include=start).view)
        several = len(found.minima) > 1 or len(found.valley) > 0
    else:
        several = len(surface.minima) > 1
    if several:
        return "Drag the start: where a run begins decides which minimum it finds."
    return "Drag the start: here it decides which way a run comes down, not which minimum it finds."


@cache
def drawn_surfaces() -> dict[str, type[Surface]]:
    """Return {slug: class} of the surfaces with one or two weights: a curve, or what a plane shows whole."""
    return {slug: cls for slug, cls in discover_surfaces().items() if cls().dim in (1, 2)}


@cache
def cut_surfaces() -> dict[str, type[Surface]]:
    """Return {slug: class} of the surfaces with more than two weights, which a plane cuts, but for models of data."""
    return {slug: cls for slug, cls in discover_surfaces().items() if cls().dim > 2 and not issubclass(cls, Fitted)}


@cache
def plane_surfaces() -> dict[str, type[Surface]]:
    """Return {slug: class} of the surfaces with two weights, which a plane shows whole."""
    return {slug: cls for slug, cls in discover_surfaces().items() if cls().dim == 2}
