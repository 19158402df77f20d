"""Comparison: what a schedule of the learning rate did to a run, beside a constant one, in words."""

import math
from collections.abc import Sequence

import numpy as np

from engine.stationary import floor
from engine.surface import Surface, View
from engine.trajectory import Trajectory
from engine.words import apart, number

ALIKE = 1.1  # how many times as large an error may be and still count as alike
BELOW = 1e-9  # of the first error: by how much rounding may put one below the lowest


def ending(path: Trajectory, lowest: float) -> float:
    """Return the mean of E - ``lowest`` over the last tenth of the first run's steps; nan where it diverged."""
    assert path.error is not None
    last = path.error[-last_steps(path.steps) :, 0] - lowest
    return float(np.mean(last)) if np.isfinite(last).all() else math.nan


def last_steps(steps: int) -> int:
    """Return how many steps the last tenth of a run has, at least one."""
    return max(1, steps // 10)


def lowest_known(surface: Surface, view: View, paths: Sequence[Trajectory]) -> float | None:
    """Return the lowest error there is, None where no minimum is known or runs go below those that are."""
    lowest, minimum = floor(surface, view)
    if not surface.bounded_below or not (minimum or surface.quadratic):
        return None
    for path in paths:
        assert path.error is not None
        above = path.error[np.isfinite(path.error)] - lowest
        if above.min(initial=0.0) < -BELOW * np.abs([lowest, above[0] if len(above) else 0.0]).max():
            return None
    return lowest


def compare(
    rule: str, schedule: Trajectory, constant: Trajectory, lowest: float | None, bounded: bool, limit: float
) -> tuple[str, str]:
    """Return status and sentence on two runs of a rule, by its title.

    Errors count from ``lowest``, None where no minimum is known, which may be because there is none, and of an error
    that is not ``bounded`` is; ``limit`` is that of the learning rate, nan or inf where there is none.
    """
    if schedule.diverged_at[0] >= 0 or constant.diverged_at[0] >= 0:
        return _diverged(rule, schedule, constant, limit)
    with_schedule, without = ending(schedule, lowest or 0.0), ending(constant, lowest or 0.0)
    count = last_steps(schedule.steps)
    where = "at the end" if count == 1 else f"on average over the last {count} steps"
    if lowest is None:
        why = "No lowest error is known here" if bounded else "There is no lowest error here"
        return "open", (
            f"{why}. With the schedule {rule} is {where} at E = {_above(with_schedule)}, with the constant learning"
            f" rate at {_above(without)}."
        )
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
