"""Family: one run for every stop of a slider, all in one call."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.optimizer import Optimizer
from engine.parameter import four_digits
from engine.run import run
from engine.sampling import Batch, arguments
from engine.schedule import RATES, Schedule
from engine.surface import Surface
from engine.trajectory import Trajectory

STOPS = 101
BEYOND = 1.5  # a learning rate's stops end at this many times the limit
WITHOUT_LIMIT = (1e-4, 10.0)  # and where there is none, here
ALLOWED = RATES  # learning rates a student may type


@dataclass(frozen=True, eq=False)
class Family:
    """The runs of one optimizer on one surface for R values of one setting, everything else as it is."""

    setting: str  # "learning_rate" or the name of a hyperparameter
    values: np.ndarray  # (R,) ascending
    optimizers: list[Optimizer]  # R
    learning_rates: np.ndarray  # (R,)
    trajectory: Trajectory
    clip: float | None = None  # the length to which gradients were shortened
    batch: Batch | None = None  # the rows that each step received, if not all
    schedule: Schedule | None = None  # the shape of the learning rates, which are then its base

    def label(self, r: int) -> str:
        """Return name and settings of one run, as legends print them."""
        return label(self.optimizers[r], self.learning_rates[r], self.clip, self.batch, self.schedule)

    @property
    def error(self) -> np.ndarray:
        """E(w) of every run, (T+1, R): a family always records it."""
        assert self.trajectory.error is not None
        return self.trajectory.error

    def pace(self, steps: np.ndarray) -> np.ndarray:
        """Return by what a schedule multiplied every run's learning rate at some steps (K,), (K, R); else 1.

        After the last step no other comes.
        """
        path = self.trajectory
        if self.schedule is None or not path.steps:
            return np.ones((len(steps), len(self.learning_rates)))
        taken: np.ndarray = path.learning_rate[np.minimum(steps, path.steps - 1)] / self.learning_rates
        return taken


def label(
    optimizer: Optimizer,
    learning_rate: float,
    clip: float | None,
    batch: Batch | None,
    schedule: Schedule | None = None,
) -> str:
    """Return name and settings of a run, as legends print them."""
    of = "" if batch is None else f", batches of {batch.size}"
    along = "" if schedule is None else f", {schedule.shape_label}"
    return f"{optimizer.label(learning_rate, clip)}{along}{of}"


def rates(learning_rate: Any, schedule: Schedule | None, steps: int) -> Any:
    """Return what ``run`` takes for learning rates that are the base of a schedule, or stay as they are."""
    if schedule is None:
        return learning_rate
    return schedule.followed(learning_rate) if schedule.feedback else schedule.scaled(learning_rate, steps)


def learning_rate_range(limit: float) -> tuple[float, float]:
    """Return the learning rates worth a look: limit/1000 to 1.5 limit, and where there is no limit 1e-4 to 10."""
    low, high = (limit / 1000.0, BEYOND * limit) if 0.0 < limit < np.inf else WITHOUT_LIMIT
    return max(low, ALLOWED[0]), min(high, ALLOWED[1])


def learning_rate_stops(limit: float, present: float) -> list[float]:
    """Return a learning rate's slider stops, geometric over its range, with exactly the present one."""
    stops = {four_digits(stop) for stop in np.geomspace(*learning_rate_range(limit), STOPS)}
    return sorted(stops | {present})


def hyperparameter_stops(optimizer: Optimizer, name: str) -> list[float]:
    """Return the slider stops of one of an optimizer's hyperparameters, with exactly the present value."""
    return optimizer.parameters()[name].stops(getattr(optimizer, name))


def single(
    surface: Surface,
    optimizer: Optimizer,
    learning_rate: float,
    start: Any,
    steps: int,
    clip: float | None = None,
    batch: Batch | None = None,
    schedule: Schedule | None = None,
) -> Family:
    """Return the family of one."""
    path = run(
        surface, optimizer, rates(learning_rate, schedule, steps), start, steps, **_options(optimizer, clip, batch)
    )
    values = np.array([learning_rate])
    return Family("learning_rate", values, [optimizer], values, path, clip, batch, schedule)


def over_learning_rate(
    surface: Surface,
    optimizer: Optimizer,
    stops: Sequence[float],
    start: Any,
    steps: int,
    clip: float | None = None,
    batch: Batch | None = None,
    schedule: Schedule | None = None,
    state: bool = True,
) -> Family:
    """Return the family over the learning rate, for given stops."""
    values = np.array(stops)
    path = run(
        surface, optimizer, rates(values, schedule, steps), start, steps, **_options(optimizer, clip, batch, state)
    )
    return Family("learning_rate", values, [optimizer] * len(values), values, path, clip, batch, schedule)


def over_hyperparameter(
    surface: Surface,
    optimizer: Optimizer,
    name: str,
    learning_rate: float,
    start: Any,
    steps: int,
    clip: float | None = None,
    batch: Batch | None = None,
    schedule: Schedule | None = None,
    state: bool = True,
) -> Family:
    """Return the family over one hyperparameter, the learning rate as it is."""
    values = hyperparameter_stops(optimizer, name)
    optimizers = [replace(optimizer, **{name: value}) for value in values]
    path = run(
        surface,
        optimizers,
        rates(learning_rate, schedule, steps),
        start,
        steps,
        **_options(optimizer, clip, batch, state),
    )
    return Family(name, np.array(values), optimizers, np.full(len(values), learning_rate), path, clip, batch, schedule)


def _options(optimizer: Optimizer, clip: float | None, batch: Batch | None, state: bool = True) -> dict[str, Any]:
    """Return what runs are told; a family keeps the weights and the error, the state only where limits follow it."""
    record = ("error", "state") if optimizer.adaptive and state else ("error",)
    return {"record": record, "clip": clip, **arguments(batch)}


def single_of(family: Family, r: int) -> Family:
    """Return one run of a family as a family of its own."""
    path, one = family.trajectory, slice(r, r + 1)
    alone = replace(
        path,
        weights=path.weights[:, one],
        error=family.error[:, one],
        learning_rate=path.learning_rate[:, one],
        diverged_at=path.diverged_at[one],
        state={slot: values[:, one] for slot, values in path.state.items()},
    )
    settings = (family.values[one], family.optimizers[one], family.learning_rates[one])
    return Family(family.setting, *settings, alone, family.clip, family.batch, family.schedule)


def live_hyperparameter(optimizer: Optimizer) -> str | None:
    """Return the name of the first hyperparameter that a linear slider can move, None if there is none."""
    names = [name for name, declared in optimizer.parameters().items() if declared.scale == "linear"]
    return names[0] if names else None
