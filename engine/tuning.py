"""Tuning: where to try an optimizer's settings, and when to stop a trial that does poorly."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from engine.family import ALLOWED
from engine.optimizer import Optimizer
from engine.parameter import Parameter, four_digits
from engine.words import number

SPACINGS = ("linear", "log", "decay")
SUMMED = (4e-4, 4.0)  # times 1/lambda_max: up to where no momentum below 1 is stable
STEPPED = (1e-3, 10.0)  # times the distance from the start to w*: equally many decades


@dataclass(frozen=True)
class Span:
    """An interval that is searched, evenly in the value ("linear"), in its logarithm ("log"), or in the logarithm of
    what it lacks to 1 ("decay": 1 - 10^-u, u uniform), since an average over 1/(1 - beta) steps knows no other scale.
    """

    low: float
    high: float
    spacing: str

    def __post_init__(self) -> None:
        """ValueError where the interval has no such spacing."""
        fits = self.spacing == "linear" or (self.low > 0.0 if self.spacing == "log" else self.high < 1.0)
        if self.spacing not in SPACINGS or not self.low < self.high or not fits:
            raise ValueError(f"no {self.spacing} spacing in [{self.low:g}, {self.high:g}]")

    def at(self, share: Any) -> np.ndarray:
        """Return the values at shares of the way from low to high, to the four digits that a link can say."""
        share = np.asarray(share, dtype=np.float64)
        if self.spacing == "linear":
            values = self.low + share * (self.high - self.low)
        elif self.spacing == "log":
            values = self.low * (self.high / self.low) ** share
        else:
            values = 1.0 - (1.0 - self.low) * ((1.0 - self.high) / (1.0 - self.low)) ** share
        rounded = np.array([four_digits(value) for value in values.ravel()]).reshape(values.shape)
        return np.clip(rounded, self.low, self.high)

    @property
    def words(self) -> str:
        """The interval and its spacing, as a figure states them."""
        how = {"linear": "evenly", "log": "log-uniform", "decay": "1 − value log-uniform"}[self.spacing]
        return f"{number(self.low, 2)} … {number(self.high, 4)}, {how}"


Space = Mapping[str, Span]  # by setting, the learning rate first


class Setting(NamedTuple):
    """One choice of everything that is tuned."""

    optimizer: Optimizer
    learning_rate: float

    @property
    def label(self) -> str:
        """Name and settings, as legends print them."""
        return self.optimizer.label(self.learning_rate)


def searched_rates(rule: type[Optimizer], surface: Any, start: Any) -> tuple[float, float]:
    """Return the learning rates among which a rule is tuned on a quadratic, as wide for every rule: four decades.

    A rule that adds up gradients moves by eta lambda times a distance, so its range is relative to 1/lambda_max; one
    that divides them by their size moves about eta itself, so its range is relative to |start - w*|. Then a valley in
    other units, or farther away, has the same tuning, but for what has a scale of its own, as a weight decay has.
    ``start`` is (2,); the ends stay within ALLOWED.
    """
    if rule().linear:
        ends, unit = SUMMED, 1.0 / (float(surface.eigenvalues[-1]) or 1.0)
    else:
        ends, unit = STEPPED, float(np.linalg.norm(np.asarray(start) - surface.stationary_point)) or 1.0
    return max(ends[0] * unit, ALLOWED[0]), min(ends[1] * unit, ALLOWED[1])


def rates_in_words() -> str:
    """Say among which learning rates rules are tuned, and what they are relative to."""
    summed, stepped = (f"{number(low)} to {number(high)}" for low, high in (SUMMED, STEPPED))
    return (
        f"for rules that add up gradients {summed} times 1/λ_{{max}}, for the others {stepped} times the distance from"
        " the start to the minimum"
    )


def space(rule: type[Optimizer], surface: Any, start: Any) -> dict[str, Span]:
    """Return what is searched: the learning rate as searched_rates, every hyperparameter over its declared range, but
    for those that no search may change.
    """
    low, high = searched_rates(rule, surface, start)
    spans = {"learning_rate": Span(four_digits(low), four_digits(high), "log")}
    return spans | {name: _span(declared) for name, declared in rule.parameters().items() if declared.searched}


def _span(declared: Parameter) -> Span:
    if declared.scale == "log":
        return Span(declared.smallest or declared.low, declared.high, "log")
    return Span(declared.low, declared.high, "decay" if declared.low >= 0.0 and declared.high < 1.0 else "linear")


def grid(spans: Space, budget: int) -> list[dict[str, float]]:
    """Return a grid of at most ``budget`` points, equally many on every axis, each axis evenly by its own spacing."""
    count = max(1, int(budget ** (1.0 / len(spans)) + 1e-9))
    shares = np.linspace(0.0, 1.0, count) if count > 1 else np.array([0.5])
    axes = [span.at(shares).tolist() for span in spans.values()]
    return [dict(zip(spans, values, strict=True)) for values in product(*axes)]


def random_log(spans: Space, budget: int, seed: int) -> list[dict[str, float]]:
    """Return ``budget`` points drawn at random, each axis by its own spacing; Bergstra and Bengio (2012).

    The first k points are the same whatever the budget.
    """
    shares = np.random.default_rng(seed).random((budget, len(spans)))
    axes = [span.at(shares[:, i]).tolist() for i, span in enumerate(spans.values())]
    return [dict(zip(spans, values, strict=True)) for values in zip(*axes, strict=True)]


def random_linear(spans: Space, budget: int, seed: int) -> list[dict[str, float]]:
    """Return the same draws as random_log, but every axis spaced linearly."""
    return random_log({name: replace(span, spacing="linear") for name, span in spans.items()}, budget, seed)


def settings(rule: type[Optimizer], points: list[dict[str, float]]) -> list[Setting]:
    """Return points of a search as optimizers with their learning rates; what a point leaves out is at its default."""
    return [
        Setting(
            rule(**{name: value for name, value in point.items() if name != "learning_rate"}), point["learning_rate"]
        )
        for point in points
    ]


@dataclass(frozen=True, eq=False)
class Halving:
    """Successive halving of n trials."""

    rungs: tuple[int, ...]  # the steps after which the worse half is dropped, ascending; the last is the whole run
    stopped_at: np.ndarray  # (n,) how many steps each trial was run
    kept: int  # which trial is left
    evaluations: int  # gradients in all
    whole: int  # and without stopping any


def halving(error: np.ndarray, diverged_at: np.ndarray) -> Halving:
    """Drop the worse half of the trials after T/2^(K-1), ..., T/2, T steps, K = ceil(log2 n), until one is left.

    Successive halving, Jamieson and Talwalkar (2016), arXiv:1502.07943, with steps that double from round to round.
    ``error`` (T+1, n) are whole learning curves, so that what a dropped trial would have become can be told; what
    comes after a trial was dropped decides nothing. ``diverged_at`` (n,) as a Trajectory has it: a run that diverged
    is the worst, and takes no gradient after that step. Of equals the earlier trial is kept. One evaluation a step.
    """
    steps, count = len(error) - 1, error.shape[1]
    rounds = max(1, int(np.ceil(np.log2(count))))
    rungs = tuple(sorted({max(1, steps >> k) for k in range(rounds)})) if steps else (0,)
    alive, stopped_at = np.arange(count), np.full(count, rungs[-1])
    for rung in rungs:
        order = np.argsort(np.where(np.isfinite(error[rung, alive]), error[rung, alive], np.inf), kind="stable")
        left = 1 if rung == rungs[-1] else max(1, len(alive) // 2)
        stopped_at[alive[order[left:]]] = rung
        alive = np.sort(alive[order[:left]])
    ended = np.where(diverged_at < 0, steps, diverged_at)
    spent, whole = int(np.minimum(stopped_at, ended).sum()), int(ended.sum())
    return Halving(rungs, stopped_at, int(alive[0]), spent, whole)
