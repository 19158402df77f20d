"""Chebyshev steps and residual polynomials: what a run leaves of each mode, and the least that can be left."""

import math

import numpy as np
import pytest

from engine import discover_optimizers, discover_schedules, run, theory
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.residual import least, residual, worst_case
from engine.schedules.chebyshev import Chebyshev
from surfaces.quadratic import Quadratic

LINEAR = {slug: cls for slug, cls in discover_optimizers().items() if cls().linear}
CYCLES = [1, 2, 3, 7, 8, 31, 64, 100, 256]
KAPPAS = [1.5, 20.0, 1e3, 1e6]


def made_for(low: float, high: float, cycle: int) -> Chebyshev:
    return Chebyshev(smallest_eigenvalue=low, largest_eigenvalue=high, cycle=cycle)


def test_it_is_found_by_its_file():
    assert discover_schedules()["chebyshev"] is Chebyshev


@pytest.mark.parametrize("cycle", CYCLES)
@pytest.mark.parametrize("kappa", KAPPAS)
def test_after_a_cycle_every_mode_is_the_least_polynomial_and_below_the_bound(cycle, kappa):
    random = np.random.default_rng(cycle)
    eigenvalues = 0.3 * np.concatenate([[1.0, kappa], kappa ** random.uniform(0.0, 1.0, 200)])
    alpha = random.normal(size=eigenvalues.shape)
    start = alpha.copy()
    for eta in made_for(0.3, 0.3 * kappa, cycle)(cycle):
        alpha -= eta * eigenvalues * alpha
    worst = worst_case(0.3, 0.3 * kappa, cycle)
    expected = least(0.3, 0.3 * kappa, eigenvalues, cycle)
    np.testing.assert_allclose(alpha / start, expected, rtol=0.0, atol=1e-10 * worst)
    assert np.abs(alpha / start).max() <= worst * (1.0 + 1e-10)


@pytest.mark.parametrize("cycle", [1, 4, 9, 64, 256])
@pytest.mark.parametrize("angle", [0.0, 33.0])
def test_a_run_ends_there_too(cycle, angle):
    valley = Quadratic(eigenvalue_1=0.5, eigenvalue_2=40.0, angle=angle, minimum_x=1.0)
    path = run(valley, GradientDescent(), made_for(0.5, 40.0, cycle), (-1.5, 1.0), cycle)
    modes = valley.modes(path.weights[:, 0])
    # the place of the minimum is known to rounding only
    np.testing.assert_allclose(
        modes[-1], modes[0] * least(0.5, 40.0, valley.eigenvalues, cycle), rtol=1e-9, atol=1e-13 * 40.0
    )
    path = residual(GradientDescent(), made_for(0.5, 40.0, cycle), valley.eigenvalues, cycle)
    np.testing.assert_allclose(modes, modes[0] * path, rtol=1e-9, atol=1e-12)


def test_steps_are_the_formula_in_another_order_and_begin_anew():
    schedule = made_for(2.0, 30.0, 6)
    j = np.arange(1, 7)
    expected = 2.0 / (32.0 + 28.0 * np.cos((2 * j - 1) * np.pi / 12.0))
    np.testing.assert_allclose(np.sort(schedule(6)), np.sort(expected), rtol=1e-15)
    assert schedule(15).tolist() == [*schedule(6), *schedule(6), *schedule(3)]
    assert schedule(0).shape == (0,)
    np.testing.assert_allclose(made_for(2.0, 2.0, 4)(4), 0.5)


@pytest.mark.parametrize("cycle", [64, 128, 256])
def test_the_order_of_the_formula_is_ruined_by_rounding_where_ours_is_not(cycle):
    """Where the weights are not the modes, rounding in one step puts an error into every mode."""
    low, high = 1.0, 1e3
    random = np.random.default_rng(cycle)
    eigenvalues = np.geomspace(low, high, 40)
    axes, _ = np.linalg.qr(random.normal(size=(40, 40)))
    hessian = axes * eigenvalues @ axes.T
    start = axes @ np.ones(40)
    ours, plain = start.copy(), start.copy()
    etas = made_for(low, high, cycle)(cycle)
    for one, other in zip(etas, np.sort(etas)[::-1], strict=True):
        ours -= one * hessian @ ours
        plain -= other * hessian @ plain
    expected = least(low, high, eigenvalues, cycle)
    np.testing.assert_allclose(axes.T @ ours, expected, rtol=0.0, atol=1e-10)
    assert np.abs(axes.T @ plain - expected).max() > 1.0


def test_settings_that_are_wrong_are_named():
    with pytest.raises(ValueError, match=r"smallest_eigenvalue must be at most the largest, 1, got 2"):
        made_for(2.0, 1.0, 3)
    with pytest.raises(ValueError, match=r"cycle must be a whole number in \[1, 256\], got 2.5"):
        Chebyshev(cycle=2.5)
    with pytest.raises(ValueError, match="remember nothing"):
        residual(Momentum(), Chebyshev(), [1.0], 3)
    for bad in ((0.0, 1.0, 2), (2.0, 1.0, 2), (1.0, math.inf, 2), (1.0, 2.0, 1.5), (1.0, 2.0, -1), (math.nan, 1.0, 1)):
        with pytest.raises(ValueError, match="must"):
            worst_case(*bad)


@pytest.mark.parametrize("degree", [0, 1, 2, 5, 40, 200])
@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (1.0, 3.0), (0.2, 500.0)])
def test_the_least_polynomial(degree, low, high):
    assert least(low, high, [0.0], degree) == pytest.approx(1.0)
    inside, beyond = np.linspace(low, high, 2001), np.linspace(high, 1.3 * high, 50)
    found, worst = least(low, high, inside, degree), worst_case(low, high, degree)
    assert np.abs(found).max() <= worst * (1.0 + 1e-12)
    if high > low:
        # it swings between the bounds, once more than its degree
        swings = (high + low - (high - low) * np.cos(np.arange(degree + 1) * np.pi / max(degree, 1))) / 2.0
        signs = (-1.0) ** np.arange(degree + 1)
        np.testing.assert_allclose(least(low, high, swings, degree), signs * worst, rtol=1e-8)
        if degree <= 40:
            coefficients = np.polynomial.chebyshev.Chebyshev.basis(degree)
            scaled = coefficients((high + low - 2.0 * beyond) / (high - low)) * worst
            np.testing.assert_allclose(least(low, high, beyond, degree), scaled, rtol=1e-9)


def at_its_best(cls, eigenvalues):
    """An optimizer and its learning rate; where no best setting is known, the first one at half its limit."""
    best = cls.best(eigenvalues[0], eigenvalues[-1])
    return best[:2] if best else (cls(), 0.5 * theory.stability_limit(cls(), eigenvalues))


@pytest.mark.parametrize("cls", LINEAR.values(), ids=list(LINEAR))
@pytest.mark.parametrize("kappa", [1.0, 5.0, 1e3])
def test_no_rule_has_a_smaller_worst_case(cls, kappa):
    """At its best setting or at another one, at every k."""
    random = np.random.default_rng(3)
    grid = np.linspace(1.0, kappa, 4001)
    rule, best = at_its_best(cls, [1.0, kappa])
    limit = theory.stability_limit(rule, [1.0, kappa])
    for eta in [best, *(limit * random.uniform(0.05, 1.0, 3))]:
        path = np.abs(residual(rule, float(eta), grid, 30)).max(axis=1)
        bound = np.array([worst_case(1.0, kappa, k) for k in range(31)])
        assert (path >= bound * (1.0 - 1e-12)).all()


@pytest.mark.parametrize("cls", LINEAR.values(), ids=list(LINEAR))
def test_it_is_one_at_zero_and_a_polynomial_of_degree_k(cls):
    rule, eta = at_its_best(cls, [1.0, 30.0])
    np.testing.assert_allclose(residual(rule, eta, [0.0], 20), 1.0, rtol=1e-13)
    for k in range(1, 7):
        nodes = np.linspace(0.0, 31.0, k + 1)
        values = residual(rule, eta, nodes, k)[k]
        fitted = np.polynomial.Polynomial.fit(nodes, values, k)
        others = np.linspace(0.0, 31.0, 97)
        expected = residual(rule, eta, others, k)[k]
        np.testing.assert_allclose(fitted(others), expected, atol=1e-11 * max(1.0, np.abs(expected).max()))
