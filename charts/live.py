"""The live figure's message: everything the browser needs to follow a drag, as one header and its arrays."""

import math
from typing import Any

import numpy as np

from charts import landscape, line, valley
from charts.colours import PALETTES
from charts.thin import drawn_steps
from engine.discovery import slug
from engine.family import single_of
from engine.plane import Plane
from engine.section import seen
from engine.study import Entry, Member, Study, has_modes, takes_long
from engine.words import number

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
FAR = 20.0  # a path is cut where it is this many views away


def live_message(
    surface: Any, study: Study, sliders: list[dict[str, Any]], words: dict[str, Any], ground: bool = True
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays. ``words`` holds what only the inputs know: keys, best values, what is being dragged.

    Without ``ground`` the browser takes the bands and axes that it has of this surface and view.
    """
    plane, entries, edited = study.plane, study.entries, study.edited
    present, index = study.present, study.index
    shown, kind = shown_steps(surface, study.steps), _kind(surface)
    styles = styles_of(entries)
    arrays = kind.near_run(surface, study, shown)
    for name, other in study.others.items():
        coordinates = plane.project(other.trajectory.weights[shown])
        arrays[f"run.{name}"], _ = _cut(kind.track(surface, study, other, shown), coordinates, plane)
    if not study.families or len(study.families) < len(study.stops):
        run = single_of(present.family, index)
        points = kind.track(surface, study, run, shown)
        arrays[f"run.{edited.name}"], _ = _cut(points, present.coordinates[shown, index : index + 1], plane)
    families, texts = {}, Texts()
    for member in study.families:
        setting, points = member.family.setting, kind.track(surface, study, member.family, shown)
        paths, offsets = _cut(points, member.coordinates[shown], plane)
        families[setting], arrays[f"family.{setting}"] = _family(member, edited, offsets, texts), paths
    header = {
        "surface": repr(seen(surface, plane)),
        "view": f"{plane.view}{'' if plane.whole else plane.digest}",
        "picture": repr((seen(surface, plane), entries, edited.name, study.start, study.steps, plane.view)),
        "alt": kind.alt(surface, study),
        "palettes": PALETTES,
        "ground": kind.ground(surface, study) if ground else None,
        **kind.curve(surface, study),
        "gauge": kind.gauge_of(surface, study),
        "frame": kind.frame(surface, study),
        "rule": _rule(study),
        "pace": _pace(study, shown),
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
            "verdict": _said(present, edited, index, texts),
        },
        "texts": list(texts),
        "heavy": study.heavy,
        "slow": takes_long(surface, study.steps, len(entries)),
        "sliders": [*_live_sliders(study), *sliders],
        **words,
    }
    return header, arrays


def styles_of(entries: list[Entry]) -> list[dict[str, Any]]:
    """Return how every run is drawn and named: of one optimizer's second run on with a dash and letter of its own."""
    styles: list[dict[str, Any]] = []
    for item in entries:
        rule = item.optimizer
        same = [style for style in styles if style["colour"] == rule.colour]
        taken = {style["dash"] for style in same}
        dash = next(dash for dash in (rule.dash, *DASHES) if dash not in taken)
        styles.append({"name": item.name, "colour": rule.colour, "dash": dash, "label": item.label, "letter": ""})
        if same:
            for style in (*same, styles[-1]):
                style["letter"] = style["name"]
    return styles


def shown_steps(surface: Any, steps: int) -> np.ndarray:
    """Return the steps of a run that are drawn."""
    return drawn_steps(steps, _kind(surface).DRAWN)


def _kind(surface: Any) -> Any:
    """Return who knows how runs on a surface travel."""
    if surface.dim == 1:
        return line
    return valley if has_modes(surface) else landscape


def _rule(study: Study) -> dict[str, Any]:
    """Return what details need to know of the rule under the sliders, also at every stop of its hyperparameter.

    A mode's polynomial is affine in eta lambda: its coefficients at 0 and at 1 say it all.
    """
    rule = study.edited.optimizer
    hyper = {name: getattr(rule, name) for name in rule.parameters()}
    clipped = study.edited.clip is not None
    linear = rule.linear and not clipped
    known = {
        "slug": slug(rule),
        "title": f"{rule.title} with clipping" if clipped else rule.title,
        "clipped": clipped,
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


def _pace(study: Study, shown: np.ndarray) -> list[float] | None:
    """Return by what a schedule multiplied the learning rate of the run under the sliders at every drawn step.

    One that follows the error does so in every run of a family in its own way: then each path holds it, too.
    """
    if study.edited.schedule is None or not study.steps:
        return None
    pace: list[float] = study.present.family.pace(shown)[:, study.index].tolist()
    return pace


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


def _cut(points: np.ndarray, coordinates: np.ndarray, plane: Plane) -> tuple[np.ndarray, np.ndarray]:
    """Return the paths (steps, R, K) end to end, run by run, and where each begins (R + 1,).

    The first two of the K numbers are a place. A path that does not come back ends with its first point that is far
    away, or before it if that is not finite.
    """
    near, steps = plane.contains(coordinates, FAR), len(coordinates)
    back = np.where(near.any(axis=0), steps - near[::-1].argmax(axis=0), 0)  # the step after the last one that is near
    following = np.minimum(back, steps - 1)
    reached = np.isfinite(np.take_along_axis(points[..., :2], following[None, :, None], axis=0)[0]).all(axis=-1)
    length = np.where(back < steps, back + reached, steps)
    kept = np.arange(steps) < length[:, None]
    return points.transpose(1, 0, 2)[kept], np.concatenate([[0], np.cumsum(length)])


def _family(member: Member, edited: Entry, offsets: np.ndarray, texts: "Texts") -> dict[str, Any]:
    limits = [_limit(value) for value in member.limits.tolist()]
    return {
        "array": f"family.{member.family.setting}",
        "offsets": offsets.tolist(),
        "limits": [limit["limit"] for limit in limits],
        "limitTexts": [limit["limitText"] for limit in limits],
        "verdicts": [_said(member, edited, r, texts) for r in range(len(limits))],
    }


class Texts(dict[str, int]):
    """Every text once, in order: two hundred verdicts say much the same, and they travel in every message."""

    def __missing__(self, text: str) -> int:
        self[text] = len(self)
        return self[text]


def _said(member: Member, edited: Entry, r: int, texts: Texts) -> list[int]:
    """Return a verdict as places in texts: status, sentence, label, the badge's three, then three for every fact."""
    verdict, family = member.verdicts[r], member.family
    said = [verdict.status, verdict.sentence, edited.noted(family.label(r)), *verdict.badge]
    return [texts[text] for text in said + [text for fact in verdict.facts for text in fact]]


def _limit(value: float) -> dict[str, Any]:
    known = math.isfinite(value)
    return {"limit": value if known else None, "limitText": number(value, 4) if known else ""}
