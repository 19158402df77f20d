"""Anatomy of a step: the update as the sum of its parts."""

from typing import Any

import numpy as np
import streamlit as st

from engine.discovery import slug
from engine.family import Family, over_hyperparameter, over_learning_rate
from engine.optimizer import Optimizer
from engine.plane import Plane
from engine.study import has_modes, study
from widgets.details.follow import follow
from widgets.details.picture import Picture

NAME = "step"
TITLE = "Anatomy of a step"
ORDER = 10
OF_A_RATE = True

AVERAGES = ("mean", "squares")  # of the gradient and of its square, or their sums
ASKED = "detail.anatomy.asked"


@st.fragment
def draw(picture: Picture) -> None:
    """Draw the step that begins where the run is looked at; alone, where only more runs are asked for."""
    follow("anatomy", *sent(picture, st.session_state.pop(ASKED, None)), heard=_heard)


def _heard(setting: Any) -> None:
    st.session_state[ASKED] = setting


def sent(picture: Picture, setting: Any = None) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return what the browser cannot know: what divides and what moves in the steps that begin at the drawn ones.

    They are those of the present run, and of the runs at every stop of ``setting`` if this is one of the live sliders.
    """
    surface, rule = picture.surface, picture.edited.optimizer
    header: dict[str, Any] = {"slug": slug(rule)}
    if not rule.adaptive or "squares" not in rule.slots:
        return header, {}
    plane = Plane.of(surface, include=picture.start)
    found = study(surface, [picture.edited], picture.edited, picture.start, picture.steps, plane, families=False)
    if not explained(surface, found.present.family, found.index):
        return header, {}
    families = {"present": found.present.family}
    # on another surface the figure knows the gradients of the present run alone
    live = list(found.stops) if has_modes(surface) else []
    if setting in live:
        families[setting] = _over(picture, setting, found.stops[setting])
    slots = ["mean" if "mean" in rule.slots else "gradient", "squares"]
    after = np.minimum(picture.drawn + 1, picture.steps)
    arrays = {
        f"{name}.{slot}": _of_steps(surface, family, slot, after).transpose(1, 0, 2)
        for name, family in families.items()
        for slot in slots
    }
    header |= {
        "surface": repr(surface),
        "start": list(picture.start),
        "steps": picture.drawn.tolist(),
        "eta": picture.edited.learning_rate,
        "hyper": {name: getattr(rule, name) for name in rule.parameters()},
        "slots": slots,
        "decays": decays(rule),
        "live": live,
        "families": {name: family.values.tolist() for name, family in families.items()},
    }
    return header, arrays


def _over(picture: Picture, setting: str, stops: list[float]) -> Family:
    rule, eta, clip = picture.edited.optimizer, picture.edited.learning_rate, picture.edited.clip
    if setting == "learning_rate":
        return over_learning_rate(picture.surface, rule, stops, picture.start, picture.steps, clip)
    return over_hyperparameter(picture.surface, rule, setting, eta, picture.start, picture.steps, clip)


def _of_steps(surface: Any, family: Family, slot: str, after: np.ndarray) -> np.ndarray:
    """Return what the steps that lead to ``after`` used, (steps, R, 2)."""
    path = family.trajectory
    if slot == "gradient":
        # where one weight's is exactly 0, the browser's would not be, and a step divides by how small it is
        gradient: np.ndarray = surface.evaluate(path.weights[after - 1])[1]
        return gradient
    # a square leaves the range of float32 long before its root does
    return np.sqrt(path.state[slot][after]) if slot == "squares" else path.state[slot][after]


def decays(rule: Optimizer) -> dict[str, str]:
    """Return, for every average that is corrected for its start at zero, the hyperparameter it decays with."""
    if getattr(rule, "bias_correction", "on") == "off":
        return {}
    names = [name for name in rule.parameters() if name.startswith("decay")]
    return {slot: name for slot, name in zip(AVERAGES, names, strict=False) if f"{slot}_correction" in rule.slots}


def explained(surface: Any, family: Family, r: int) -> bool:
    """Tell whether every step of a run is -eta s/(sqrt(r) + delta), s the mean or the gradient, both corrected."""
    rule, path = family.optimizers[r], family.trajectory
    if any(getattr(rule, name) != known.default for name, known in rule.choices().items()):
        return False  # another form of it; where nothing moves any formula would seem to explain the run
    weights, tau = path.weights[:, r], np.arange(1, len(path.weights))[:, None]
    corrections = {slot: 1.0 - getattr(rule, name) ** tau for slot, name in decays(rule).items()}
    average = {slot: path.state[slot][1:, r] / corrections.get(slot, 1.0) for slot in AVERAGES if slot in rule.slots}
    with np.errstate(all="ignore"):
        _, gradient = surface.evaluate(weights[:-1])
        scale = np.sqrt(average["squares"]) + getattr(rule, "stabiliser", 0.0)
        told = -family.learning_rates[r] * average.get("mean", gradient) / scale
        off = np.abs(np.diff(weights, axis=0) - told)
        # the last numbers there are have fewer digits
        return not np.any(off > 1e-6 * np.abs(told) + 1e-12 * np.abs(weights[1:]) + 1e-300)
