"""Curvature: the ends of the Hessian's spectrum where it is too large to be laid out, from products with it alone."""

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.surface import Surface

DENSE = 12  # weights up to which all of H is as quickly there
BETWEEN = 4  # products between two looks at the Ritz values
SETTLED = 1e-6  # of the largest: what a look may still change


def highest(surface: Surface, w: np.ndarray, scale: np.ndarray | None = None) -> np.ndarray:
    """Return the largest eigenvalue of S H(w) S with S = diag(scale), 1 if none: (..., D) -> (...), as ``extremes``.

    The lower end, where a network has many small eigenvalues, takes several times as many products.
    """
    return _found(surface, w, scale, low=False)[1]


def extremes(surface: Surface, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the smallest and largest eigenvalue of H(w), (..., D) -> (...) twice.

    Lanczos (1950), all points at once, every vector orthogonal to all before it: the largest Ritz value rises to
    lambda_max and the smallest falls to lambda_min, as a rule within a few dozen products, and after D of them they are
    there. Products are exact (``Surface.times``). nan where one is not finite.
    """
    return _found(surface, w, None, low=True)


def _found(surface: Surface, w: np.ndarray, scale: np.ndarray | None, low: bool) -> tuple[np.ndarray, np.ndarray]:
    w = np.asarray(w, dtype=np.float64)
    points = w.reshape(-1, surface.dim)
    factors = np.ones_like(points) if scale is None else np.broadcast_to(scale, w.shape).reshape(points.shape)
    with np.errstate(all="ignore"):
        ends = _lanczos(lambda v: factors * surface.times(points, factors * v), points.shape, low)
    return ends[0].reshape(w.shape[:-1]), ends[1].reshape(w.shape[:-1])


def _lanczos(
    product: Callable[[np.ndarray], np.ndarray], shape: tuple[int, ...], both: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return both ends of the spectrum of K symmetric matrices, (K,) each; ``product`` is of all with (K, D).

    Unless ``both`` are asked for the lower one may still fall.
    """
    count, size = shape
    v = np.broadcast_to(np.random.default_rng(0).standard_normal(size), shape)
    v = v / np.linalg.norm(v, axis=1, keepdims=True)
    basis, diagonal, beside = np.empty((size, count, size)), np.zeros((size, count)), np.zeros((size, count))
    low = high = np.full(count, np.nan)
    for m in range(size):
        basis[m] = v
        after: Any = product(v)
        # where there is nothing left to be found, what lies between the ends changes neither
        diagonal[m] = np.where(v.any(axis=1), np.einsum("kd,kd->k", v, after), diagonal[0])
        for _ in range(2):  # once leaves what rounding brings back
            along = np.einsum("mkd,kd->mk", basis[: m + 1], after)
            after = after - np.einsum("mk,mkd->kd", along, basis[: m + 1])
        beside[m] = np.linalg.norm(after, axis=1)
        if (m + 1) % BETWEEN == 0 or m + 1 == size:
            before = low, high
            low, high = _ends(diagonal[: m + 1], beside[:m])
            moved = np.maximum(np.abs(low - before[0]) if both else 0.0, np.abs(high - before[1]))
            if not (moved > SETTLED * np.maximum(np.abs(low), np.abs(high))).any() and m >= BETWEEN:
                break
        left = beside[m] > 1e-13 * np.maximum(np.abs(diagonal[: m + 1]).max(axis=0), 1e-300)
        # a space that H maps to itself: nothing more to be found there
        v = np.where(left[:, None], after / beside[m][:, None], 0.0)
        beside[m] = np.where(left, beside[m], 0.0)
    return low, high


def _ends(diagonal: np.ndarray, beside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the spectra of tridiagonal matrices, (m, K) and (m - 1, K) -> (K,) twice."""
    size, count = diagonal.shape
    known = np.isfinite(diagonal).all(axis=0) & np.isfinite(beside).all(axis=0)
    matrices, i = np.zeros((count, size, size)), np.arange(size)
    matrices[:, i, i] = np.where(known, diagonal, 0.0).T
    matrices[:, i[1:], i[:-1]] = np.where(known, beside, 0.0).T
    values = np.linalg.eigvalsh(matrices)  # of the lower half
    return np.where(known, values[:, 0], np.nan), np.where(known, values[:, -1], np.nan)
