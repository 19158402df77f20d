"""Study: everything about one run that its picture shows, for every stop of its live sliders."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple, Protocol

import numpy as np

from engine import outcome, theory
from engine.family import (
    Family,
    hyperparameter_stops,
    label,
    learning_rate_stops,
    live_hyperparameter,
    over_hyperparameter,
    over_learning_rate,
    rates,
    single,
)
from engine.local import largest_of, limit_factor
from engine.optimizer import Best, Optimizer
from engine.parameter import four_digits
from engine.plane import Plane
from engine.remembered import remembered
from engine.rounding import rounding_decides
from engine.sampling import Batch
from engine.schedule import Schedule
from engine.stationary import known_points, stationary_points
from engine.surface import Surface
from engine.verdict import Scene, Verdict, judge

MOST_WORK = 1_000_000_000  # weights x rows x steps x runs of a family, about a second
MOST_ROOM = 200_000_000  # bytes of its weights
LONG = 100_000_000  # weights x rows x looks, about a second
LOOKS = 10_000  # at all rows that a picture takes besides its runs: bands, limits and curvatures along the path
KEPT = 64  # single runs in planes whose verdicts are kept
REMEMBERED = 8  # families kept with their verdicts, about 1 MB each at 150 steps


class QuadraticSurface(Protocol):
    """What a surface with modes offers beyond a Surface."""

    eigenvalues: np.ndarray
    labels: str
    stationary_point: np.ndarray

    def modes(self, w: np.ndarray) -> np.ndarray:
        """Return alpha_i."""
        ...


def has_modes(surface: Surface) -> bool:
    """Whether a surface is a quadratic that tells its modes, so that closed forms speak of its runs."""
    return hasattr(surface, "modes")


@dataclass(frozen=True, eq=False)
class Member:
    """A family with what is said of each of its runs."""

    family: Family
    modes: Any  # (T+1, R, D) alpha_i, None on a surface without
    coordinates: np.ndarray  # (T+1, R, 2) in the plane
    verdicts: list[Verdict]
    limits: np.ndarray  # (R,) largest stable learning rate, of a surface without modes the local one at the last step;
    # inf where there is none, nan where it is not known


class Entry(NamedTuple):
    """One run of a picture: the letter it goes by, its optimizer and learning rate."""

    name: str
    optimizer: Optimizer
    learning_rate: float
    clip: float | None = None  # the length to which gradients are shortened
    start: tuple[float, ...] | None = None  # where it starts, if not where all do, (D,)
    batch: Batch | None = None  # the rows that each step receives, if not all
    note: str = ""  # what else sets it apart
    schedule: Schedule | None = None  # how the learning rate, its base, changes from step to step, if it does

    @property
    def label(self) -> str:
        """Name and settings, as legends print them."""
        return self.noted(label(self.optimizer, self.learning_rate, self.clip, self.batch, self.schedule))

    def rates(self, steps: int) -> Any:
        """Return what ``run`` takes as its learning rate."""
        return rates(self.learning_rate, self.schedule, steps)

    def noted(self, label: str) -> str:
        """Return a label with what else sets the run apart."""
        return f"{label}, {self.note}" if self.note else label


@dataclass(frozen=True, eq=False)
class Study:
    """The runs of a picture, and for the one under the sliders its families and its place among the limits."""

    entries: list[Entry]
    edited: Entry
    start: tuple[float, ...]  # (D,)
    steps: int
    plane: Plane
    others: dict[str, Family]  # the runs that are not under the sliders, each alone, by name
    present: Member  # the family in which the run under the sliders stands
    index: int  # and its place there
    stops: dict[str, list[float]]  # of the live sliders: the learning rate's, then the first hyperparameter's
    heavy: bool  # whether the families would take too long or too much room, and are not to be had
    families: list[Member]  # the runs at those stops, in the same order; none where they were not asked for
    best: Best | None
    typed_best: Best | None  # the best setting that four significant digits can say
    limit: float  # along the directions of positive curvature; without modes, of the flattest minimum in view


def study(
    surface: Any,
    entries: list[Entry],
    edited: Entry,
    start: tuple[float, ...],
    steps: int,
    plane: Plane,
    families: bool | str = True,
) -> Study:
    """Run every entry on a surface and judge the one under the sliders, if asked for at every stop of its sliders.

    ``families`` may name the one slider whose runs are wanted. Of a surface with more than two weights the plane is a
    section; local limits, which need the Hessian of all weights, are then those of the present run alone.
    """
    start = tuple(float(value) for value in edited.start or start)
    rule, eta, more = edited.optimizer, edited.learning_rate, (edited.clip, edited.batch, edited.schedule)
    limit = _limit(surface, rule, plane)
    stops, name = {}, live_hyperparameter(rule)
    if rule.has_learning_rate:
        stops["learning_rate"] = learning_rate_stops(limit, eta)
    if name:
        stops[name] = hyperparameter_stops(rule, name)
    heavy = too_heavy(surface, steps, max(map(len, stops.values()), default=1))
    families = False if heavy else families
    members = []
    if rule.has_learning_rate and families in (True, "learning_rate"):
        etas = tuple(stops["learning_rate"])
        members.append(_over_learning_rate(surface, rule, etas, start, steps, plane, *more))
    if name and families in (True, name):
        members.append(_over_hyperparameter(surface, rule, name, eta, start, steps, plane, *more))
    if plane.whole and members and members[0].family.setting == "learning_rate":
        present = members[0]
    else:
        present = _member(surface, _alone(surface, edited, start, steps, plane), plane, edited, start)
    if not plane.whole:
        members = [_told(member, present, edited) for member in members]
    best = _best(surface, rule) if edited.clip is None else None
    return Study(
        entries,
        edited,
        start,
        steps,
        plane,
        {item.name: _alone(surface, item, item.start or start, steps, plane) for item in entries if item is not edited},
        present,
        place_of(present.family, edited),
        stops,
        heavy,
        members,
        best,
        best and typed(best, surface.eigenvalues),
        limit,
    )


def too_heavy(surface: Surface, steps: int, runs: int) -> bool:
    """Tell whether so many runs at once would take seconds, or more room than a picture is worth."""
    work = surface.dim * len(surface.rows()) * steps * runs
    return work > MOST_WORK or 8 * runs * (steps + 1) * (surface.dim + 2) > MOST_ROOM


def takes_long(surface: Surface, steps: int, runs: int) -> bool:
    """Tell whether runs on a model of data and their picture take about a second or more."""
    return surface.dim * len(surface.rows()) * (steps * runs + LOOKS) > LONG


def _alone(surface: Any, entry: Entry, start: tuple[float, ...], steps: int, plane: Plane) -> Family:
    """Return a run as a family of one; of a model of data it is remembered, each look at it would take its time."""
    given = (surface, entry.optimizer, entry.learning_rate, start, steps, entry.clip, entry.batch, entry.schedule)
    if plane.whole:
        return single(*given)
    path, values = remembered(*given), np.array([entry.learning_rate])
    assert path is not None
    rules = [entry.optimizer]
    return Family("learning_rate", values, rules, values, path, entry.clip, entry.batch, entry.schedule)


def _limit(surface: Any, rule: Optimizer, plane: Plane) -> float:
    """Return the limit about which the learning rate's slider lies, inf where there is none.

    Beyond that of the flattest minimum in view no minimum in view can hold a run; of a surface that a plane only cuts
    it is the flattest known. Where there is none, the steepest curvature at the surface's own start takes its place.
    """
    if has_modes(surface):
        positive = surface.eigenvalues[surface.eigenvalues > 0.0]
        return float(theory.stability_limit(rule, positive)) if rule.linear and len(positive) else np.inf
    if not rule.linear:
        return np.inf
    found = stationary_points(surface, plane.view) if plane.whole else known_points(surface)
    tops = [values[-1] for values, kind in zip(found.eigenvalues, found.kinds, strict=True) if kind == "minimum"]
    tops += [high for low, high in found.curve_eigenvalues.tolist() if high > 0.0 and low > -1e-6 * high]
    tops = tops or [abs(float(largest_of(surface, np.array(surface.start))))]
    return float(limit_factor(rule)) / min(tops) if 0.0 < min(tops) < np.inf else np.inf


def _best(surface: Any, rule: Optimizer) -> Best | None:
    if not has_modes(surface) or not surface.eigenvalues[0] > 0.0:
        return None
    return type(rule).best(float(surface.eigenvalues[0]), float(surface.eigenvalues[-1]))


def typed(best: Best, eigenvalues: np.ndarray) -> Best:
    """Return the best of the settings about ``best`` that have four significant digits.

    At the optimum two roots meet, so that a rounding d of one number moves the rate by sqrt(d): the nearest numbers are
    not the best ones, and to one side the rate rises much more steeply than to the other.
    """
    declared = best.optimizer.parameters()
    names = list(declared)
    choices = [
        [v for v in _neighbours(getattr(best.optimizer, name), 2) if declared[name].low <= v <= declared[name].high]
        for name in names
    ]
    rules = [type(best.optimizer)(**dict(zip(names, values, strict=True))) for values in product(*choices)]
    settings = [(rule, eta) for rule in rules for eta in _neighbours(best.learning_rate, 1)]
    rates = theory.rate([rule for rule, _ in settings], np.array([eta for _, eta in settings]), eigenvalues)
    found = int(np.argmin(rates))
    return Best(*settings[found], float(rates[found]))


def _neighbours(value: float, above: int) -> list[float]:
    """Return the numbers of four digits from one below the value's neighbours to ``above`` above them."""
    if value == 0.0:
        return [0.0]
    unit = 10.0 ** (math.floor(math.log10(value)) - 3)
    units = range(math.floor(value / unit) - 1, math.ceil(value / unit) + above + 1)
    return sorted({four_digits(count * unit) for count in units})


# Asked for again and again: the page that everybody opens first, the family in which a released slider moved.
@lru_cache(maxsize=REMEMBERED)
def _over_learning_rate(
    surface: Any,
    rule: Optimizer,
    stops: tuple[float, ...],
    start: tuple[float, ...],
    steps: int,
    plane: Plane,
    clip: float | None,
    batch: Batch | None,
    schedule: Schedule | None,
) -> Member:
    return _member(
        surface, over_learning_rate(surface, rule, stops, start, steps, clip, batch, schedule, plane.whole), plane
    )


@lru_cache(maxsize=REMEMBERED)
def _over_hyperparameter(
    surface: Any,
    rule: Optimizer,
    name: str,
    eta: float,
    start: tuple[float, ...],
    steps: int,
    plane: Plane,
    clip: float | None,
    batch: Batch | None,
    schedule: Schedule | None,
) -> Member:
    return _member(
        surface, over_hyperparameter(surface, rule, name, eta, start, steps, clip, batch, schedule, plane.whole), plane
    )


def unnamed(entry: Entry) -> Entry:
    """Return an entry as what is kept of its run knows it: by what it does alone."""
    return entry._replace(name="", note="", start=None)


@lru_cache(maxsize=KEPT)
def judged_alone(
    surface: Surface, entry: Entry, start: tuple[float, ...], steps: int, plane: Plane
) -> tuple[list[Verdict], np.ndarray]:
    """Return verdict and limit of one run of an ``unnamed`` entry that a plane only cuts: both take products with H."""
    family = _alone(surface, entry, start, steps, plane)
    return _judged(surface, family, plane, _seen(family, plane.project(family.trajectory.weights), plane))


def _seen(family: Family, coordinates: np.ndarray, plane: Plane) -> np.ndarray:
    """Tell which steps are in view, (T+1, R); where a rule found no step there is no place."""
    seen = plane.contains(coordinates)
    if family.optimizers[0].iterates:
        seen |= np.isnan(family.trajectory.weights).all(axis=-1)
    return seen


def _judged(surface: Surface, family: Family, plane: Plane, seen: np.ndarray) -> tuple[list[Verdict], np.ndarray]:
    """Return what is said of every run on a surface without modes, and the local limits, (R,)."""
    # of a plane through more weights its own view, with one weight the other side is the error
    sides = np.diff(surface.view if plane.whole else plane.view, axis=1)[: min(surface.dim, 2), 0]
    diagonal = float(np.linalg.norm(sides))
    found = stationary_points(surface, plane.view) if plane.whole else known_points(surface)
    bends = plane.whole or len(family.values) == 1
    return outcome.judge(family, outcome.Ground(surface, found, diagonal, _first(~seen), ~seen[-1], bends))


def _member(
    surface: Surface,
    family: Family,
    plane: Plane,
    alone: Entry | None = None,
    start: tuple[float, ...] = (),
) -> Member:
    """Return a family with what is said of it; one that is the run of ``alone`` from ``start`` may be known."""
    coordinates = plane.project(family.trajectory.weights)
    seen = _seen(family, coordinates, plane)
    modes = None
    if has_modes(surface):
        modes = surface.modes(family.trajectory.weights)  # type: ignore[attr-defined]
        verdicts, limits = _on_quadratic(surface, family, modes, _first(~seen))
    elif alone is not None and not plane.whole:
        verdicts, limits = judged_alone(surface, unnamed(alone), start, family.trajectory.steps, plane)
    else:
        verdicts, limits = _judged(surface, family, plane, seen)
    return Member(family, modes, coordinates, verdicts, limits)


def _told(member: Member, present: Member, edited: Entry) -> Member:
    """Return a family in which the present run is spoken of as it is by itself, its limit known."""
    r = place_of(member.family, edited)
    verdicts, limits = list(member.verdicts), member.limits.copy()
    verdicts[r], limits[r] = present.verdicts[0], present.limits[0]
    return replace(member, verdicts=verdicts, limits=limits)


def _on_quadratic(
    surface: Any, family: Family, modes: np.ndarray, left_at: np.ndarray
) -> tuple[list[Verdict], np.ndarray]:
    quadratic: QuadraticSurface = surface
    centre = float(np.linalg.norm(quadratic.stationary_point))
    linear = family.optimizers[0].linear and family.clip is None
    rounding_at = np.full(len(family.values), -1) if linear else rounding_decides(surface, family)
    scene = Scene(quadratic.eigenvalues, quadratic.labels, centre, modes, left_at, rounding_at)
    return judge(family, scene), _limits(surface, family, quadratic.eigenvalues)


def place_of(family: Family, entry: Entry) -> int:
    """Return an entry's place in a family."""
    value = entry.learning_rate if family.setting == "learning_rate" else getattr(entry.optimizer, family.setting)
    return int(np.searchsorted(family.values, value))


def _first(happened: np.ndarray) -> np.ndarray:
    """Return the first step at which it happened, -1 where it never did: (T+1, R) -> (R,)."""
    return np.where(happened.any(axis=0), happened.argmax(axis=0), -1)


def _limits(surface: Any, family: Family, eigenvalues: np.ndarray) -> np.ndarray:
    """Return the limit of every run, of an adaptive method the one at its last step; nan where none is known."""
    rule, runs = family.optimizers[0], len(family.values)
    if rule.linear:
        return np.broadcast_to(theory.stability_limit(family.optimizers, eigenvalues), (runs,))
    if not rule.adaptive:
        return np.full(runs, np.nan)
    if eigenvalues[0] < 0.0:
        return np.zeros(runs)
    hessian = surface.hessian(np.zeros(surface.dim))
    moved = (family.trajectory.weights != family.trajectory.weights[0]).any(axis=0)
    last = {slot: values[-1] for slot, values in family.trajectory.state.items()}
    if family.setting == "learning_rate":
        return theory.preconditioned_limit(rule, hessian, last, moved)
    return np.array(
        [
            theory.preconditioned_limit(item, hessian, {slot: values[r] for slot, values in last.items()}, moved[r])
            for r, item in enumerate(family.optimizers)
        ]
    )
