"""The message of the view on death: one unit, its error over weight and bias, and where one step too long leads."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.activations import LOOKS
from engine.plane import Plane
from engine.words import apart, number

LEVELS = 14
SEEN = 1e4  # times the middle error is the highest that is drawn


@dataclass(frozen=True, eq=False)
class Lives:
    """Runs of one unit from one start, one for every learning rate."""

    name: str  # of the activation
    etas: np.ndarray  # (R,)
    weights: np.ndarray  # (R, T+1, 2)
    error: np.ndarray  # (R, T+1)
    gradient: np.ndarray  # (R,) its length at the end
    dead: np.ndarray  # (R,) whether h' = 0 on every row at the end
    died: np.ndarray  # (R,) the first step at which it was
    asleep: np.ndarray  # (R,) on how many rows h' is small at the end
    deadly: tuple[float, float]  # between which learning rates the first step kills, predicted; inf where none does


@dataclass(frozen=True, eq=False)
class Ground:
    """What all runs share."""

    plane: Plane
    heights: np.ndarray  # (n, n) E
    least: float  # the lowest error known
    rows: np.ndarray  # (N, 2) x and t
    x: np.ndarray  # (K,) at which answers are drawn
    answers: np.ndarray  # (R, K) of the runs' ends
    first: np.ndarray  # (K,) of their start
    cone: np.ndarray  # (3, 2) the border of where a ReLU is dead, nan for others


def death_message(lives: Lives, ground: Ground, words: str, at: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; the slider goes through the learning rates."""
    count, steps = lives.error.shape
    top = float(np.nanquantile(ground.heights, 0.8)) - ground.least
    arrays = {
        "field": np.sqrt(np.clip((ground.heights - ground.least) / (top or 1.0), 0.0, 1.0)),
        **{"w": lives.weights[..., 0], "b": lives.weights[..., 1], "cone.w": ground.cone[:, 0]},
        **{"cone.b": ground.cone[:, 1], "end.w": lives.weights[:, -1, 0], "end.b": lives.weights[:, -1, 1]},
        **{"row.x": ground.rows[:, 0], "row.t": ground.rows[:, 1], "x": ground.x, "answer": ground.answers},
        **{"first": ground.first, "step": np.arange(steps), "error": lives.error},
        **{"eta": lives.etas, "last": lives.error[:, -1]},
    }
    says = [_says(r, lives, len(ground.rows)) for r in range(count)]
    header = {
        "alt": f"One unit learns from a start with many learning rates. {says[at]}",
        "says": says,
        "caption": words,
        "index": {
            "id": "eta",
            "name": "learning rate",
            "texts": [f"η = {number(float(eta))}" for eta in lives.etas],
            "at": at,
        },
        "panels": [_plane(lives, ground), _answers(lives, ground), _survive(lives), _errors(lives)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _plane(lives: Lives, ground: Ground) -> dict[str, Any]:
    count, look = len(lives.etas), LOOKS[lives.name]
    path = {"x": {"name": "w", "rows": count}, "y": {"name": "b", "rows": count}}
    end = {"x": {"name": "end.w", "rows": count}, "y": {"name": "end.b", "rows": count}}
    x, y = (list(span) for span in ground.plane.view)
    curves: list[dict[str, Any]] = [
        {**path, "colour": "@halo", "width": 5.0},
        {**path, "colour": look.colour, "width": 2.4},
        {**path, "colour": look.colour, "points": True, "width": 2.4},
        {**end, "colour": "@ink", "points": True, "width": 4.5, "label": "the end of the run"},
    ]
    if np.isfinite(ground.cone).any():
        edge = {"x": {"name": "cone.w"}, "y": {"name": "cone.b"}, "colour": "@bad", "dash": "dash", "width": 2.0}
        curves.insert(0, {**edge, "label": "below it every row gets 0"})
    return {
        "label": "The error over weight and bias, and the run",
        "title": "The error over w and b",
        "height": 420,
        "plane": True,
        "square": True,
        "field": {"values": {"name": "field"}, "columns": len(ground.heights), "x": x, "y": y, "levels": LEVELS},
        "x": {"title": "w", "range": x},
        "y": {"title": "b", "range": y},
        "curves": curves,
    }


def _answers(lives: Lives, ground: Ground) -> dict[str, Any]:
    t = ground.rows[:, 1]
    seen = np.concatenate([t, ground.first, [0.0]])
    room = 0.1 * float(np.ptp(seen))
    return {
        "label": "The rows and what the unit answers, at the start and at the end of the run",
        "title": "What the unit answers",
        "height": 420,
        "silent": True,
        "x": {"title": "x", "range": [float(ground.x[0]), float(ground.x[-1])]},
        "y": {"title": "t", "range": [float(seen.min()) - room, float(seen.max()) + room]},
        "curves": [
            {"x": {"name": "x"}, "y": {"name": "first"}, "label": "start", "colour": "@quiet", "dash": "dot"},
            {
                "x": {"name": "x"},
                "y": {"name": "answer", "rows": len(lives.etas)},
                "label": "end",
                "colour": LOOKS[lives.name].colour,
                "dash": "solid",
                "width": 2.8,
            },
            {"x": {"name": "row.x"}, "y": {"name": "row.t"}, "label": "rows", "colour": "@ink", "points": True},
        ],
    }


def _survive(lives: Lives) -> dict[str, Any]:
    each, low, high = [float(eta) for eta in lives.etas], *_span(lives.error[:, -1])
    marks: list[dict[str, Any]] = [{"x": each, "colour": "@ink", "dash": "solid"}]
    for edge, name in zip(lives.deadly, ("the first step kills", "and no longer does"), strict=True):
        if each[0] < edge < each[-1]:
            marks.append({"x": edge, "name": name, "colour": "@bad", "low": True})
    return {
        "label": "The error at the end against the learning rate; arrow keys read it off",
        "title": "Where every learning rate ends",
        "height": 240,
        "x": {"title": "learning rate", "symbol": "η", "log": True, "range": [np.log10(each[0]), np.log10(each[-1])]},
        "y": {"title": "E at the end", "log": True, "range": [low, high]},
        "curves": [
            {
                "x": {"name": "eta"},
                "y": {"name": "last"},
                "label": "E at the end",
                "colour": LOOKS[lives.name].colour,
                "dash": "solid",
                "absent": "diverged",
            }
        ],
        "marks": marks,
        "rest": each,
    }


def _errors(lives: Lives) -> dict[str, Any]:
    count, steps = lives.error.shape
    low, high = _span(lives.error)
    return {
        "label": "The error against the step; arrow keys read it off",
        "title": "The error of this run",
        "height": 240,
        "x": {"title": "step", "range": [0.0, float(steps - 1)]},
        "y": {"title": "E", "log": True, "range": [low, high]},
        "curves": [
            {
                "x": {"name": "step"},
                "y": {"name": "error", "rows": count},
                "label": "E",
                "colour": LOOKS[lives.name].colour,
                "dash": "solid",
                "absent": "diverged",
            }
        ],
        "rest": float(steps - 1),
    }


def _span(values: np.ndarray) -> tuple[float, float]:
    seen = values[np.isfinite(values) & (values > 0.0)]
    if not len(seen):
        return -1.0, 1.0
    high = float(np.log10(min(seen.max(), SEEN * np.median(seen))))
    return max(float(np.log10(seen.min())), high - 8.0) - 0.15, high + 0.15


def _says(r: int, lives: Lives, rows: int) -> str:
    eta, last = number(float(lives.etas[r])), float(lives.error[r, -1])
    title = LOOKS[lives.name].title
    if not np.isfinite(last):
        return f"With η = {eta} the run diverges."
    if lives.dead[r]:
        when, (least, most) = int(lives.died[r]), lives.deadly
        how = (
            f"step {when} leads to where the slope"
            if when
            else "there is nothing to learn from: at the start the slope"
        )
        told = ""
        if when and np.isfinite(least):
            until = f" to {number(most)}" if np.isfinite(most) else " on"
            told = f" From η = {number(least)}{until} the first step is predicted to kill."
        return (
            f"With η = {eta} {how} of the {title} is 0 on all {rows} rows. The gradient is"
            f" {number(float(lives.gradient[r]))}, and E stays {number(last)}.{told}"
        )
    first, ends = apart(float(lives.error[r, 0]), last)
    if last >= lives.error[r, 0]:
        return f"With η = {eta} E does not fall: {first} at first, {ends} after {lives.error.shape[1] - 1} steps."
    return (
        f"With η = {eta} E falls from {first} to {ends} in {lives.error.shape[1] - 1} steps; at the end the {title} is"
        f" flat for {int(lives.asleep[r])} of {rows} rows, and the gradient is {number(float(lives.gradient[r]))} long."
    )
