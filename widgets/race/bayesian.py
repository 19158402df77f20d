"""Bayesian search, where the optional requirements are installed: trials that follow from those before.

Optuna's tree-structured Parzen estimator, Bergstra, Bardenet, Bengio and Kegl (2011); see
docs/adr/0015-bayesian-search-is-optional.md. It is imported when it is asked for, never with a page.
"""

import math
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from engine.parameter import four_digits
from engine.tuning import Space

LIBRARY = "optuna"
WORST = 1e300


def available() -> bool:
    """Tell whether the library is installed, without importing it."""
    return find_spec(LIBRARY) is not None


def bayesian(
    spans: Space, budget: int, seed: int, score: Callable[[dict[str, float]], float]
) -> list[dict[str, float]]:
    """Return ``budget`` points in the order in which they were tried; ``score`` tells how bad a point is.

    A score that is not finite counts as worse than any other: the estimator knows only who is better than whom. Linear
    and logarithmic spans are searched as they are.
    """
    optuna: Any = import_module(LIBRARY)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    axes = {
        name: optuna.distributions.FloatDistribution(span.low, span.high, log=span.spacing == "log")
        for name, span in spans.items()
    }
    points = []
    for _ in range(budget):
        trial = study.ask(axes)
        drawn = trial.params.items()
        point = {name: min(max(four_digits(value), spans[name].low), spans[name].high) for name, value in drawn}
        found = score(point)
        study.tell(trial, found if math.isfinite(found) else WORST)
        points.append(point)
    return points
