"""Fan-in: learning rates that depend on how many inputs a layer has, and how large they may be at the start."""

from typing import Any

import numpy as np

from engine.initialisation.signal import Function

NODES = 32  # of Gauss and Hermite, each way


def descend(surface: Any, starts: np.ndarray, rates: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (R, D) and errors (R,) of R runs of gradient descent, a rate for every weight, both (R, D).

    w_i <- w_i - eta_i dE/dw_i: the same as gradient descent with one rate on w_i/sqrt(eta_i). A run that diverges has
    an error that is not finite.
    """
    w, eta = np.array(np.transpose(starts), order="C"), np.ascontiguousarray(np.transpose(rates))
    gradient, error = np.empty_like(w), np.empty(w.shape[1])
    theta, rows = surface.pack(), surface.rows()
    with np.errstate(all="ignore"):
        for _ in range(steps):
            surface.value_and_grad(w, theta, rows, error, gradient)
            w -= eta * gradient
        surface.value_and_grad(w, theta, rows, error, gradient)
    return np.ascontiguousarray(w.T), error


def first_limits(
    h: Function,
    rise: Function,
    inputs: np.ndarray,
    width: int,
    deviations: tuple[float, float],
    shares: np.ndarray,
) -> np.ndarray:
    """Return the learning rates at which gradient descent is at its limit at the start, as wide layers have them.

    One hidden layer of ``width`` units h, one output, half the squared distance, mean over rows (N, K); weights of the
    hidden layer and of the output are normal with ``deviations``, biases 0, and a layer's rate is eta times its share;
    ``shares`` (P, 2) -> (P,).
    The largest eigenvalue of C^1/2 H C^1/2 tends to that of J C J'/N, which has the elements
    c_2 (M E[h(a_n) h(a_m)] + 1) + c_1 M sigma_2^2 E[h'(a_n) h'(a_m)] (x_n'x_m + 1), a normal with covariance
    sigma_1^2 x_n'x_m      [Jacot, Gabriel and Hongler (2018), theorem 1; the limit is 2/lambda_max]
    """
    gram = inputs @ inputs.T
    alike, steep = _pairs(h, rise, deviations[0] ** 2 * gram)
    first, last = (np.asarray(shares)[:, layer, None, None] for layer in (0, 1))
    kernel = last * (width * alike + 1.0) + first * width * deviations[1] ** 2 * steep * (gram + 1.0)
    return np.asarray(2.0 / np.linalg.eigvalsh(kernel)[:, -1] * len(inputs))


def _pairs(h: Function, rise: Function, covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return E[h(a_n) h(a_m)] and E[h'(a_n) h'(a_m)] for a normal with a covariance (N, N), by a product rule."""
    place, weight = np.polynomial.hermite_e.hermegauss(NODES)
    weight = weight / weight.sum()
    size = np.sqrt(np.diag(covariance))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.clip(np.nan_to_num(covariance / np.outer(size, size)), -1.0, 1.0)
    left = size[:, None] * place  # (N, Q)
    other = share[..., None, None] * place[:, None] + np.sqrt(1.0 - share**2)[..., None, None] * place
    right = size[None, :, None, None] * other  # (N, N, Q, Q)
    means = []
    for function in (h, rise):
        inner = function(right) @ weight  # over the part that is independent
        means.append(np.einsum("nq,nmq,q->nm", function(left), inner, weight))
    return means[0], means[1]


def sharpest(surface: Any, points: np.ndarray, shares: np.ndarray, rounds: int = 60) -> np.ndarray:
    """Return the largest eigenvalue of C^1/2 H C^1/2 at points (n, D), C = diag(``shares``), by power iteration.

    ``shares`` are (D,), or (n, D), of every point its own. 2 over it is the limit of eta in
    w_i <- w_i - eta C_ii dE/dw_i on the quadratic at hand. Where the largest in size is negative, what is looked at a
    second time is moved by it.
    """
    found = _extreme(surface, points, shares, rounds, np.zeros(len(points)))
    if (found < 0.0).any():
        found = _extreme(surface, points, shares, rounds, np.maximum(-found, 0.0))
    return found


def _extreme(surface: Any, points: np.ndarray, shares: np.ndarray, rounds: int, moved: np.ndarray) -> np.ndarray:
    """Return the eigenvalue that is the largest in size once ``moved`` (n,) is added to all, without it."""
    root = np.sqrt(shares)
    way = np.random.default_rng(0).standard_normal(points.shape)
    value = np.zeros(len(points))
    for _ in range(rounds):
        way /= np.linalg.norm(way, axis=1, keepdims=True)
        image = root * surface.times(points, root * way) + moved[:, None] * way
        value = (way * image).sum(axis=1)
        way = image
    return value - moved
