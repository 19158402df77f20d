"""Outcome: what a run on any surface did, where it ended and why, in words and numbers."""

from dataclasses import dataclass

import numpy as np

from engine.divergence import squared_bound
from engine.family import Family
from engine.local import ends_of_spectrum, local_limits
from engine.optimizer import Optimizer
from engine.stationary import FLAT, Stationary
from engine.surface import Surface
from engine.verdict import Verdict, broke_down, seeks_any
from engine.words import apart, near_one, number

NEAR = 1e-3  # of the surface's own view: a run that stays this near to a stationary point has settled there
AT_ONCE = 128  # steps whose Hessians are taken together
SPELLED = 3  # weights up to which a place is spelled out
STAYS = 0.1  # of the run: one that was there for less may be passing
SAME = 1e-6  # of the view, or of 1 + |w|: points nearer than that are one
LONGEST = 8  # steps of a cycle that is told
TURNS = 4  # of it that must be seen
STILL = 1e-6  # of the gradient at the start: less than that is rest
KINDS = {"minimum": "minimum", "maximum": "maximum", "saddle": "saddle", "degenerate": "degenerate point"}
NO_BADGE = ("", "", "")


@dataclass(frozen=True, eq=False)
class Ground:
    """What all runs of a family share."""

    surface: Surface
    found: Stationary  # in view
    diagonal: float  # of the surface's own view, which does not grow with the start
    left_at: np.ndarray  # (R,) first step outside the view, -1 if none
    outside: np.ndarray  # (R,) whether the last step lies outside the view
    bends: bool = True  # whether Hessians may be asked for; without them no local limits are known


@dataclass(frozen=True, eq=False)
class _Ends:
    """Where every run of a family ended, (R,) or (R, D)."""

    weights: np.ndarray
    error: np.ndarray
    slope: np.ndarray  # |grad E|
    first_slope: np.ndarray  # and at the start
    moved: np.ndarray  # how long the last step was
    down: np.ndarray  # whether the surface curves down
    limits: np.ndarray  # local ones, of the last step
    point: np.ndarray  # place in ``found`` of the point at which it settled, -1 if none
    settled: np.ndarray  # first step from which it stays there
    etas: np.ndarray  # learning rate there


def judge(family: Family, ground: Ground) -> tuple[list[Verdict], np.ndarray]:
    """Return the verdict of every run of a family, and the local limits at their last steps, (R,)."""
    with np.errstate(all="ignore"):
        ends = _ends(family, ground)
        return [_verdict(family, ground, ends, r) for r in range(len(family.values))], ends.limits


def last_finite(family: Family) -> np.ndarray:
    """Return the last step of every run before it diverged, (R,)."""
    diverged = family.trajectory.diverged_at
    return np.where(diverged < 0, family.trajectory.steps, np.maximum(diverged - 1, 0))


def state_of(family: Family, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Return the state that the step from each of some rows (K,) uses, slot -> (K, R, D): it is that of the next."""
    after = np.minimum(rows + 1, family.trajectory.steps)
    return {slot: values[after] for slot, values in family.trajectory.state.items()}


def _ends(family: Family, ground: Ground) -> _Ends:
    path, last = family.trajectory, last_finite(family)
    runs = np.arange(len(last))
    weights = path.weights[last, runs]
    error, gradient = ground.surface.evaluate(weights)
    _, first = ground.surface.evaluate(path.weights[0])
    limits, down = _bends(family, ground, weights, last)
    point, settled = _settled(path.weights, ground)
    point = np.where(path.diverged_at < 0, point, -1)
    slope, first_slope = (np.linalg.norm(vectors, axis=-1) for vectors in (gradient, first))
    moved = np.linalg.norm(weights - path.weights[np.maximum(last - 1, 0), runs], axis=-1)
    return _Ends(weights, error, slope, first_slope, moved, down, limits, point, settled, _etas(family, last))


def _etas(family: Family, last: np.ndarray) -> np.ndarray:
    """Return the learning rate of the last step that each run takes from there, (R,); after the end no other comes."""
    path = family.trajectory
    if family.schedule is None or not path.steps:
        return family.learning_rates
    return path.learning_rate[np.minimum(last, path.steps - 1), np.arange(len(last))]


def _bends(family: Family, ground: Ground, weights: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the local limit where each run ended, and whether the surface curves down there, (R,) each."""
    path, runs = family.trajectory, np.arange(len(last))
    if not ground.bends:
        return np.full(len(last), np.nan), np.zeros(len(last), dtype=bool)
    state = {slot: values[np.minimum(last + 1, path.steps), runs][None] for slot, values in path.state.items()}
    limits = local_limits(ground.surface, family.optimizers, weights[None], state)[0]
    low, high = ends_of_spectrum(ground.surface, weights)
    return limits, low < -FLAT * np.maximum(np.abs(low), np.abs(high))


def _settled(weights: np.ndarray, ground: Ground) -> tuple[np.ndarray, np.ndarray]:
    """Return the stationary point at which each run stays, -1 where there is none, and from which step on."""
    places, runs = ground.found.places, weights.shape[1]
    if not len(places):
        return np.full(runs, -1), np.zeros(runs, dtype=int)
    distance = np.linalg.norm(weights[-1][:, None] - places, axis=-1)  # (R, K)
    nearest = np.where(np.isfinite(distance), distance, np.inf).argmin(axis=-1)
    away = ~(np.linalg.norm(weights - places[nearest], axis=-1) <= NEAR * ground.diagonal)
    settled = np.where(away.any(axis=0), len(weights) - away[::-1].argmax(axis=0), 0)
    passing = len(weights) - settled < max(STAYS * len(weights), 2.0)
    return np.where(away[-1] | passing, -1, nearest), settled


def _verdict(family: Family, ground: Ground, ends: _Ends, r: int) -> Verdict:
    return Verdict(*_sentence(family, ground, ends, r), _facts(family, ground, ends, r), NO_BADGE)


def _sentence(family: Family, ground: Ground, ends: _Ends, r: int) -> tuple[str, str]:
    steps, diverged = family.trajectory.steps, int(family.trajectory.diverged_at[r])
    if ends.first_slope[r] == 0.0 and (family.trajectory.weights[:, r] == family.trajectory.weights[0, r]).all():
        return "open", "Nothing moves: the gradient vanishes where it starts."
    if diverged >= 0:
        if broke_down(family, r):
            return "bad", f"Stops after step {diverged - 1}. {family.optimizers[r].breakdown}{_left(ground, r)}"
        if _undefined(family, diverged, r):
            return "bad", _no_number(family, diverged, r)
        return "bad", f"Diverges: out of all bounds at step {diverged}.{_left(ground, r)}{_cause(family, ground, r)}"
    if ends.point[r] >= 0:
        return _arrived(family, ground, ends, r)
    if _never_left(family, r, max(ends.slope[r], ends.first_slope[r])):
        zero = f"the gradient vanishes where it starts, but for rounding: |∇E| = {number(ends.slope[r])}"
        return "open", f"Nothing moves: {zero}. That need not be a minimum."
    if ends.slope[r] <= STILL * ends.first_slope[r] and ends.moved[r] <= NEAR * ground.diagonal:
        return _at_rest(family, ground, ends, r)
    if ground.outside[r]:
        return "bad", (
            f"Leaves the picture at step {ground.left_at[r]} and is at {place(ends.weights[r])} after {_count(steps)}."
        )
    share = f", {_share(ends.slope[r], ends.first_slope[r])}" if ends.first_slope[r] > 0.0 else ", 0 at the start"
    after = f"after {_count(steps)} |∇E| = {number(ends.slope[r])}{share}."
    return "open", f"{_moves(family, ground, r)}: {after}{_above(family, ends, r)}{_back(ground, r)}"


def _never_left(family: Family, r: int, steepest: float) -> bool:
    """Tell whether a run stays at its start, where the gradient is 0 but for rounding.

    So small a slope changes E by less than a rounding of E over a distance like the weights' own, 1 + |w|. The view is
    no measure: one that is fitted to a run that stays is as small as its roundings.
    """
    weights = family.trajectory.weights[:, r]
    size = 1.0 + float(np.linalg.norm(weights[0]))
    vanishes = steepest * size <= np.finfo(np.float64).eps * abs(family.error[0, r])
    return bool(vanishes and np.linalg.norm(weights - weights[0], axis=-1).max() <= SAME * size)


def _moves(family: Family, ground: Ground, r: int) -> str:
    """Say that a run still moves, and whether it goes through the same few points again and again."""
    weights = family.trajectory.weights[:, r]
    for period in range(2, LONGEST + 1):
        tail = weights[-(TURNS * period + 1) :]
        if len(tail) <= TURNS * period:
            break
        again = np.linalg.norm(tail[period:] - tail[:-period], axis=-1).max() <= SAME * ground.diagonal
        if again and np.linalg.norm(np.diff(tail, axis=0), axis=-1).min() > NEAR * ground.diagonal:
            return f"Goes through the same {period} points again and again"
    return "Still moving"


def _undefined(family: Family, step: int, r: int) -> bool:
    """Tell whether a run ended where E has no value, as log(x) for x below 0, before it was out of bounds."""
    weights = family.trajectory.weights[:, r]
    off = weights[step] - weights[0]
    return bool(not np.isfinite(family.error[step, r]) and off @ off <= squared_bound(weights[0][:, None])[0])


def _no_number(family: Family, step: int, r: int) -> str:
    if step == 0:
        return "E is not a finite number at the start: drag the start to where it is."
    where = place(family.trajectory.weights[step, r])
    return f"Ends at step {step}: it leads to {where}, where E is not a finite number."


def _arrived(family: Family, ground: Ground, ends: _Ends, r: int) -> tuple[str, str]:
    found, k = ground.found, int(ends.point[r])
    what, step = found.kinds[k], int(ends.settled[r])
    where = f"{place(found.places[k])}, E = {number(found.errors[k])}"
    since = f"within {number(NEAR * ground.diagonal, 2)} of it from step {step} on."
    if what != "minimum":
        status = "limit" if what in ("saddle", "maximum") else "open"
        down = _not_a_minimum(family.optimizers[r]) if what != "degenerate" else ""
        return status, f"Stays at the {KINDS[what]} {where}: {since}{down}"
    lowest = int(np.argmin(np.where([kind == "minimum" for kind in found.kinds], found.errors, np.inf)))
    if found.errors[k] > found.errors[lowest] + 1e-9 * max(1.0, abs(found.errors[lowest])):
        better = f" A lower one is in view: {place(found.places[lowest])}, E = {number(found.errors[lowest])}."
        return "limit", f"Settles at the local minimum {where}: {since}{better}"
    return _status(family, ends, r), f"Settles at the minimum {where}: {since}{_lasting(family, ground, ends, r)}"


def _status(family: Family, ends: _Ends, r: int) -> str:
    """Return ``good``, or ``limit`` where it cannot last."""
    return "limit" if family.optimizers[r].linear and _above(family, ends, r) else "good"


def _lasting(family: Family, ground: Ground, ends: _Ends, r: int) -> str:
    """Say whether it was out of the picture, and whether it need not stay where it is."""
    rule = family.optimizers[r]
    if rule.linear and (above := _above(family, ends, r)):
        return f"{above} The least nudge would grow.{_back(ground, r)}"
    moves = " With a constant η it keeps moving, so this need not last."
    return f"{'' if rule.steps_shrink or not ends.moved[r] else moves}{_back(ground, r)}"


def _not_a_minimum(rule: Optimizer) -> str:
    if seeks_any(rule):
        return f" {rule.title} seeks where the gradient vanishes, be it a minimum or not."
    return " The surface curves down there: the least nudge would grow."


def _at_rest(family: Family, ground: Ground, ends: _Ends, r: int) -> tuple[str, str]:
    where = f"{place(ends.weights[r])}, E = {number(ends.error[r])}"
    rest = f"|∇E| is {_share(ends.slope[r], ends.first_slope[r])}."
    if ends.down[r]:
        return "limit", f"Almost at rest at {where}: {rest} The surface curves down there."
    return _status(family, ends, r), f"Comes to rest at {where}: {rest}{_lasting(family, ground, ends, r)}"


def _cause(family: Family, ground: Ground, r: int) -> str:
    """Say at which step eta first exceeded the local limit, nothing where it never did before the run was lost."""
    diverged = int(family.trajectory.diverged_at[r])
    # what limits a step that is not clipped was not what sent away one that is
    if not ground.bends or family.clip is not None:
        return ""
    for first in range(0, max(diverged, 1), AT_ONCE):
        rows = np.arange(first, min(first + AT_ONCE, max(diverged, 1)))
        weights = family.trajectory.weights[rows, r][:, None]
        state = {slot: values[:, r : r + 1] for slot, values in state_of(family, rows).items()}
        limits = local_limits(ground.surface, [family.optimizers[r]], weights, state)[:, 0]
        etas = family.trajectory.learning_rate[rows, r]
        over = np.nonzero(limits < etas)[0]
        if len(over):
            eta, limit = apart(float(etas[over[0]]), float(limits[over[0]]))
            return f" At step {rows[over[0]]} η = {eta} exceeded the local limit {limit}."
    return ""


def _above(family: Family, ends: _Ends, r: int) -> str:
    shortened = family.clip is not None and ends.slope[r] > family.clip
    if shortened or not ends.limits[r] < ends.etas[r]:
        return ""
    eta, limit = apart(float(ends.etas[r]), float(ends.limits[r]))
    return f" η = {eta} is above the local limit {limit} where it is."


def _left(ground: Ground, r: int) -> str:
    return f" It left the picture at step {ground.left_at[r]}." if ground.left_at[r] >= 0 else ""


def _back(ground: Ground, r: int) -> str:
    return f" It was out of the picture at step {ground.left_at[r]}." if ground.left_at[r] >= 0 else ""


def _facts(family: Family, ground: Ground, ends: _Ends, r: int) -> list[tuple[str, str, str]]:
    start, diverged = float(family.error[0, r]), int(family.trajectory.diverged_at[r]) >= 0
    limit, eta = float(ends.limits[r]), number(float(ends.etas[r]), 4)
    eta += "" if family.clip is None else ", where no gradient is clipped"
    rule = family.optimizers[r]
    when = "before that" if diverged else "now"
    asked = ground.bends or not (rule.linear or rule.adaptive)
    if not rule.has_learning_rate:
        known = ("local limit", "none", f"{rule.title} has no learning rate")
    elif not asked:
        known = (f"local limit {when}", "–", "let go to see it")
    elif np.isnan(limit):
        known = ("local limit", "–", f"none is known for {rule.title}")
    elif np.isinf(limit):
        known = (f"local limit {when}", "none", f"nothing curves up there; η = {eta}")
    else:
        known = (f"local limit {when}", number(limit, 3), f"η = {eta}")
    return [
        (f"error {when}", number(float(ends.error[r])), f"{number(start)} at the start"),
        (f"|∇E| {when}", number(float(ends.slope[r])), f"{number(float(ends.first_slope[r]))} at the start"),
        known,
        *_fallen(family, r, float(ends.etas[r]), when),
    ]


def _fallen(family: Family, r: int, eta: float, when: str) -> list[tuple[str, str, str]]:
    """Return how often a schedule that follows the error let the learning rate fall, nothing of any other."""
    if family.schedule is None or not family.schedule.feedback:
        return []
    path = family.trajectory
    taken = path.learning_rate[: path.steps if path.diverged_at[r] < 0 else path.diverged_at[r], r]
    falls = np.flatnonzero(np.diff(taken) < 0.0) + 1
    often = f"fell {_times(len(falls))}, first at step {falls[0]}" if len(falls) else "it never fell: no plateau"
    return [(f"η {when}", number(eta, 4), often)]


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def place(weights: np.ndarray) -> str:
    """Return a point as a reader meets it: ``(3, −0.5)``, one weight alone as ``w = 3``, many as ``(|w| = 3.04)``."""
    if len(weights) > SPELLED:
        return f"(|w| = {number(float(np.linalg.norm(weights)))})"
    if len(weights) == 1:
        return f"w = {number(float(weights[0]))}"
    return f"({', '.join(number(float(value)) for value in weights)})"


def _share(now: float, first: float) -> str:
    return f"{near_one(now / first)} of that at the start"


def _count(steps: int) -> str:
    return f"{steps} step{'' if steps == 1 else 's'}"
