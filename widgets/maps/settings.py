"""The map of settings: steps to a tolerance for every learning rate and one more setting; a cell opens its run."""

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from charts.settings_map import Frame, settings_message
from engine import Optimizer, discover_optimizers, slug
from engine.local import largest
from engine.lowest import lowest
from engine.parameter import Parameter
from engine.settings_map import STARTS, SettingsMap, learning_rates_across, limits, rows, settings_map, up_values
from engine.study import Entry
from engine.surface import Surface
from engine.sweep import FIELD
from surfaces.quadratic import Quadratic
from widgets.controls import adopt, choice, declare, number, row, spoken
from widgets.goal import at_bottom, bottomless, counted
from widgets.jobs import Progress
from widgets.live_figure import commits
from widgets.map_figure import map_figure
from widgets.maps.open_run import map_and_run, open_run
from widgets.patience import patiently
from widgets.runs import pick_alone, pick_settings
from widgets.shape import pick_start, pick_steps
from widgets.terrain import pick_terrain, plane_surfaces

NAME = "settings"
TITLE = "Every cell is a run: click one and it opens, live."
ORDER = 10

STEPS = Parameter(300, 1, 10_000, "T", step=10, whole=True, help="How many steps each run may take.")
TOLERANCE = Parameter(
    1e-6, 1e-12, 0.5, "", scale="log", help="Which share of its first error a run must stay below to have arrived."
)
CELLS = Parameter(120, 10, 400, "", step=10, whole=True, help="How many cells a side of the map has.")
FEW = 0.02  # of the cells: where fewer get there a sentence says what helps
SIDES = ("both", "one")
SPACINGS = ("linear", "log")


class Wanted(NamedTuple):
    """What maps are made of: the same values make the same maps."""

    surface: Any
    rules: tuple[Optimizer, ...]
    up: str  # goes up the side; what surface and rules say of it is not used
    log: bool
    start: tuple[float, ...]
    steps: int
    tolerance: float
    cells: int

    @property
    def declared(self) -> Parameter:
        """What is known of the setting that goes up the side."""
        if self.up in STARTS:
            place = STARTS.index(self.up)
            low, high = self.surface.view[place]
            return Parameter(0.0, low, high, f"w_{place + 1}")
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
        rated = {name: cls for name, cls in discover_optimizers().items() if cls.has_learning_rate}
        above = st.container()
        surface, sliders = pick_terrain(plane_surfaces(), "quadratic", discover_optimizers(), kept=True)
        with above:  # the surface is known
            picked = _pick_rule(rated, surface)
        start, steps = pick_start(surface), pick_steps(STEPS)
        with row():
            tolerance, cells = number("tolerance", TOLERANCE, "tolerance"), number("cells", CELLS, "cells a side")
        commits(adopt)
    entry = picked.entry
    maps, run = map_and_run()
    with maps:
        if why := nothing_to_count(surface, start, picked.up):
            st.info(why)
        else:
            wanted = Wanted(*_without(surface, picked, start), steps, tolerance, int(cells))
            patiently(wanted, partial(compute, wanted), partial(_draw_maps, wanted, surface, start, entry))
    with run:
        open_run(entry, surface, sliders, start, steps)


def _pick_rule(optimizers: dict[str, type[Optimizer]], surface: Surface) -> Picked:
    """Draw the inputs of the optimizer."""
    optimizers = {name: cls for name, cls in optimizers.items() if cls.has_learning_rate}
    cls = pick_alone(optimizers, type(surface))
    pair = _pair(cls, optimizers)
    both = len(pair) > 1 and _one_of("beside", SIDES, " and ".join(item.title for item in pair)) == "both"
    ups = {name: spoken(name) for name in cls.parameters()}
    shaping = [name for name in surface.parameters() if name not in surface.view_fields]
    ups |= {f"{FIELD}{name}": f"surface: {spoken(name)}" for name in shaping}
    ups |= {name: f"start: {symbol}" for name, symbol in zip(STARTS, ("w₁", "w₂"), strict=True)}
    first = next(iter(ups))
    up = choice("up", "Up the side", ups, first) or first
    evenly = cls().linear and isinstance(surface, Quadratic)  # elsewhere a start may need far less than its minimum
    log = not evenly or _one_of("across", SPACINGS, "Learning rates") == "log"
    entry = pick_settings(cls, surface=type(surface))
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


def _without(
    surface: Any, picked: Picked, start: tuple[float, ...]
) -> tuple[Any, tuple[Optimizer, ...], str, bool, tuple[float, ...]]:
    """Return what was picked with the default of what goes up the side: its present value makes no other map."""
    rules, up = picked.rules, picked.up
    if up in STARTS:
        start = (0.0, start[1]) if up == STARTS[0] else (start[0], 0.0)
    elif up.startswith(FIELD):
        name = up.removeprefix(FIELD)
        surface = replace(surface, **{name: surface.parameters()[name].default})
    else:
        rules = tuple(replace(rule, **{up: rule.parameters()[up].default}) for rule in rules)
    return surface, rules, up, picked.log, start


def nothing_to_count(surface: Surface, start: tuple[float, ...], up: str) -> str:
    """Return why there are no steps to count, empty where there are."""
    if why := bottomless(surface, surface.view):
        return f"{why}: there are no steps to count. The run is shown all the same."
    why = "" if up in STARTS else at_bottom(surface, start, surface.view)
    return f"{why}: there are no steps to count." if why else ""


def _words(what: str, surface: Surface, rules: tuple[Optimizer, ...], maps: list[SettingsMap]) -> str:
    """Say what is counted on a surface without closed forms, what the line is, and that little is reached."""
    few = max(np.isfinite(item.reached).mean() for item in maps) < FEW
    more = " Few settings get there: try more steps, a larger tolerance or another start." if few else ""
    return f"{what} {_local_words(surface, rules)}{more}"


def _local_words(surface: Surface, rules: tuple[Optimizer, ...]) -> str:
    """Say what is known without a closed form."""
    linear = [rule for rule in rules if rule.linear]
    if not linear:
        return f"No limit of {rules[0].title} is known before it runs."
    if not (largest(surface.hessian(lowest(surface).places)) > 0.0).any():
        return "Nothing curves at w*, so that there is no local limit. Who arrives, only running tells."
    where = "at w*, the flattest of them" if len(lowest(surface).places) > 1 else "there"
    return f"The line is the local limit {where}: beyond it steps near w* grow. Who arrives, only running tells."


def compute(wanted: Wanted, progress: Progress) -> list[SettingsMap] | None:
    """Return the maps; None where progress stopped them."""
    values = up_values(wanted.declared, wanted.cells)
    settings = [rows(wanted.surface, rule, wanted.up, values.tolist()) for rule in wanted.rules if rule.linear]
    bounds = [limit for each in settings for limit in limits(each)]
    elsewhere = not isinstance(wanted.surface, Quadratic)
    hints = [each.surface.learning_rate for each in settings[0]] if elsewhere and settings else []
    rates = learning_rates_across(bounds, wanted.log, wanted.cells, hints)
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


def _draw_maps(
    wanted: Wanted, surface: Surface, start: tuple[float, ...], entry: Entry, maps: list[SettingsMap]
) -> None:
    frame = Frame(
        wanted.up,
        wanted.declared,
        wanted.log,
        wanted.steps,
        wanted.tolerance,
        entry,
        _open(wanted.up, surface, start, entry),
    )
    header, arrays = settings_message(maps, frame)
    map_figure(NAME, {**header, "id": f"{hash((slug(surface), wanted)):x}"}, arrays)
    if what := counted(surface, surface.view):
        st.caption(_words(what, surface, wanted.rules, maps))


def _open(up: str, surface: Surface, start: tuple[float, ...], entry: Entry) -> float:
    """Return what the run that is open has of what goes up the side."""
    if up in STARTS:
        return start[STARTS.index(up)]
    value: float = getattr(surface, up.removeprefix(FIELD)) if up.startswith(FIELD) else getattr(entry.optimizer, up)
    return value
