"""Next layer: how long the valley is of a linear unit that learns from what activations give."""

import numpy as np


def next_layer_eigenvalues(mean: float, variance: float, units: int) -> np.ndarray:
    """Return the eigenvalues of the Hessian of a linear unit's squared error, averaged over its inputs, (units + 1,).

    y = w'z + b with z_1, ..., z_M independent, each of one mean m and variance v: H = E[(z, 1)(z, 1)'] has v, M - 1
    times, and those of [[v + M m^2, sqrt(M) m], [sqrt(M) m, 1]], along the sum of all inputs and the bias. Only where
    m = 0 do they not depend on M; LeCun, Bottou, Orr and Mueller (1998), Efficient BackProp, section 4.3. Ascending.
    """
    side = np.sqrt(units) * mean
    pair = np.linalg.eigvalsh(np.array([[variance + units * mean**2, side], [side, 1.0]]))
    return np.sort(np.concatenate([np.full(units - 1, variance), pair]))


def steps_to(share: float, condition_number: float) -> float:
    """Return after how many steps of gradient descent at its best learning rate a share of the slowest mode is left.

    The best rate multiplies that mode by (kappa - 1)/(kappa + 1) in size; Goh (2017), after Polyak (1964).
    """
    factor = (condition_number - 1.0) / (condition_number + 1.0)
    return float(np.log(share) / np.log(factor)) if factor > 0.0 else 1.0
