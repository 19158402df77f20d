"""Local: what the curvature at a point says of the steps that are taken there."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from engine import theory
from engine.curvature import DENSE, extremes, highest
from engine.optimizer import Optimizer
from engine.surface import Surface


def eigen(hessian: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return eigenvalues, ascending, and unit eigenvectors as columns: (..., D, D) -> (..., D), (..., D, D).

    Where H is not finite both are nan.
    """
    hessian = np.asarray(hessian, dtype=np.float64)
    known = np.isfinite(hessian).all(axis=(-2, -1))
    values, vectors = np.linalg.eigh(np.where(known[..., None, None], hessian, 0.0))
    return np.where(known[..., None], values, np.nan), np.where(known[..., None, None], vectors, np.nan)


def eigenvalues(hessian: np.ndarray) -> np.ndarray:
    """Return eigenvalues alone, ascending: (..., D, D) -> (..., D), nan where H is not finite."""
    hessian = np.asarray(hessian, dtype=np.float64)
    known = np.isfinite(hessian).all(axis=(-2, -1))
    return np.where(known[..., None], np.linalg.eigvalsh(np.where(known[..., None, None], hessian, 0.0)), np.nan)


def largest(hessian: np.ndarray) -> np.ndarray:
    """Return lambda_max: (..., D, D) -> (...), nan where H is not finite."""
    hessian = np.asarray(hessian, dtype=np.float64)
    if hessian.shape[-1] != 2:
        return eigenvalues(hessian)[..., -1]
    a, b, d = hessian[..., 0, 0], hessian[..., 0, 1], hessian[..., 1, 1]
    with np.errstate(all="ignore"):
        top: np.ndarray = 0.5 * (a + d) + np.hypot(0.5 * (a - d), b)
    return np.where(np.isfinite(top), top, np.nan)


def largest_of(surface: Surface, w: np.ndarray) -> np.ndarray:
    """Return lambda_max of H(w), (..., D) -> (...); nan where H is not finite."""
    return highest(surface, w) if surface.dim > DENSE else largest(surface.hessian(w))


def ends_of_spectrum(surface: Surface, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return lambda_min and lambda_max of H(w), (..., D) -> (...) twice; nan where H is not finite."""
    if surface.dim > DENSE:
        return extremes(surface, w)
    values = eigenvalues(surface.hessian(w))
    return values[..., 0], values[..., -1]


def limit_factor(rule: Optimizer | Sequence[Optimizer]) -> Any:
    """Return c of the local limit c/lambda_max(H(w)) of a linear rule, ([R]): 2 for gradient descent.

    Raises ValueError as theory.stability_limit does.
    """
    return theory.stability_limit(rule, [1.0])


def local_limits(
    surface: Surface, optimizers: Sequence[Optimizer], weights: np.ndarray, state: dict[str, np.ndarray]
) -> np.ndarray:
    """Return the learning rate above which a rule's steps would grow along the steepest direction, (T, R).

    It is the stability limit on the quadratic that has the Hessian of the point, Bishop and Bishop (2024), 7.3: of a
    linear rule c/lambda_max(H(w)), of an adaptive one with the preconditioner at ``state``. inf where nothing curves
    up, nan where no limit is known. ``weights`` (T, R, D), the arrays of state alike; one optimizer a run.
    """
    rule = optimizers[0]
    if not (rule.linear or rule.adaptive):
        return np.full(weights.shape[:-1], np.nan)
    if surface.dim > DENSE:
        return _from_products(surface, optimizers, weights, state)
    with np.errstate(all="ignore"):
        hessian = surface.hessian(weights)
    known = np.isfinite(hessian).all(axis=(-2, -1))
    hessian = np.where(known[..., None, None], hessian, 0.0)
    if rule.linear:
        top, factor = largest(hessian), limit_factor(list(optimizers))
        limits = np.divide(factor, top, out=np.full_like(top, np.inf), where=top > 0.0)
    else:
        limits = _preconditioned(optimizers, hessian, state)
    return np.where(known, limits, np.nan)


def _from_products(
    surface: Surface, optimizers: Sequence[Optimizer], weights: np.ndarray, state: dict[str, np.ndarray]
) -> np.ndarray:
    """Return the same limits without laying out H."""
    rule = optimizers[0]
    if rule.linear:
        factor, scale = np.broadcast_to(limit_factor(list(optimizers)), weights.shape[:-1]), None
    else:
        each = [{slot: state[slot][:, r] for slot in item.slots} for r, item in enumerate(optimizers)]
        columns = [item.preconditioner(held) for item, held in zip(optimizers, each, strict=True)]
        with np.errstate(all="ignore"):
            scale = 1.0 / np.sqrt(np.stack(columns, axis=1))
        factor = np.empty(weights.shape[:-1])
        for r, (item, held) in enumerate(zip(optimizers, each, strict=True)):
            factor[:, r] = item.limit_at(held)
    top = highest(surface, weights, scale)
    limits = np.divide(factor, top, out=np.full_like(top, np.inf), where=top > 0.0)
    return np.where(np.isfinite(top), limits, np.nan)


def _preconditioned(optimizers: Sequence[Optimizer], hessian: np.ndarray, state: dict[str, np.ndarray]) -> np.ndarray:
    with np.errstate(all="ignore"):
        if all(item is optimizers[0] for item in optimizers):
            return np.asarray(theory.preconditioned_limit(optimizers[0], hessian, state))
        columns = [
            theory.preconditioned_limit(item, hessian[:, r], {slot: values[:, r] for slot, values in state.items()})
            for r, item in enumerate(optimizers)
        ]
    return np.stack(columns, axis=1)


class Expansion(NamedTuple):
    """E, its gradient and its Hessian at points, and so the quadratic that touches the surface there.

    E(w + d) = E(w) + d'g + 1/2 d'H d + ...                                            Bishop and Bishop (2024), 7.3
    """

    error: np.ndarray  # (...)
    gradient: np.ndarray  # (..., D)
    hessian: np.ndarray  # (..., D, D)

    @classmethod
    def at(cls, surface: Surface, w: np.ndarray) -> "Expansion":
        """Return the expansion at points (..., D)."""
        with np.errstate(all="ignore"):
            return cls(*surface.evaluate(w), np.array(surface.hessian(np.asarray(w, dtype=np.float64))))

    @property
    def newton_step(self) -> np.ndarray:
        """-H^-1 g, which leads to the quadratic's own stationary point, (..., D); nan where H cannot be inverted."""
        values, vectors = eigen(self.hessian)
        with np.errstate(all="ignore"):
            along = np.einsum("...ji,...j->...i", vectors, self.gradient) / values
            singular = np.abs(values).min(axis=-1) <= 1e-12 * np.abs(values).max(axis=-1)
            step = -np.einsum("...ij,...j->...i", vectors, along)
        return np.where(singular[..., None], np.nan, step)
