"""Rotation: how many steps every optimizer needs when the valley is turned, and the start with it."""

from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from engine import Optimizer, discover_optimizers
from engine.rotation import over_angles
from engine.settling import first_hit, settled_step
from engine.study import Entry
from engine.words import count, number
from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.picture import Picture

NAME = "rotation"
TITLE = "Rotation: who cares how the valley is turned?"
ORDER = 55
ON = On.QUADRATIC

ANGLES = tuple(range(0, 91, 3))
DIAGONAL = ANGLES.index(45)
STEPS = 2000  # in which the error must get there
TOLERANCE = 1e-6
SHOWN = 150  # steps of a path
FAR = 20.0  # a path is cut where it is this many starts away
REMEMBERED = 32  # about 40 kB each


class Curve(NamedTuple):
    """One optimizer at every angle."""

    counts: np.ndarray  # (angles,) steps, nan where STEPS do not suffice
    paths: np.ndarray  # (angles, SHOWN + 1, 2) in the frame that turns with the valley


def draw(picture: Picture) -> None:
    """Draw steps against the angle, and the paths in the turning frame."""
    surface = picture.surface
    entries = [*picture.entries, *_absent(picture.entries)]
    curves = [_curve(surface, item.optimizer, item.learning_rate, picture.start, item.clip) for item in entries]
    shown = min(picture.steps, SHOWN)
    why = _nothing_to_count(surface, picture.start)
    arrays = {"axes": np.stack([_turned_axes(surface, angle) for angle in ANGLES])}
    arrays |= {item.name: curve.paths[:, : shown + 1] for item, curve in zip(entries, curves, strict=True) if item.name}
    runs = [_described(item, curve, not why) for item, curve in zip(entries, curves, strict=True)]
    header = {
        "angles": ANGLES,
        "own": surface.angle % 90.0,
        "start": surface.modes(np.asarray(picture.start)).tolist(),
        "eigenvalues": surface.eigenvalues.tolist(),
        "labels": list(surface.labels),
        "steps": STEPS,
        "shown": shown,
        "runs": runs,
        "why": why,
        "sentence": why or _sentence(entries, curves, picture.edited),
        "settings": _settings(surface),
    }
    follow(NAME, header, arrays)


def _absent(entries: list[Entry]) -> list[Entry]:
    """Return the textbook's optimizers that are not in the picture, with their defaults; they have no letter."""
    present = {type(item.optimizer) for item in entries}
    missing = [cls for cls in discover_optimizers().values() if cls.textbook and cls not in present]
    return [Entry("", cls(), cls.typical_learning_rate) for cls in missing]


# A curve does not change while another run's settings do.
@lru_cache(maxsize=REMEMBERED)
def _curve(
    surface: Any, optimizer: Optimizer, learning_rate: float, start: tuple[float, ...], clip: float | None
) -> Curve:
    turned = over_angles(surface, optimizer, learning_rate, start, ANGLES, STEPS, clip)
    paths = turned.modes[: SHOWN + 1].transpose(1, 0, 2)
    with np.errstate(invalid="ignore"):
        near = np.abs(paths).max(axis=-1) <= FAR * max(np.abs(paths[:, 0]).max(), 1e-300)
    paths = np.where(np.logical_and.accumulate(near, axis=1)[..., None], paths, np.nan)
    reached = settled_step if optimizer.steps_shrink else first_hit
    return Curve(reached(turned.error, TOLERANCE), paths.astype(np.float32))


def _turned_axes(surface: Any, angle: float) -> np.ndarray:
    """Return the directions of the weights in the frame of the eigenvectors, a row each."""
    axes: np.ndarray = replace(surface, angle=float(angle)).eigenvectors
    return axes


def _described(item: Entry, curve: Curve, counted: bool) -> dict[str, Any]:
    rule = item.optimizer
    return {
        "name": item.name,
        "label": item.label,
        "first": not rule.steps_shrink,
        "colour": rule.colour,
        "dash": rule.dash,
        "counts": [None if np.isnan(value) else int(value) for value in curve.counts] if counted else [],
    }


def _settings(surface: Any) -> str:
    low, high = surface.eigenvalues
    shape = f"κ = {number(high / low)}" if low > 0.0 else f"λ = {number(low)} and {number(high)}"
    return f"{shape}, settings as they are, not tuned"


def _nothing_to_count(surface: Any, start: tuple[float, ...]) -> str:
    """Return why there are no steps to count, empty where there are."""
    if surface.eigenvalues[0] < 0.0:
        return f"A {surface.verdict} has no smallest error: no steps to count. The paths are shown all the same."
    error, _ = surface.evaluate(np.asarray(start))
    if not error > 0.0:
        return "The start has the smallest error there is: there are no steps to count."
    return ""


def _sentence(entries: list[Entry], curves: list[Curve], edited: Entry) -> str:
    """Say what 45 degrees cost a rule that minds, if possible one of the picture, and name those that do not."""
    minds = [i for i, item in enumerate(entries) if not item.optimizer.axis_free]
    minds.sort(key=lambda i: (entries[i] is not edited, not entries[i].name))
    costs = [_cost(entries[i].optimizer.title, curves[i].counts) for i in minds[:1]]
    same = [(item, curve.counts) for item, curve in zip(entries, curves, strict=True) if item.optimizer.axis_free]
    return " ".join([*costs, _unmoved(same)]).strip()


def _cost(title: str, counts: np.ndarray) -> str:
    flat, diagonal = counts[0], counts[DIAGONAL]
    one, other = (_steps(value) for value in (flat, diagonal))
    if one == other:
        return f"To reach 10⁻⁶ of its error {title} needs {_plural(one)} both at 0° and at 45°."
    times = "" if np.isnan(flat + diagonal) else f": {number(diagonal / flat)} times as many"
    return f"Turned from 0° to 45°, {title} needs {_plural(other)} instead of {one} to reach 10⁻⁶ of its error{times}."


def _steps(value: float) -> str:
    return f"more than {count(STEPS)}" if np.isnan(value) else count(value)


def _plural(steps: str) -> str:
    return f"{steps} step" if steps == "1" else f"{steps} steps"


def _unmoved(runs: list[tuple[Entry, np.ndarray]]) -> str:
    """Name the runs that need the same number at every angle."""
    titles = [item.optimizer.title for item, _ in runs]
    needs = []
    for (item, counts), title in zip(runs, titles, strict=True):
        if np.isnan(counts).all() or np.ptp(counts) == 0.0:
            needs.append(f"{title if titles.count(title) == 1 else item.label} {_steps(counts[0])}")
    return f"At every angle the same number: {'; '.join(needs)}." if needs else ""
