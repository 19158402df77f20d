"""The valley: what the live figure shows of a quadratic, whose runs travel as their modes."""

import math
from typing import Any

import numpy as np

from charts.curve import curve_figure
from charts.gauge import WHERE, gauge
from charts.plane import GRID, ground_figure
from charts.thin import POINTS
from engine.family import Family, live_hyperparameter
from engine.plane import Plane
from engine.study import Entry, Study
from engine.words import number

DRAWN = POINTS  # steps at most


def track(surface: Any, study: Study, family: Family, shown: np.ndarray) -> np.ndarray:
    """Return what travels of every drawn step of a family: alpha_i, (steps, R, 2)."""
    modes: np.ndarray = surface.modes(family.trajectory.weights[shown])
    return modes


def near_run(surface: Any, study: Study, shown: np.ndarray) -> dict[str, np.ndarray]:
    """Return what else travels of the run under the sliders: nothing, its modes say it all."""
    return {}


def frame(surface: Any, study: Study) -> dict[str, Any]:
    """Return what turns modes into weights and errors."""
    return {
        "origin": surface.stationary_point.tolist(),
        "axes": surface.eigenvectors.T.tolist(),
        "eigenvalues": surface.eigenvalues.tolist(),
        "labels": list(surface.labels),
    }


def ground(surface: Any, study: Study) -> dict[str, Any]:
    """Return bands of error, and the eigenvectors through w*."""
    return ground_figure(*_heights(surface, study.plane), _axes(surface, study.plane))


def curve(surface: Any, study: Study) -> dict[str, Any]:
    """Return the learning curve's axes, with a name that says when they differ."""
    error = float(np.abs(surface.evaluate(np.array(study.start))[0]))
    bounded = bool(surface.eigenvalues[0] >= 0.0)
    title = "E − E(w*)" if bounded else "|E − E(w*)|"
    return {
        "curve": curve_figure(study.steps, error, 1e-6 * error if bounded else None, title),
        "curveId": f"{study.steps}|{error:.4g}|{bounded}",
    }


def _heights(surface: Any, plane: Plane) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, y and the signed square root of E - E(w*), so that bands are equally spaced in it."""
    x, y, points = plane.grid(GRID)
    error, _ = surface.evaluate(points)
    return x, y, np.sign(error) * np.sqrt(np.abs(error))


def _axes(surface: Any, plane: Plane) -> list[dict[str, Any]]:
    """Return the eigenvectors through w*, as long as 1/sqrt|lambda| (figure 7.2); the longest of them, and every one
    along which the surface is flat, spans nine tenths of the view's height.
    """
    height = plane.view[1][1] - plane.view[1][0]
    lengths = [1.0 / np.sqrt(abs(value)) if value != 0.0 else np.inf for value in surface.eigenvalues]
    finite = [length for length in lengths if np.isfinite(length)]
    unit = 0.45 * height / max(finite, default=1.0)
    axes = []
    for i, (value, length) in enumerate(zip(surface.eigenvalues, lengths, strict=True)):
        reach = unit * length if np.isfinite(length) else 0.45 * height
        direction = surface.eigenvectors[:, i] * (1.0 if surface.eigenvectors[1, i] >= 0.0 else -1.0)
        ends = surface.stationary_point[:, None] + np.array([-1.0, 0.0, 1.0]) * reach * direction[:, None]
        axes.append(
            {
                "label": f"u{surface.labels[i]}{'' if value > 0.0 else ', downhill' if value < 0.0 else ', flat'}",
                "x": ends[0].tolist(),
                "y": ends[1].tolist(),
                "dash": "solid" if value > 0.0 else "dash" if value < 0.0 else "dot",
            }
        )
    return axes


def gauge_of(surface: Any, study: Study) -> dict[str, Any] | None:
    """Return the gauge of the learning rate, None for a rule that has none."""
    if not study.edited.optimizer.has_learning_rate:
        return None
    rule, (low, high) = study.edited.optimizer, surface.eigenvalues
    plain = 2.0 / high if high > 0.0 else None
    differs = rule.linear and plain is not None and not np.isclose(study.limit, plain)
    return gauge(
        float(high),
        study.limit,
        _best_mark(study),
        rule.linear,
        plain if differs else None,
        _gauge_words(study.edited, float(low), float(high), surface.labels[0]),
    )


def _best_mark(study: Study) -> tuple[str, float] | None:
    """Return label and place of the best setting; its label names the hyperparameter that belongs to it."""
    if study.best is None:
        return None
    best, name = study.best, live_hyperparameter(study.edited.optimizer)
    if name is None:
        return "best", best.learning_rate
    symbol, value = best.optimizer.parameters()[name].plain, getattr(best.optimizer, name)
    digits = 2 if value < 0.9 else 1 - math.floor(math.log10(1.0 - value))
    return f"best, {symbol} = {number(value, digits)}", best.learning_rate


def _gauge_words(edited: Entry, low: float, high: float, lowest: str) -> str:
    """``lowest`` is the subscript of the smaller eigenvalue."""
    rule, where = edited.optimizer, "" if edited.clip is None else WHERE
    if not rule.linear and not rule.adaptive:
        return f"no limit of {rule.title} is known in closed form"
    if low < 0.0:
        return f"λ{lowest} = {number(low)} is negative: no learning rate is stable along u{lowest}"
    if high == 0.0:
        return "the surface is flat: there is no limit"
    if not rule.linear:
        return f"{rule.limit_name} = {rule.limit_formula}{where}; it moves with the averages"
    if low == 0.0:
        return f"limit = {rule.limit_formula}{where}; along u{lowest} nothing moves, λ{lowest} = 0"
    return f"limit = {rule.limit_formula}{where}"


def alt(surface: Any, study: Study) -> str:
    """Return what the picture shows, in words."""
    low, high = surface.eigenvalues
    paths = "; ".join(entry.label for entry in study.entries)
    return (
        f"Contours of a quadratic with eigenvalues {number(low)} and {number(high)}, a {surface.verdict}, turned by"
        f" {number(surface.angle)} degrees, and the paths of {paths}. {study.present.verdicts[study.index].sentence}"
    )
