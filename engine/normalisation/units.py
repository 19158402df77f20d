"""Units: the Hessian of a model of one input whose mean and standard deviation are changed."""

from typing import Any

import numpy as np


def hessian(mean: Any, deviation: Any, standard: Any = None) -> np.ndarray:
    """Return H of a = w x + b for x = m + s z, from that of z: (...) twice -> (..., 2, 2).

    phi = (x, 1)' = A (z, 1)' with A = [[s, m], [0, 1]], so that H = A H_z A', whatever the error of a row is. By
    default z has mean 0 and variance 1 and the error is half the mean square, H_z = 1: then H = [[m^2 + v, m], [m, 1]]
    with v = s^2, whose determinant is v. Bishop and Bishop (2024), exercises 7.4 and 7.5, per row.
    """
    mean, deviation = np.broadcast_arrays(np.asarray(mean, np.float64), np.asarray(deviation, np.float64))
    change = np.zeros((*mean.shape, 2, 2))
    change[..., 0, 0], change[..., 0, 1], change[..., 1, 1] = deviation, mean, 1.0
    standard = np.eye(2) if standard is None else np.asarray(standard, np.float64)
    return np.asarray(change @ standard @ np.swapaxes(change, -1, -2))


def weights(mean: Any, deviation: Any, standard: Any) -> np.ndarray:
    """Return (w, b) that say of x = m + s z what ``standard`` (2,) says of z: (...) twice -> (..., 2).

    w z + b = (w/s) x + b - w m/s
    """
    mean, deviation = np.asarray(mean, np.float64), np.asarray(deviation, np.float64)
    slope = standard[0] / deviation
    return np.stack(np.broadcast_arrays(slope, standard[1] - slope * mean), axis=-1)


def condition_number(mean: Any, variance: Any) -> np.ndarray:
    """Return kappa of [[m^2 + v, m], [m, 1]], (...): with T = m^2 + v + 1, (T + sqrt(T^2 - 4 v))^2/(4 v).

    lambda = (T +- sqrt(T^2 - 4 v))/2, and their product is v. It is 1 only where m = 0 and v = 1.
    """
    mean, variance = np.asarray(mean, np.float64), np.asarray(variance, np.float64)
    trace = mean * mean + variance + 1.0
    root = np.sqrt(np.maximum(mean**4 + 2.0 * mean * mean * (variance + 1.0) + (variance - 1.0) ** 2, 0.0))
    return np.asarray((trace + root) ** 2 / (4.0 * variance))
