"""The map of starts: where each of them ends, and how soon; a cell opens its run."""

from functools import cache, partial
from typing import Any, NamedTuple

import streamlit as st

from charts.basins_map import MOST_MINIMA, basins_message
from engine import Optimizer, discover_optimizers
from engine.basins import Basins, basins
from engine.parameter import Parameter
from engine.surface import Surface
from widgets.controls import adopt, number, row
from widgets.jobs import Progress
from widgets.live_figure import commits
from widgets.map_figure import map_figure
from widgets.maps.open_run import map_and_run, open_run
from widgets.maps.settings import STEPS, TOLERANCE
from widgets.patience import patiently
from widgets.runs import pick_alone, pick_settings
from widgets.shape import START_KEYS, pick_start, pick_steps
from widgets.terrain import pick_terrain, plane_surfaces

NAME = "basins"
TITLE = "Every cell is a start: where it ends, and how soon. Click one and its run opens, live."
ORDER = 60

COLUMNS = Parameter(161, 11, 401, "", step=10, whole=True, help="How many starts stand side by side.")


class Wanted(NamedTuple):
    """What a map is made of: the same values make the same map."""

    surface: Any
    optimizer: Optimizer
    learning_rate: float
    steps: int
    tolerance: float
    columns: int


def draw() -> None:
    """Draw the inputs, the map, and the run that is open."""
    with st.sidebar:
        above = st.container()
        surface, sliders = pick_terrain(_with_minima(), "quadratic", discover_optimizers(), kept=True)
        with above:  # the surface is known
            entry = pick_settings(pick_alone(discover_optimizers(), type(surface)), surface=type(surface))
        start, steps = pick_start(surface), pick_steps(STEPS)
        with row():
            tolerance, columns = number("tolerance", TOLERANCE, "tolerance"), number("columns", COLUMNS, "columns")
        commits(adopt)
    wanted = Wanted(surface, entry.optimizer, entry.learning_rate, steps, tolerance, int(columns))

    def show(found: Basins) -> None:
        header, arrays = basins_message(found, surface, entry, start, START_KEYS, steps, tolerance)
        map_figure(NAME, {**header, "id": f"{hash(wanted):x}"}, arrays)

    place, run = map_and_run()
    with place:
        patiently(wanted, partial(compute, wanted), show)
    with run:
        open_run(entry, surface, sliders, start, steps)


@cache
def _with_minima() -> dict[str, type[Surface]]:
    """Return the surfaces whose known minima have a colour each."""
    return {slug: cls for slug, cls in plane_surfaces().items() if 1 <= len(cls().minima) <= MOST_MINIMA}


def compute(wanted: Wanted, progress: Progress) -> Basins | None:
    """Return the map; None where progress stopped it."""
    return basins(
        *(wanted.surface, wanted.optimizer, wanted.learning_rate, wanted.columns),
        steps=wanted.steps,
        tolerance=wanted.tolerance,
        progress=progress,
    )
