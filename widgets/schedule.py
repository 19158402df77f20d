"""The schedule: which one, its settings, and the constant learning rate that stands beside it."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, NamedTuple

import streamlit as st

from engine import Optimizer, discover_optimizers, discover_schedules
from engine.discovery import slug as slug_of
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Choice, Parameter, four_digits
from engine.schedule import Schedule
from engine.schedules.constant import Constant
from engine.schedules.manual import Manual
from engine.schedules.on_plateau import OnPlateau
from engine.surface import Surface
from surfaces.quadratic import Quadratic
from widgets.controls import Text, accepted, as_sentence, choice, controls, number, row, spoken, text, word
from widgets.notices import remark, warn
from widgets.runs import typical, usual_learning_rate

PREFIX, BESIDE, RULE = "schedule", "constant", "a"
FIRST, PLAIN = "cosine", "gradient_descent"
POINTS = f"{PREFIX}.points"
BASE = "learning_rate"
SHARES = "0:1,100:1,300:0.1"  # drawn by hand, of every run's own learning rate
ELSEWHERE = (
    "Not here: Chebyshev steps, which need the smallest and largest eigenvalue, while a network's change at every step."
    " They are on the page Schedules."
)
WATCHED = Choice(
    "training",
    ("training", "validation"),
    ("the error of the run", "the mean error of the rows held out"),
    "Whose plateau is waited for: that of the error of each run itself, or of its mean error on the rows held out.",
)
# of a network, whose error falls by less than a tenth from step to step long before it is on a plateau
OF_A_NETWORK: dict[type[Schedule], dict[str, float]] = {OnPlateau: {"every": 10, "least_improvement": 0.01}}


class Judge(NamedTuple):
    """The surface of the error on rows held out, or why there is none."""

    surface: Surface | None
    why: str = ""


def pick_rule(surface: Surface) -> Optimizer:
    """Draw the inputs of the optimizer; those without a learning rate have nothing to be scheduled."""
    optimizers = {name: cls for name, cls in discover_optimizers().items() if cls.has_learning_rate}
    titles = {name: cls.title for name, cls in optimizers.items()}

    def chosen() -> None:
        typical(RULE, optimizers)
        arrived(surface)

    name = choice(RULE, "Optimizer", titles, PLAIN, chosen=chosen) or PLAIN
    return controls(optimizers[name], RULE)[0]


def pick_schedule(surface: Surface) -> Schedule:
    """Draw the choice of the schedule and its inputs."""
    return _pick(PREFIX, "Schedule", FIRST, discover_schedules(), surface)


def pick_shape(judge: Judge) -> Schedule | None:
    """Draw the choice of how the learning rates of all runs change from step to step; None where they stay the same.

    Every run has its own learning rate, which is the base: the settings hold shares of it. One that follows the error
    may follow that of the ``judge``.
    """
    known = {name: cls for name, cls in discover_schedules().items() if cls().base}
    picked = _pick(PREFIX, "Learning rate over the steps", slug_of(Constant), known, None, judge, help=ELSEWHERE)
    return None if isinstance(picked, Constant) else picked


def pick_constant(surface: Surface) -> Constant:
    """Draw the input of the constant learning rate beside the schedule."""
    declared = _declared(Constant, surface)["learning_rate"]
    return Constant(learning_rate=number(f"{BESIDE}.learning_rate", declared, "constant learning rate"))


def dragged_points(schedule: Schedule, values: Mapping[str, object]) -> Schedule:
    """Return the schedule with its points as a handle holds them at this moment."""
    typed = accepted({POINTS: values[POINTS]}) if POINTS in values else {}
    try:
        return Manual.read(typed[POINTS]) if isinstance(schedule, Manual) and typed else schedule
    except ValueError:
        return schedule


def arrived(surface: Surface) -> None:
    """Give every learning rate what suits a newly chosen surface or optimizer."""
    st.session_state[f"{BESIDE}.learning_rate"] = _declared(Constant, surface)["learning_rate"].default
    for prefix in (PREFIX, "then"):
        cls = discover_schedules().get(st.session_state.get(prefix) or "")
        for name, declared in _declared(cls, surface).items() if cls else ():
            if _is_rate(declared):
                st.session_state[f"{prefix}.{name}"] = declared.default
    if st.session_state.get(PREFIX) == slug_of(Manual):
        st.session_state[POINTS] = _first_points(surface)


def _pick(
    prefix: str,
    label: str,
    first: str,
    schedules: Mapping[str, type[Schedule]],
    surface: Surface | None,
    judge: Judge | None = None,
    help: str | None = None,
) -> Schedule:
    """Draw the choice of a schedule and its inputs; without a surface its base learning rate is 1."""
    names = sorted(schedules, key=lambda name: (name != first, schedules[name].title))
    titles = {name: schedules[name].title for name in names}
    name = choice(prefix, label, titles, first, chosen=lambda: _fresh(prefix, schedules, surface), help=help) or first
    cls = schedules[name]
    if issubclass(cls, Manual):
        return _drawn(surface)
    declared, values = list(_declared(cls, surface).items()), {}
    if surface is None and BASE in cls.parameters():
        values[BASE] = 1.0
    for i in range(0, len(declared), 2):
        pair = declared[i : i + 2]
        with row(len(pair)):
            for field, parameter in pair:
                values[field] = number(f"{prefix}.{field}", parameter, spoken(field))
    inner: dict[str, Any] = {"validation": _pick_watched(prefix, judge)} if judge and cls is OnPlateau else {}
    for item in fields(cls):
        if isinstance(item.default, Schedule):
            plain = {key: each for key, each in schedules.items() if each is not cls and not issubclass(each, Manual)}
            label, first = spoken(item.name).capitalize(), slug_of(item.default)
            inner[item.name] = _pick(item.name, label, first, plain, surface, judge)
    try:
        return cls(**values, **inner)
    except ValueError as error:  # two settings that do not go together
        warn(f"{as_sentence(str(error).replace('_', ' '))}; the defaults are used.")
        return cls()


def _pick_watched(prefix: str, judge: Judge) -> Surface | None:
    """Draw the choice whose error is watched; return the judge's surface where it is to be that one."""
    if word(f"{prefix}.error", WATCHED, "error that is watched") == WATCHED.default:
        return None
    if judge.surface is None:
        remark(f"{judge.why}: the error of the run is watched.")
    return judge.surface


def _fresh(prefix: str, schedules: Mapping[str, type[Schedule]], surface: Surface | None) -> None:
    """Give a newly chosen schedule its own settings."""
    cls = schedules[st.session_state[prefix]]
    for name, declared in _declared(cls, surface).items():
        st.session_state[f"{prefix}.{name}"] = declared.default
    if issubclass(cls, Manual):
        st.session_state[POINTS] = _first_points(surface)


def _drawn(surface: Surface | None) -> Manual:
    first, what = _first_points(surface), "a learning rate" if surface else "a share of every run's learning rate"
    typed = text(POINTS, Text(first, f"Pairs of a step and {what}: {first}."), "points")
    try:
        return Manual.read(typed)
    except ValueError as error:
        warn(f"{as_sentence(str(error).replace('_', ' '))}; {first} is used.")
        return Manual.read(first)


def _first_points(surface: Surface | None) -> str:
    if surface is None:
        return SHARES
    share = _scale(surface)
    return Manual(tuple((step, float(f"{share * eta:.1g}")) for step, eta in Manual().points)).text


def _is_rate(declared: Parameter) -> bool:
    return declared.symbol.startswith(r"\eta")


def _declared(cls: type[Schedule], surface: Surface | None) -> dict[str, Parameter]:
    """Return a schedule's declarations, learning rates with defaults that suit the surface; without one as shares."""
    if surface is None:
        return {name: _share(cls, name, declared) for name, declared in cls.parameters().items() if name != BASE}
    share = _scale(surface)
    return {
        name: replace(declared, default=four_digits(share * declared.default)) if _is_rate(declared) else declared
        for name, declared in cls.parameters().items()
    }


def _share(cls: type[Schedule], name: str, declared: Parameter) -> Parameter:
    """Return the declaration of a learning rate as a share of the base, that of anything else as suits a network."""
    if not _is_rate(declared):
        return replace(declared, default=OF_A_NETWORK.get(cls, {}).get(name, declared.default))
    first = float(f"{declared.default / cls.parameters()[BASE].default:.1g}")
    return replace(declared, default=first, high=1.0, help=f"{declared.help} As a share of the learning rate.")


def _scale(surface: Surface) -> float:
    """Return by how much learning rates differ from those that schedules declare, which suit the first valley."""
    if isinstance(surface, Quadratic):
        return 1.0
    rule = discover_optimizers().get(st.session_state.get(RULE) or PLAIN, GradientDescent)
    return usual_learning_rate(rule, surface) / Constant.parameters()["learning_rate"].default
