"""The message of the view on rotation: steps to the tolerance against the angle, of every optimizer, tuned and not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.words import count, number

NAMED = 3  # rules that mind the angle which the sentence names


@dataclass(frozen=True, eq=False)
class Turning:
    """One optimizer over the angles."""

    title: str
    colour: str
    dash: str
    first: bool  # whether its steps count until the error first is small, not until it stays so
    linear: bool  # whether it cannot know the angle
    untuned: np.ndarray  # (angles,) steps, nan where there are more than were run
    diverges: bool  # whether it does so at some angle
    setting: str  # its label there
    tuned: np.ndarray  # (angles,)
    settings: list[str]  # its label at every angle


def rotation_message(
    angles: Sequence[int], own: float, steps: int, rules: list[Turning], shape: str, budget: str
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays. ``own`` is the valley's angle modulo 90; ``shape`` and ``budget`` are said there."""
    arrays = {"angle": np.array(angles)}
    for i, rule in enumerate(rules):
        arrays |= {f"untuned{i}": rule.untuned, f"tuned{i}": rule.tuned}
    says = [_says(i, angle, steps, rules) for i, angle in enumerate(angles)]
    at = int(np.argmin(np.abs(np.array(angles) - own)))
    range_ = _range(rules, steps)
    header = {
        "alt": f"Steps of every optimizer against the angle of the valley, {shape}. {says[at]}",
        "says": says,
        "caption": _caption(rules, steps, shape, budget),
        "index": {
            "id": f"{own}",
            "name": "Angle of the valley",
            "texts": [f"{angle}°" for angle in angles],
            "at": at,
        },
        "panels": [
            _panel("untuned", f"Not tuned, {shape}", angles, own, steps, rules, range_),
            _panel("tuned", f"Tuned at every angle, {shape}", angles, own, steps, rules, range_),
        ],
    }
    return header, arrays


def _panel(
    which: str,
    title: str,
    angles: Sequence[int],
    own: float,
    steps: int,
    rules: list[Turning],
    range_: list[float],
) -> dict[str, Any]:
    curves = []
    for i, rule in enumerate(rules):
        labels = rule.settings if which == "tuned" else [rule.setting]
        star = " *" if rule.first else ""
        curves.append(
            {
                "x": {"name": "angle"},
                "y": {"name": f"{which}{i}"},
                "label": [f"{label}{star}" for label in labels],
                "tag": rule.title,
                "colour": rule.colour,
                "dash": rule.dash,
                "width": 2.2,
                "absent": "diverges" if rule.diverges and which == "untuned" else f"> {count(steps)}",
            }
        )
    return {
        "label": f"Steps of every optimizer against the angle, {which}; arrow keys read it off",
        "title": title,
        "height": 320,
        "x": {"title": "angle of the valley in degrees", "symbol": "angle", "unit": "°", "range": [0.0, 90.0]},
        "y": {"title": "steps to 10⁻⁶ of the error", "log": True, "range": range_},
        "curves": curves,
        "marks": [
            {"x": own, "name": "this valley", "low": True, "colour": "@open", "dash": "dot"},
            {"x": list(angles), "colour": "@ink", "dash": "solid"},
        ],
        "rest": list(angles),
    }


def _range(rules: list[Turning], steps: int) -> list[float]:
    """Return the powers of ten that both panels share."""
    found = np.concatenate([part for rule in rules for part in (rule.untuned, rule.tuned)])
    found = found[np.isfinite(found) & (found > 0.0)]
    low, high = (found.min(), found.max()) if len(found) else (1.0, float(steps))
    return [float(np.floor(np.log10(low))), float(np.ceil(np.log10(high) + 1e-9))]


def _caption(rules: list[Turning], steps: int, shape: str, budget: str) -> str:
    star = (
        " * Until it first is: with a constant η such a rule need not stay there, and tuning finds lucky passes."
        if any(rule.first for rule in rules)
        else ""
    )
    return (
        f"{shape} at every angle, and the start turns with the valley. Counted, up to {count(steps)}, are the steps"
        f" until the error stays below 10⁻⁶ of the start's.{star} Not tuned: every optimizer as it"
        f" begins. Tuned: {budget}."
    )


def _says(i: int, angle: int, steps: int, rules: list[Turning]) -> str:
    flat = [rule for rule in rules if rule.linear and _constant(rule.untuned) and _constant(rule.tuned)]
    minding = [rule for rule in rules if not rule.linear]
    minding.sort(key=lambda rule: -_times(rule.tuned, i))
    parts = ["At 0° the directions of the valley are the weights'."] if not angle else []
    if angle and minding:
        needs = [f"{_steps(rule.tuned[i], steps)} instead of {_steps(rule.tuned[0], steps)}" for rule in minding]
        costs = [f"{rule.title} {need}" for rule, need in zip(minding, needs, strict=True)]
        parts.append(f"Steps at {angle}° instead of 0°, tuned anew: {_listed(costs[:NAMED])}.")
    if flat:
        titles, needs = [rule.title for rule in flat], [_steps(rule.tuned[0], steps) for rule in flat]
        parts.append(f"{_listed(titles)} do not see the angle: tuned, {_listed(needs)} steps at each.")
    return " ".join(parts)


def _constant(counts: np.ndarray) -> bool:
    return bool(np.isnan(counts).all() or np.ptp(counts) == 0.0)


def _times(counts: np.ndarray, i: int) -> float:
    return float(np.nan_to_num(counts[i] / max(counts[0], 1.0), nan=-1.0))


def _steps(value: float, steps: int) -> str:
    return f"more than {count(steps)}" if np.isnan(value) else count(float(value))


def _listed(items: list[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def shape_words(low: float, high: float) -> str:
    """Return how narrow the valley is."""
    return f"κ = {number(high / low)}" if low > 0.0 else f"λ = {number(low)} and {number(high)}"
