"""Escape: noise carries runs out of a local minimum, and too much of it carries them back."""

from functools import partial

import numpy as np
import streamlit as st

from charts.noise_escape import LOW, escape_message
from engine import run
from engine.escape import Pass, over
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from engine.sampling import gradient_noise
from surfaces.two_minima import TwoMinima
from widgets.controls import number as ask
from widgets.controls import row
from widgets.jobs import Progress
from widgets.lines import lines
from widgets.patience import each, patiently

NAME = "escape"
TITLE = "Some noise frees a run from a local minimum; more of it carries the run back."
ORDER = 50

DEPTH = TwoMinima.parameters()["depth"]
RATE = Parameter(0.05, 0.01, 0.1, r"\eta", scale="log", help="Learning rate of gradient descent.")
STEPS = Parameter(2000, 500, 4000, "T", step=250, whole=True, help="How many steps every run takes.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the noise.")
RUNS = 400
MOST, STOPS = 1.7, 15  # the largest noise times the root of eta, and how many there are
FINE = 121  # points of a curve


def draw() -> None:
    """Pick the surface and the run, and draw where runs end for noise from none to much."""
    with st.sidebar:
        with row():
            depth, eta = ask("escape.depth", DEPTH, "depth"), ask("escape.rate", RATE, "learning rate")
        with row():
            steps, seed = int(ask("escape.steps", STEPS, "steps")), int(ask("seed", SEED, "seed"))
    surface, sigmas = TwoMinima(depth=depth), stops(eta)
    (left, right), _ = surface.view
    x = np.linspace(left, right, FINE)
    floor = np.stack([x, surface.evaluate(np.stack([x, 0.5 * x], axis=1))[0]])
    floor = floor[:, floor[1] < 2.5 * floor[1, FINE // 2] + depth]
    known, fine = passing(surface), np.union1d(np.linspace(0.0, sigmas[-1], FINE), sigmas)
    told = known.shares(eta, fine, steps)
    with np.errstate(divide="ignore"):
        temperatures = known.barrier / (0.5 * eta * fine**2)
    # the most of what is predicted, where the pass is not too low for that
    at = int(np.argmax(known.shares(eta, sigmas[0.5 * eta * sigmas**2 <= known.barrier / LOW], steps)))

    def show(runs: list[np.ndarray]) -> None:
        ends = np.stack(runs)
        curve, beyond = np.stack([fine, told, temperatures]), ends[..., 0] > surface.pack()[1]
        lines(f"noise.{NAME}", *escape_message(floor, sigmas, ends, beyond, curve, steps, at, not depth))

    patiently(
        (NAME, surface, eta, steps, seed),
        partial(escapes, surface, eta, steps, seed),
        show,
        "the runs",
        "Fewer steps",
    )


def stops(eta: float) -> np.ndarray:
    """Return the standard deviations of the slider, so that the temperature eta sigma^2/2 does not depend on eta."""
    return np.array([float(f"{value:.3g}") for value in np.linspace(0.0, MOST / np.sqrt(eta), STOPS)])


def passing(surface: TwoMinima) -> Pass:
    """Return the pass between both minima."""
    _, across, *_ = surface.pack()
    local, deepest = surface.minima
    return over(surface, local, deepest, np.array([across, 0.5 * across]))


def escapes(
    surface: TwoMinima, eta: float, steps: int, seed: int, progress: Progress = lambda share: True
) -> list[np.ndarray] | None:
    """Return w_1 and the error of every run after its last step, S times (R, 2); None where progress stopped it."""
    noise = gradient_noise(steps, 2, RUNS, seed)
    starts = [tuple(surface.minima[0])] * RUNS

    def ends(sigma: float) -> np.ndarray:
        path = run(
            *(surface, GradientDescent(), eta, starts, steps),
            record_every=steps,
            record=("error",),
            noise=sigma * noise,
        )
        assert path.error is not None
        return np.stack([path.weights[-1, :, 0], path.error[-1]], axis=-1)

    return each(stops(eta).tolist(), ends, progress)
