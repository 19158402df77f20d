"""Decay: a learning rate that falls as 1/t removes the floor that a constant one has."""

from functools import partial

import numpy as np
import streamlit as st

from charts.noise_decay import Decay, decay_message
from engine import run
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from engine.sampling import gradient_noise
from engine.schedules.constant import Constant
from engine.schedules.power import Power
from engine.spread import decaying_variance, mean_squares, variance
from surfaces.quadratic import Quadratic
from widgets.controls import number as ask
from widgets.controls import row
from widgets.jobs import Progress
from widgets.lines import lines
from widgets.patience import each, patiently

NAME = "decay"
TITLE = "With a constant learning rate noise leaves a floor; one that falls as 1/t in the end goes through it."
ORDER = 30

CURVATURE = Parameter(1.0, 0.1, 10.0, r"\lambda", scale="log", help="Curvature of the valley, the same all round.")
NOISE = Parameter(1.0, 0.01, 100.0, r"\sigma", scale="log", help="Standard deviation of every gradient's noise.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the noise.")
STEPS = 1000
RUNS = 200  # of two weights each, which are independent here
AWAY = 3.0  # the start's distance along each weight
STOPS = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.2, 1.5, 1.8)  # eta_0 lambda
FIRST = 0.7
DRAWN, DOTS = 120, 13  # steps of a curve and of the dots on it


def draw() -> None:
    """Pick curvature and noise, and draw both learning rates at every eta_0."""
    with st.sidebar:
        with row():
            curvature, sigma = ask("decay.curvature", CURVATURE, "curvature"), ask("decay.noise", NOISE, "noise")
        seed = int(ask("seed", SEED, "seed"))
    steps = shown()
    dots = np.linspace(0, len(steps) - 1, DOTS).round().astype(int)
    patiently(
        (NAME, curvature, sigma, seed),
        partial(decays, curvature, sigma, seed),
        lambda found: lines(f"noise.{NAME}", *decay_message(steps, dots, found, RUNS, STOPS.index(FIRST))),
        "the runs",
        "Other settings",
    )


def shown() -> np.ndarray:
    """Return the steps that are drawn, about equally spaced in the logarithm."""
    return np.unique(np.geomspace(1, STEPS, DRAWN).round().astype(int))


def decays(curvature: float, sigma: float, seed: int, progress: Progress) -> list[Decay] | None:
    """Return what both learning rates do at every stop; None where progress stopped it."""
    noise = sigma * gradient_noise(STEPS, 2, RUNS, seed)
    return each(STOPS, lambda stop: decay(curvature, sigma, stop, noise), progress)


def decay(curvature: float, sigma: float, eta_lambda: float, noise: np.ndarray) -> Decay:
    """Return what both learning rates do with the same noise (T, 2, R)."""
    eta, steps = eta_lambda / curvature, shown()
    surface = Quadratic(eigenvalue_1=curvature, eigenvalue_2=curvature)
    schedules = {"constant": Constant(learning_rate=eta), "falling": Power(learning_rate=eta, scale=1.0, exponent=-1.0)}
    starts = [(AWAY, AWAY)] * noise.shape[2]
    measured, predicted, unsure, single = {}, {}, {}, {}
    for name, schedule in schedules.items():
        path = run(surface, GradientDescent(), schedule, starts, len(noise), record=("error",), noise=noise)
        assert path.error is not None
        error = path.error[steps]
        measured[name], single[name] = error.mean(axis=1), error[:, 0]
        unsure[name] = float(error[-1].std(ddof=1) / np.sqrt(error.shape[1]))
        etas = schedule(len(noise))[:, None]
        # E = lambda/2 times two squares of one mean
        predicted[name] = curvature * mean_squares(GradientDescent(), etas, curvature, sigma**2, AWAY)[steps, 0]
    floor = curvature * float(variance(GradientDescent(), eta, curvature, sigma**2))
    goal = curvature * decaying_variance(eta, curvature, sigma**2)
    return Decay(eta_lambda, measured, predicted, unsure, single, floor, goal)
