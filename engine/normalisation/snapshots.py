"""Snapshots: the curvature of a network at some steps of a run."""

from typing import Any, NamedTuple

import numpy as np


class Curvature(NamedTuple):
    """The spectra at one point, both descending."""

    hessian: np.ndarray  # (D,) eigenvalues of H
    gauss_newton: np.ndarray  # (D,) those of G, none below 0 but for rounding


def curvature(net: Any, w: np.ndarray) -> Curvature:
    """Return both spectra of a network at w (D,)."""
    return Curvature(*(np.linalg.eigvalsh(matrix(w))[::-1] for matrix in (net.hessian, net.gauss_newton)))


def ratio(values: np.ndarray, place: int) -> float:
    """Return lambda_1/lambda_k of a spectrum (D,), descending; inf where the k-th is not above rounding.

    The smallest eigenvalue of a network's G is 0, since some directions change no answer, so that lambda_max/lambda_min
    would say nothing: how far apart the k steepest directions are does.
    """
    least = float(values[min(place, len(values)) - 1])
    return float(values[0]) / least if least > 1e-14 * float(values[0]) else float("inf")
