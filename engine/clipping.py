"""Clipping: a gradient that is too long is shortened before a rule receives it."""

import math

import numpy as np

from engine.kernel import kernel
from engine.optimizer import Optimizer
from engine.parameter import as_number

NEVER = math.inf  # the limit where nothing is clipped


class Clipping:
    """Clipping by norm: g <- (limit/|g|) g where |g| > limit, and g as it is elsewhere.

    Pascanu, Mikolov and Bengio (2013), Algorithm 1. The direction stays; clipping each component alone would turn it.
    """

    @kernel
    @staticmethod
    def clipped(g, limit):
        # over the largest component first: a square leaves the range of a number long before its root does
        for r in range(g.shape[1]):
            largest = 0.0
            for i in range(g.shape[0]):
                largest = max(largest, abs(g[i, r]))
            if largest > 0.0 and largest < np.inf:
                total = 0.0
                for i in range(g.shape[0]):
                    total += (g[i, r] / largest) * (g[i, r] / largest)
                if largest * np.sqrt(total) > limit:
                    for i in range(g.shape[0]):
                        g[i, r] = g[i, r] / largest / np.sqrt(total) * limit


def clip_limit(clip: float | None, rule: type[Optimizer]) -> float:
    """Return the limit, NEVER for None; ValueError unless it is a finite number above 0, and the rule has an update."""
    if clip is not None and rule.iterates:
        raise ValueError(f"clip must be None for {rule.title}, whose steps are no multiple of a gradient, got {clip!r}")
    number = NEVER if clip is None else as_number(clip)
    if clip is not None and not 0.0 < number < math.inf:
        raise ValueError(f"clip must be None or a finite number above 0, got {clip!r}")
    return number
