"""The live figure's message: everything the browser needs to follow a drag, as one header and its arrays."""

import math
from typing import Any

import numpy as np

from charts.colours import PALETTES
from charts.curve import curve_figure
from charts.gauge import gauge
from charts.plane import ground_figure
from charts.thin import drawn_steps
from engine.discovery import slug
from engine.family import live_hyperparameter
from engine.optimizer import Optimizer
from engine.plane import Plane
from engine.study import Member, Study
from engine.words import number

FAR = 20.0  # a path is cut where it is this many views away
GRID = 101


def live_message(
    surface: Any, study: Study, sliders: list[dict[str, Any]], words: dict[str, Any], ground: bool = True
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays. ``words`` holds what only the inputs know: keys, best values, what is being dragged.

    Without ``ground`` the browser takes the bands and axes that it has of this surface and view.
    """
    plane, entries, edited = study.plane, study.entries, study.edited
    present, index = study.present, study.index
    shown = drawn_steps(study.steps)
    styles = [
        {"name": item.name, "colour": item.optimizer.colour, "dash": item.optimizer.dash, "label": item.label}
        for item in entries
    ]
    arrays = {}
    for name, other in study.others.items():
        weights = other.trajectory.weights[shown]
        arrays[f"run.{name}"], _ = _cut(surface.modes(weights), plane.project(weights), plane)
    if not study.families:
        arrays[f"run.{edited.name}"], _ = _cut(present.modes[shown], present.coordinates[shown], plane)
    families, texts = {}, Texts()
    for member in study.families:
        setting = member.family.setting
        families[setting], arrays[f"family.{setting}"] = _family(member, shown, plane, texts)
    header = {
        "surface": repr(surface),
        "view": str(plane.view),
        "alt": _alt(surface, study),
        "palettes": PALETTES,
        "ground": ground_figure(*_heights(surface, plane), _axes(surface, plane)) if ground else None,
        **_curve(surface, study),
        "gauge": _gauge(surface, study),
        "frame": {
            "origin": surface.stationary_point.tolist(),
            "axes": surface.eigenvectors.T.tolist(),
            "eigenvalues": surface.eigenvalues.tolist(),
            "labels": list(surface.labels),
        },
        "rule": _rule(study),
        "arrow": 0.14 * (plane.view[0][1] - plane.view[0][0]),
        "steps": shown.tolist(),
        "runs": [
            {**style, "edited": style["name"] == edited.name, "array": f"run.{style['name']}"} for style in styles
        ],
        "families": families,
        "present": {
            "array": f"run.{edited.name}",
            "eta": edited.learning_rate if edited.optimizer.has_learning_rate else None,
            **_limit(float(present.limits[index])),
            "verdict": _said(present, index, texts),
        },
        "texts": list(texts),
        "sliders": [*_live_sliders(study), *sliders],
        **words,
    }
    return header, arrays


def _rule(study: Study) -> dict[str, Any]:
    """Return what details need to know of the rule under the sliders, also at every stop of its hyperparameter.

    A mode's polynomial is affine in eta lambda: its coefficients at 0 and at 1 say it all.
    """
    rule = study.edited.optimizer
    hyper = {name: getattr(rule, name) for name in rule.parameters()}
    linear = rule.linear and study.edited.clip is None
    known = {
        "slug": slug(rule),
        "title": rule.title,
        "linear": linear,
        "adaptive": rule.adaptive,
        "lookAhead": rule.look_ahead,
        "hyper": hyper,
        "form": [name for name, known in rule.choices().items() if getattr(rule, name) != known.default],
        "symbols": {name: declared.plain for name, declared in rule.parameters().items()},
    }
    if linear:
        ends, packed = np.array([[0.0], [1.0]]), rule.pack()[:, None, None]
        settings = {"learning_rate": np.broadcast_to(packed, (len(packed), 1, 1))}
        for name in study.stops.keys() & hyper.keys():
            settings[name] = np.repeat(packed, len(study.stops[name]), axis=2)
            settings[name][list(hyper).index(name)] = study.stops[name]
        known["polynomials"] = {
            name: rule.mode_polynomial(np.broadcast_to(ends, (2, values.shape[2])), values).transpose(1, 0, 2).tolist()
            for name, values in settings.items()
        }
    return known


def _live_sliders(study: Study) -> list[dict[str, Any]]:
    """Return the sliders whose stops the families hold."""
    rule, name = study.edited.optimizer, study.edited.name
    sliders = []
    for setting, values in study.stops.items():
        learning = setting == "learning_rate"
        symbol = "η" if learning else rule.parameters()[setting].plain
        sliders.append(
            {
                "family": setting,
                "key": f"{name}.{setting}",
                "label": f"{setting.replace('_', ' ')} {symbol}",
                "stops": values,
                "texts": [number(value, 4) for value in values],
                "value": study.edited.learning_rate if learning else getattr(rule, setting),
            }
        )
    return sliders


def _curve(surface: Any, study: Study) -> dict[str, Any]:
    error = float(np.abs(surface.evaluate(np.array(study.start))[0]))
    bounded = bool(surface.eigenvalues[0] >= 0.0)
    title = "E − E(w*)" if bounded else "|E − E(w*)|"
    return {
        "curve": curve_figure(study.steps, error, 1e-6 * error if bounded else None, title),
        "curveId": f"{study.steps}|{error:.4g}|{bounded}",
    }


def _cut(modes: np.ndarray, coordinates: np.ndarray, plane: Plane) -> tuple[np.ndarray, np.ndarray]:
    """Return the paths (steps, R, 2) end to end, run by run, and where each begins (R + 1,).

    A path that does not come back ends with its first point that is far away, or before it if that is not finite.
    """
    near, steps = plane.contains(coordinates, FAR), len(coordinates)
    back = np.where(near.any(axis=0), steps - near[::-1].argmax(axis=0), 0)  # the step after the last one that is near
    following = np.minimum(back, steps - 1)
    reached = np.isfinite(np.take_along_axis(modes, following[None, :, None], axis=0)[0]).all(axis=-1)
    length = np.where(back < steps, back + reached, steps)
    kept = np.arange(steps) < length[:, None]
    return modes.transpose(1, 0, 2)[kept], np.concatenate([[0], np.cumsum(length)])


def _family(member: Member, shown: np.ndarray, plane: Plane, texts: "Texts") -> tuple[dict[str, Any], np.ndarray]:
    paths, offsets = _cut(member.modes[shown], member.coordinates[shown], plane)
    limits = [_limit(value) for value in member.limits.tolist()]
    return {
        "array": f"family.{member.family.setting}",
        "offsets": offsets.tolist(),
        "limits": [limit["limit"] for limit in limits],
        "limitTexts": [limit["limitText"] for limit in limits],
        "verdicts": [_said(member, r, texts) for r in range(len(limits))],
    }, paths


class Texts(dict[str, int]):
    """Every text once, in order: two hundred verdicts say much the same, and they travel in every message."""

    def __missing__(self, text: str) -> int:
        self[text] = len(self)
        return self[text]


def _said(member: Member, r: int, texts: Texts) -> list[int]:
    """Return a verdict as places in texts: status, sentence, label, the badge's three, then three for every fact."""
    verdict, family = member.verdicts[r], member.family
    said = [verdict.status, verdict.sentence, family.label(r), *verdict.badge]
    return [texts[text] for text in said + [text for fact in verdict.facts for text in fact]]


def _limit(value: float) -> dict[str, Any]:
    known = math.isfinite(value)
    return {"limit": value if known else None, "limitText": number(value, 4) if known else ""}


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


def _gauge(surface: Any, study: Study) -> dict[str, Any] | None:
    """Return the gauge, None for a rule that has no learning rate."""
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
        _gauge_words(rule, float(low), float(high), surface.labels[0]),
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


def _gauge_words(rule: Optimizer, low: float, high: float, lowest: str) -> str:
    """``lowest`` is the subscript of the smaller eigenvalue."""
    if not rule.linear and not rule.adaptive:
        return f"no limit of {rule.title} is known in closed form"
    if low < 0.0:
        return f"λ{lowest} = {number(low)} is negative: no learning rate is stable along u{lowest}"
    if high == 0.0:
        return "the surface is flat: there is no limit"
    if not rule.linear:
        return f"{rule.limit_name} = {rule.limit_words}; it moves with the averages"
    if low == 0.0:
        return f"limit = {rule.limit_words}; along u{lowest} nothing moves, λ{lowest} = 0"
    return f"limit = {rule.limit_words}"


def _alt(surface: Any, study: Study) -> str:
    low, high = surface.eigenvalues
    paths = "; ".join(entry.label for entry in study.entries)
    return (
        f"Contours of a quadratic with eigenvalues {number(low)} and {number(high)}, a {surface.verdict}, turned by"
        f" {number(surface.angle)} degrees, and the paths of {paths}. {study.present.verdicts[study.index].sentence}"
    )
