"""The closed forms on quadratics: against their formulas, against exact arithmetic and against real runs."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from valleys import angles, eigenvalues, magnitudes, momenta, starts

from engine import run, theory
from engine.optimizer import Best
from engine.optimizers.adagrad import AdaGrad
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nesterov import Nesterov
from engine.optimizers.rmsprop import RMSProp
from engine.predicted import RECURRENCE_STEPS, predicted_steps
from surfaces.quadratic import Quadratic

GD = GradientDescent()
MUS = [0.0, 0.1, 0.5, 0.9, 0.99]
LINEAR = [GD, *(cls(momentum=mu) for cls in (Momentum, Nesterov) for mu in MUS)]
ADAPTIVE = [AdaGrad(), RMSProp(), Adam()]
STEPS = 500
VALLEY = Quadratic(eigenvalue_1=1.0, eigenvalue_2=5.0, angle=30.0)
START = (-1.5, 1.0)

many = settings(max_examples=150)
each_linear = pytest.mark.parametrize("optimizer", LINEAR, ids=str)

optimizers = st.one_of(st.just(GD), st.builds(Momentum, momenta), st.builds(Nesterov, momenta))


def mu_of(optimizer) -> float:
    return getattr(optimizer, "momentum", 0.0)


# ---- limits


def test_limits_are_those_of_the_literature():
    lam = [0.5, 20.0]
    assert theory.stability_limit(GD, lam) == pytest.approx(2 / 20.0, rel=1e-15)
    for mu in (*MUS, 0.999):
        assert theory.stability_limit(Momentum(momentum=mu), lam) == pytest.approx((2 + 2 * mu) / 20.0, rel=1e-14)
        expected = (2 + 2 * mu) / ((1 + 2 * mu) * 20.0)
        assert theory.stability_limit(Nesterov(momentum=mu), lam) == pytest.approx(expected, rel=1e-14)


def test_nesterov_limit_lies_below_that_of_gradient_descent():
    for mu in MUS[1:]:
        assert theory.stability_limit(Nesterov(momentum=mu), [1.0]) < theory.stability_limit(GD, [1.0])
        assert theory.stability_limit(Momentum(momentum=mu), [1.0]) > theory.stability_limit(GD, [1.0])


@each_linear
def test_just_below_the_limit_converges_and_just_above_diverges(optimizer):
    limit = theory.stability_limit(optimizer, VALLEY.eigenvalues)
    path = run(VALLEY, optimizer, [limit * (1 - 1e-3), limit * (1 + 1e-3)], START, 12_000, record=("error",))
    assert path.diverged_at[0] == -1 and path.error[-1, 0] < 1e-12 * path.error[0, 0]
    assert path.diverged_at[1] > 0


@each_linear
def test_limit_is_where_the_rate_passes_one(optimizer):
    lam = np.array([0.3, 7.0])
    limit = theory.stability_limit(optimizer, lam)
    assert theory.rate(optimizer, limit * (1 - 1e-9), lam) < 1.0 < theory.rate(optimizer, limit * (1 + 1e-9), lam)
    inside = theory.rate(optimizer, limit * np.linspace(0.001, 0.999, 400), lam)
    assert (inside < 1.0).all()


@each_linear
def test_limit_with_flat_and_negative_directions(optimizer):
    alone = theory.stability_limit(optimizer, [4.0])
    assert theory.stability_limit(optimizer, [0.0, 4.0]) == alone == theory.stability_limit(optimizer, 4.0)
    assert theory.stability_limit(optimizer, [0.0, 0.0]) == np.inf
    assert theory.stability_limit(optimizer, [-1e-3, 4.0]) == 0.0
    assert theory.stability_limit(optimizer, [-2.0, -1.0]) == 0.0


def test_exactly_at_the_limit_gradient_descent_is_a_two_cycle():
    bowl = Quadratic(eigenvalue_1=2.0, eigenvalue_2=8.0, angle=0.0)
    path = run(bowl, GD, 2.0 / 8.0, (0.0, 1.0), 1000)
    np.testing.assert_array_equal(path.weights[:, 0, 1], (-1.0) ** np.arange(1001))
    assert theory.rate(GD, 0.25, bowl.eigenvalues) == 1.0


# ---- factors


@each_linear
def test_factors_are_the_roots_of_the_mode_polynomial(optimizer):
    lam = np.concatenate([-np.geomspace(1e-3, 1e3, 9), [0.0], np.geomspace(1e-3, 1e3, 41)])
    etas = np.array([0.0, 1e-4, 0.01, 0.3, 1.0])
    mu, x = mu_of(optimizer), np.multiply.outer(etas, lam)
    factors = theory.mode_factors(optimizer, etas, lam)
    if optimizer is GD:
        assert factors.shape == (5, 51, 1)
        np.testing.assert_array_equal(factors[..., 0], 1.0 - x)
        return
    assert factors.shape == (5, 51, 2)
    h = 1.0 - x
    b, c = (-(1 + mu - x), mu + 0 * x) if isinstance(optimizer, Momentum) else (-(1 + mu) * h, mu * h)
    size = np.abs(factors) ** 2 + np.abs(b[..., None] * factors) + np.abs(c[..., None])
    residue = np.abs(factors**2 + b[..., None] * factors + c[..., None])
    assert (residue <= 4e-16 * np.maximum(size, 1.0)).all()
    np.testing.assert_allclose(factors.sum(axis=-1), -b, rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(factors.prod(axis=-1), c, rtol=1e-14, atol=1e-15)
    assert (np.abs(factors[..., 0]) >= np.abs(factors[..., 1]) * (1 - 1e-15)).all()


@pytest.mark.parametrize("mu", MUS[1:])
def test_momentum_is_underdamped_between_its_two_critical_points(mu):
    low, high = (1 - math.sqrt(mu)) ** 2, (1 + math.sqrt(mu)) ** 2
    x = low + (high - low) * np.linspace(1e-6, 1 - 1e-6, 101)
    z = theory.mode_factors(Momentum(momentum=mu), 1.0, x)
    assert (z.imag != 0.0).all()
    np.testing.assert_allclose(np.abs(z), math.sqrt(mu), rtol=1e-14)
    np.testing.assert_allclose(np.cos(np.angle(z[:, 0])), (1 + mu - x) / (2 * math.sqrt(mu)), atol=1e-14)
    outside = np.array([low * 0.999, high * 1.001])
    assert (theory.mode_factors(Momentum(momentum=mu), 1.0, outside).imag == 0.0).all()


@pytest.mark.parametrize("mu", MUS[1:])
def test_nesterov_is_underdamped_between_its_two_critical_points(mu):
    low = ((1 - mu) / (1 + mu)) ** 2
    x = low + (1 - low) * np.linspace(1e-6, 1 - 1e-6, 101)
    z = theory.mode_factors(Nesterov(momentum=mu), 1.0, x)
    assert (z.imag != 0.0).all()
    np.testing.assert_allclose(np.abs(z[:, 0]), np.sqrt(mu * (1 - x)), rtol=1e-13)
    assert (theory.mode_factors(Nesterov(momentum=mu), 1.0, [low * 0.999, 1.001]).imag == 0.0).all()


@pytest.mark.parametrize("x", [0.01, 0.25, 0.5, 0.81])
def test_rate_at_critical_damping(x):
    # a double root is only known to the square root of machine precision
    root = math.sqrt(x)
    assert theory.rate(Momentum(momentum=(1 - root) ** 2), 1.0, x) == pytest.approx(1 - root, abs=1e-7)
    assert theory.rate(Nesterov(momentum=(1 - root) / (1 + root)), 1.0, x) == pytest.approx(1 - root, abs=1e-7)


def test_rate_of_a_flat_direction_is_one_and_of_a_descent_above_one():
    for optimizer in LINEAR:
        # the root 1 is found from rounded coefficients, and momentum's other root mu stands near it
        assert theory.rate(optimizer, 0.1, 0.0) == pytest.approx(1.0, abs=1e-14)
        assert theory.rate(optimizer, 0.1, [-2.0, 1.0]) > 1.0
    assert theory.rate(GD, 0.1, -2.0) == pytest.approx(1.2, rel=1e-15)


def test_a_leading_axis_appears_for_many_learning_rates_or_optimizers():
    lam, etas = [1.0, 5.0], [0.1, 0.2, 0.3]
    many = [Momentum(momentum=mu) for mu in (0.0, 0.5, 0.9)]
    assert type(theory.rate(GD, 0.1, lam)) is float
    assert theory.mode_factors(Momentum(), 0.1, lam).shape == (2, 2)
    assert theory.mode_factors(many, etas, lam).shape == (3, 2, 2)
    for one, eta, rate in zip(many, etas, theory.rate(many, etas, lam), strict=True):
        assert rate == theory.rate(one, eta, lam)
    for one, rate in zip(many, theory.rate(many, 0.1, lam), strict=True):
        assert rate == theory.rate(one, 0.1, lam)
    assert theory.mode_path(many, etas, lam, 7).shape == (8, 3, 2)
    assert theory.mode_path(Momentum(), 0.1, 1.0, 7).shape == (8,)
    assert theory.mode_path(Momentum(), etas, 1.0, 7).shape == (8, 3)
    assert predicted_steps(many, etas, lam, [1.0, 1.0]).shape == (3,)
    assert np.shape(predicted_steps(GD, 0.1, lam, [1.0, 1.0])) == ()


# ---- best settings

SPECTRA = [(1.0, 1.0), (1.0, 2.0), (0.3, 7.0), (1.0, 100.0), (1e-3, 1.0), (1e-3, 1e3)]


@pytest.mark.parametrize(("low", "high"), SPECTRA)
def test_best_settings_are_those_of_the_literature(low, high):
    kappa = high / low
    best = theory.optimal(GradientDescent, [high, low])
    assert isinstance(best, Best) and best.optimizer == GD
    assert best.learning_rate == pytest.approx(2 / (low + high), rel=1e-14)
    assert best.rate == pytest.approx((kappa - 1) / (kappa + 1), rel=1e-12)

    best, rho = theory.optimal(Momentum, [low, high]), (math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)
    assert best.learning_rate == pytest.approx((2 / (math.sqrt(high) + math.sqrt(low))) ** 2, rel=1e-14)
    assert best.optimizer.momentum == pytest.approx(rho**2, rel=1e-12)
    assert best.rate == pytest.approx(rho, rel=1e-12)

    best, s = theory.optimal(Nesterov, [low, high]), math.sqrt(3 * kappa + 1)
    assert best.learning_rate == pytest.approx(4 / (3 * high + low), rel=1e-14)
    assert best.optimizer.momentum == pytest.approx((s - 2) / (s + 2), rel=1e-12)
    assert best.rate == pytest.approx(1 - 2 / s, rel=1e-12)


@pytest.mark.parametrize(("low", "high"), SPECTRA)
@pytest.mark.parametrize("cls", [GradientDescent, Momentum, Nesterov])
def test_best_rate_is_reached(cls, low, high):
    optimizer, eta, rate = theory.optimal(cls, [low, high])
    lam = np.geomspace(low, high, 101)
    # the best momentum has a double root at an end of the spectrum: known to the square root of machine precision
    assert theory.rate(optimizer, eta, lam) == pytest.approx(rate, abs=1e-7)
    if 0.0 < rate < 0.99:
        path = np.abs(theory.mode_path(optimizer, eta, [low, high], 4000)).max(axis=1)
        steps = int(min(4000, -200 / math.log(rate)))
        measured = (path[steps] / path[steps // 2]) ** (1 / (steps - steps // 2))
        assert measured == pytest.approx(rate, rel=0.02)


@pytest.mark.parametrize(("low", "high"), SPECTRA)
@pytest.mark.parametrize("cls", [GradientDescent, Momentum, Nesterov])
def test_no_other_setting_beats_the_best(cls, low, high):
    best = theory.optimal(cls, [low, high])
    random = np.random.default_rng(4)
    near = np.geomspace(1e-6, 0.3, 150)[:, None] * random.choice([-1.0, 1.0], (150, 2))
    etas = [*(best.learning_rate * (1 + near[:, 0])), *random.uniform(0, 4 / high, 600)]
    if cls is GradientDescent:
        others = [GD] * len(etas)
    else:
        mu = best.optimizer.momentum
        values = [*(mu + near[:, 1] * (1 - mu)), *random.uniform(0, 0.999, 600)]
        others = [cls(momentum=min(max(value, 0.0), 0.999)) for value in values]
    rates = theory.rate(others, np.array(etas), [low, high])
    assert rates.min() >= best.rate - 1e-9


@pytest.mark.parametrize("kappa", [2.0, 5.0, 6.0, 30.0, 1000.0])
def test_the_best_momentum_first_gets_worse(kappa):
    """|alpha_k| = (1 + k (1 + rho)) rho^k in the steepest mode, (1 + k (1 - rho)) rho^k in the slowest, from rest."""
    optimizer, eta, rho = theory.optimal(Momentum, [1.0, kappa])
    k = np.arange(STEPS + 1)
    path = np.abs(theory.mode_path(optimizer, eta, [1.0, kappa], STEPS))
    # the setting is rounded to doubles, so that the roots do not quite meet: k^2 eps
    np.testing.assert_allclose(path[:, 0], (1 + k * (1 - rho)) * rho**k, atol=1e-10)
    np.testing.assert_allclose(path[:, 1], (1 + k * (1 + rho)) * rho**k, atol=1e-9)
    assert (path[:, 1].max() > 1.0) == (kappa > (1 + math.sqrt(2)) ** 2)


# ---- paths


def exact_path(optimizer, eta: float, lam: float, steps: int) -> np.ndarray:
    """alpha(k)/alpha(0) by the update rule itself in 120 digits, from the exact values of the doubles given."""
    with localcontext() as context:
        context.prec = 120
        x, mu = Decimal(eta) * Decimal(lam), Decimal(mu_of(optimizer))
        alpha, change, path = Decimal(1), Decimal(0), [1.0]
        for _ in range(steps):
            at = alpha + mu * change if isinstance(optimizer, Nesterov) else alpha
            change = -x * at + mu * change
            alpha += change
            path.append(float(alpha))
    return np.array(path)


def distance(path: np.ndarray, exact: np.ndarray) -> float:
    """Largest difference relative to the largest value that the exact path has reached by then, where finite."""
    reached = np.maximum.accumulate(np.abs(exact))
    usable = reached < 1e290
    assert np.isfinite(path[usable]).all()
    return float(np.max(np.abs(path[usable] - exact[usable]) / reached[usable]))


def double_roots():
    for x in (1e-4, 0.01, 0.25, 0.5, 0.81, 0.999, 1.0):
        yield Momentum(momentum=min((1 - math.sqrt(x)) ** 2, 0.999)), x
        yield Nesterov(momentum=min((1 - math.sqrt(x)) / (1 + math.sqrt(x)), 0.999)), x
    for mu in (0.01, 0.25, 0.81, 0.99):
        yield Momentum(momentum=mu), (1 + math.sqrt(mu)) ** 2
        yield Nesterov(momentum=mu), 1.0


PLACES = [
    *((optimizer, x) for optimizer in LINEAR for x in (0.0, 1e-12, 1e-3, 0.3, 1.0, 1.9, 2.0, 3.0, -1e-3, -0.5)),
    *double_roots(),
    *((o, x * (1 + t)) for o, x in double_roots() for t in (1e-15, -1e-15, 1e-12, -1e-12, 1e-8, -1e-8, 1e-4, -1e-4)),
    *((o, theory.stability_limit(o, 1.0) * (1 + t)) for o in LINEAR for t in (0.0, 1e-15, -1e-12, 1e-8, -1e-8)),
]


def test_mode_path_equals_exact_arithmetic_everywhere():
    """Double and nearly double roots, z near -1 and 1, lambda = 0, lambda < 0 and mu = 0 included."""
    for optimizer, x in PLACES:
        path = theory.mode_path(optimizer, 1.0, x, STEPS)
        # a rounding of the coefficients may move alpha(k) by k^2 eps = 6e-11 at a double root; worst seen 2.2e-12
        assert distance(path, exact_path(optimizer, 1.0, x, STEPS)) < 1e-11, (optimizer, x)


@pytest.mark.parametrize("cls", [Momentum, Nesterov])
def test_mode_path_at_an_exact_double_root(cls):
    """Every number here is a double, so the two roots meet exactly."""
    mu, x = {Momentum: (0.25, 0.25), Nesterov: (0.5, 1.0)}[cls]
    exact = exact_path(cls(momentum=mu), 1.0, x, 200)
    np.testing.assert_allclose(theory.mode_path(cls(momentum=mu), 1.0, x, 200), exact, rtol=1e-12)
    if cls is Momentum:
        k = range(201)  # from rest, (1 + k (1 - z)) z^k with z = 1/2
        literal = [float((1 + Fraction(i, 2)) * Fraction(1, 2) ** i) for i in k]
        np.testing.assert_allclose(theory.mode_path(Momentum(momentum=0.25), 1.0, 0.25, 200), literal, rtol=1e-14)


@pytest.mark.parametrize("x", [0.0, 0.3, 1.0, 1.7, 2.0, 2.1, -0.4])
def test_mode_path_of_gradient_descent_is_a_power(x):
    expected = [float((1 - Fraction(x)) ** k) for k in range(201)]
    np.testing.assert_allclose(theory.mode_path(GD, 1.0, x, 200), expected, rtol=1e-13)


@pytest.mark.parametrize("cls", [Momentum, Nesterov])
@pytest.mark.parametrize("x", [0.0, 0.3, 1.0, 1.7, 2.0, -0.4])
def test_mode_path_without_momentum_is_gradient_descent(cls, x):
    path = theory.mode_path(cls(momentum=0.0), 1.0, x, 200)
    np.testing.assert_allclose(path, theory.mode_path(GD, 1.0, x, 200), rtol=1e-13, atol=0.0)


def test_mode_path_starts_at_one_from_rest():
    for optimizer in LINEAR:
        path = theory.mode_path(optimizer, 0.1, [-1.0, 0.0, 2.0], 1)
        np.testing.assert_array_equal(path[0], 1.0)
        np.testing.assert_allclose(path[1], 1.0 - 0.1 * np.array([-1.0, 0.0, 2.0]), rtol=1e-15)
        assert theory.mode_path(optimizer, 0.1, 2.0, 0).tolist() == [1.0]


@many
@given(optimizers, st.floats(0.0, 5.0), eigenvalues)
def test_mode_path_equals_exact_arithmetic_at_random(optimizer, x, lam):
    eta = x / abs(lam) if lam else x
    path = theory.mode_path(optimizer, eta, lam, 200)
    assert distance(path, exact_path(optimizer, eta, lam, 200)) < 1e-11  # 2.9e-12 was the worst seen


def closed_form(valley, optimizer, eta: float, start) -> np.ndarray:
    """Modes of a run by the closed form, (STEPS + 1, 1, 2); infinite where they overflow."""
    with np.errstate(over="ignore"):
        return valley.modes(start) * theory.mode_path(optimizer, eta, valley.eigenvalues, STEPS)[:, None]


@many
@given(optimizers, eigenvalues, eigenvalues, angles, starts, st.floats(0.0, 1.3))
def test_runs_equal_the_closed_form(optimizer, first, second, angle, start, share):
    """Modes of a real run against mode_path, over 500 steps, on either side of the limit, kappa up to 1e6."""
    assume(np.hypot(*start) > 1e-3)
    valley = Quadratic(eigenvalue_1=first, eigenvalue_2=second, angle=angle)
    size = np.abs(valley.eigenvalues).max()
    eta = share * theory.stability_limit(optimizer, size) if size > 0.0 else share
    alpha = np.abs(valley.modes(start))
    # exactly on one eigenvector, rounding alone decides what becomes of the other distance where that grows
    assume(alpha.min() > 1e-4 * alpha.max() or theory.rate(optimizer, eta, valley.eigenvalues) <= 1.0)
    path = run(valley, optimizer, eta, start, STEPS)
    closed = closed_form(valley, optimizer, eta, start)
    assert theory.deviation(valley.modes(path.weights), closed)[0] < 1e-10  # 2.4e-11 was the worst of 30,000


@many
@given(optimizers, magnitudes, magnitudes, angles, starts, st.floats(0.01, 1.0), st.floats(-10, 10), st.floats(-10, 10))
def test_runs_about_a_distant_minimum_equal_the_closed_form(optimizer, first, second, angle, start, share, x, y):
    assume(np.hypot(*start) > 0.1)
    valley = Quadratic(eigenvalue_1=first, eigenvalue_2=second, angle=angle, minimum_x=x, minimum_y=y)
    start = valley.stationary_point + start
    eta = share * theory.stability_limit(optimizer, valley.eigenvalues)
    path = run(valley, optimizer, eta, start, STEPS)
    closed = closed_form(valley, optimizer, eta, start)
    # w is rounded at the size of w*, up to 100 times its distance from it
    assert theory.deviation(valley.modes(path.weights), closed)[0] < 1e-10 * (1 + np.hypot(x, y))


def test_deviation_is_relative_to_what_was_reached_and_passes_over_nan():
    closed = np.array([[[1.0, 0.0]], [[-10.0, 0.0]], [[0.1, 0.0]], [[np.inf, 0.0]]])
    modes = closed + [[[0.0, 0.0]], [[0.0, 1e-3]], [[2e-3, 0.0]], [[0.0, 0.0]]]
    assert theory.deviation(modes, closed)[0] == pytest.approx(2e-4, rel=1e-9)
    modes[2:] = np.nan
    assert theory.deviation(modes, closed)[0] == pytest.approx(1e-4, rel=1e-9)
    assert theory.deviation(np.zeros((4, 2, 2)), np.zeros((4, 2, 2))).tolist() == [0.0, 0.0]


# ---- numbers of steps


def assert_settles(errors: np.ndarray, step: float, tolerance: float) -> None:
    """The error relative to the start stays within tolerance from ``step`` on, and not from one step earlier."""
    step = int(step)
    assert step < len(errors)
    relative = errors / errors[0]
    # the run and the recurrence round differently, so a step that meets the tolerance to 1e-9 may count either way
    assert (relative[step:] <= tolerance * (1 + 1e-9)).all()
    assert step == 0 or relative[step - 1] > tolerance * (1 - 1e-9)


@many
@given(optimizers, magnitudes, magnitudes, angles, starts, st.floats(0.05, 0.98), st.sampled_from([1e-2, 1e-6, 0.5]))
def test_predicted_steps_are_those_of_the_run(optimizer, first, second, angle, start, share, tolerance):
    assume(np.hypot(*start) > 1e-2)
    valley = Quadratic(eigenvalue_1=first, eigenvalue_2=second, angle=angle)
    eta = share * theory.stability_limit(optimizer, valley.eigenvalues)
    steps = predicted_steps(optimizer, eta, valley.eigenvalues, valley.modes(start), tolerance)
    if steps <= RECURRENCE_STEPS:
        path = run(valley, optimizer, eta, start, RECURRENCE_STEPS + 100)
        assert_settles(path.error[:, 0], steps, tolerance)


@pytest.mark.parametrize("eta_lambda", [1e-3, 1e-4, 1e-6, 2 - 1e-4])
@pytest.mark.parametrize("tolerance", [1e-6, 1e-12])
def test_beyond_the_recurrence_gradient_descent_follows_its_logarithm(eta_lambda, tolerance):
    """Smallest k with (1 - eta lambda)^(2 k) <= tolerance."""
    exact = math.ceil(math.log(tolerance) / (2 * math.log(abs(1 - eta_lambda))))
    steps = predicted_steps(GD, eta_lambda, [1.0], [3.0], tolerance)
    assert exact > RECURRENCE_STEPS or eta_lambda > 1e-4
    assert abs(steps - exact) <= 1  # the logarithm of a power may round over a whole step
    with_fast_mode = predicted_steps(GD, eta_lambda, [1.0, 1.5 / eta_lambda], [3.0, 1e-9], tolerance)
    assert abs(with_fast_mode - exact) <= 1


@pytest.mark.parametrize(
    "optimizer", [Momentum(momentum=0.99), Nesterov(momentum=0.99), Momentum(momentum=0.999)], ids=str
)
@pytest.mark.parametrize("eta", [1e-5, 1e-6, 0.01])
def test_beyond_the_recurrence_momentum_is_near_the_run(optimizer, eta):
    valley = Quadratic(eigenvalue_1=1.0, eigenvalue_2=10.0, angle=30.0)
    steps = predicted_steps(optimizer, eta, valley.eigenvalues, valley.modes(START), 1e-6)
    path = run(valley, optimizer, eta, START, int(1.3 * steps) + 100, record=("error",))
    measured = 1 + np.flatnonzero(path.error[:, 0] > 1e-6 * path.error[0, 0])[-1]
    # beyond the recurrence an oscillation counts by its envelope
    assert steps == pytest.approx(measured, rel=0.05 if steps > RECURRENCE_STEPS else 1e-9)


def settled_step(polynomials, shares, tolerance: float = 1e-6) -> int:
    """The step after the last one above the tolerance, by plain recurrence until every mode is below 1e-30."""
    last, k = 0, 0
    modes = [(1.0, 1.0)] * len(polynomials)
    while max(abs(now) + abs(before) for now, before in modes) > 1e-9:
        k += 1
        modes = [(-b * now - c * before, now) for (b, c), (now, before) in zip(polynomials, modes, strict=True)]
        if sum(share * now * now for share, (now, _) in zip(shares, modes, strict=True)) > tolerance * sum(shares):
            last = k
        elif all(c == 0.0 for _, c in polynomials):
            break  # without a memory every mode only shrinks
    return last + 1


@pytest.mark.parametrize(
    ("optimizer", "eta", "lam", "alpha", "reported"),
    [
        (GD, 1e-3, (1e-3, 1.0), (0.01, 1.0), 6957),
        (GD, 1e-4, (1.0, 20.0), None, 46993),
        (Momentum(momentum=0.99), 0.2394, (0.001939, 16.61), (0.678, 0.857), 2037),
        (Nesterov(momentum=0.999), 6.567e-5, (30.28, 85.36), (1.0, 0.5), None),
        (Nesterov(momentum=0.999), 6.567e-5, (30.28, 85.36), (0.001, 1.0), None),
        (Momentum(momentum=0.9), 0.002, (1.0, 20.0), (1.0, 1.0), None),
    ],
)
def test_predicted_steps_equal_the_plain_recurrence(optimizer, eta, lam, alpha, reported):
    alpha = Quadratic(eigenvalue_1=lam[0], eigenvalue_2=lam[1], angle=30.0).modes(START) if alpha is None else alpha
    mu = mu_of(optimizer)
    polynomials = []
    for x in (eta * lam[0], eta * lam[1]):
        look_ahead = isinstance(optimizer, Nesterov)
        polynomials.append((-(1.0 + mu) * (1.0 - x), mu * (1.0 - x)) if look_ahead else (x - 1.0 - mu, mu))
    expected = settled_step(polynomials, [value * a * a for value, a in zip(lam, alpha, strict=True)])
    steps = float(predicted_steps(optimizer, eta, lam, alpha))
    assert steps == expected
    assert reported is None or steps == reported


@pytest.mark.parametrize(
    ("eta", "lam", "steps"),
    [(1e-3, (1e-3, 1.0), 2_749_438), (1e-4, (0.01, 20.0), 2_402_926), (1e-4, (1.0, 20.0), 46_993)],
)
def test_far_beyond_the_recurrence_the_share_of_each_mode_counts(eta, lam, steps):
    valley = Quadratic(eigenvalue_1=lam[0], eigenvalue_2=lam[1], angle=30.0)
    found = float(predicted_steps(GD, eta, valley.eigenvalues, valley.modes(START)))
    low, high = valley.modes(START)
    # the steep mode is long gone: share (1 - eta lambda_1)^(2 k) = 1e-6
    share = lam[0] * low**2 / (lam[0] * low**2 + lam[1] * high**2)
    exact = math.ceil(math.log(1e-6 / share) / (2.0 * math.log1p(-eta * lam[0])))
    assert found == pytest.approx(exact, abs=1.0) and found == steps


def test_a_rate_just_below_one_is_predicted_to_settle():
    steps = float(predicted_steps(GD, 1e-8, [1e-3], [1.0]))
    assert steps == pytest.approx(math.log(1e6) / 2e-11, rel=1e-4)


@many
@given(optimizers, magnitudes, magnitudes, st.floats(-4.0, -0.02), st.floats(-3.0, 3.0))
def test_predicted_steps_beyond_the_recurrence_are_marked_by_their_size(optimizer, first, second, exponent, ratio):
    lam, alpha = [first, second], [1.0, 10.0**ratio]
    eta = 10.0**exponent * theory.stability_limit(optimizer, lam)
    steps = float(predicted_steps(optimizer, eta, lam, alpha))
    path = theory.mode_path(optimizer, eta, lam, 12_000)
    error = (np.array(lam) * (path * alpha) ** 2).sum(axis=1)
    above = np.flatnonzero(error > 1e-6 * error[0])
    expected = above[-1] + 1 if len(above) else 0
    if expected >= 10_000:
        assert steps > 9000
    else:
        assert steps == pytest.approx(expected, rel=0.05, abs=1.0) if steps > 5000 else abs(steps - expected) <= 1


def test_predicted_steps_at_the_edges():
    lam = [1.0, 20.0]
    for optimizer in LINEAR:
        limit = theory.stability_limit(optimizer, lam)
        assert predicted_steps(optimizer, 1.01 * limit, lam, [1.0, 1.0]) == np.inf
        assert predicted_steps(optimizer, 0.0, lam, [1.0, 1.0]) == np.inf
        assert predicted_steps(optimizer, 0.01, [-1.0, 2.0], [1.0, 1.0]) == np.inf
        assert predicted_steps(optimizer, 0.01, lam, [0.0, 0.0]) == 0
        assert predicted_steps(optimizer, 0.01, [0.0, 0.0], [1.0, 1.0]) == 0
        alone = predicted_steps(optimizer, 0.01, [20.0], [1.0])
        assert predicted_steps(optimizer, 0.01, [0.0, 20.0], [5.0, 1.0]) == alone
        assert predicted_steps(optimizer, 0.01, lam, [0.0, 1.0]) == alone
    assert predicted_steps(GD, 0.25, [4.0], [1.0]) == 1  # one step at eta = 1/lambda
    assert predicted_steps(GD, 0.1, lam, [1.0, 1.0]) == np.inf  # a two-cycle


def test_predicted_steps_does_not_depend_on_sign_or_size_of_the_modes():
    for optimizer in LINEAR:
        one = predicted_steps(optimizer, 0.05, [1.0, 20.0], [1.0, 0.3])
        assert predicted_steps(optimizer, 0.05, [1.0, 20.0], [-1e3, 0.3e3]) == one
        assert predicted_steps(optimizer, 0.05, [20.0, 1.0], [0.3, 1.0]) == one


# ---- adaptive methods


def frozen(optimizer, hessian, scale, eta: float, steps: int) -> float:
    """Size of the error after ``steps`` of the method with its preconditioner held, relative to the start."""
    beta1 = getattr(optimizer, "decay_1", 0.0)
    w, mean = np.array([1.0, -0.7]), np.zeros(2)
    with np.errstate(all="ignore"):
        for _ in range(steps):
            mean = beta1 * mean + (1 - beta1) * (hessian @ w)
            w = w - eta * mean / scale
        return float(np.linalg.norm(w))


HELD = [AdaGrad(), RMSProp(), RMSProp(decay=0.5), Adam(), Adam(decay_1=0.5, decay_2=0.9), Adam(decay_1=0.0)]


@pytest.mark.parametrize("optimizer", HELD, ids=str)
@pytest.mark.parametrize("step", [1, 7, 60])
def test_preconditioned_limit_is_where_the_held_method_breaks(optimizer, step):
    valley = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=30.0)
    hessian = valley.hessian(np.zeros(2))
    path = run(valley, optimizer, 0.02, START, step)
    state = {slot: values[-1, 0] for slot, values in path.state.items()}
    corrected = state["squares"] / state.get("squares_correction", 1.0)
    scale = np.sqrt(corrected) + optimizer.stabiliser
    beta1 = getattr(optimizer, "decay_1", 0.0)
    largest = np.linalg.eigvals(hessian / scale[:, None]).real.max()

    limit = theory.preconditioned_limit(optimizer, hessian, state)
    assert limit == pytest.approx((2 + 2 * beta1) / (1 - beta1) / largest, rel=1e-12)
    below, above = (frozen(optimizer, hessian, scale, limit * (1 + t), 6000) for t in (-5e-3, 5e-3))
    assert below < 1e-6 and not above < 1e6


def test_a_weight_that_never_moved_is_left_out_of_the_preconditioned_limit():
    state = {"squares": np.array([0.0, 4.0])}
    hessian = np.diag([1.0, 20.0])
    held = theory.preconditioned_limit(AdaGrad(), hessian, state)
    assert held == pytest.approx(2.0 * 1e-8, rel=1e-6)
    moved = theory.preconditioned_limit(AdaGrad(), hessian, state, [False, True])
    assert moved == pytest.approx(2.0 * 2.0 / 20.0, rel=1e-6)


def test_preconditioned_limit_of_adam_is_38():
    state = {"mean": [0.0], "squares": [0.99], "mean_correction": [1.0], "squares_correction": [0.99]}
    adam = Adam(decay_1=0.9, stabiliser=1e-16)
    assert theory.preconditioned_limit(adam, [[1.0]], state) == pytest.approx(38.0, rel=1e-12)


def test_preconditioned_limit_of_a_whole_path():
    valley = Quadratic(angle=30.0)
    path = run(valley, RMSProp(), [0.01, 0.02], START, 9)
    hessian = valley.hessian(np.zeros(2))
    limits = theory.preconditioned_limit(RMSProp(), hessian, path.state)
    assert limits.shape == (10, 2)
    for k in range(10):
        assert limits[k, 1] == theory.preconditioned_limit(RMSProp(), hessian, {"squares": path.state["squares"][k, 1]})
    assert np.isinf(theory.preconditioned_limit(RMSProp(), -hessian, path.state)).all()
    state = {"squares": np.array([[1.0, 1.0], [np.nan, 1.0]])}
    np.testing.assert_array_equal(np.isnan(theory.preconditioned_limit(RMSProp(), hessian, state)), [False, True])


# ---- what is refused

NOT_ETAS = ["fast", "", None, True, [], np.nan, np.inf, -0.1, [0.1, np.nan], [0.1, -1.0], [[0.1]], 1j, {}, [0.1, [0.2]]]
NOT_SPECTRA = ["steep", None, True, [], np.nan, [1.0, np.inf], 1j, [None], {}, [1.0, [2.0]]]
CALLS = {
    "mode_factors": lambda eta, lam: theory.mode_factors(Momentum(), eta, lam),
    "rate": lambda eta, lam: theory.rate(Momentum(), eta, lam),
    "mode_path": lambda eta, lam: theory.mode_path(Momentum(), eta, lam, 5),
    "predicted_steps": lambda eta, lam: predicted_steps(Momentum(), eta, lam, [1.0]),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("value", NOT_ETAS, ids=str)
def test_bad_learning_rates_are_refused(call, value):
    with pytest.raises(ValueError, match=r"^learning_rate must be .*at least 0.*, got ") as caught:
        call(value, [1.0])
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize("value", NOT_SPECTRA, ids=str)
def test_bad_eigenvalues_are_refused(value):
    for call in CALLS.values():
        with pytest.raises(ValueError, match=r"^eigenvalues? must be finite numbers.*, got "):
            call(0.1, value)
    with pytest.raises(ValueError, match=r"^eigenvalues must be finite numbers, .*, got ") as caught:
        theory.stability_limit(GD, value)
    assert repr(value) in str(caught.value)
    with pytest.raises(ValueError, match=r"^eigenvalues must be finite numbers, .*, got "):
        theory.optimal(Momentum, value)


@pytest.mark.parametrize("value", [[0.0, 1.0], [-1.0, 1.0], -2.0, 0])
def test_a_best_setting_needs_positive_eigenvalues(value):
    for cls in (GradientDescent, Momentum, Nesterov):
        with pytest.raises(ValueError, match=r"^eigenvalues must all be above 0 .*, got "):
            theory.optimal(cls, value)


@pytest.mark.parametrize("value", [-1, 0.5, np.nan, np.inf, "5", None, True, [5]], ids=str)
def test_bad_steps_are_refused(value):
    for optimizer in (GD, Momentum()):
        with pytest.raises(ValueError, match=r"^steps must be a whole number, at least 0, got ") as caught:
            theory.mode_path(optimizer, 0.1, 1.0, value)
        assert repr(value) in str(caught.value)


@pytest.mark.parametrize("value", [0.0, 1.0, -1e-6, np.nan, np.inf, "small", None, True], ids=str)
def test_bad_tolerances_are_refused(value):
    with pytest.raises(ValueError, match=r"^tolerance must be above 0 and below 1, got ") as caught:
        predicted_steps(GD, 0.1, [1.0], [1.0], value)
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize(
    "value", ["far", None, [], [np.nan, 1.0], [1.0, np.inf], [1.0, 2.0, 3.0], [[1.0], [2.0]]], ids=str
)
def test_bad_modes_are_refused(value):
    with pytest.raises(ValueError, match=r"^modes must be .*, got "):
        predicted_steps(GD, 0.1, [1.0, 2.0], value)


@pytest.mark.parametrize("optimizer", ADAPTIVE, ids=str)
def test_adaptive_methods_have_no_modes(optimizer):
    for call in (
        lambda: theory.stability_limit(optimizer, [1.0]),
        lambda: theory.mode_factors(optimizer, 0.1, [1.0]),
        lambda: theory.rate(optimizer, 0.1, [1.0]),
        lambda: theory.mode_path(optimizer, 0.1, 1.0, 5),
        lambda: predicted_steps(optimizer, 0.1, [1.0], [1.0]),
        lambda: theory.optimal(type(optimizer), [1.0]),
    ):
        with pytest.raises(ValueError, match=optimizer.title):
            call()


@each_linear
def test_linear_methods_have_no_preconditioner(optimizer):
    with pytest.raises(ValueError, match=optimizer.title):
        theory.preconditioned_limit(optimizer, np.eye(2), {slot: np.ones(2) for slot in optimizer.slots})


@pytest.mark.parametrize("hessian", [[1.0], [[1.0, 0.0]], [[np.nan]], 1.0, [[[1.0, 0.0]]]], ids=str)
def test_bad_hessians_are_refused(hessian):
    with pytest.raises(ValueError, match=r"^hessian must be finite and of shape \(\.\.\., D, D\), got "):
        theory.preconditioned_limit(RMSProp(), hessian, {"squares": [1.0]})


@pytest.mark.parametrize("state", [{}, {"squares": [1.0]}, {"squares": 1.0}, {"change": [1.0, 1.0]}], ids=str)
def test_bad_states_are_refused(state):
    with pytest.raises(ValueError, match=r"^state must hold 'squares' of shape \(\.\.\., 2\), got "):
        theory.preconditioned_limit(RMSProp(), np.eye(2), state)


def test_lists_of_optimizers_that_do_not_fit_are_refused():
    two = [Momentum(), Momentum(momentum=0.5)]
    with pytest.raises(ValueError, match="^(learning_rate|optimizer) must be given"):
        theory.rate(two, [0.1, 0.2, 0.3], [1.0])
    for wrong in ([], [Momentum(), GD], "momentum", None):
        with pytest.raises(ValueError, match="^optimizer must be"):
            theory.rate(wrong, 0.1, [1.0])
