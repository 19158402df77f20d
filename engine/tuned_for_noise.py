"""Tuned for noise: the settings with which a rule is soonest at a target though its gradients are noisy."""

from dataclasses import dataclass

import numpy as np

from engine import theory
from engine.optimizer import Optimizer
from engine.spread import mean_squares


@dataclass(frozen=True, eq=False)
class Tuning:
    """The mean error of every setting tried on a quadratic: what is left of the start, and what the noise adds."""

    optimizers: list[Optimizer]  # one a setting
    learning_rates: np.ndarray  # (S,)
    left: np.ndarray  # (T+1, S) of the start
    spread: np.ndarray  # (T+1, S) where every gradient component has noise of variance 1

    def best(self, noise: float, target: float) -> tuple[int, float]:
        """Return the place of the setting whose mean error is soonest at the target to stay, and from which step.

        inf where none is within the steps followed: then it is the place of the lowest error there.
        """
        error = self.left + noise * self.spread
        above = ~(error <= target)
        steps = np.where(above[-1], np.inf, len(above) - above[::-1].argmax(axis=0)) * above.any(axis=0)
        if np.isinf(steps).all():
            return int(np.argmin(error[-1])), float("inf")
        place = int(np.argmin(steps))
        return place, float(steps[place])


def tuning(
    optimizers: list[Optimizer], shares: np.ndarray, eigenvalues: np.ndarray, starts: np.ndarray, steps: int
) -> Tuning:
    """Return the mean error E - E* = 1/2 sum of lambda_i E[alpha_i^2] at every step, for every rule and learning rate.

    ``shares`` are those of each rule's own stability limit, ``starts`` (D,) the distances alpha_i at first. Nothing is
    simulated: see mean_squares.
    """
    rules = [rule for rule in optimizers for _ in shares]
    limits = theory.stability_limit(optimizers, eigenvalues)
    etas = (np.asarray(limits)[:, None] * shares).reshape(-1)
    each = np.broadcast_to(etas, (steps, len(etas)))
    left, spread = np.zeros((2, steps + 1, len(etas)))
    for value, start in zip(eigenvalues, starts, strict=True):
        left += 0.5 * value * mean_squares(rules, each, float(value), 0.0, float(start))
        spread += 0.5 * value * mean_squares(rules, each, float(value), 1.0, 0.0)
    return Tuning(rules, etas, left, spread)
