"""Deltabar: delta-bar-delta takes noise for zigzag."""

from functools import lru_cache

import numpy as np
import streamlit as st

from charts.noise_deltabar import Followed, deltabar_message
from engine import run
from engine.optimizers.delta_bar_delta import DeltaBarDelta
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from engine.sampling import gradient_noise
from engine.words import number
from surfaces.quadratic import Quadratic
from widgets.controls import number as ask
from widgets.controls import row
from widgets.lines import lines

NAME = "deltabar"
TITLE = "Delta-bar-delta takes noise for zigzag: a little of it, and chance more than the valley sets its rates."
ORDER = 80

INCREASE = Parameter(0.001, 1e-4, 0.01, "k", scale="log", help="Added to a learning rate while the sign stays.")
DECREASE = Parameter(0.2, 0.05, 0.5, r"\varphi", step=0.05, help="Share taken away when the sign turns.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the noise.")
EIGENVALUES = (1.0, 20.0)
STOPS = (0.0, 0.001, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # standard deviations of the noise
FIRST = 0.1
RATE, START = 0.02, (1.0, 0.25)
STEPS, RUNS = 2000, 60
SHOWN = np.unique(np.geomspace(1, STEPS, 110).round().astype(int))
REMEMBERED = 16


def draw() -> None:
    """Pick the rule's settings, and draw its learning rates with noise from none to much."""
    with st.sidebar:
        with row():
            increase, decrease = (
                ask("deltabar.increase", INCREASE, "increase"),
                ask("deltabar.decrease", DECREASE, "decrease"),
            )
        seed = int(ask("seed", SEED, "seed"))
    rule, noise = DeltaBarDelta(increase=increase, decrease=decrease), STOPS.index(FIRST)
    words = (
        f"{rule.label(RATE)}, on a valley along the weights, λ = {number(EIGENVALUES[0])} and {number(EIGENVALUES[1])};"
        f" means of {RUNS} runs. Where a sign is chance a learning rate grows by k or shrinks by φ of itself equally"
        " often, and on average stays where φη = k. Where ηλ is not small signs turn more often than by chance, and a"
        f" rate stays lower. The limits 2/λ are {number(2.0 / EIGENVALUES[0])} and {number(2.0 / EIGENVALUES[1])}."
    )
    lines(
        f"noise.{NAME}",
        *deltabar_message(SHOWN, _followed(rule, seed), EIGENVALUES, increase / decrease, words, noise),
    )


@lru_cache(maxsize=REMEMBERED)
def _followed(rule: DeltaBarDelta, seed: int) -> list[Followed]:
    noise = gradient_noise(STEPS, 2, RUNS, seed)
    return [followed(rule, sigma, noise) for sigma in STOPS]


def followed(rule: DeltaBarDelta, sigma: float, noise: np.ndarray) -> Followed:
    """Return what the rule and gradient descent do with the same noise (T, 2, R) of one size."""
    surface = Quadratic(eigenvalue_1=EIGENVALUES[0], eigenvalue_2=EIGENVALUES[1], angle=0.0)
    starts = [START] * noise.shape[2]
    path = run(surface, rule, RATE, starts, len(noise), record=("error", "state"), noise=sigma * noise)
    plain = run(surface, GradientDescent(), RATE, starts, len(noise), record=("error",), noise=sigma * noise)
    rates = path.state["rates"].mean(axis=1)
    flat, steep = rates[len(rates) // 2 :].mean(axis=0).tolist()
    means = (each.error[SHOWN].mean(axis=1) for each in (path, plain) if each.error is not None)
    return Followed(sigma, rates[SHOWN], (flat, steep), (float(rates[:, 0].max()), float(rates[:, 1].max())), *means)
