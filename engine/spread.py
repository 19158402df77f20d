"""Spread: how far runs scatter about a minimum where the gradients that their steps receive are noisy.

On a quadratic, with a rule whose step is a linear combination of gradients, each taken at one point and noisy once: the
rule's own mode polynomial says the rest. alpha is the distance from the minimum along an eigenvector of eigenvalue
lambda, s^2 the variance of the gradient's noise along it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine import theory
from engine.optimizer import Optimizer


def batch_share(batch_size: int, rows: int, replacement: bool) -> float:
    """Return what the covariance of N rows becomes for a mean of B of them: 1/B, or (N - B)/(B (N - 1)).

    The second without replacement, where a batch of all rows has none; Cochran (1977), theorem 2.2.
    """
    if replacement:
        return 1.0 / batch_size
    return (rows - batch_size) / (batch_size * (rows - 1.0)) if rows > 1 else 0.0


def standard_error(sigma: float, batch_size: int, rows: int, replacement: bool = True) -> float:
    """Return the standard deviation of a mean of B of N rows whose own is sigma (over N, not N - 1).

    sigma/sqrt(B), Bishop and Bishop (2024), 7.2.4; without replacement times sqrt((N - B)/(N - 1)).
    """
    return float(sigma * np.sqrt(batch_share(batch_size, rows, replacement)))


def row_covariance(gradients: np.ndarray) -> np.ndarray:
    """Return the covariance, over N, of the gradients of N rows: (N, D) -> (D, D)."""
    away = gradients - gradients.mean(axis=0)
    return np.asarray(away.T @ away / len(away))


def variance(optimizer: Optimizer, learning_rate: float, eigenvalue: Any, noise: Any) -> np.ndarray:
    """Return the stationary variance of alpha where noise of variance ``noise`` is independent from step to step.

    With z^2 + b z + c the mode polynomial: eta^2 s^2 (1 + c)/((1 - c)((1 + c)^2 - b^2)), the variance of an
    autoregression of order two [Box and Jenkins (1970), section 3.2]. That is eta s^2/(lambda (2 - eta lambda)) for
    gradient descent, eta s^2 (1 + mu)/(lambda (1 - mu)(2 (1 + mu) - eta lambda)) for momentum, and for Nesterov, with
    h = 1 - eta lambda, eta s^2 (1 + mu h)/(lambda (1 - mu h)(2 + 2 mu - eta lambda (1 + 2 mu))). inf where nothing is
    stationary: at the limit, beyond it, and where lambda <= 0. Raises ValueError for an optimizer without a mode
    polynomial.
    """
    eta_lambda = learning_rate * np.asarray(eigenvalue, dtype=np.float64)
    b, c, moved = _coefficients(optimizer, eta_lambda)
    rest = (1.0 - c) * ((1.0 + c) ** 2 - b * b)
    stable = (np.abs(c) < 1.0) & ((1.0 + c) ** 2 > b * b)
    share = np.divide(1.0 + c, rest, out=np.full_like(rest, np.inf), where=stable)
    return np.asarray((learning_rate * moved) ** 2 * np.asarray(noise) * share)


def forgetting(optimizer: Optimizer, learning_rate: float, eigenvalues: np.ndarray, noise: np.ndarray) -> float:
    """Return in about how many steps a run forgets how far it was, the mean of 1/(1 - rate^2) over the modes.

    rate is what a mode shrinks by at every step in the long run; modes count by their share of the stationary variance,
    eigenvalues (D,) and noise (D,) as ``variance`` takes them. inf where nothing is stationary.
    """
    shares = variance(optimizer, learning_rate, eigenvalues, noise)
    if not np.isfinite(shares).all() or not shares.sum() > 0.0:
        return float("inf")
    rates = np.array([theory.rate(optimizer, learning_rate, [value]) for value in eigenvalues])
    with np.errstate(divide="ignore"):
        return float((shares / (1.0 - rates**2)).sum() / shares.sum())


def covariance(optimizer: Optimizer, learning_rate: float, hessian: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return the stationary covariance of the weights, (D, D), for independent noise of covariance ``noise`` (D, D).

    S = A S A' + eta^2 C with A the step as a matrix. Raises ValueError as ``variance`` does, and where no learning rate
    this large is stable.
    """
    step = _step(optimizer, learning_rate, hessian)
    into = _into(optimizer, learning_rate, len(hessian), len(step))
    return _fixed(step, into @ noise @ into.T)[: len(hessian), : len(hessian)]


def reshuffled_covariance(
    optimizer: Optimizer, learning_rate: float, hessian: np.ndarray, noise: np.ndarray, rows: int, batch_size: int
) -> np.ndarray:
    """Return the covariance of the weights at the ends of epochs, (D, D), where N rows are reshuffled in each.

    ``noise`` (D, D) is the covariance of the gradients of single rows, which have the same Hessian. The batches of an
    epoch are not independent, together they are all of the data: with B_k rows in batch k, the last perhaps fewer,
    Cov(xi_k, xi_l) = C N/(N - 1) (delta_kl/B_k - 1/N). For gradient descent and K batches of one size, with
    c = 1 - eta lambda and s^2 the variance of a batch, it is
    eta^2 s^2 [K (1 - c^2K)/(1 - c^2) - ((1 - c^K)/(1 - c))^2]/((K - 1)(1 - c^2K)). Raises ValueError as ``covariance``.
    """
    step, size = _step(optimizer, learning_rate, hessian), len(hessian)
    sizes = [batch_size] * (rows // batch_size) + [rows % batch_size] * (rows % batch_size > 0)
    reach, total, alone = (
        _into(optimizer, learning_rate, size, len(step)),
        np.zeros((len(step), size)),
        np.zeros_like(step),
    )
    for each in reversed(sizes):  # from the last batch, which nothing follows
        alone += reach @ noise @ reach.T / each
        total += reach
        reach = step @ reach
    epoch = (alone - total @ noise @ total.T / rows) * (rows / (rows - 1.0) if rows > 1 else 0.0)
    return _fixed(np.linalg.matrix_power(step, len(sizes)), epoch)[:size, :size]


def decaying_variance(learning_rate: float, eigenvalue: float, noise: float) -> float:
    """Return the limit of t Var(alpha) under gradient descent with eta_t = eta_0/t: eta_0^2 s^2/(2 lambda eta_0 - 1).

    inf where lambda eta_0 <= 1/2: there the variance falls more slowly than 1/t. Chung (1954), On a stochastic
    approximation method.
    """
    beyond = 2.0 * eigenvalue * learning_rate - 1.0
    return learning_rate**2 * noise / beyond if beyond > 0.0 else float("inf")


def mean_squares(
    optimizer: Optimizer | Sequence[Optimizer], learning_rate: np.ndarray, eigenvalue: float, noise: float, start: float
) -> np.ndarray:
    """Return E[alpha^2] at every step, (T+1, R), from rest at alpha = start, for learning rates (T, R).

    The second moments of (alpha(k), alpha(k - 1)) follow from one another: no run is made and nothing is approximated.
    Raises ValueError for an optimizer without a mode polynomial.
    """
    at_0, slope = _affine(optimizer)
    at_0, slope = np.atleast_2d(at_0), np.atleast_2d(slope)
    etas = np.asarray(learning_rate, dtype=np.float64)
    here = np.full(etas.shape[1], float(start) ** 2)
    both, before = here.copy(), here.copy()
    found = [here]
    with np.errstate(all="ignore"):
        for eta in etas:
            b = at_0[:, 1] + slope[:, 1] * eta * eigenvalue
            c = at_0[:, 2] + slope[:, 2] * eta * eigenvalue if at_0.shape[1] > 2 else np.zeros_like(b)
            moved = (eta * slope[:, 1:].sum(axis=1)) ** 2 * noise
            after = b * b * here + 2.0 * b * c * both + c * c * before + moved
            both, before, here = -b * here - c * both, here, after
            found.append(here)
    return np.stack(found)


def _affine(optimizer: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the mode polynomial's coefficients at eta lambda = 0, and how much they grow with it."""
    at_0, at_1 = np.moveaxis(theory.ends(optimizer), -2, 0)
    return at_0, at_1 - at_0


def _coefficients(optimizer: Optimizer, eta_lambda: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return b and c of the mode polynomial, and by how much of eta a gradient moves the weights at once."""
    at_0, slope = _affine(optimizer)
    values = [at_0[k] + slope[k] * eta_lambda for k in range(1, len(at_0))]
    return values[0], values[1] if len(values) > 1 else np.zeros_like(eta_lambda), float(slope[1:].sum())


def _step(optimizer: Optimizer, learning_rate: float, hessian: np.ndarray) -> np.ndarray:
    """Return what multiplies the weights of the last steps, one after another, at every step: (D order, D order)."""
    at_0, slope = _affine(optimizer)
    size, order = len(hessian), len(at_0) - 1
    step = np.zeros((size * order, size * order))
    for k in range(order):
        step[:size, k * size : (k + 1) * size] = -at_0[k + 1] * np.eye(size) - slope[k + 1] * learning_rate * hessian
    step[size:, :-size] = np.eye(size * (order - 1))
    if not np.abs(np.linalg.eigvals(step)).max() < 1.0:
        raise ValueError(f"learning_rate must be below the limit for a spread to exist, got {learning_rate!r}")
    return step


def _into(optimizer: Optimizer, learning_rate: float, size: int, length: int) -> np.ndarray:
    """Return how noise of a gradient (D,) enters what ``_step`` multiplies, (length, D)."""
    into = np.zeros((length, size))
    into[:size] = -learning_rate * _affine(optimizer)[1][1:].sum() * np.eye(size)
    return into


def _fixed(step: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return S of S = A S A' + Q."""
    size = len(step)
    flat = np.linalg.solve(np.eye(size * size) - np.kron(step, step), noise.reshape(-1))
    return np.asarray(flat.reshape(size, size))
