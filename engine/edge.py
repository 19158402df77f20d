"""Edge: how steep the surface is at every step of a run, beside what the rule's steps can bear."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from engine.local import eigenvalues, limit_factor
from engine.optimizer import Optimizer
from engine.surface import Surface
from engine.trajectory import Trajectory
from engine.workers import Block, Progress, Watch, scatter

BLOCK = 32  # steps whose Hessians are laid out at a time, a megabyte of 60 weights
NEAR = 0.1  # of the limit: a sharpness so near to it hovers there
EARLY = 50  # steps in which the sharpness may move so quickly that each is looked at


def edge_limit(rule: Optimizer, learning_rate: float, state: dict[str, np.ndarray] | None = None) -> Any:
    """Return the largest eigenvalue that the steps of a rule can bear for long, or with momentum as at ``state``.

    Of H for a linear rule: 2/eta, with momentum (2 + 2 mu)/eta, Nesterov (2 + 2 mu)/((1 + 2 mu) eta), see
    theory.stability_limit; Cohen et al. (2021), arXiv:2103.00065. Of P^-1 H for an adaptive one: RMSProp and AdaGrad
    2/eta, Adam (2 + 2 beta1)/((1 - beta1) eta), Cohen et al. (2022), arXiv:2207.14484. A number, or (...) for the
    arrays of state (..., D) of a rule whose momentum grows. Raises ValueError for a rule of neither kind.
    """
    if rule.adaptive:
        return (rule.preconditioned_limit if state is None else rule.limit_at(state)) / learning_rate
    return float(limit_factor(rule)) / learning_rate


def limit_along(rule: Optimizer, learning_rate: float, path: Trajectory) -> Any:
    """Return ``edge_limit`` beside a single run: a number, or (T+1,) where the momentum of its rule grows."""
    state = {slot: path.state[slot][:, 0] for slot in rule.slots} if rule.adaptive else None
    return edge_limit(rule, learning_rate, state)


def spectrum_along(
    surface: Surface,
    rule: Optimizer,
    path: Trajectory,
    run: int = 0,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> np.ndarray | None:
    """Return all eigenvalues at every recorded step of a run, descending: (T+1, D); None where progress stopped it.

    Of H(w) for a linear rule; of P^-1 H for an adaptive one, with the P of the averages at that step, so that there is
    none at the start. H is laid out whole and exact (``Surface.hessian``). nan where the run was lost, or P is not
    known. Steps go through an executor, by default the process's own pool.
    """
    return spectra(surface, path.weights[:, run], _scales(rule, path, run), executor, progress)


def spectra(
    surface: Surface,
    points: np.ndarray,
    scale: np.ndarray | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> np.ndarray | None:
    """Return all eigenvalues of H at points (n, D), of S H S where S = diag(``scale``) (n, D): (n, D), descending.

    None where progress stopped it; nan where H or S is not finite.
    """
    weights = np.ascontiguousarray(points)
    found = np.full(weights.shape, np.nan)

    def measure(place: slice, watch: Watch | None) -> np.ndarray | None:
        values = np.empty((place.stop - place.start, surface.dim))

        def advance(first: int, last: int) -> bool:
            some = slice(place.start + first, place.start + last + 1)
            values[first : last + 1] = _eigenvalues(surface, weights[some], None if scale is None else scale[some])
            return True

        steps = len(values) - 1
        if watch is None:
            advance(0, steps)
            return values
        return values if watch.in_pieces(advance, steps, len(values)) else None

    def keep(place: slice, values: Any) -> None:
        found[place] = values

    whole = scatter(measure, _blocks(len(weights)), keep, len(weights), executor, progress)
    return found if whole else None


class Beside(NamedTuple):
    """A single run and the limit that its sharpness stands beside, a number or (T+1,)."""

    rule: Optimizer
    path: Trajectory
    limit: Any


def spectra_where_needed(
    surface: Surface, runs: Sequence[Beside], every: int, progress: Progress = lambda share: True
) -> list[np.ndarray] | None:
    """Return what ``spectrum_along`` does at the first steps of each run and then at every so many; None where stopped.

    It is nan elsewhere. Between two of those all steps are looked at where the sharpness may first meet its limit, or
    first leave it again: where one of both is nearer to it than NEAR and what it moves by between them, or the run is
    lost. So ``Edge.meets`` and ``Edge.falls_below`` are exact but for a sharpness that goes farther, and back.
    """
    scales = [_scales(each.rule, each.path, 0) for each in runs]
    found = [np.full((len(each.path.step), surface.dim), np.nan) for each in runs]

    def look(places: list[np.ndarray], told: Progress) -> bool:
        weights = [each.path.weights[some, 0] for each, some in zip(runs, places, strict=True)]
        by = [np.ones(w.shape) if s is None else s[k] for w, s, k in zip(weights, scales, places, strict=True)]
        values = spectra(surface, np.concatenate(weights), np.concatenate(by), progress=told)
        if values is None:
            return False
        parts = np.split(values, np.cumsum([len(some) for some in places])[:-1])
        for kept, some, part in zip(found, places, parts, strict=True):
            kept[some] = part
        return True

    evenly = [_evenly(len(each.path.step), every) for each in runs]
    if not look(evenly, lambda share: progress(0.5 * share)):
        return None
    ratios = [(kept[:, 0] / each.limit)[some] for kept, each, some in zip(found, runs, evenly, strict=True)]
    between = [_between(some, _doubtful(ratio)) for some, ratio in zip(evenly, ratios, strict=True)]
    return found if look(between, lambda share: progress(0.5 + 0.5 * share)) else None


def _evenly(count: int, every: int) -> np.ndarray:
    """Return the first of so many places, then every so many, and the last."""
    return np.union1d(np.arange(0, count, every), [*range(min(EARLY, count)), count - 1])


def _between(places: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return all that lies between the k-th place and the next, for every k in ``after``."""
    within = [np.arange(places[k] + 1, places[k + 1]) for k in after]
    return np.concatenate([np.empty(0, dtype=int), *within])


def _doubtful(ratio: np.ndarray) -> np.ndarray:
    """Return after which places of a sharpness, as a share of its limit, it may first meet or first leave the limit."""
    known = np.isfinite(ratio)
    here, there = np.where(known, ratio, 0.0)[:-1], np.where(known, ratio, 0.0)[1:]
    meets = _first(ratio >= 1.0)
    leaves = -1 if meets < 0 else _first(ratio < 1.0, meets)
    rising, falling = (len(ratio) if place < 0 else place for place in (meets, leaves))
    before = np.arange(len(here)) < rising
    margin = NEAR + np.abs(there - here)  # what moves quickly may turn between two looks
    near = np.where(before, np.maximum(here, there) >= 1.0 - margin, np.minimum(here, there) <= 1.0 + margin)
    lost = known[:-1] & ~known[1:]
    return np.nonzero((near & (np.arange(len(here)) < falling)) | lost)[0]


def _blocks(count: int) -> Iterator[Block]:
    for first in range(0, count, BLOCK):
        place = slice(first, min(first + BLOCK, count))
        yield Block(place, place)


def _scales(rule: Optimizer, path: Trajectory, run: int) -> np.ndarray | None:
    """Return P^-1/2 at every step, (T+1, D), nan where there is none yet; None for a rule without P."""
    if not rule.adaptive:
        return None
    with np.errstate(all="ignore"):
        diagonal = rule.preconditioner({slot: path.state[slot][:, run] for slot in rule.slots})
        scale = 1.0 / np.sqrt(diagonal)
    scale[path.step == 0] = np.nan
    return scale


def _eigenvalues(surface: Surface, weights: np.ndarray, scale: np.ndarray | None) -> np.ndarray:
    with np.errstate(all="ignore"):
        hessian = surface.hessian(weights)
        if scale is not None:
            hessian = scale[:, :, None] * hessian * scale[:, None, :]
    return eigenvalues(hessian)[:, ::-1]


@dataclass(frozen=True, eq=False)
class Edge:
    """A run beside its edge of stability."""

    limit: Any  # a number, or (T+1,) where the momentum grows
    eigenvalues: np.ndarray  # (T+1, D) descending, of H or P^-1 H
    error: np.ndarray  # (T+1,)
    diverged_at: int = -1
    every: int = 1  # steps from one to the next at which the eigenvalues are known; between these nan, or a few known

    @property
    def sharpness(self) -> np.ndarray:
        """The largest eigenvalue at every step, (T+1,)."""
        return self.eigenvalues[:, 0]

    @property
    def limits(self) -> np.ndarray:
        """The limit at every step, (T+1,)."""
        return np.broadcast_to(np.asarray(self.limit, dtype=np.float64), self.error.shape)

    @property
    def moves(self) -> bool:
        """Whether the limit changes along the run."""
        return bool(np.ndim(self.limit) > 0 and self.limits.min() < self.limits.max())

    @cached_property
    def ratio(self) -> np.ndarray:
        """The sharpness as a share of its limit, (T+1,); nan where it is not known."""
        return self.sharpness / self.limit

    @cached_property
    def first(self) -> int:
        """The first step at which the sharpness is known: 0, of an adaptive rule 1."""
        return int(np.argmax(np.isfinite(self.ratio)))

    @property
    def beyond_at_first(self) -> bool:
        """Whether the run begins at or above the limit."""
        return bool(self.ratio[self.first] >= 1.0)

    @cached_property
    def meets(self) -> int:
        """The first step at which the sharpness is at or above its limit, -1 if none is."""
        return _first(self.ratio >= 1.0)

    @cached_property
    def falls_below(self) -> int:
        """The first step after ``meets`` at which the sharpness is below its limit, -1 if none is."""
        return -1 if self.meets < 0 else _first(self.ratio < 1.0, self.meets)

    @property
    def known(self) -> np.ndarray:
        """The steps at which the sharpness is known, as numbers; of a lost run 0 at least."""
        found = np.nonzero(np.isfinite(self.ratio))[0]
        return found if len(found) else np.zeros(1, dtype=int)

    @cached_property
    def hovering(self) -> np.ndarray:
        """The steps from ``meets`` on at which the sharpness is within NEAR of its limit, as numbers."""
        if self.meets < 0:
            return np.empty(0, dtype=int)
        near = np.nonzero(np.abs(self.ratio - 1.0) <= NEAR)[0]
        return near[near >= self.meets]

    @property
    def hovers(self) -> float:
        """At what share of the steps after ``meets`` the sharpness is within NEAR of its limit; of every so many."""
        after = np.arange(-(-(self.meets + 1) // self.every) * self.every, len(self.error), self.every)
        near = np.abs(self.ratio[after] - 1.0) <= NEAR
        return float(near.mean()) if len(near) else 0.0

    def rises(self, first: int, last: int) -> int:
        """Return at how many of the steps from ``first`` to ``last``, places, the error grew."""
        with np.errstate(invalid="ignore"):
            return int((np.diff(self.error[first : last + 1]) > 0.0).sum())

    @property
    def last(self) -> int:
        """The last place that holds finite numbers."""
        known = np.nonzero(np.isfinite(self.error) & np.isfinite(self.ratio))[0]
        return int(known[-1]) if len(known) else 0


def _first(condition: np.ndarray, after: int = 0) -> int:
    """Return the first place from ``after`` on where a condition holds, -1 if it nowhere does."""
    places = np.nonzero(condition[after:])[0]
    return int(places[0]) + after if len(places) else -1
