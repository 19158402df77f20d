"""The valley's shape: two eigenvalues, or a condition number and a scale; its angle and its minimum."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from engine.parameter import Parameter, four_digits
from engine.surface import Surface
from surfaces.quadratic import Quadratic
from widgets.controls import accepted, adopt, declare, named, number, row, spoken
from widgets.notices import remark

PREFIX = "surface"
CONDITION = Parameter(
    20.0,
    1.0,
    1e6,
    r"\kappa",
    scale="log",
    help="Largest eigenvalue over smallest; the valley is √κ times as long as it is wide.",
)
SCALE = Parameter(
    20.0, 1e-3, 1e3, r"\lambda_{max}", scale="log", help="The largest eigenvalue: how steep the walls are."
)
STEPS = Parameter(150, 1, 1000, "T", step=10, whole=True, help="How many steps each run takes.")
DEFAULT = Quadratic()
START_KEYS = ["start.x", "start.y"]
MODES = ("eigenvalues", "condition")
KAPPA_KEY, SCALE_KEY = "shape.condition_number", "shape.scale"


def pick_valley() -> tuple[Quadratic, list[dict[str, Any]]]:
    """Draw the inputs; return the valley and the figure's sliders for it."""
    declared = Quadratic.parameters()
    declare("shape", MODES)
    mode = st.segmented_control("Shape by", MODES, default=MODES[0], key="shape", bind="query-params", width="stretch")
    one, two = pick_eigenvalues()
    wanted = mode == MODES[1]
    by_condition = wanted and 0.0 < one <= two
    if wanted and not by_condition:
        remark("A condition number needs 0 < λ₁ ≤ λ₂; the two eigenvalues stay in charge.")
    if by_condition:
        _condition_inputs(one, two)
    angle = number(f"{PREFIX}.angle", declared["angle"], "angle")
    valley = Quadratic(eigenvalue_1=one, eigenvalue_2=two, angle=angle, **_pick_minimum(declared))
    sliders = _condition_sliders(one, two) if by_condition else _eigenvalue_sliders(valley)
    return valley, [*sliders, slider(f"{PREFIX}.angle", declared["angle"], angle, "angle")]


def pick_eigenvalues() -> tuple[float, float]:
    """Draw the inputs for the valley's eigenvalues alone."""
    declared = Quadratic.parameters()
    with row():
        one, two = (number(f"{PREFIX}.{name}", declared[name], "") for name in ("eigenvalue_1", "eigenvalue_2"))
    return one, two


def _pick_minimum(declared: Mapping[str, Parameter]) -> dict[str, float]:
    """Draw the inputs of the minimum's place, but not where they are closed and at rest: every input takes its time."""
    keys = {name: f"{PREFIX}.{name}" for name in ("minimum_x", "minimum_y")}
    place = st.expander("Where its minimum lies", on_change="rerun")
    if not place.open and not any(_is_set(key, declared[name].default) for name, key in keys.items()):
        for name, key in keys.items():
            declare(key, declared[name])
        return {}
    with place:
        return {name: number(key, declared[name], spoken(name)) for name, key in keys.items()}


def _is_set(key: str, default: float) -> bool:
    return key in st.query_params or st.session_state.get(key, default) != default


def pick_start(surface: Surface = DEFAULT) -> tuple[float, ...]:
    """Draw the inputs for the start, first the surface's own; on any valley that of the first one."""
    own, values = DEFAULT.start if isinstance(surface, Quadratic) else surface.start, []
    with row():
        for key, symbol, default in zip(START_KEYS, ("w_1", "w_2") if len(own) > 1 else ("w",), own, strict=False):
            declared = Parameter(four_digits(default), -100.0, 100.0, symbol, step=0.1, help="Where every run starts.")
            values.append(number(key, declared, "start"))
    return tuple(values)


def dragged(surface: Surface, start: tuple[float, ...], values: Mapping[str, Any]) -> tuple[Surface, tuple[float, ...]]:
    """Return surface and start as a handle holds them at this moment."""
    taken = accepted(values)
    fields = {name: taken[key] for name in surface.parameters() if (key := f"{PREFIX}.{name}") in taken}
    place = tuple(taken.get(key, value) for key, value in zip(START_KEYS, start, strict=False))
    return replace(surface, **fields), place


def pick_steps(declared: Parameter = STEPS) -> int:
    """Draw the input for the number of steps."""
    return int(number("steps", declared, "steps"))


def slider(key: str, declared: Parameter, value: float, label: str) -> dict[str, Any]:
    """Return a slider of the figure, the second handle of an input."""
    stops = declared.stops(value)
    texts = [f"{stop:.4g}{declared.unit}" for stop in stops]
    return {"key": key, "label": named(label, declared), "stops": stops, "texts": texts, "value": value}


def _eigenvalue_sliders(valley: Quadratic) -> list[dict[str, Any]]:
    return [
        slider(f"{PREFIX}.{name}", Quadratic.parameters()[name], getattr(valley, name), "eigenvalue")
        for name in ("eigenvalue_1", "eigenvalue_2")
    ]


def _condition_sliders(one: float, two: float) -> list[dict[str, Any]]:
    kappa, scale = four_digits(two / one), two
    sliders = []
    for key, declared, value, plain in ((KAPPA_KEY, CONDITION, kappa, "κ"), (SCALE_KEY, SCALE, scale, "λ_{max}")):
        made = slider(key, declared, value, "condition number" if key == KAPPA_KEY else "scale")
        kept = [
            stop
            for stop in made["stops"]
            if _fits(stop if key == KAPPA_KEY else kappa, stop if key == SCALE_KEY else scale)
        ]
        pairs = [(stop, scale) if key == KAPPA_KEY else (kappa, stop) for stop in kept]
        present = {f"{PREFIX}.eigenvalue_1": one, f"{PREFIX}.eigenvalue_2": two}
        commits = [present if pair == (kappa, scale) else _eigenvalues(*pair) for pair in pairs]
        if key == KAPPA_KEY:  # the number that the eigenvalues, four digits each, really have
            kept = [four_digits(scale / commit[f"{PREFIX}.eigenvalue_1"]) for commit in commits]
        made |= {
            "label": f"{'condition number' if key == KAPPA_KEY else 'scale'} {plain}",
            "stops": kept,
            "texts": [f"{stop:.4g}" for stop in kept],
            "commits": commits,
        }
        sliders.append(made)
    return sliders


def _fits(kappa: float, scale: float) -> bool:
    return scale / kappa >= Quadratic.parameters()["eigenvalue_1"].smallest


def _eigenvalues(kappa: float, scale: float) -> dict[str, float]:
    return {f"{PREFIX}.eigenvalue_1": four_digits(scale / kappa), f"{PREFIX}.eigenvalue_2": four_digits(scale)}


def _condition_inputs(one: float, two: float) -> None:
    """Draw condition number and scale: handles on the eigenvalues, which own the state."""
    st.session_state[KAPPA_KEY], st.session_state[SCALE_KEY] = four_digits(two / one), two

    def changed() -> None:
        kappa, scale = st.session_state[KAPPA_KEY], st.session_state[SCALE_KEY]
        if kappa and scale:
            smallest = Quadratic.parameters()["eigenvalue_1"].smallest
            adopt(_eigenvalues(min(kappa, scale / smallest), scale))

    with row():
        for key, declared, label in (
            (KAPPA_KEY, CONDITION, "condition number"),
            (SCALE_KEY, SCALE, "scale"),
        ):
            st.number_input(
                f"{label} {declared.plain}",
                min_value=declared.low,
                max_value=declared.high,
                step=1.0,
                format="%.4g",
                key=key,
                help=declared.help,
                on_change=changed,
            )
