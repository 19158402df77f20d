"""Bands: the error of many modes over the steps, summed over groups of neighbouring eigenvalues."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

MOST = 8  # bands that can be told apart
HELD = 0.9  # the share of what is left that is said to be held by so many modes


def equal_error(eigenvalues: np.ndarray) -> np.ndarray:
    """Return alpha_i(0)^2 that give every mode with a positive eigenvalue the same error: (n,), zero for the others."""
    positive = eigenvalues > 0.0
    return np.divide(2.0 / positive.sum(), eigenvalues, out=np.zeros_like(eigenvalues), where=positive)


def equal_distance(eigenvalues: np.ndarray) -> np.ndarray:
    """Return alpha_i(0)^2, all the same: (n,). The error of the start is 1, as with equal_error."""
    return np.full_like(eigenvalues, 2.0 / eigenvalues.sum())


def mode_errors(residuals: np.ndarray, eigenvalues: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Return E_i(k) = 1/2 lambda_i p_k(lambda_i)^2 alpha_i(0)^2 [Bishop and Bishop (2024), 7.11]: (K+1, n)."""
    with np.errstate(over="ignore"):
        errors: np.ndarray = 0.5 * eigenvalues * squares * residuals**2
    return errors


class Band(NamedTuple):
    """Neighbouring eigenvalues."""

    first: int
    last: int  # inclusive
    low: float
    high: float


def bands(eigenvalues: np.ndarray) -> list[Band]:
    """Return at most MOST bands of the positive ones of ascending eigenvalues, smallest first.

    One for each different value where there are so few, else of about as many eigenvalues each.
    """
    begin = int(np.searchsorted(eigenvalues, 0.0, side="right"))
    values, places = np.unique(eigenvalues[begin:], return_index=True)
    if len(values) <= MOST:
        edges = [*places, len(eigenvalues) - begin]
    else:
        edges = np.linspace(0, len(eigenvalues) - begin, MOST + 1).round().astype(int).tolist()
    return [
        Band(begin + first, begin + end - 1, float(eigenvalues[begin + first]), float(eigenvalues[begin + end - 1]))
        for first, end in pairwise(edges)
    ]


def band_errors(errors: np.ndarray, groups: list[Band]) -> np.ndarray:
    """Return the error of every band: (K+1, n) -> (K+1, bands)."""
    return np.add.reduceat(errors, [band.first for band in groups], axis=1)


class Held(NamedTuple):
    """How many modes, counted from both ends of the spectrum."""

    smallest: int
    largest: int


def holders(errors: np.ndarray, share: float = HELD) -> Held:
    """Return with how few modes from both ends of the spectrum a share of the error is reached: (n,) -> Held.

    The eigenvalues are ascending, the error is finite and above 0.
    """
    part = errors / errors.max()
    wanted = share * part.sum() * (1.0 - 1e-12)  # modes that hold exactly the share do
    up, down = (np.concatenate([[0.0], np.cumsum(side)]) for side in (part, part[::-1]))
    more = np.searchsorted(down, wanted - up)  # so many of the largest beside so many of the smallest
    few = int(np.argmin(np.arange(len(up)) + more))
    return Held(few, int(more[few]))
