"""Race: every optimizer tuned with the same budget on some starts and rotations, and judged on others.

Which optimizer wins depends on how much each was tuned; Choi et al. (2019), arXiv:1910.05446. So the budget, the
starts, the noise and the objective are the same for all, and the result is a distribution.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from engine.optimizer import Optimizer
from engine.sampling import gradient_noise
from engine.trials import trials
from engine.tuning import Setting, Span, random_log, settings, space

TUNED_ON = (4, 8)  # starts and rotations
JUDGED_ON = (8, 8)
NEAREST, FARTHEST = 0.5, 2.0  # how far a start is from the minimum, relative to the one given
ETAS = 81  # learning rates of a sensitivity curve
GOOD = 2.0  # a learning rate is good if it needs at most so many times the fewest steps


@dataclass(frozen=True)
class Terms:
    """What every optimizer gets alike."""

    budget: int = 64  # trials of each
    steps: int = 500  # in which a run must get there
    tolerance: float = 1e-6  # the target, as a share of the error at the start
    stays: bool = False  # whether the error must stay there, or need be there once
    noise: float = 0.0  # standard deviation of what is added to every component of a gradient
    seed: int = 1


class Cases(NamedTuple):
    """Starts on the same valley, turned: every start at every angle."""

    surfaces: list[Any]  # one for every angle
    starts: np.ndarray  # (starts, D), about the minimum
    noise: np.ndarray | None  # (T, D, angles * starts), a stream for every case


class Counts(NamedTuple):
    """Steps to the target of every setting in every case, nan where it was not reached."""

    first: np.ndarray  # (settings, cases) the first time
    stays: np.ndarray  # (settings, cases) for good
    error: np.ndarray  # (settings, cases) the last error, relative to the start's; inf where the run diverged
    evaluations: int  # gradients in all


@dataclass(frozen=True, eq=False)
class Lane:
    """One optimizer's race."""

    rule: type[Optimizer]
    space: dict[str, Span]
    found: Setting
    mean: float  # its mean steps on the tuning cases, one that did not get there counted as all of its steps
    spent: int  # gradients that tuning took
    first: np.ndarray  # (cases,) steps on the judging cases, nan where the target was not reached
    stays: np.ndarray  # (cases,)
    counted: np.ndarray  # (cases,) whichever of the two the race counts
    etas: np.ndarray  # (etas,) the sensitivity curve: learning rates, everything else as found
    steps: np.ndarray  # (etas,) mean steps on the judging cases, inf where fewer than half got there
    good: tuple[float, float] | None  # the learning rates about the best that need at most GOOD times its steps

    @property
    def median(self) -> float:
        """The steps within which half of the cases got there, inf where fewer than half did."""
        return half(self.counted)

    @property
    def reached(self) -> float:
        """The share of cases that got there."""
        return float(np.isfinite(self.counted).mean())

    @property
    def decades(self) -> float:
        """How wide the good zone is, in powers of ten."""
        return float(np.log10(self.good[1] / self.good[0])) if self.good else 0.0


def cases(surface: Any, start: Any, terms: Terms, judged: bool) -> Cases:
    """Draw starts and rotations from the seed; those of tuning and of judging have streams of their own.

    ``surface`` is a quadratic with a field ``angle`` and one minimum. Starts lie all around it, half to twice as far
    from it as ``start``; angles all around, in [0, 180). Both are drawn one from each of as many equal sectors.
    """
    starts, angles = JUDGED_ON if judged else TUNED_ON
    rng = np.random.default_rng([terms.seed, judged])
    minimum = surface.stationary_point
    far = float(np.linalg.norm(np.asarray(start) - minimum))
    turns = (np.arange(angles) + rng.random(angles)) * 180.0 / angles
    around = (np.arange(starts) + rng.random(starts)) * 2.0 * np.pi / starts
    reach = far * NEAREST * (FARTHEST / NEAREST) ** rng.random(starts)
    points = minimum + reach[:, None] * np.stack([np.cos(around), np.sin(around)], axis=1)
    noise = None
    if terms.noise > 0.0:
        stream = int(rng.integers(2**32))
        noise = terms.noise * gradient_noise(terms.steps, surface.dim, starts * angles, stream)
    return Cases([replace(surface, angle=float(turn)) for turn in turns], points, noise)


def counts(given: Cases, tried: Sequence[Setting], terms: Terms) -> Counts:
    """Run every setting in every case and count its steps."""
    many, width, rule = len(tried), len(given.starts), tried[0].optimizer
    tuned = {name: np.repeat([getattr(item.optimizer, name) for item in tried], width) for name in rule.parameters()}
    etas = np.repeat([item.learning_rate for item in tried], width)
    starts = np.tile(given.starts, (many, 1))
    columns, evaluations = list[list[np.ndarray]](), 0
    for j, surface in enumerate(given.surfaces):
        noise = None
        if given.noise is not None:
            noise = np.tile(given.noise[:, :, j * width : (j + 1) * width], (1, 1, many))
        found = trials(
            surface,
            rule,
            tuned,
            learning_rate=etas,
            start=starts,
            steps=terms.steps,
            tolerance=terms.tolerance,
            noise=noise,
        )
        share = np.where(found.diverged, np.inf, found.error / surface.evaluate(starts)[0])
        columns.append([values.reshape(many, width) for values in (found.first_hit, found.settled, share)])
        evaluations += int(np.where(found.diverged, found.diverged_at, terms.steps).sum())
    first, stays, last = (np.concatenate(kept, axis=1) for kept in zip(*columns, strict=True))
    return Counts(first, stays, last, evaluations)


def lane(surface: Any, start: Any, rule: type[Optimizer], terms: Terms) -> Lane:
    """Tune one optimizer and judge it: what every other gets with the same surface, start and terms.

    ``terms.budget`` trials of random search (log-uniform, the same seed) over the optimizer's own space; the trial with
    the fewest mean steps on the tuning cases is judged on the others. A case that did not get there counts as all its
    steps; of equals the one with the smaller mean logarithm of the last error is taken.
    """
    tuning, judging = cases(surface, start, terms, judged=False), cases(surface, start, terms, judged=True)
    spans = space(rule, surface, start)
    tried = settings(rule, random_log(spans, terms.budget, terms.seed))
    found = counts(tuning, tried, terms)
    means = _mean(_counted(found, terms), terms.steps)
    ties = np.log10(np.maximum(found.error, 1e-300)).mean(axis=1)
    best = tried[int(np.lexsort((ties, means))[0])]
    judged = counts(judging, [best], terms)
    etas = spans["learning_rate"].at(np.linspace(0.0, 1.0, ETAS))
    steps = sensitivity(judging, best.optimizer, etas, terms)
    return Lane(
        rule,
        spans,
        best,
        float(means.min()),
        found.evaluations,
        judged.first[0],
        judged.stays[0],
        _counted(judged, terms)[0],
        etas,
        steps,
        good_zone(etas, steps),
    )


def sensitivity(given: Cases, optimizer: Optimizer, etas: np.ndarray, terms: Terms) -> np.ndarray:
    """Return the mean steps at every learning rate, (n,), inf where fewer than half of the cases got there."""
    curve = _counted(counts(given, [Setting(optimizer, float(eta)) for eta in etas], terms), terms)
    reached = np.isfinite(curve).mean(axis=1)
    return np.where(reached >= 0.5, _mean(curve, terms.steps), np.inf)


def good_zone(etas: np.ndarray, steps: np.ndarray) -> tuple[float, float] | None:
    """Return the first and the last learning rate around the best that need at most GOOD times its steps.

    ``etas`` ascending and ``steps``, both (n,), inf where the target is not reached; None where it never is. The
    zone is connected: it ends at the first learning rate that is worse.
    """
    if not np.isfinite(steps).any():
        return None
    best = int(np.argmin(steps))
    bad = np.nonzero(~(steps <= GOOD * steps[best]))[0]
    low, high = bad[bad < best], bad[bad > best]
    first = int(low[-1]) + 1 if len(low) else 0
    last = int(high[0]) - 1 if len(high) else len(etas) - 1
    return float(etas[first]), float(etas[last])


def half(counted: np.ndarray) -> float:
    """Return the fewest steps within which at least half of the cases got there: the lower median, nan being never.

    (cases,) -> a number of steps that some case took, inf where fewer than half got there.
    """
    return float(np.sort(np.where(np.isnan(counted), np.inf, counted))[(len(counted) - 1) // 2])


def _counted(found: Counts, terms: Terms) -> np.ndarray:
    return found.stays if terms.stays else found.first


def _mean(counted: np.ndarray, steps: int) -> np.ndarray:
    return np.where(np.isfinite(counted), counted, steps).mean(axis=-1)
