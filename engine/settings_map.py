"""The map of settings: steps to a tolerance over the learning rate and one more setting, with the theory beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine import theory
from engine.family import ALLOWED, BEYOND, WITHOUT_LIMIT
from engine.local import largest, limit_factor
from engine.lowest import lowest
from engine.optimizer import Best, Optimizer
from engine.parameter import Parameter, four_digits
from engine.surface import Surface
from engine.sweep import FIELD, sweep

NEAR_ONE = 0.99
STARTS = ("start.x", "start.y")  # what goes up the side may be a coordinate of the start
OUT_OF_REACH = -1e300  # no error is that low
BELOW_HINT = 0.1  # times the learning rate that a surface hints at, where an axis may begin
A_LITTLE = 1.08  # times the limit, where an axis ends that begins at 0


@dataclass(frozen=True, eq=False)
class Row:
    """The settings that the cells of one row share."""

    optimizer: Optimizer
    surface: Any


@dataclass(frozen=True, eq=False)
class Theory:
    """What closed forms say of a linear rule on a quadratic with D directions."""

    eigenvalues: np.ndarray  # (rows, D) ascending
    regimes: np.ndarray  # (rows, columns, D) places in theory.REGIMES
    slowest: np.ndarray  # (rows, columns) the direction that governs in the long run
    polynomials: np.ndarray  # (rows, 2, order + 1) as theory.ends, from which every factor follows
    limits: np.ndarray  # (rows,) largest stable learning rate, of directions of positive curvature
    critical: np.ndarray  # (rows, D, 2) the learning rates at which the two roots of each direction meet, else nan
    best: list[Best | None]  # (rows,) the best setting of the rule on the row's surface
    labels: list[str]  # (rows,) the subscripts of the directions, ascending by eigenvalue: they change where two cross


@dataclass(frozen=True, eq=False)
class SettingsMap:
    """One optimizer over learning rates (columns) and values of ``up`` (rows)."""

    optimizer: Optimizer
    up: str
    learning_rates: np.ndarray  # (columns,)
    values: np.ndarray  # (rows,)
    reached: np.ndarray  # (rows, columns) steps to the tolerance, nan where it was not reached
    diverged_at: np.ndarray  # (rows, columns) the step, -1 where it did not
    theory: Theory | None
    local_limits: np.ndarray | None  # (rows,) of a linear rule elsewhere, at the lowest minimum, else inf


def spacing(declared: Parameter) -> str:
    """Return how the values of a setting are spaced along the side of a map.

    ``linear``; ``log`` where its slider is; ``tail``, evenly in the logarithm of what is left to 1, for the weight of
    an average that usually is near 1: from 0.9 to 0.99 is as far as from 0.99 to 0.999.
    """
    if declared.scale == "log":
        return "log"
    return "tail" if declared.low >= 0.0 and declared.high < 1.0 and declared.default >= NEAR_ONE else "linear"


def up_values(declared: Parameter, count: int) -> np.ndarray:
    """Return the values of a setting along the side of a map, ascending, to four digits: all of its range.

    A logarithmic range that holds zero begins with its least magnitude above zero. Near the end of a tail several
    values may be the same: four digits know no numbers between them.
    """
    low, high = declared.low, declared.high
    if spacing(declared) == "log":
        values = np.geomspace(low if low > 0.0 else declared.smallest, high, count)
    elif spacing(declared) == "tail":
        values = 1.0 - np.geomspace(1.0 - low, 1.0 - high, count)
    else:
        values = np.linspace(low, high, count)
    return np.array([min(four_digits(value), high) for value in values])


def learning_rates_across(limits: Sequence[float], log: bool, count: int, hints: Sequence[float] = ()) -> np.ndarray:
    """Return the learning rates along a map, ascending, to four digits; ``limits`` are those of all that it shows.

    Geometric from the largest limit/1000 to 1.5 times it, or even up to a little above it; where there is no limit
    geometric from 1e-4 to 10. ``hints`` are learning rates at which runs behave where they begin: a geometric axis
    with a limit begins a decade below the smallest, if that is lower still.
    """
    finite = [limit for limit in limits if 0.0 < limit < np.inf]
    if finite and not log:
        values = np.linspace(0.0, A_LITTLE * max(finite), count + 1)[1:]
    else:
        low, high = (max(finite) / 1000.0, BEYOND * max(finite)) if finite else WITHOUT_LIMIT
        values = np.geomspace(min([low, *(BELOW_HINT * hint for hint in hints)]) if finite else low, high, count)
    return np.array([four_digits(value) for value in np.clip(values, *ALLOWED)])


def rows(surface: Surface, optimizer: Optimizer, up: str, values: Sequence[float]) -> list[Row]:
    """Return the settings of every row: ``up`` is a hyperparameter, or a field of the surface as ``surface.angle``.

    Where it is one of STARTS they are the same in all.
    """
    if up in STARTS:
        return [Row(optimizer, surface)] * len(values)
    if up.startswith(FIELD):
        name = up.removeprefix(FIELD)
        return [Row(optimizer, replace(surface, **{name: value})) for value in values]
    return [Row(replace(optimizer, **{up: value}), surface) for value in values]


def limits(settings: Sequence[Row]) -> np.ndarray:
    """Return the limit of every row of a linear rule, (rows,): on a quadratic the stability limit.

    On another surface it is the local limit c/lambda_max(H(w*)) at its lowest minimum, the flattest if there are
    several, see ``lowest``: beyond it steps near w* grow, Bishop and Bishop (2024), 7.3. inf where there is none.
    """
    return np.array([_limit(row) for row in settings])


def _limit(row: Row) -> float:
    if hasattr(row.surface, "eigenvalues"):
        return float(theory.stability_limit(row.optimizer, _curved(row.surface.eigenvalues)))
    places = lowest(row.surface).places
    top = float(largest(row.surface.hessian(places[0]))) if len(places) else 0.0
    return float(limit_factor(row.optimizer)) / top if top > 0.0 else np.inf


def settings_map(
    surface: Surface,
    optimizer: Optimizer,
    up: str,
    learning_rates: np.ndarray,
    values: np.ndarray,
    *,
    start: Any,
    steps: int,
    tolerance: float,
    progress: Callable[[float], bool | None] | None = None,
) -> SettingsMap | None:
    """Run every cell and say what theory knows of it; None where progress stopped it.

    ``reached`` is the step from which the error stays below the tolerance, for a rule whose steps do not shrink the
    first step at which it is: see Sweep. ``up`` is as in ``rows``. Raises ValueError as sweep does.
    """
    grid = {"start": _starts(start, up, values)} if up in STARTS else {up: values}
    grid["learning_rate"] = learning_rates
    shared = {"start": start, "steps": steps, "tolerance": tolerance, "progress": progress}
    cells = sweep(surface, optimizer, grid, lowest=_least, **shared)
    if not cells.complete:
        return None
    settings = rows(surface, optimizer, up, values.tolist()) if optimizer.linear else []
    quadratic = hasattr(surface, "eigenvalues")
    return SettingsMap(
        optimizer,
        up,
        learning_rates,
        values,
        cells.settled if optimizer.steps_shrink else cells.first_hit,
        cells.diverged_at,
        _theory(settings, learning_rates) if settings and quadratic else None,
        limits(settings) if settings and not quadratic else None,
    )


def _least(surface: Surface) -> float:
    """Return E_min; where there is no minimum nobody arrives."""
    found = lowest(surface)
    return found.error if len(found.places) or hasattr(surface, "eigenvalues") else OUT_OF_REACH


def _starts(start: Any, up: str, values: np.ndarray) -> np.ndarray:
    """Return the start of every row, (rows, D)."""
    points = np.tile(np.array(start, dtype=np.float64), (len(values), 1))
    points[:, STARTS.index(up)] = values
    return points


def _theory(settings: list[Row], learning_rates: np.ndarray) -> Theory:
    eigenvalues = np.array([row.surface.eigenvalues for row in settings])
    cells = [(row.optimizer, learning_rates, row.surface.eigenvalues) for row in settings]
    optimizers = [row.optimizer for row in settings]
    with np.errstate(divide="ignore"):
        critical = theory.critical_damping(optimizers)[:, None, :]
        critical = np.where(eigenvalues[..., None] > 0.0, critical / eigenvalues[..., None], np.nan)
    return Theory(
        eigenvalues,
        np.array([theory.regime(*of) for of in cells]),
        np.array([theory.slowest_mode(*of) for of in cells]),
        theory.ends(optimizers),
        limits(settings),
        critical,
        [_best(row) for row in settings],
        [row.surface.labels for row in settings],
    )


def _best(row: Row) -> Best | None:
    low, high = row.surface.eigenvalues[[0, -1]]
    return type(row.optimizer).best(float(low), float(high)) if low > 0.0 else None


def _curved(eigenvalues: np.ndarray) -> np.ndarray:
    """Return the positive eigenvalues, which have a limit; zero where there is none."""
    positive = eigenvalues[eigenvalues > 0.0]
    return positive if len(positive) else np.zeros(1)
