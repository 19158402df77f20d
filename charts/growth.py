"""The message of the view on transient growth: how far the best settings first make it worse."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.growth import FIRST_WORSE
from engine.words import count, near_one, number

SIZE = "|\u2060α|"  # joined, or a line would be broken after the first bar
LOWEST = -4.0  # powers of ten down to which an error is followed


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule at its best setting, over condition numbers."""

    title: str
    colour: str
    dash: str
    peaks: np.ndarray  # (kappas,) the largest |alpha_i(k)/alpha_i(0)|
    errors: np.ndarray  # (stops, steps) the largest E(k)/E(0) of any start, at the slider's condition numbers
    back: np.ndarray  # (stops,) the step from which that stays at or below 1


def growth_message(
    kappas: np.ndarray, stops: np.ndarray, steps: np.ndarray, rules: list[Rule], own: int, words: str
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays.

    ``steps`` (stops, steps) are drawn of each run, the first of ``rules`` is the one that grows, ``own`` is the stop of
    the valley at hand, -1 if it has none; ``words`` say why.
    """
    arrays = {"kappa": kappas, "root": np.sqrt(kappas) / math.e, "whole": kappas / math.e**2, "steps": steps}
    for i, rule in enumerate(rules):
        arrays |= {f"peak{i}": rule.peaks, f"square{i}": rule.peaks**2, f"error{i}": rule.errors}
    says = [_says(float(kappa), rules, steps[s], s) for s, kappa in enumerate(stops)]
    at = max(own, 0)
    header = {
        "alt": f"The largest error on the way, over its start, against the condition number. {says[at]}",
        "says": says,
        "caption": f"{words}{' ' if words else ''}{_caption(rules)}",
        "index": {
            "id": f"{own}|{stops[at]:.4g}",
            "name": "κ",
            "texts": [f"κ = {number(float(kappa))}" for kappa in stops],
            "at": at,
        },
        "panels": [_against_kappa(kappas, stops, rules, own), _over_steps(steps, rules)],
    }
    return header, arrays


def _against_kappa(kappas: np.ndarray, stops: np.ndarray, rules: list[Rule], own: int) -> dict[str, Any]:
    first, *others = rules
    x = {"name": "kappa"}
    thin = {"colour": "@quiet", "dash": "dot", "width": 1.4}
    curves = [
        {"x": x, "y": {"name": "whole"}, "label": "κ/e²", **thin},
        {"x": x, "y": {"name": "root"}, "label": "√κ/e", **thin},
        _curve(first, x, {"name": "square0"}, f"{first.title}: error E", "error", 2.8),
        _curve(first, x, {"name": "peak0"}, f"{first.title}: distance {SIZE}", "distance", 1.6) | {"alpha": 0.6},
    ]
    curves += [
        _curve(rule, x, {"name": f"square{i}"}, f"{rule.title}: error E", "", 2.0) for i, rule in enumerate(others, 1)
    ]
    marks: list[dict[str, Any]] = [{"x": FIRST_WORSE, "name": f"(1 + √2)² = {number(FIRST_WORSE)}"}]
    if own >= 0:
        marks.append({"x": float(stops[own]), "name": "this valley", "low": True, "colour": "@open", "dash": "dot"})
    marks.append({"x": stops.tolist(), "colour": "@ink", "dash": "solid"})
    return {
        "label": "Largest error and distance on the way over the start, against kappa; arrow keys read it off",
        "title": "How far it first gets worse",
        "height": 320,
        "x": {"title": "condition number κ", "symbol": "κ", "log": True, "range": _powers(kappas)},
        "y": {
            "title": "largest, over the start",
            "log": True,
            "range": [-0.5, float(np.log10(first.peaks.max() ** 2)) + 0.2],
        },
        "curves": curves,
        "marks": marks,
        "rest": stops.tolist(),
    }


def _curve(rule: Rule, x: dict[str, Any], y: dict[str, Any], label: str, tag: str, width: float) -> dict[str, Any]:
    return {"x": x, "y": y, "label": label, "tag": tag, "colour": rule.colour, "dash": rule.dash, "width": width}


def _over_steps(steps: np.ndarray, rules: list[Rule]) -> dict[str, Any]:
    rows = len(steps)
    top = np.log10(np.max([rule.errors.max(axis=1) for rule in rules], axis=0))
    x = {"name": "steps", "rows": rows}
    curves = [
        _curve(rule, x, {"name": f"error{i}", "rows": rows}, rule.title, "", 2.8 if i == 0 else 2.0)
        for i, rule in enumerate(rules)
    ]
    return {
        "label": "Largest error of any start, over its start, against the step; arrow keys read it off",
        "title": "The worst start at this κ",
        "height": 320,
        "x": {"title": "step k", "symbol": "k", "range": [[0.0, float(row[-1])] for row in steps]},
        "y": {"title": "E(k)/E(0), worst start", "log": True, "range": [[LOWEST, float(power) + 0.3] for power in top]},
        "curves": curves,
        "marks": [{"y": 1.0, "name": "as bad as the start", "dash": "dash"}],
    }


def _powers(values: np.ndarray) -> list[float]:
    return [float(np.log10(values[0])), float(np.log10(values[-1]))]


def _caption(rules: list[Rule]) -> str:
    return (
        f"Every rule at its best setting for κ, from rest and from the worst start; for {rules[0].title.lower()} that"
        f" is one along the steepest direction, where {SIZE} follows (1 + k (1 + ρ)) ρᵏ with ρ = (√κ − 1)/(√κ + 1)."
        " Dotted: what the peaks tend to as κ grows."
    )


def _says(kappa: float, rules: list[Rule], steps: np.ndarray, s: int) -> str:
    first = rules[0]
    others = " and ".join(rule.title for rule in rules[1:])
    if kappa <= FIRST_WORSE:
        return (
            f"At κ = {number(kappa)} no start gets worse on the way. {first.title} at its best first makes some worse"
            f" above κ = (1 + √2)² = {number(FIRST_WORSE)}; {others} never do."
        )
    peak = int(np.argmax(first.errors[s]))
    return (
        f"At κ = {number(kappa)} {first.title} at its best first makes the error up to"
        f" {near_one(float(first.errors[s, peak]))} times as large, at step {count(float(steps[peak]))}, and only from"
        f" step {count(float(first.back[s]))} on is it no larger than at the start. {others} never make it larger."
    )
