"""Ways to prepare inputs: each moves them and multiplies them by a matrix, both from the rows that train."""

from typing import NamedTuple

import numpy as np

ROUNDING = 1e-12  # relative to the largest: a spread below it is none


class Change(NamedTuple):
    """x <- M (x - c), for rows that train and for all others alike."""

    middle: np.ndarray  # c, (K,)
    matrix: np.ndarray  # M, (K, K)

    def of(self, inputs: np.ndarray) -> np.ndarray:
        """Return prepared inputs, (N, K)."""
        return np.asarray((inputs - self.middle) @ self.matrix.T)


def as_they_are(inputs: np.ndarray) -> Change:
    """Return what changes nothing."""
    return Change(np.zeros(inputs.shape[1]), np.eye(inputs.shape[1]))


def centred(inputs: np.ndarray) -> Change:
    """Return x - mean of x      Bishop and Bishop (2024), 7.48"""
    return Change(inputs.mean(axis=0), np.eye(inputs.shape[1]))


def standardised(inputs: np.ndarray) -> Change:
    """Return (x_i - mean of x_i)/(standard deviation of x_i)      Bishop and Bishop (2024), 7.50"""
    return Change(inputs.mean(axis=0), np.diag(_inverse(inputs.std(axis=0))))


def min_max(inputs: np.ndarray) -> Change:
    """Return (x_i - min x_i)/(max x_i - min x_i), between 0 and 1."""
    low = inputs.min(axis=0)
    return Change(low, np.diag(_inverse(inputs.max(axis=0) - low)))


def principal(inputs: np.ndarray) -> Change:
    """Return U' (x - mean of x), C = U diag(lambda) U' the covariance, the largest lambda first: PCA, all components.

    A rotation, perhaps with a reflection: the covariance becomes diagonal, its eigenvalues stay.
    """
    _, vectors = _spread(inputs)
    return Change(inputs.mean(axis=0), vectors.T)


def whitened(inputs: np.ndarray) -> Change:
    """Return diag(lambda)^(-1/2) U' (x - mean of x): the covariance becomes 1. A direction without spread becomes 0."""
    values, vectors = _spread(inputs)
    return Change(inputs.mean(axis=0), _inverse(np.sqrt(values))[:, None] * vectors.T)


def by_singular_values(inputs: np.ndarray) -> Change:
    """Return diag(s)^-1 U' (x - mean of x) with the singular values s of the centred rows: the covariance becomes 1/N.

    s_i^2 = N lambda_i. Crash-course notes on neural networks, 7.2.3, which say that it becomes 1.
    """
    change = whitened(inputs)
    return Change(change.middle, change.matrix / np.sqrt(len(inputs)))


WAYS = {
    "as they are": as_they_are,
    "mean subtracted": centred,
    "standardised": standardised,
    "min-max": min_max,
    "PCA": principal,
    "whitened": whitened,
    "by singular values": by_singular_values,
}


def covariance(inputs: np.ndarray) -> np.ndarray:
    """Return the mean of (x - mean of x)(x - mean of x)', (K, K): the sum over N, not N - 1."""
    away = inputs - inputs.mean(axis=0)
    return np.asarray(away.T @ away / len(inputs))


def hessian(inputs: np.ndarray) -> np.ndarray:
    """Return that of y = w'x + b, half the mean square: the mean of phi phi', phi = (x, 1), (K + 1, K + 1).

    With mean m and covariance C it is [[C + m m', m], [m', 1]]: diag(C, 1) exactly where m = 0.
    """
    columns = np.column_stack([inputs, np.ones(len(inputs))])
    return np.asarray(columns.T @ columns / len(columns))


def _spread(inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    values, vectors = np.linalg.eigh(covariance(inputs))
    vectors = vectors * np.where(vectors.sum(axis=0) < 0.0, -1.0, 1.0)  # the same side at every call
    return np.maximum(values[::-1], 0.0), vectors[:, ::-1]


def _inverse(spread: np.ndarray) -> np.ndarray:
    """Return 1/spread, 0 where there is none."""
    known = spread > ROUNDING * max(float(spread.max()), 1e-300)
    return np.asarray(np.divide(1.0, spread, out=np.zeros_like(spread), where=known))
