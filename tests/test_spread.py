"""The spread about a minimum: closed forms against each other and against long simulations.

A variance that is estimated from M independent normal numbers has a standard error of sqrt(2/M) times itself; from a
path whose correlation falls by a factor q a step, M (1 - q^2)/(1 + q^2) of them count. Simulations are held to SURE of
these: with fixed seeds they never fail by chance, and in 10 000 others one would.
"""

import numpy as np
import pytest

from engine import run, theory
from engine.cloud import about
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nesterov import Nesterov
from engine.sampling import gradient_noise
from engine.spread import (
    batch_share,
    covariance,
    decaying_variance,
    mean_squares,
    reshuffled_covariance,
    row_covariance,
    standard_error,
    variance,
)
from surfaces.fitting.many_valleys import ManyValleys
from surfaces.quadratic import Quadratic

SURE = 4.0
RULES = [GradientDescent(), Momentum(momentum=0.5), Momentum(momentum=0.9), Nesterov(momentum=0.5), Nesterov()]
every_rule = pytest.mark.parametrize("rule", RULES, ids=repr)


# ---- closed forms


@pytest.mark.parametrize("mu", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("eta_lambda", [0.01, 0.3, 1.0, 1.05])
def test_variances_are_those_of_the_three_rules(mu, eta_lambda):
    lam, s2 = 2.5, 0.7
    eta, h = eta_lambda / lam, 1.0 - eta_lambda
    told = {
        GradientDescent(): eta * s2 / (lam * (2 - eta * lam)),
        Momentum(momentum=mu): eta * s2 * (1 + mu) / (lam * (1 - mu) * (2 * (1 + mu) - eta * lam)),
        Nesterov(momentum=mu): eta * s2 * (1 + mu * h) / (lam * (1 - mu * h) * (2 + 2 * mu - eta * lam * (1 + 2 * mu))),
    }
    for rule, value in told.items():
        np.testing.assert_allclose(variance(rule, eta, lam, s2), value, rtol=1e-12)
        np.testing.assert_allclose(covariance(rule, eta, np.array([[lam]]), np.array([[s2]])), value, rtol=1e-9)
        squares = mean_squares(rule, np.full((3000, 1), eta), lam, s2, 2.0)
        np.testing.assert_allclose(squares[-1], value, rtol=1e-9)


@every_rule
def test_there_is_none_from_the_limit_on(rule):
    limit = theory.stability_limit(rule, [1.0, 4.0])
    eigenvalues = np.array([-1.0, 0.0, 1.0, 4.0])
    found = variance(rule, limit * (1 - 1e-9), eigenvalues, 1.0)
    assert np.isinf(found[:2]).all() and np.isfinite(found[2:]).all() and found[3] > 1e6 * found[2]
    assert np.isinf(variance(rule, limit * (1 + 1e-9), 4.0, 1.0))
    with pytest.raises(ValueError, match="learning_rate must be below the limit"):
        covariance(rule, limit * (1 + 1e-6), np.diag([1.0, 4.0]), np.eye(2))


def test_a_rule_without_modes_has_no_closed_form():
    with pytest.raises(ValueError, match="Adam"):
        variance(Adam(), 0.1, 1.0, 1.0)


@every_rule
def test_the_covariance_of_two_weights_is_that_of_its_modes(rule):
    valley = Quadratic(eigenvalue_1=1.0, eigenvalue_2=5.0, angle=25.0)
    u = valley.eigenvectors
    noise = u @ np.diag([0.4, 2.0]) @ u.T
    found = u.T @ covariance(rule, 0.15, valley.hessian(np.zeros(2)), noise) @ u
    np.testing.assert_allclose(np.diag(found), variance(rule, 0.15, valley.eigenvalues, [0.4, 2.0]), rtol=1e-9)
    assert abs(found[0, 1]) < 1e-9


@pytest.mark.parametrize(("rows", "size"), [(12, 3), (60, 1), (8, 4)])
def test_reshuffled_it_is_the_closed_form_of_batches_of_one_size(rows, size):
    lam, eta, of_a_row = 2.0, 0.11, 0.8
    k, c = rows // size, 1.0 - lam * eta
    s2 = of_a_row * batch_share(size, rows, replacement=False)
    sums = k * (1 - c ** (2 * k)) / (1 - c * c) - ((1 - c**k) / (1 - c)) ** 2
    told = eta**2 * s2 * sums / ((k - 1) * (1 - c ** (2 * k)))
    args = (GradientDescent(), eta, np.array([[lam]]), np.array([[of_a_row]]), rows, size)
    np.testing.assert_allclose(reshuffled_covariance(*args), told, rtol=1e-10)


@every_rule
def test_reshuffled_spreads_less_and_all_rows_at_once_not_at_all(rule):
    h, noise = np.diag([1.0, 4.0]), np.eye(2)
    for size in (1, 2, 5, 7, 12):
        alone = np.trace(covariance(rule, 0.1, h, noise * batch_share(size, 12, replacement=True)))
        anew = np.trace(covariance(rule, 0.1, h, noise * batch_share(size, 12, replacement=False)))
        shuffled = np.trace(reshuffled_covariance(rule, 0.1, h, noise, 12, size))
        assert shuffled < (0.55 if rule == GradientDescent() else 0.8) * alone and anew <= alone
        if size == 12:
            assert abs(shuffled) < 1e-15 and anew == 0.0
    assert np.trace(reshuffled_covariance(rule, 0.1, h, noise, 1, 1)) == 0.0


# ---- simulations


@every_rule
@pytest.mark.parametrize("eta", [0.03, 0.2, 0.3])
def test_independent_noise_spreads_runs_as_predicted(rule, eta):
    valley, runs, steps, s = Quadratic(eigenvalue_1=1.0, eigenvalue_2=4.0, angle=25.0), 8000, 300, 0.7
    noise = s * gradient_noise(steps, 2, runs, seed=3)
    path = run(valley, rule, eta, [(0.0, 0.0)] * runs, steps, record_every=steps, record=(), noise=noise)
    measured = np.mean(valley.modes(path.weights[-1]) ** 2, axis=0)
    predicted = variance(rule, eta, valley.eigenvalues, s * s)
    np.testing.assert_allclose(measured, predicted, rtol=SURE * np.sqrt(2.0 / runs))


def correlation(rule, eta, eigenvalues, steps=1):
    return float(theory.rate(rule, eta, eigenvalues)) ** steps


@every_rule
@pytest.mark.parametrize(("rows", "size"), [(12, 1), (12, 4), (13, 5)])
def test_reshuffled_batches_spread_the_ends_of_epochs_as_predicted(rule, rows, size):
    valley = ManyValleys(eigenvalue_1=1.0, eigenvalue_2=4.0, angle=25.0, rows_drawn=rows, spread=0.8)
    eta, epochs, each = 0.2, 30_000, -(-rows // size)
    path = run(valley, rule, eta, (0.0, 0.0), epochs * each, record_every=each, record=(), batch_size=size, seed=5)
    u, h = valley.eigenvectors, valley.hessian(np.zeros(2))
    of_rows = row_covariance(np.array([h @ -x for x in valley.rows()]))
    predicted = np.diag(u.T @ reshuffled_covariance(rule, eta, h, of_rows, rows, size) @ u)
    measured = np.mean(valley.modes(path.weights[100:, 0]) ** 2, axis=0)
    q = correlation(rule, eta, valley.eigenvalues, each)
    counted = (epochs - 99) * (1 - q * q) / (1 + q * q)
    np.testing.assert_allclose(measured, predicted, rtol=SURE * np.sqrt(2.0 / counted))


@every_rule
@pytest.mark.parametrize("sampling", ["with_replacement", "without_replacement"])
def test_batches_drawn_anew_spread_as_independent_noise(rule, sampling):
    valley = ManyValleys(eigenvalue_1=1.0, eigenvalue_2=4.0, angle=25.0, rows_drawn=12, spread=0.8)
    eta, steps, size = 0.2, 200_000, 4
    path = run(valley, rule, eta, (0.0, 0.0), steps, record=(), batch_size=size, sampling=sampling, seed=7)
    measured = about(path.weights[500:, 0], np.zeros(2)).covariance
    h = valley.hessian(np.zeros(2))
    noise = h @ h * 0.8**2 * batch_share(size, 12, replacement=sampling == "with_replacement")
    predicted = covariance(rule, eta, h, noise)
    q = correlation(rule, eta, valley.eigenvalues)
    counted = (steps - 499) * (1 - q * q) / (1 + q * q)
    u = valley.eigenvectors
    found, told = np.diag(u.T @ measured @ u), np.diag(u.T @ predicted @ u)
    np.testing.assert_allclose(found, told, rtol=SURE * np.sqrt(2.0 / counted))


@pytest.mark.parametrize("size", [1, 4, 25, 60])
@pytest.mark.parametrize("sampling", ["with_replacement", "without_replacement"])
def test_a_batch_is_off_by_its_standard_error(sampling, size):
    valley, steps = ManyValleys(rows_drawn=60), 20_000
    path = run(valley, GradientDescent(), 0.0, (0.3, 0.1), steps, batch_size=size, sampling=sampling, seed=1)
    off = (path.used_gradient - path.gradient)[:-1, 0]
    own = np.sqrt(
        np.diag(row_covariance(np.array([valley.hessian(x) @ (np.array([0.3, 0.1]) - x) for x in valley.rows()])))
    )
    for i in range(2):
        told = standard_error(float(own[i]), size, 60, replacement=sampling == "with_replacement")
        # sqrt of a variance: half its relative error; single rows have heavier or lighter tails than normal ones
        np.testing.assert_allclose(np.sqrt(np.mean(off[:, i] ** 2)), told, rtol=SURE * np.sqrt(1.5 / steps), atol=1e-14)
    if size == 60:
        assert np.allclose(off, 0.0, atol=1e-14) == (sampling == "without_replacement")


@pytest.mark.parametrize("eta_lambda", [0.7, 1.0, 3.0])
def test_a_rate_that_falls_as_one_over_t_brings_the_variance_down_as_one_over_t(eta_lambda):
    lam, s, runs, steps = 2.0, 0.5, 4000, 2000
    eta = eta_lambda / lam
    rates = eta / np.arange(1.0, steps + 1)
    squares = mean_squares(GradientDescent(), rates[:, None], lam, s * s, 0.3)[:, 0]
    noise = s * gradient_noise(steps, 2, runs, seed=2)
    w = np.full((2, runs), 0.3)
    for tau in range(steps):
        w -= rates[tau] * (lam * w + noise[tau])
    np.testing.assert_allclose(np.mean(w**2), squares[-1], rtol=SURE * np.sqrt(2.0 / (2 * runs)))
    rates = eta / np.arange(1.0, 200_001)
    squares = mean_squares(GradientDescent(), rates[:, None], lam, s * s, 0.3)[:, 0]
    # what is left of the start and of the first steps falls as t^(1 - 2 eta lambda)
    tolerance = 5.0 * 200_000.0 ** (1 - 2 * eta_lambda) + 5e-5
    np.testing.assert_allclose(200_000 * squares[-1], decaying_variance(eta, lam, s * s), rtol=tolerance)


def test_too_small_a_decaying_rate_never_gets_there():
    assert decaying_variance(0.25, 2.0, 1.0) == np.inf and decaying_variance(0.1, 2.0, 1.0) == np.inf
