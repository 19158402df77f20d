"""Anatomy of a step: the update as the sum of its parts."""

from typing import Any

import numpy as np

from engine.discovery import slug
from engine.family import Family
from engine.optimizer import Optimizer
from engine.plane import Plane
from engine.study import study
from widgets.details.follow import follow
from widgets.details.picture import Picture

NAME = "step"
TITLE = "Anatomy of a step"
ORDER = 10
OF_A_RATE = True

MOST = 335_000  # bytes of arrays in a message, which holds the code too
AVERAGES = ("mean", "squares")  # of the gradient and of its square, or their sums


def draw(picture: Picture) -> None:
    """Draw the step that begins where the run is looked at."""
    follow("anatomy", *sent(picture))


def sent(picture: Picture) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return what the browser cannot know: the averages of an adaptive rule, of every run at hand, after the steps that
    begin at the drawn ones. A family that does not fit is sent as far as it does.
    """
    surface, rule = picture.surface, picture.edited.optimizer
    header: dict[str, Any] = {"slug": slug(rule)}
    if not rule.adaptive or "squares" not in rule.slots:
        return header, {}
    plane = Plane.of(surface, include=picture.start)
    found = study(surface, [picture.edited], picture.edited, picture.start, picture.steps, plane)
    if not explained(surface, found.present.family, found.index):
        return header, {}
    slots = [slot for slot in AVERAGES if slot in rule.slots]
    after = np.minimum(picture.drawn + 1, picture.steps)
    families, arrays, left = {}, {}, MOST // 4
    for family in (member.family for member in found.families):
        runs, size = len(family.values), surface.dim * len(slots)
        rows = min(len(after), left // (runs * size))
        left -= rows * runs * size
        families[family.setting] = {"values": family.values.tolist(), "rows": rows}
        for slot in slots:
            state = family.trajectory.state[slot][after[:rows]].transpose(1, 0, 2)
            # a square leaves the range of float32 long before its root does
            arrays[f"{family.setting}.{slot}"] = np.sqrt(state) if slot == "squares" else state
    header |= {
        "surface": repr(surface),
        "start": list(picture.start),
        "steps": picture.drawn.tolist(),
        "eta": picture.edited.learning_rate,
        "hyper": {name: getattr(rule, name) for name in rule.parameters()},
        "slots": slots,
        "decays": decays(rule),
        "families": families,
    }
    return header, arrays


def decays(rule: Optimizer) -> dict[str, str]:
    """Return, for every average that is corrected for its start at zero, the hyperparameter it decays with."""
    if getattr(rule, "bias_correction", "on") == "off":
        return {}
    names = [name for name in rule.parameters() if name.startswith("decay")]
    return {slot: name for slot, name in zip(AVERAGES, names, strict=False) if f"{slot}_correction" in rule.slots}


def explained(surface: Any, family: Family, r: int) -> bool:
    """Tell whether every step of a run is -eta s/(sqrt(r) + delta), s the mean or the gradient, both corrected."""
    rule, path = family.optimizers[r], family.trajectory
    weights, tau = path.weights[:, r], np.arange(1, len(path.weights))[:, None]
    corrections = {slot: 1.0 - getattr(rule, name) ** tau for slot, name in decays(rule).items()}
    average = {slot: path.state[slot][1:, r] / corrections.get(slot, 1.0) for slot in AVERAGES if slot in rule.slots}
    with np.errstate(all="ignore"):
        _, gradient = surface.evaluate(weights[:-1])
        scale = np.sqrt(average["squares"]) + getattr(rule, "stabiliser", 0.0)
        told = -family.learning_rates[r] * average.get("mean", gradient) / scale
        off = np.abs(np.diff(weights, axis=0) - told)
        return not np.any(off > 1e-6 * np.abs(told) + 1e-12 * np.abs(weights[1:]))
