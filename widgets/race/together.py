"""Together: any runs from one start, played at once, with a scoreboard."""

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from engine import Optimizer, Plane, discover_optimizers, slug
from engine.family import Family
from engine.lowest import lowest
from engine.parameter import four_digits
from engine.settling import first_hit, settled_step
from engine.study import Entry, has_modes, study
from engine.surface import Surface
from engine.verdict import TOLERANCE
from surfaces.quadratic import Quadratic
from surfaces.rosenbrock import Rosenbrock
from surfaces.two_minima import TwoMinima
from widgets.controls import adopt
from widgets.details.follow import follow
from widgets.goal import counted
from widgets.live_figure import commits
from widgets.live_run import live_run
from widgets.presets import preset_row
from widgets.race.nothing import nothing_to_race
from widgets.runs import FIRST, LETTERS, pick_runs, usual_learning_rate
from widgets.shape import PREFIX, pick_start, pick_steps
from widgets.terrain import pick_terrain, plane_surfaces

NAME = "together"
TITLE = "One start, one surface: who is first at 10⁻⁶ of the error?"
ORDER = 10

BEFORE = "race.runs"  # letter -> slug, for when another view has been looked at


def draw() -> None:
    """Pick runs, draw them and the scoreboard."""
    optimizers = discover_optimizers()
    everyone(optimizers)
    preset_row(presets(optimizers), optimizers)
    with st.sidebar:
        above = st.container()
        surface, sliders = pick_terrain(plane_surfaces(), "quadratic", optimizers, kept=True)
        with above:  # the surface is known
            entries, edited = pick_runs(optimizers, type(surface))
        start, steps = pick_start(surface), pick_steps()
        commits(adopt)
    st.query_params.setdefault("a", FIRST)  # one that is left out is the bare address, and that is everyone's
    st.session_state[BEFORE] = {letter: st.query_params[letter] for letter in LETTERS if letter in st.query_params}
    picture, board = st.columns([11, 9], gap="medium")
    with picture, st.container(key="race-picture"):
        live_run(entries, edited, surface, sliders, start, steps)
    with board:
        follow("board", scores(surface, entries, edited, start, steps), folder=Path(__file__).parent)


def everyone(optimizers: dict[str, type[Optimizer]]) -> None:
    """Put the runs that were here before into an address that names none, at first the textbook's."""
    if not any(letter in st.query_params for letter in LETTERS):
        all_of_them = dict(zip(LETTERS, in_order(optimizers), strict=False))
        st.query_params.update(st.session_state.get(BEFORE, all_of_them))


def in_order(optimizers: dict[str, type[Optimizer]]) -> list[str]:
    """Return every slug, the first run's before the others, then the textbook's."""
    return sorted(optimizers, key=lambda slug: (slug != FIRST, not optimizers[slug].textbook, slug))


def presets(optimizers: dict[str, type[Optimizer]]) -> dict[str, str]:
    """Return the addresses of the buttons above the picture."""
    runs = "&".join(f"{letter}={slug}" for letter, slug in zip(LETTERS, in_order(optimizers), strict=False))
    valley = f"{runs}&{at(Quadratic())}"  # what the default of a start is depends on the surface that is there
    return {
        "The textbook's six, typical settings": valley,
        "A narrower valley": f"{valley}&surface.eigenvalue_2=100&a.learning_rate=0.01&steps=400",
        "Its walls along the axes": f"{valley}&surface.angle=0",
        "Over a pass": f"{runs}&{at(TwoMinima())}{rates(TwoMinima(), optimizers)}",
        "A bent valley": f"{runs}&{at(Rosenbrock())}{rates(Rosenbrock(), optimizers)}&steps=1000",
    }


def at(surface: Surface) -> str:
    """Return the part of an address that names a surface and its own start."""
    x, y = surface.start
    return f"{PREFIX}={slug(surface)}&start.x={four_digits(x)!r}&start.y={four_digits(y)!r}"


def rates(surface: Surface, optimizers: dict[str, type[Optimizer]]) -> str:
    """Return the part of an address that gives every optimizer a learning rate at which it behaves."""
    rules = zip(LETTERS, in_order(optimizers), strict=False)
    return "".join(
        f"&{letter}.learning_rate={usual_learning_rate(rule, surface)!r}"
        for letter, name in rules
        if (rule := optimizers[name]).has_learning_rate
    )


def scores(
    surface: Surface, entries: list[Entry], edited: Entry, start: tuple[float, ...], steps: int
) -> dict[str, Any]:
    """Return the counts of every run, and of the one under the sliders at every stop."""
    plane = Plane.of(surface, include=start)
    found = study(surface, entries, edited, start, steps, plane)
    runs = {item.name: found.others[item.name] for item in entries if item is not edited}
    least = 0.0 if has_modes(surface) else lowest(surface, plane.view).error
    why = nothing_to_race(surface, start, plane.view)
    return {
        "surface": repr(surface),
        "start": list(start),
        "tolerance": TOLERANCE,
        "last": steps,
        "why": why,
        "counted": "" if why else counted(surface, plane.view),
        "runs": [
            {"name": item.name, **_score(runs[item.name], 0, least)}
            if item.name in runs
            else {"name": item.name, **_score(found.present.family, found.index, least)}
            for item in entries
        ],
        "families": {
            member.family.setting: [_score(member.family, r, least) for r in range(len(member.family.values))]
            for member in found.families
        },
    }


def _score(family: Family, r: int, least: float) -> dict[str, Any]:
    error, path = family.error[:, r : r + 1] - least, family.trajectory
    ran = int(path.diverged_at[r]) if path.diverged_at[r] >= 0 else path.steps
    counts = {"first": first_hit(error, TOLERANCE)[0], "stays": settled_step(error, TOLERANCE)[0]}
    known = {name: int(value) if np.isfinite(value) else None for name, value in counts.items()}
    each = int(path.evaluations[r]) / ran if ran else 1.0
    return {**known, **_shares(error[:, 0]), "each": each, "diverged": bool(path.diverged_at[r] >= 0)}


def _shares(error: np.ndarray) -> dict[str, float | None]:
    """Return the least error (T+1,) of all steps and the last one, as shares of the first; None where there is none."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = error / error[0]
    known = share[np.isfinite(share)]
    last = float(share[-1])
    return {"lowest": float(known.min()) if len(known) else None, "ends": last if np.isfinite(last) else None}
