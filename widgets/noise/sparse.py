"""Sparse: where inputs are rare, AdaGrad gives their weights longer steps."""

from functools import lru_cache

import numpy as np
import streamlit as st

from charts.noise_sparse import Way, sparse_message
from engine import Optimizer, run, theory
from engine.optimizers.adagrad import AdaGrad
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter, four_digits
from surfaces.data.sparse import Sparse
from surfaces.fitting.least_squares import LeastSquares
from widgets.controls import number as ask
from widgets.controls import row
from widgets.lines import lines

NAME = "sparse"
TITLE = "Rare inputs get few gradients, and AdaGrad gives their weights longer steps for it."
ORDER = 90

ROWS = Parameter(200, 50, 400, "N", step=50, whole=True, help="How many rows there are.")
RAREST = Parameter(0.02, 0.01, 0.3, "p", step=0.01, help="Share of the rows in which the rarest input is 1.")
BATCH = Parameter(10, 1, 50, "B", step=5, whole=True, help="How many rows each step sees, drawn from all.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the data and of the batches.")
EPOCHS, FIRST = 20, 3
TUNING, RUNS = 4, 24  # runs by which a learning rate is chosen, and others by which it is judged
SHARES = np.geomspace(0.01, 0.95, 16)  # of gradient descent's limit, tried as its learning rate
RATES = np.geomspace(0.01, 3.0, 16)  # tried as AdaGrad's
APART = 1000
REMEMBERED = 8


def draw() -> None:
    """Pick the data and the batches, and draw both rules at their best."""
    with st.sidebar:
        with row():
            rows, rarest = int(ask("sparse.rows", ROWS, "rows")), ask("sparse.rarest", RAREST, "rarest")
        with row():
            size, seed = int(ask("sparse.batch", BATCH, "batch size")), int(ask("seed", SEED, "seed"))
    surface = LeastSquares(data=Sparse(rows=rows, rarest=rarest, seed=seed).dataset())
    shares = (surface.dataset.inputs != 0.0).mean(axis=0)
    ways, told = _ways(surface, size, seed)
    words = (
        f"Least squares with {surface.dim} inputs that are 0 or 1, averaged over the rows; batches of {size} of {rows}"
        f" rows, each drawn from all. Both learning rates are the best of {len(RATES)} at epoch {EPOCHS}; means of"
        f" {RUNS} other runs, ± one standard error."
    )
    lines(f"noise.{NAME}", *sparse_message(shares, ways, told, rows, words, FIRST))


@lru_cache(maxsize=REMEMBERED)
def _ways(surface: LeastSquares, size: int, seed: int) -> tuple[list[Way], np.ndarray]:
    eigenvalues = np.linalg.eigvalsh(surface.hessian(np.array(surface.start)))
    limit = float(theory.stability_limit(GradientDescent(), eigenvalues))
    rules: list[tuple[Optimizer, np.ndarray]] = [(GradientDescent(), limit * SHARES), (AdaGrad(), RATES)]
    best = [(rule, tuned(surface, rule, rates, size, seed)) for rule, rates in rules]
    return [way(surface, rule, eta, size, seed) for rule, eta in best], predicted(surface, best[0][1], size)


def tuned(surface: LeastSquares, rule: Optimizer, rates: np.ndarray, size: int, seed: int) -> float:
    """Return the learning rate that has the lowest mean error at the end, of those tried."""
    ends = [_path(surface, rule, rates, size, APART * seed + k)[0][-1] for k in range(TUNING)]
    means = np.mean(ends, axis=0)
    return four_digits(float(rates[np.nanargmin(np.where(np.isfinite(means), means, np.nan))]))


def way(surface: LeastSquares, rule: Optimizer, eta: float, size: int, seed: int) -> Way:
    """Return what a rule leaves on average after every epoch, of the error and of each weight's way."""
    paths = [_path(surface, rule, np.array([eta]), size, APART * seed + TUNING + k) for k in range(RUNS)]
    least, goal = float(surface.evaluate(surface.minima[0])[0]), surface.minima[0]
    left = np.stack([1.0 - weights[:, 0] / goal for _, weights in paths])
    error = np.mean([error[:, 0] for error, _ in paths], axis=0) - least
    unsure = left.std(axis=0, ddof=1) / np.sqrt(RUNS)
    return Way(rule.label(eta), rule.title, rule.colour, rule.dash, error, left.mean(axis=0), unsure)


def predicted(surface: LeastSquares, eta: float, size: int) -> np.ndarray:
    """Return the mean share of each weight's way that gradient descent leaves after every epoch, (E+1, K).

    Batches are drawn independently, so that the mean of the weights goes the way of gradient descent on all rows.
    """
    goal, each = surface.minima[0], -(-len(surface.rows()) // size)
    epoch = np.linalg.matrix_power(np.eye(surface.dim) - eta * surface.hessian(goal), each)
    away = [-goal]
    for _ in range(EPOCHS):
        away.append(epoch @ away[-1])
    return np.stack(away) / -goal


def _path(
    surface: LeastSquares, rule: Optimizer, rates: np.ndarray, size: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return error (E+1, R) and weights (E+1, R, K) after every epoch, for learning rates (R,)."""
    each = -(-len(surface.rows()) // size)
    path = run(
        *(surface, rule, rates, surface.start, EPOCHS * each),
        record_every=each,
        record=("error",),
        batch_size=size,
        sampling="with_replacement",
        seed=seed,
    )
    assert path.error is not None
    return path.error, path.weights
