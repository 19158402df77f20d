"""The valley's shape: two eigenvalues, or a condition number and a scale; its angle and its minimum."""

from typing import Any

import streamlit as st

from engine.parameter import Parameter, four_digits
from surfaces.quadratic import Quadratic
from widgets.controls import adopt, declare, number, spoken

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
START_KEYS = ["start.x", "start.y"]
MODES = ("eigenvalues", "condition")
KAPPA_KEY, SCALE_KEY = "shape.condition_number", "shape.scale"


def pick_valley() -> tuple[Quadratic, list[dict[str, Any]]]:
    """Draw the inputs; return the valley and the figure's sliders for it."""
    declared = Quadratic.parameters()
    declare("shape", MODES)
    mode = st.segmented_control("Shape by", MODES, default=MODES[0], key="shape", bind="query-params", width="stretch")
    first, second = (f"{PREFIX}.{name}" for name in ("eigenvalue_1", "eigenvalue_2"))
    left, right = st.columns(2)
    with left:
        one = number(first, declared["eigenvalue_1"], "")
    with right:
        two = number(second, declared["eigenvalue_2"], "")
    wanted = mode == MODES[1]
    by_condition = wanted and 0.0 < one <= two
    if wanted and not by_condition:
        st.caption("A condition number needs 0 < λ₁ ≤ λ₂; the two eigenvalues stay in charge.")
    if by_condition:
        _condition_inputs(left, right, one, two)
    angle = number(f"{PREFIX}.angle", declared["angle"], "angle")
    with st.expander("Where its minimum lies"):
        place = {name: number(f"{PREFIX}.{name}", declared[name], spoken(name)) for name in ("minimum_x", "minimum_y")}
    valley = Quadratic(eigenvalue_1=one, eigenvalue_2=two, angle=angle, **place)
    sliders = _condition_sliders(one, two) if by_condition else _eigenvalue_sliders(valley)
    return valley, [*sliders, _slider(f"{PREFIX}.angle", declared["angle"], angle, "angle")]


def pick_start() -> tuple[float, float]:
    """Draw the inputs for the start."""
    start = Quadratic().start
    values = []
    for column, key, symbol, default in zip(st.columns(2), START_KEYS, ("w_1", "w_2"), start, strict=True):
        with column:
            declared = Parameter(default, -100.0, 100.0, symbol, step=0.1, help="Where every run starts.")
            values.append(number(key, declared, "start"))
    return values[0], values[1]


def pick_steps() -> int:
    """Draw the input for the number of steps."""
    return int(number("steps", STEPS, "steps"))


def _slider(key: str, declared: Parameter, value: float, label: str) -> dict[str, Any]:
    stops = declared.stops(value)
    texts = [f"{stop:.4g}{declared.unit}" for stop in stops]
    return {"key": key, "label": f"{label} {declared.plain}".strip(), "stops": stops, "texts": texts, "value": value}


def _eigenvalue_sliders(valley: Quadratic) -> list[dict[str, Any]]:
    return [
        _slider(f"{PREFIX}.{name}", Quadratic.parameters()[name], getattr(valley, name), "eigenvalue")
        for name in ("eigenvalue_1", "eigenvalue_2")
    ]


def _condition_sliders(one: float, two: float) -> list[dict[str, Any]]:
    kappa, scale = four_digits(two / one), two
    sliders = []
    for key, declared, value, plain in ((KAPPA_KEY, CONDITION, kappa, "κ"), (SCALE_KEY, SCALE, scale, "λ_{max}")):
        slider = _slider(key, declared, value, "condition number" if key == KAPPA_KEY else "scale")
        kept = [
            stop
            for stop in slider["stops"]
            if _fits(stop if key == KAPPA_KEY else kappa, stop if key == SCALE_KEY else scale)
        ]
        pairs = [(stop, scale) if key == KAPPA_KEY else (kappa, stop) for stop in kept]
        slider |= {
            "label": f"{'condition number' if key == KAPPA_KEY else 'scale'} {plain}",
            "stops": kept,
            "texts": [f"{stop:.4g}" for stop in kept],
            "commits": [_eigenvalues(*pair) for pair in pairs],
        }
        sliders.append(slider)
    return sliders


def _fits(kappa: float, scale: float) -> bool:
    return scale / kappa >= Quadratic.parameters()["eigenvalue_1"].smallest


def _eigenvalues(kappa: float, scale: float) -> dict[str, float]:
    return {f"{PREFIX}.eigenvalue_1": four_digits(scale / kappa), f"{PREFIX}.eigenvalue_2": four_digits(scale)}


def _condition_inputs(left: Any, right: Any, one: float, two: float) -> None:
    """Draw condition number and scale: handles on the eigenvalues, which own the state."""
    st.session_state[KAPPA_KEY], st.session_state[SCALE_KEY] = four_digits(two / one), two

    def changed() -> None:
        kappa, scale = st.session_state[KAPPA_KEY], st.session_state[SCALE_KEY]
        if kappa and scale:
            smallest = Quadratic.parameters()["eigenvalue_1"].smallest
            adopt(_eigenvalues(min(kappa, scale / smallest), scale))

    for place, key, declared, label in (
        (left, KAPPA_KEY, CONDITION, "condition number"),
        (right, SCALE_KEY, SCALE, "scale"),
    ):
        place.number_input(
            f"{label} {declared.plain}",
            min_value=declared.low,
            max_value=declared.high,
            step=1.0,
            format="%.4g",
            key=key,
            help=declared.help,
            on_change=changed,
        )
