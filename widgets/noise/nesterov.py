"""Nesterov: what momentum saves where curvature holds a run up it does not where noise does."""

from functools import lru_cache, partial

import numpy as np
import streamlit as st

from charts.noise_nesterov import Lane, nesterov_message
from engine import Optimizer, run
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nesterov import Nesterov
from engine.parameter import Parameter, four_digits
from engine.sampling import gradient_noise
from engine.tuned_for_noise import Tuning, tuning
from engine.words import number
from surfaces.quadratic import Quadratic
from widgets.controls import number as ask
from widgets.controls import row
from widgets.jobs import Progress
from widgets.lines import lines
from widgets.patience import each, patiently

NAME = "nesterov"
TITLE = "Momentum saves many steps where curvature holds a run up, and few where noise does: on few rows."
ORDER = 70

KAPPA = Parameter(100.0, 2.0, 400.0, r"\kappa", scale="log", help="Condition number of the valley.")
NOISE = Parameter(
    3.0, 0.1, 10.0, r"\sigma", scale="log", help="Standard deviation of one row's gradient in every component."
)
TARGET = Parameter(0.01, 0.001, 0.2, "", scale="log", help="The share of E − E* that may be left on average.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the noise.")
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
RUNS = 100
STEPS = 3000  # that are followed
SHARES = 0.999 * np.geomspace(1e-4, 1.0, 41)  # of the limit, tried as learning rates
MOMENTA = tuple(four_digits(1.0 - rest) for rest in np.geomspace(1.0, 0.02, 12))
SHOWN = np.unique(np.geomspace(1, STEPS, 60).round().astype(int))
REMEMBERED = 2  # of about 150 MB while they are made


def draw() -> None:
    """Pick valley, noise and target, and draw what every rule needs at its best."""
    with st.sidebar:
        with row():
            kappa, sigma = ask("nesterov.kappa", KAPPA, "condition"), ask("nesterov.noise", NOISE, "noise of a row")
        with row():
            target, seed = ask("nesterov.target", TARGET, "target"), int(ask("seed", SEED, "seed"))
    words = (
        f"A valley with λ = 1 and {number(kappa)}, half of the error in each direction at first; gradients of B rows"
        f" have noise of {number(sigma)}/√B. Tried: {len(SHARES)} learning rates, with each of {len(MOMENTA)} momenta."
    )
    patiently(
        (NAME, kappa, sigma, target, seed),
        partial(lanes, kappa, sigma, target, seed),
        lambda found: lines(f"noise.{NAME}", *nesterov_message(list(SIZES), SHOWN, found, target, RUNS, words, 0)),
        "the runs",
        "Other settings",
    )


def starts(kappa: float) -> np.ndarray:
    """Return the distances at which both directions have half of an error of 1."""
    return np.array([1.0, 1.0 / np.sqrt(kappa)])


@lru_cache(maxsize=REMEMBERED)
def tuned(kappa: float) -> list[Tuning]:
    """Return the mean error of every setting of every rule."""
    families: list[list[Optimizer]] = [
        [GradientDescent()],
        [Momentum(momentum=mu) for mu in MOMENTA],
        [Nesterov(momentum=mu) for mu in MOMENTA],
    ]
    eigenvalues = np.array([1.0, kappa])
    return [tuning(family, SHARES, eigenvalues, starts(kappa), STEPS) for family in families]


def lanes(kappa: float, sigma: float, target: float, seed: int, progress: Progress) -> list[list[Lane]] | None:
    """Return every rule at its best for every batch size; None where progress stopped it."""
    noise, rules = gradient_noise(STEPS, 2, RUNS, seed), tuned(kappa)
    return each(
        SIZES, lambda size: [lane(kappa, found, sigma / np.sqrt(size), target, noise) for found in rules], progress
    )


def lane(kappa: float, found: Tuning, sigma: float, target: float, noise: np.ndarray) -> Lane:
    """Return one rule at its best, followed by prediction and by runs with the same noise (T, 2, R)."""
    place, needed = found.best(sigma**2, target)
    rule, eta = found.optimizers[place], float(found.learning_rates[place])
    surface, start = Quadratic(eigenvalue_1=1.0, eigenvalue_2=kappa, angle=0.0), tuple(starts(kappa))
    path = run(surface, rule, eta, [start] * noise.shape[2], len(noise), record=("error",), noise=sigma * noise)
    assert path.error is not None
    at, means = int(needed) if np.isfinite(needed) else len(noise), found.left + sigma**2 * found.spread
    there = path.error[at]
    return Lane(
        rule.title,
        rule.colour,
        rule.dash,
        rule.label(four_digits(eta)),
        needed,
        means[SHOWN, place],
        path.error[SHOWN].mean(axis=1),
        (float(there.mean()), float(there.std(ddof=1) / np.sqrt(len(there))), float(means[at, place])),
    )
