"""The message of the view on training: sharpness and error of a run at every step, beside the limit."""

from typing import Any

import numpy as np

from engine.edge import NEAR, Edge
from engine.optimizer import Optimizer
from engine.words import apart, count, number

AROUND = 25  # steps on each side of the one that is looked at closely
BARS = 8  # of the largest eigenvalues
HIGHEST = 2.6  # times the limit, beyond which a curve leaves the picture
ROOM = 1.25
ROOMY = 1.02  # so that the last step's number is whole
QUIET = "@quiet"
PERCENT = "\u00a0%"  # kept with its number


def limit_words(rule: Optimizer) -> str:
    """Return the limit of the sharpness in words: ``2/η``, ``(2 + 2μ)/η``."""
    return rule.limit_formula.replace("λ_{max}(P⁻¹H)", "η").replace("λ_{max}", "η")


def training_message(
    label: str, rule: Optimizer, edge: Edge, places: np.ndarray, caption: str
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``places`` (n,) are the steps at which the slider stands."""
    shown = slice(0, edge.last + 1)
    top = edge.eigenvalues[shown]
    most = min(BARS, top.shape[1])
    arrays = {"step": np.arange(len(top)), "error": edge.error[shown]}
    arrays |= {f"top.{k}": top[:, k] for k in range(min(3, most))}
    arrays |= {"rank": np.arange(1, most + 1), "bars": np.maximum(np.nan_to_num(top[places, :most]), 0.0)}
    if edge.moves:
        arrays["limit"] = edge.limits[shown]
    story = story_of(edge, limit_words(rule))
    says = [f"{story} {step_of(edge, int(k))}" for k in places]
    at = _first_place(edge, places)
    header = {
        "alt": f"Sharpness and error of {label} at every step. {story}",
        "says": says,
        "caption": caption,
        "index": {
            "id": f"{len(edge.error)}",
            "name": "Step",
            "texts": [f"step {k} / {len(edge.error) - 1}" for k in places.tolist()],
            "at": at,
        },
        "panels": [
            _sharpness(rule, edge, places, most),
            _errors(rule, edge, places),
            _closely(rule, edge, places),
            _bars(rule, edge, most, places),
        ],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _first_place(edge: Edge, places: np.ndarray) -> int:
    """Return the place shown first: where the error is highest after the limit was met on the way; else the last."""
    if edge.meets <= edge.first:
        return len(places) - 1
    highest = edge.meets + int(np.argmax(edge.error[edge.meets : edge.last + 1]))
    return int(np.argmin(np.abs(places - highest)))


def _top(edge: Edge) -> float:
    known = edge.sharpness[np.isfinite(edge.sharpness)]
    limit = float(edge.limits.max())
    return ROOM * limit * float(np.clip(known.max(initial=0.0) / limit, 1.0, HIGHEST))


def _named(rule: Optimizer, edge: Edge, places: np.ndarray) -> dict[str, Any]:
    """Return the line of the limit; where it moves, of that at the slider's step."""
    names = [f"limit {limit_words(rule)} = {number(limit)}" for limit in edge.limits[places].tolist()]
    style = {"colour": "@limit", "dash": "dash", "width": 1.8}
    if edge.moves:
        return {"y": edge.limits[places].tolist(), "name": names, **style}
    return {"y": float(edge.limits[0]), "name": names[0], **style}


def _met(edge: Edge) -> list[dict[str, Any]]:
    """Return the mark where the limit is first met, none where it is not, or from the start on."""
    if edge.meets <= edge.first:
        return []
    return [{"x": edge.meets, "name": f"met at step {edge.meets}", "colour": QUIET}]


def _here(places: np.ndarray) -> dict[str, Any]:
    return {"x": places.tolist(), "colour": "@ink", "dash": "solid"}


def _sharpness(rule: Optimizer, edge: Edge, places: np.ndarray, most: int) -> dict[str, Any]:
    of = "P⁻¹H" if rule.adaptive else "the Hessian"
    words = [f"sharpness: the largest eigenvalue of {of}", "the second", "the third"]
    styles = [(rule.colour, 2.2, 1.0), (QUIET, 1.4, 0.9), (QUIET, 1.2, 0.55)]
    curves: list[dict[str, Any]] = [
        {
            "x": {"name": "step"},
            "y": {"name": f"top.{k}"},
            "label": words[k],
            "colour": colour,
            "width": width,
            "alpha": alpha,
            "dash": "solid" if k == 0 else "dot",
            "absent": "none yet",
        }
        for k, (colour, width, alpha) in enumerate(styles[: min(3, most)])
    ]
    if edge.moves:
        path = {"x": {"name": "step"}, "y": {"name": "limit"}, "label": "the limit as it grows"}
        curves.append({**path, "colour": "@limit", "dash": "dot", "width": 1.8})
    return {
        "label": "The largest eigenvalues at every step, and the limit; arrow keys read them off",
        "title": "Sharpness against its limit",
        "height": 300,
        "wide": True,
        "x": {"title": "step", "range": [0, ROOMY * max(1, edge.last)]},
        "y": {"title": "eigenvalue", "range": [min(0.0, -0.02 * float(edge.limits.max())), _top(edge)]},
        "curves": curves,
        "marks": [_named(rule, edge, places), *_met(edge), _here(places)],
        "rest": places.tolist(),
    }


def _errors(rule: Optimizer, edge: Edge, places: np.ndarray) -> dict[str, Any]:
    low, high = _span(edge.error[: edge.last + 1])
    return {
        "label": "The error at every step; arrow keys read it off",
        "title": "The error meanwhile",
        "height": 220,
        "wide": True,
        "x": {"title": "step", "range": [0, ROOMY * max(1, edge.last)]},
        "y": {"title": "error", "log": True, "range": [low, high]},
        "curves": [
            {"x": {"name": "step"}, "y": {"name": "error"}, "label": "error", "colour": rule.colour, "dash": "solid"}
        ],
        "marks": [*_met(edge), _here(places)],
        "rest": places.tolist(),
    }


def _span(error: np.ndarray) -> list[float]:
    """Return powers of ten that hold the errors, with some room."""
    known = error[np.isfinite(error) & (error > 0.0)]
    if not len(known):
        return [-1.0, 1.0]
    low, high = float(np.log10(known.min())), float(np.log10(known.max()))
    room = max(0.06 * (high - low), 0.02)
    return [low - room, high + room]


def _closely(rule: Optimizer, edge: Edge, places: np.ndarray) -> dict[str, Any]:
    ends, spans = [], []
    for k in places.tolist():
        first = int(np.clip(k - AROUND, 0, max(0, edge.last - 2 * AROUND)))
        last = min(edge.last, first + 2 * AROUND)
        ends.append([first, max(first + 1, last)])
        spans.append(_even(edge.error[first : last + 1]))
    line = {"x": {"name": "step"}, "y": {"name": "error"}, "colour": rule.colour}
    return {
        "label": "The error at the steps around the one chosen; arrow keys read it off",
        "title": "The error, step by step around this one",
        "height": 260,
        "x": {"title": "step", "range": ends},
        "y": {"title": "error", "range": spans},
        "curves": [
            {**line, "label": "error", "dash": "solid", "width": 1.6},
            {**line, "points": True, "width": 2.6},
        ],
        "marks": [_here(places)],
        "rest": places.tolist(),
    }


def _even(error: np.ndarray) -> list[float]:
    """Return an interval that holds the errors, with some room."""
    low, high = float(error.min()), float(error.max())
    room = max(0.1 * (high - low), 1e-3 * abs(high), 1e-12)
    return [low - room, high + room]


def _bars(rule: Optimizer, edge: Edge, most: int, places: np.ndarray) -> dict[str, Any]:
    return {
        "label": "The largest eigenvalues at the step chosen, and the limit; arrow keys read them off",
        "title": "The largest eigenvalues at this step",
        "height": 260,
        "x": {"title": "place, from the largest on", "symbol": "place", "range": [0.4, most + 0.6]},
        "y": {"title": "eigenvalue", "range": [0.0, _top(edge)]},
        "bars": {
            "x": {"name": "rank"},
            "y": {"name": "bars", "rows": len(places)},
            "bands": [{"label": "eigenvalue", "colour": rule.colour, "alpha": 0.75}],
        },
        "marks": [_named(rule, edge, places)],
        "rest": 1,
    }


def story_of(edge: Edge, words: str) -> str:
    """Return what happened in the whole run, with numbers beside their limits."""
    ends = [number(float(edge.limits[k])) for k in (edge.first, edge.last)]
    limit = f"{words}, which grows from {ends[0]} to {ends[1]}," if edge.moves else f"{words} = {ends[0]}"
    steps = len(edge.error) - 1
    if not np.isfinite(edge.ratio).any():
        return "The sharpness is nowhere a finite number: the run is lost in its first step."
    if edge.diverged_at >= 0:
        how = "begins" if edge.beyond_at_first else "comes"
        where = f"The run {how} beyond its limit {limit}" if edge.meets >= 0 else f"The limit is {limit.rstrip(',')}"
        return f"{where} and is lost: at step {count(edge.diverged_at)} it has diverged."
    if edge.meets < 0:
        highest = int(np.nanargmax(edge.ratio))
        n = edge.rises(0, steps)
        rises = f"The error rises {_times(n)} in {count(steps)} steps." if n else "The error never rises."
        most = "at most" if edge.every == 1 else "at most, of the steps looked at"
        return (
            f"The sharpness never meets its limit {limit.rstrip(',')}: {most}, at step {count(highest)}, it is"
            f" {number(float(edge.sharpness[highest]))}, {_share(float(edge.ratio[highest]))} of it. {rises}"
        )
    there = _arrival(edge, limit)
    if edge.meets == steps:
        return there
    which = "steps" if edge.every == 1 else "steps looked at"
    n, before = edge.rises(edge.meets, steps), edge.rises(0, edge.meets)
    here, end = float(edge.error[edge.meets]), float(edge.error[-1])
    rose = "never rose before" if not before else f"rose {_times(before)} before"
    until = f", which {rose}," if edge.meets > edge.first else ""
    return (
        f"{there} From there on it is within {number(100 * NEAR)}{PERCENT} of it at {_share(edge.hovers)} of"
        f" the {which}, at the end at {_share(float(edge.ratio[edge.last]))}. The error{until} rises {_times(n)},"
        f" {'and yet' if n and end < here else 'and'} goes from {' to '.join(apart(here, end))}."
    )


def _arrival(edge: Edge, limit: str) -> str:
    """Return how the sharpness came to its limit."""
    begins = _share(float(edge.ratio[edge.first]))
    if not edge.beyond_at_first:
        return f"From {begins} of its limit {limit} the sharpness grows and meets it at step {count(edge.meets)}."
    below = f", and is first below it at step {count(edge.falls_below)}" if edge.falls_below > 0 else ""
    return f"The run begins beyond its limit {limit.rstrip(',')}, at {begins} of it{below}."


def step_of(edge: Edge, k: int) -> str:
    """Return what is so at one step."""
    ratio = float(edge.ratio[k])
    if not np.isfinite(ratio):
        return f"At step {count(k)} no average is known yet, and so no limit."
    here = f"At step {count(k)} the sharpness is {number(float(edge.sharpness[k]))}, {_share(ratio)} of the limit"
    if k + 1 >= len(edge.error) or not np.isfinite(edge.error[k + 1]):
        return f"{here}."
    change = float(edge.error[k + 1] - edge.error[k])
    return f"{here}; the next step {'raises' if change > 0.0 else 'lowers' if change < 0.0 else 'keeps'} the error."


def _share(ratio: float) -> str:
    return f"{number(100.0 * ratio, 3)}{PERCENT}"


def _times(n: int) -> str:
    return "once" if n == 1 else f"{count(n)} times"
