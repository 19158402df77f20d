"""The identities: trace and determinant of the Hessian from sums over the rows, beside its eigenvalues."""

from typing import Any

import numpy as np

from engine.family import single
from surfaces.fitting.two_weights import TwoWeights
from surfaces.linear_regression import LinearRegression
from surfaces.logistic_regression import LogisticRegression
from surfaces.max_margin import MaxMargin
from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.picture import Picture

NAME = "identities"
TITLE = "Exercises 7.1 to 7.5, in these numbers"
ORDER = 3
ON = On.DATA

ROUNDING = 1e-13  # of the terms of a difference, or of the other eigenvalue: less than that is 0
FACTOR = "r"  # what a row's part of H is multiplied by


def draw(picture: Picture) -> None:
    """Draw both sides of every identity at the step that is looked at."""
    entry = picture.edited
    path = single(picture.surface, entry.optimizer, entry.learning_rate, picture.start, picture.steps).trajectory
    follow(NAME, sent(picture.surface, path.weights[picture.drawn, 0]))


def sent(surface: TwoWeights, weights: np.ndarray) -> dict[str, Any]:
    """Return how the identities are written, and both sides of each at some weights (n, 2), each a list (n,).

    Numbers travel in full: a determinant is a small difference of large ones.
    """
    with np.errstate(all="ignore"):
        h = surface.hessian(weights)
        values, vectors = np.linalg.eigh(np.where(np.isfinite(h), h, 0.0))
        sizes = np.abs(values)
        values = np.where(sizes <= 0.01 * ROUNDING * sizes.max(axis=-1, keepdims=True), 0.0, values)
        _, gradient = surface.evaluate(weights)
        along = np.einsum("nij,ni->nj", vectors, gradient)
        trace, determinant = from_rows(surface, weights)
        sides = {
            "trace": (trace, values.sum(axis=-1)),
            "determinant": (determinant, values.prod(axis=-1)),
            "form": (np.einsum("ni,nij,nj->n", gradient, h, gradient), (values * along**2).sum(axis=-1)),
        }
        if len(surface.minima) and not isinstance(surface, MaxMargin):  # on a crease E is no quadratic
            sides["error"] = around_minimum(surface, weights)
    return {
        "surface": repr(surface),
        **written(surface),
        "exact": surface.quadratic,
        "values": values.tolist(),
        "sides": {name: [side.tolist() for side in pair] for name, pair in sides.items()},
    }


def from_rows(surface: TwoWeights, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return trace and determinant of H from sums over the rows at weights (n, 2), (n,) each.

    The sums are those of exercises 7.4 and 7.5 in Bishop and Bishop (2024).
    """
    if isinstance(surface, MaxMargin):
        flat = np.full(len(weights), surface.penalty)
        return 2.0 * flat, flat * flat
    (x, z), share = surface.columns.T, surface.share
    _, _, bend = surface.derivatives(weights @ surface.columns.T, surface.wanted)
    first, mixed, second = bend @ (x * x), bend @ (x * z), bend @ (z * z)
    left, right = first * second, mixed**2
    # where one row outweighs all others rounding alone would decide the sign
    difference = np.where(np.abs(left - right) <= ROUNDING * np.abs(left), 0.0, left - right)
    return share * (first + second), share**2 * difference


def around_minimum(surface: TwoWeights, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return E - E(w*) and 1/2 sum of lambda_i alpha_i^2 at weights (n, 2), (n,) each.

    Bishop and Bishop (2024), 7.11, with lambda_i and u_i of H(w*) and alpha_i = u_i'(w - w*).
    """
    lowest = surface.minima[0]
    values, vectors = np.linalg.eigh(surface.hessian(lowest))
    above = surface.evaluate(weights)[0] - surface.evaluate(lowest)[0]
    return above, 0.5 * np.square((weights - lowest) @ vectors) @ values


def written(surface: TwoWeights) -> dict[str, Any]:
    """Return how trace and determinant are written as sums over the rows, and what r is in them."""
    if isinstance(surface, MaxMargin):
        return {"formulas": ["2 λ", "λ²"], "factor": "", "exercises": ""}
    linear = isinstance(surface, LinearRegression)
    r = "" if linear else f"{FACTOR} "
    if surface.dataset.inputs.shape[1] == 2:
        trace = f"Σ {r}(x₁² + x₂²)"
        determinant = f"Σ {r}x₁² · Σ {r}x₂² − (Σ {r}x₁x₂)²"
    else:
        one = "N" if linear else "Σ r"
        trace, determinant = f"Σ {r}x² + {one}", f"{one} · Σ {r}x² − (Σ {r}x)²"
    if surface.reduction == "mean":
        trace, determinant = f"[{trace}] / N", f"[{determinant}] / N²"
    factor = "y (1 − y)" if isinstance(surface, LogisticRegression) else "h′² + (y − t) h″"
    exercise = "7.4" if linear else "7.5" if isinstance(surface, LogisticRegression) else ""
    return {"formulas": [trace, determinant], "factor": "" if linear else f"r = {factor}", "exercises": exercise}
