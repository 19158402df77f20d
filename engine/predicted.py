"""Predicted steps: from which step on a run on a quadratic stays below a tolerance, without moving any weight."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numba import types

from engine.kernel import RUNS, STATE, WEIGHTS, kernel
from engine.optimizer import Optimizer
from engine.parameter import as_number
from engine.theory import as_eigenvalues, as_finite, polynomials

RECURRENCE_STEPS = 5000  # steps that predicted_steps follows; what it returns beyond them is an estimate


class _Recurrence:
    """The mode recurrence followed step by step, apart from the kernels that move the weights.

    From any step k on, |a(k + j)| <= |a(k)| + |e| peak, for real roots z1, z2 with e = a(k) - z1 a(k - 1) and
    peak = |z2| max |s_j|, for a pair r exp(+-i t) with e = -b/2 a(k) - c a(k - 1) and peak = max j r^(j - 1); of a
    pair also |a(k + j)|^2 <= (a(k)^2 + b a(k) a(k - 1) + c a(k - 1)^2)/(1 - b^2/(4 c)). Once these bounds keep the
    error below the tolerance, nothing that follows can leave it.
    """

    @kernel(types.void(WEIGHTS, WEIGHTS, WEIGHTS, STATE, WEIGHTS, WEIGHTS, types.float64, types.int64, RUNS))
    @staticmethod
    def settle(b, c, share, bounds, now, before, tolerance, steps, settled):
        # settled is -1 where nothing is certain after so many steps; now and before end with the last two a(k)
        modes, runs = b.shape
        here, there, peak, wide = bounds[0], bounds[1], bounds[2], bounds[3]
        for r in range(runs):
            last, k, certain = 0, 0, False
            while k < steps and not certain:
                k += 1
                total = 0.0
                for i in range(modes):
                    new = -b[i, r] * now[i, r] - c[i, r] * before[i, r]
                    before[i, r] = now[i, r]
                    now[i, r] = new
                    total += share[i, r] * new * new
                if not total <= tolerance:
                    last = k
                elif k % 8 == 0 or k < 8 or k == steps:
                    total = 0.0
                    for i in range(modes):
                        a, old = now[i, r], before[i, r]
                        bound = abs(a) + abs(here[i, r] * a - there[i, r] * old) * peak[i, r]
                        if wide[i, r] > 0.0:
                            swing = (a * a + b[i, r] * a * old + c[i, r] * old * old) * wide[i, r]
                            bound = min(bound, np.sqrt(max(swing, 0.0)))
                        total += share[i, r] * bound * bound
                    certain = total <= tolerance
            settled[r] = last + 1.0 if certain else -1.0


class _Bounds(NamedTuple):
    """What bounds a mode from the roots of z^2 + b z + c on, each (modes, R)."""

    pair: np.ndarray  # whether the roots are a pair r exp(+-i t)
    root: np.ndarray  # the larger real one; -b/2 of a pair
    quotient: np.ndarray  # z2/z1; c of a pair
    gap: np.ndarray  # 1 - z2/z1 without its cancellation; 0 of a pair
    size: np.ndarray  # of the larger one
    peak: np.ndarray
    wide: np.ndarray  # 1/(1 - b^2/(4 c)) of a pair, 0 of real roots

    @classmethod
    def of(cls, b: np.ndarray, c: np.ndarray) -> "_Bounds":
        """Return the bounds for coefficients b and c."""
        half = -0.5 * b
        depth = half * half - c
        pair = depth < 0.0
        with np.errstate(all="ignore"):
            real = half + np.where(half >= 0.0, 1.0, -1.0) * np.sqrt(depth)
            size = np.where(pair, np.sqrt(c), np.abs(real))
            two = ~pair & (size > 0.0) & (c != 0.0)
            ratio = np.where(two, c / (real * real), 0.0)
            gap = np.where(two, 2.0 * np.sqrt(depth) / size, 1.0)
            slow = 1.0 / (np.e * np.log(1.0 / size))
            peak = np.where(two, np.abs(ratio) * np.minimum(1.0 / (1.0 - np.abs(ratio)), slow), 0.0)
            return cls(
                pair,
                np.where(pair, half, real),
                np.where(pair, c, ratio),
                np.where(pair, 0.0, gap),
                size,
                np.where(pair, slow / size, peak),
                np.where(pair, -c / depth, 0.0),
            )

    def columns(self, chosen: np.ndarray) -> "_Bounds":
        """Return those of some runs."""
        return _Bounds(*(part[:, chosen] for part in self))


def _estimate(
    bounds: _Bounds, swing: np.ndarray, now: np.ndarray, before: np.ndarray, share: np.ndarray, tolerance: float
) -> np.ndarray:
    """Return about how many more steps it takes, (R,): every mode by its closed form, a pair by its envelope."""

    def above(j: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            geometric = -np.expm1(j * np.log1p(-bounds.gap)) / bounds.gap
            ratio = np.where(bounds.gap > 1.0, 1.0 / bounds.gap, np.where(bounds.gap > 0.0, geometric, j))
            real = np.abs(now + (now - bounds.root * before) * bounds.quotient * ratio)
            pair = np.abs(now) + np.abs(bounds.root * now - bounds.quotient * before) * j / bounds.size
            bound = np.where(bounds.pair, np.minimum(pair, np.sqrt(np.maximum(swing, 0.0))), real)
            reached = bound * np.exp(j * np.log(bounds.size))
            return (share * reached * reached).sum(axis=0) > tolerance

    low, high = np.zeros(now.shape[1]), np.ones(now.shape[1])
    for doubling in range(64):
        j = np.full(now.shape[1], 2.0**doubling)
        beyond = above(j)
        low, high = np.where(beyond, j, low), np.where(beyond, 2.0 * j, high)
    for _ in range(56):
        j = 0.5 * (low + high)
        beyond = above(j)
        low, high = np.where(beyond, j, low), np.where(beyond, high, j)
    return np.ceil(high)


def predicted_steps(
    optimizer: Optimizer | Sequence[Optimizer],
    learning_rate: Any,
    eigenvalues: Any,
    modes: Any,
    tolerance: float = 1e-6,
) -> np.ndarray:
    """Return the step from which E - E_min stays at or below tolerance (E(start) - E_min), ([R]); inf if never.

    E - E_min = 1/2 sum lambda_i alpha_i^2 [Bishop and Bishop (2024), 7.11], alpha_i from its own recurrence until a
    bound certifies that the error stays below. What is not certain after RECURRENCE_STEPS is an estimate, and larger
    than them: each mode by its closed form, one that swings by its envelope. ``modes`` are alpha_i at the start,
    (modes,). Directions with eigenvalue zero carry no error. Raises ValueError as mode_factors does, and unless
    0 < tolerance < 1.
    """
    if not 0.0 < as_number(tolerance) < 1.0:
        raise ValueError(f"tolerance must be above 0 and below 1, got {tolerance!r}")
    eigenvalues = as_eigenvalues(eigenvalues)
    polynomial = polynomials(optimizer, learning_rate, eigenvalues)
    lead = polynomial.shape[:-2]
    modes = as_finite("modes", modes)
    if modes.shape != eigenvalues.shape:
        raise ValueError(f"modes must be one distance for each of {len(eigenvalues)} eigenvalues, got {modes.tolist()}")
    error = eigenvalues * np.square(modes)
    if eigenvalues.min() < 0.0:
        return np.full(lead, np.inf)
    if not error.sum() > 0.0:
        return np.zeros(lead)
    held = np.nonzero(error)[0]
    rows = polynomial.reshape(-1, *polynomial.shape[-2:])[:, held].transpose(2, 1, 0)
    b = np.ascontiguousarray(rows[1])
    c = np.ascontiguousarray(rows[2]) if len(rows) == 3 else np.zeros_like(b)
    share = np.array(np.broadcast_to((error[held] / error.sum())[:, None], b.shape), order="C")
    settled, bounds = np.full(b.shape[1], np.inf), _Bounds.of(b, c)
    # a rate this near 1 is 1: rounding moves the roots by as much
    chosen = np.nonzero(bounds.size.max(axis=0) < 1.0 - 1e-14)[0]
    if len(chosen):
        b, c, share = (np.ascontiguousarray(part[:, chosen]) for part in (b, c, share))
        settled[chosen] = _settled(b, c, share, bounds.columns(chosen), float(tolerance))
    return settled.reshape(lead)


def _settled(b: np.ndarray, c: np.ndarray, share: np.ndarray, bounds: _Bounds, tolerance: float) -> np.ndarray:
    now, before, settled = np.ones_like(b), np.ones_like(b), np.empty(b.shape[1])
    here, there = np.where(bounds.pair, bounds.root, 1.0), np.where(bounds.pair, bounds.quotient, bounds.root)
    first = np.ascontiguousarray(np.stack([here, there, bounds.peak, bounds.wide]))
    _Recurrence.settle(b, c, share, first, now, before, tolerance, RECURRENCE_STEPS, settled)
    late = np.nonzero(settled < 0.0)[0]
    if len(late):
        b, c, now, before = b[:, late], c[:, late], now[:, late], before[:, late]
        swing = (now * now + b * now * before + c * before * before) * bounds.wide[:, late]
        more = _estimate(bounds.columns(late), swing, now, before, share[:, late], tolerance)
        settled[late] = RECURRENCE_STEPS + more
    return settled
