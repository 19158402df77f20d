"""Comparison: what a schedule of the learning rate did to a run, beside a constant one, in words."""

import math

import numpy as np

from engine.trajectory import Trajectory
from engine.words import apart, number

ALIKE = 1.1  # how many times as large an error may be and still count as alike


def ending(path: Trajectory, lowest: float) -> float:
    """Return the mean of E - ``lowest`` over the last tenth of the first run's steps; nan where it diverged."""
    assert path.error is not None
    last = path.error[-last_steps(path.steps) :, 0] - lowest
    return float(np.mean(last)) if np.isfinite(last).all() else math.nan


def last_steps(steps: int) -> int:
    """Return how many steps the last tenth of a run has, at least one."""
    return max(1, steps // 10)


def compare(
    rule: str, schedule: Trajectory, constant: Trajectory, lowest: float, bounded: bool, limit: float
) -> tuple[str, str]:
    """Return status and sentence on two runs of a rule, by its title.

    Errors count from ``lowest``, which is the lowest there is if ``bounded``; ``limit`` is that of the learning rate,
    nan or inf where there is none.
    """
    if schedule.diverged_at[0] >= 0 or constant.diverged_at[0] >= 0:
        return _diverged(rule, schedule, constant, limit)
    with_schedule, without = ending(schedule, lowest), ending(constant, lowest)
    if not bounded:
        return "open", (
            f"There is no lowest error here. In the end {rule} is at {_above(with_schedule + lowest)} with the"
            f" schedule, at {_above(without + lowest)} with the constant learning rate."
        )
    count = last_steps(schedule.steps)
    where = "at the end" if count == 1 else f"on average over the last {count} steps"
    low, high = sorted((with_schedule, without))
    if high <= ALIKE * max(low, 0.0):
        return "open", f"{rule} ends alike with both: {where} E is {_above(with_schedule)} above its minimum."
    better, worse = ("the schedule", "the constant learning rate")[:: 1 if with_schedule < without else -1]
    times = f", {number(high / low, 2)} times as much" if low > 0.0 else ""
    return "good" if with_schedule < without else "limit", (
        f"{rule} ends lower with {better}: {where} E is {_above(low)} above its minimum, with {worse}"
        f" {_above(high)}{times}."
    )


def _above(value: float) -> str:
    return number(value, 2)


def _diverged(rule: str, schedule: Trajectory, constant: Trajectory, limit: float) -> tuple[str, str]:
    both = schedule.diverged_at[0] >= 0 and constant.diverged_at[0] >= 0
    said = []
    for path, name in ((schedule, "with the schedule"), (constant, "with the constant learning rate")):
        at = int(path.diverged_at[0])
        if at < 0:
            continue
        eta = float(np.nanmax(path.learning_rate[: max(at, 1), 0]))
        one, other = apart(eta, limit)
        why = f", where η = {one} is above the limit {other}" if eta > limit else ""
        said.append(f"{name} it is out of all bounds at step {at}{why}")
    ends = "" if both else f" With {'the constant learning rate' if schedule.diverged_at[0] >= 0 else 'the schedule'}"
    ends += "" if both else " it does not."
    return "bad" if schedule.diverged_at[0] >= 0 else "good", f"{rule} diverges: {'; '.join(said)}.{ends}"
