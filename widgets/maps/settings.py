"""The map of settings: steps to a tolerance for every learning rate and one more setting; a cell opens its run."""

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from charts.settings_map import Frame, settings_message
from engine import Optimizer, discover_optimizers
from engine.parameter import Parameter
from engine.settings_map import SettingsMap, learning_rates_across, limits, rows, settings_map, up_values
from engine.study import Entry
from engine.sweep import FIELD
from surfaces.quadratic import Quadratic
from widgets.controls import adopt, choice, declare, number, row, spoken
from widgets.jobs import Progress
from widgets.live_figure import commits
from widgets.map_figure import map_figure
from widgets.maps.run_below import run_below
from widgets.patience import patiently
from widgets.runs import pick_alone, pick_settings
from widgets.shape import pick_start, pick_steps, pick_valley

NAME = "settings"
TITLE = "Every cell is a run: click one and it opens below the map."
ORDER = 10

STEPS = Parameter(300, 1, 10_000, "T", step=10, whole=True, help="How many steps each run may take.")
TOLERANCE = Parameter(
    1e-6, 1e-12, 0.5, "", scale="log", help="Which share of its first error a run must stay below to have arrived."
)
CELLS = Parameter(120, 10, 400, "", step=10, whole=True, help="How many cells a side of the map has.")
SIDES = ("both", "one")
SPACINGS = ("linear", "log")


class Wanted(NamedTuple):
    """What maps are made of: the same values make the same maps."""

    surface: Any
    rules: tuple[Optimizer, ...]
    up: str  # goes up the side; what surface and rules say of it is not used
    log: bool
    start: tuple[float, float]
    steps: int
    tolerance: float
    cells: int

    @property
    def declared(self) -> Parameter:
        """What is known of the setting that goes up the side."""
        if self.up.startswith(FIELD):
            return self.surface.parameters()[self.up.removeprefix(FIELD)]
        return self.rules[0].parameters()[self.up]


class Picked(NamedTuple):
    """What the inputs of the optimizer say."""

    entry: Entry  # the run that is open
    rules: tuple[Optimizer, ...]  # those that have a map
    up: str
    log: bool


def draw() -> None:
    """Draw the inputs, the maps, and the run that is open."""
    with st.sidebar:
        picked = _pick_rule({name: cls for name, cls in discover_optimizers().items() if cls.has_learning_rate})
        surface, sliders = pick_valley()
        start, steps = pick_start(), pick_steps(STEPS)
        with row():
            tolerance, cells = number("tolerance", TOLERANCE, "tolerance"), number("cells", CELLS, "cells a side")
        commits(adopt)
    entry = picked.entry
    if why := nothing_to_count(surface, start):
        st.info(why)
    else:
        of = _without(surface, picked.rules, picked.up)
        wanted = Wanted(*of, picked.up, picked.log, start, steps, tolerance, int(cells))
        patiently(wanted, partial(compute, wanted), partial(_draw_maps, wanted, surface, entry))
    run_below(entry, surface, sliders, start, steps)


def _pick_rule(optimizers: dict[str, type[Optimizer]]) -> Picked:
    """Draw the inputs of the optimizer."""
    cls = pick_alone(optimizers)
    pair = _pair(cls, optimizers)
    both = len(pair) > 1 and _one_of("beside", SIDES, " and ".join(item.title for item in pair)) == "both"
    ups = {name: spoken(name) for name in cls.parameters()}
    ups |= {f"{FIELD}{name}": f"surface: {spoken(name)}" for name in Quadratic.parameters()}
    first = next(iter(ups))
    up = choice("up", "Up the side", ups, first) or first
    log = not cls().linear or _one_of("across", SPACINGS, "Learning rates") == "log"
    entry = pick_settings(cls)
    rule = entry.optimizer
    values = {name: getattr(rule, name) for name in rule.parameters()}
    return Picked(entry, tuple(rule if item is cls else item(**values) for item in pair) if both else (rule,), up, log)


def _pair(cls: type[Optimizer], optimizers: dict[str, type[Optimizer]]) -> tuple[type[Optimizer], ...]:
    """Return a linear rule and another one with the same hyperparameters, in order; any other rule alone."""
    names = list(cls.parameters())
    alike = [item for item in optimizers.values() if item().linear and list(item.parameters()) == names]
    other = [item for item in alike if item is not cls and cls().linear][:1]
    return tuple(item for item in optimizers.values() if item is cls or item in other)


def _one_of(key: str, names: tuple[str, ...], label: str) -> str:
    declare(key, names)
    return st.segmented_control(label, names, default=names[0], required=True, key=key, bind="query-params") or names[0]


def _without(surface: Any, rules: tuple[Optimizer, ...], up: str) -> tuple[Any, tuple[Optimizer, ...]]:
    """Return surface and rules with the default of what goes up the side: its present value makes no other map."""
    if up.startswith(FIELD):
        name = up.removeprefix(FIELD)
        return replace(surface, **{name: surface.parameters()[name].default}), rules
    return surface, tuple(replace(rule, **{up: rule.parameters()[up].default}) for rule in rules)


def nothing_to_count(surface: Quadratic, start: tuple[float, float]) -> str:
    """Return why there are no steps to count, empty where there are."""
    if surface.eigenvalues[0] < 0.0:
        return f"A {surface.verdict} has no smallest error: there are no steps to count. The run is shown all the same."
    error, _ = surface.evaluate(np.array(start))
    return "" if error > 0.0 else "The start has the smallest error there is: there are no steps to count."


def compute(wanted: Wanted, progress: Progress) -> list[SettingsMap] | None:
    """Return the maps; None where progress stopped them."""
    values = up_values(wanted.declared, wanted.cells)
    bounds = [
        limit
        for rule in wanted.rules
        if rule.linear
        for limit in limits(rows(wanted.surface, rule, wanted.up, values.tolist()))
    ]
    rates = learning_rates_across(bounds, wanted.log, wanted.cells)
    maps = []
    for done, rule in enumerate(wanted.rules):

        def shared(share: float, done: int = done) -> bool:
            return progress((done + share) / len(wanted.rules))

        found = settings_map(
            *(wanted.surface, rule, wanted.up, rates, values),
            start=wanted.start,
            steps=wanted.steps,
            tolerance=wanted.tolerance,
            progress=shared,
        )
        if found is None:
            return None
        maps.append(found)
    return maps


def _draw_maps(wanted: Wanted, surface: Quadratic, entry: Entry, maps: list[SettingsMap]) -> None:
    owner, name = (
        (surface, wanted.up.removeprefix(FIELD)) if wanted.up.startswith(FIELD) else (entry.optimizer, wanted.up)
    )
    frame = Frame(
        wanted.up,
        wanted.declared,
        wanted.log,
        wanted.steps,
        wanted.tolerance,
        entry,
        getattr(owner, name),
    )
    header, arrays = settings_message(maps, frame)
    map_figure(NAME, {**header, "id": f"{hash(wanted):x}"}, arrays)
