"""Verdict: what a run on a quadratic did and why, in words and numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine import theory
from engine.case import Case
from engine.family import Family
from engine.optimizer import Optimizer
from engine.predicted import RECURRENCE_STEPS, predicted_steps
from engine.settling import first_hit, settled_step
from engine.words import count, near_one, number, percent

TOLERANCE = 1e-6  # the relative error whose first step is predicted and measured
ROUNDINGS = 10.0  # times T x epsilon that rounding alone may put between a run and its closed form, if nothing adds
STAYS = 2  # steps at the end that a run must have been below: one that goes to and fro is below at every other
UNDECIDED = 0.01  # of the distance: where rounding may do as much, a comparison says nothing
NO_MINIMUM = ("steps to 10⁻⁶", "never", "there is no minimum")


@dataclass(frozen=True)
class Verdict:
    """One run, judged. ``sentence`` first; each fact is (what, number, what to compare it with)."""

    status: str  # "good", "limit", "bad" or "open"
    sentence: str
    facts: list[tuple[str, str, str]]
    badge: tuple[str, str, str]  # status, words, comparison: does the run agree with its closed form?


@dataclass(frozen=True, eq=False)
class Scene:
    """What all runs of a family share."""

    eigenvalues: np.ndarray  # (D,) ascending
    labels: str  # their subscripts
    centre: float  # the distance of w* from 0
    modes: np.ndarray  # (T+1, R, D) alpha_i of every run
    left_at: np.ndarray  # (R,) first step outside the view, -1 if none
    rounding_at: np.ndarray  # (R,) first step at which rounding decides, of a rule without closed form; -1 if none


def measured_steps(error: np.ndarray) -> np.ndarray:
    """Return the first step from which the error stays at or below 1e-6 of its start, (T+1, R) -> (R,), else nan."""
    return settled_step(error, TOLERANCE)


def judge(family: Family, scene: Scene) -> list[Verdict]:
    """Return the verdict of every run of a family."""
    with np.errstate(all="ignore"):
        linear = family.optimizers[0].linear and family.clip is None
        return _judge_linear(family, scene) if linear else _judge_adaptive(family, scene)


def _judge_linear(family: Family, scene: Scene) -> list[Verdict]:
    lam, steps = scene.eigenvalues, family.trajectory.steps
    rules: Optimizer | Sequence[Optimizer] = _shared(family.optimizers)
    factors = theory.mode_factors(rules, family.learning_rates, lam)
    predicted = predicted_steps(rules, family.learning_rates, lam, scene.modes[0, 0], TOLERANCE).tolist()
    measured = _measured(family, scene).tolist()
    path = theory.mode_path(rules, family.learning_rates, lam, steps)
    after_one, closed = path[1].tolist(), path * scene.modes[0]
    drift = theory.deviation(scene.modes, closed).tolist()
    allowed = allowance(factors, scene.modes, scene.centre).tolist()
    best = type(family.optimizers[0]).best(float(lam[0]), float(lam[-1])) if lam[0] > 0.0 else None
    positive = lam[lam > 0.0]
    limits = theory.stability_limit(family.optimizers, positive if len(positive) else np.zeros(1))
    limits = np.broadcast_to(limits, len(predicted)).tolist()
    moving = np.nonzero((scene.modes[0, 0] != 0.0) & (lam != 0.0))[0].tolist()
    # plain numbers: quicker one by one
    etas, values, leading, left = family.learning_rates.tolist(), lam.tolist(), factors[..., 0].tolist(), scene.left_at
    verdicts = []
    for r, left_at in enumerate(left.tolist()):
        two_roots = factors.shape[-1] == 2
        runs = leading[r], two_roots, after_one[r], moving
        case = Case(etas[r], limits[r], values, scene.labels, *runs, left_at)
        known = np.inf if case.at_the_limit else predicted[r]
        facts = [*case.factor_facts(best), _steps_fact(known, measured[r], steps, values[0] >= 0.0)]
        verdicts.append(Verdict(*case.verdict(), facts, _badge(drift[r], allowed[r], steps)))
    return verdicts


def allowance(factors: np.ndarray, modes: np.ndarray, centre: float) -> np.ndarray:
    """Return how many times T x epsilon rounding may put between each run and its closed form, (R,).

    Two roots carry a rounding on as 1/sin t or |z1|/(|z1| - |z2|), at most T times; along a direction that grows, so
    does the rounding of all others; and weights near a distant w* are rounded as w* is. A direction that stays at 0
    has no rounding. ``factors`` (R, D, order), ``modes`` the runs (T+1, R, D).
    """
    steps, start, still = len(modes) - 1, modes[0, 0], (modes == 0.0).all(axis=0)
    with np.errstate(all="ignore"):
        first = np.abs(factors[..., 0])
        carried = np.ones_like(first)
        if factors.shape[-1] == 2:
            swing = np.abs(factors[..., 0].imag)
            gap = np.where(swing > 0.0, swing, first - np.abs(factors[..., 1]))
            carried = np.where(first > 0.0, np.minimum(first / gap, steps), 1.0)
        carried = np.where(still, 1.0, carried).max(axis=-1)
        reach = np.linalg.norm(start)
        grown = np.where(first > 1.0, np.minimum(first**steps, reach / np.abs(start)), 1.0)
        grown = np.where(still, 1.0, grown).max(axis=-1)
        return ROUNDINGS * np.maximum(carried, 1.0) * grown * (1.0 + (centre / reach if reach > 0.0 else 0.0))


def broke_down(family: Family, r: int) -> bool:
    """Tell whether a run ended because its rule found no step."""
    at = family.trajectory.diverged_at[r]
    return bool(family.optimizers[r].iterates and np.isnan(family.trajectory.weights[at, r]).all())


def seeks_any(rule: Optimizer) -> bool:
    """Tell whether a rule goes to where the gradient vanishes, be it a minimum or not."""
    return rule.iterates and not rule.ends_at_minimum


def _judge_adaptive(family: Family, scene: Scene) -> list[Verdict]:
    hits, settled = first_hit(family.error, TOLERANCE), _measured(family, scene)
    moved = np.linalg.norm(np.diff(family.trajectory.weights[-2:], axis=0)[0], axis=-1)
    verdicts = []
    for r, rule in enumerate(family.optimizers):
        start, end = float(family.error[0, r]), float(family.error[-1, r])
        compare = f"η = {number(family.learning_rates[r], 4)}" if rule.has_learning_rate else "it has no learning rate"
        facts = [
            ("error now", number(end, 2), f"{number(start, 2)} at the start"),
            ("last step's length", number(moved[r], 2), compare),
            _hit_fact(hits[r], settled[r], family.trajectory.steps, bool(scene.eigenvalues[0] >= 0.0)),
        ]
        why = f"{rule.title}'s steps are not linear in the gradient"
        why = why if rule.has_learning_rate else f"{rule.title} has no learning rate"
        why = why if family.clip is None else "gradients are clipped"
        badge = ("open", f"No closed form to check against: {why}")
        rounded = int(scene.rounding_at[r])
        note = f"rounding decides where this run goes from about step {rounded} on" if rounded >= 0 else ""
        verdicts.append(Verdict(*_adaptive_sentence(family, scene, r, hits[r], settled[r]), facts, (*badge, note)))
    return verdicts


def _adaptive_sentence(family: Family, scene: Scene, r: int, hit: float, settled: float) -> tuple[str, str]:
    left = f" The path leaves the picture at step {scene.left_at[r]}." if scene.left_at[r] >= 0 else ""
    steps, start, end = family.trajectory.steps, float(family.error[0, r]), float(family.error[-1, r])
    down, begin, last = scene.eigenvalues < 0.0, np.abs(scene.modes[0, r]), np.abs(scene.modes[-1, r])
    if family.trajectory.diverged_at[r] >= 0 and broke_down(family, r):
        return "bad", f"Stops after step {family.trajectory.diverged_at[r] - 1}. {family.optimizers[r].breakdown}{left}"
    if family.trajectory.diverged_at[r] >= 0:
        return "bad", f"Diverges: the run went out of all bounds at step {family.trajectory.diverged_at[r]}.{left}"
    if (scene.modes[:, r] == scene.modes[0, r]).all():
        return "open", "Nothing moves: the gradient vanishes where it starts."
    if (last[down] > begin[down]).any():
        worst = int(np.argmax(np.where(down, last - begin, -np.inf)))
        return "bad", f"Runs away along u{scene.labels[worst]}, where the surface curves down.{left}"
    if down.any() and seeks_any(family.optimizers[r]) and last.max() <= TOLERANCE * begin.max():
        return "open", f"Goes to w*: it seeks where the gradient vanishes, be it a minimum or not.{left}"
    if down.any():
        along = " and ".join(sorted(f"u{label}" for label, is_down in zip(scene.labels, down, strict=True) if is_down))
        return "open", f"Not yet leaving: along {along} it is no farther out than at the start.{left}"
    shrinks = family.optimizers[r].steps_shrink
    if np.isfinite(settled) and (shrinks or settled <= steps - STAYS):
        moves = "" if shrinks else " With a constant η it keeps moving, so this need not last."
        return "good", f"Below 10⁻⁶ of its error from step {count(settled)} to the end of this run.{moves}{left}"
    after = f"fter {steps} step{'s' if steps > 1 else ''}"
    if start == end == 0.0:
        return "open", f"A{after} the error is 0, as at the start.{left}"
    if end > start:
        times = near_one(end / start if start > 0.0 else np.inf)
        return "bad", f"Climbs: a{after} the error is {times} times that at the start.{left}"
    if not shrinks and np.isfinite(hit):
        keeps = f"Below 10⁻⁶ of its error first at step {count(hit)}, but with a constant η it keeps moving"
        return "open", f"{keeps}: a{after} {percent(end / start)} of the error is left.{left}"
    return "open", f"A{after} {percent(end / start)} of the error is left.{left}"


def _badge(drift: float, allowed: float, steps: int) -> tuple[str, str, str]:
    allowed = float(f"{allowed:.2g}")  # what is compared is what is printed
    bound = allowed * steps * 2.0**-52
    compare = f"rounding allows {number(allowed, 2)} T ε = {number(bound, 2)}"
    if drift > bound:
        return "bad", f"✗ {number(drift, 2)} off the closed form", compare
    if bound > UNDECIDED:
        return "open", "No check against the closed form: rounding decides where this run goes", compare
    return "good", f"✓ {number(drift, 2)} off the closed form", compare


def _steps_fact(predicted: float, measured: float, steps: int, bounded: bool) -> tuple[str, str, str]:
    if not bounded:
        return NO_MINIMUM
    seen = f"measured {count(measured)}" if predicted <= steps and measured <= steps else f"not settled within {steps}"
    if not predicted < np.inf:
        return "steps to 10⁻⁶", "predicted: never", seen
    if predicted <= RECURRENCE_STEPS:
        return "steps to 10⁻⁶", f"predicted {count(predicted)}", seen
    return "steps to 10⁻⁶", f"predicted: at most {count(_no_less(predicted))}", seen


def _no_less(value: float) -> float:
    """Return the next number of two digits that is not below: an envelope arrives no earlier than the run."""
    power = 10 ** (len(f"{math.ceil(value)}") - 2)
    return float(-(-math.ceil(value) // power) * power)


def _hit_fact(first_hit: float, settled: float, steps: int, bounded: bool) -> tuple[str, str, str]:
    if not bounded:
        return NO_MINIMUM
    if not np.isfinite(first_hit):
        return "steps to 10⁻⁶", f"not within {steps}", "no prediction: no closed form"
    stays = f"stays below from {count(settled)}" if np.isfinite(settled) else "does not stay below"
    return "steps to 10⁻⁶", f"first at {count(first_hit)}", stays


def _measured(family: Family, scene: Scene) -> np.ndarray:
    bounded = scene.eigenvalues[0] >= 0.0
    return measured_steps(family.error) if bounded else np.full(len(family.values), np.nan)


def _shared(optimizers: list[Optimizer]) -> Optimizer | list[Optimizer]:
    return optimizers[0] if all(item is optimizers[0] for item in optimizers) else optimizers
