"""The regimes of a mode and its critical damping: against roots in exact terms, and against what runs do."""

import numpy as np
import pytest

from engine import discover_optimizers, run, theory
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nesterov import Nesterov
from surfaces.quadratic import Quadratic

MUS = [0.0, 0.05, 0.3, 0.5, 0.81, 0.9, 0.99, 0.999]
RULES = [GradientDescent(), *(cls(momentum=mu) for cls in (Momentum, Nesterov) for mu in MUS)]
each_rule = pytest.mark.parametrize("rule", RULES, ids=str)
X = np.unique(np.concatenate([np.geomspace(1e-4, 4.5, 40), np.linspace(0.05, 4.5, 40)]))


def named(rule, eta, eigenvalues):
    return [theory.REGIMES[place] for place in theory.regime(rule, eta, eigenvalues)]


def alpha(rule, eta_lambda, steps=80):
    """One mode, by a real run: the other direction starts at 0."""
    path = run(Quadratic(eigenvalue_1=1.0, eigenvalue_2=2.0, angle=0.0), rule, eta_lambda, (1.0, 0.0), steps)
    return path.weights[:, 0, 0]


@each_rule
def test_a_regime_is_what_the_roots_say(rule):
    for x, name in zip(X.tolist(), named(rule, 1.0, X), strict=True):
        roots = theory.mode_factors(rule, 1.0, [x])[0]
        size, leading = np.abs(roots).max(), roots[0]
        if name == "divergence":
            assert size > 1.0
        elif name == "ripples":
            assert len(roots) == 2 and roots[0].imag != 0.0 and size < 1.0
        elif name == "monotone":
            assert leading.real > 0.0 and abs(leading.imag) < 1e-7 and size < 1.0
        elif name == "oscillation":
            assert leading.real < 0.0 and abs(leading.imag) < 1e-7 and size < 1.0
        elif name == "one step":
            assert size < 1e-7
        else:
            assert name == "at the limit" and size == pytest.approx(1.0)


@each_rule
def test_a_run_does_what_its_regime_says(rule):
    for x, name in zip(X.tolist(), named(rule, 1.0, X), strict=True):
        path = alpha(rule, x)
        seen = path[np.abs(path) > 1e-250]
        sizes, signs = np.abs(seen), np.sign(seen)
        if name == "monotone":
            assert (signs > 0.0).all() and (np.diff(seen) < 0.0).all()
        elif name == "oscillation":
            # its smaller root has died away
            assert (signs[40:-1] * signs[41:] < 0.0).all()
        elif name == "ripples":
            turn = np.abs(np.angle(theory.mode_factors(rule, 1.0, [x])[0, 0]))
            if turn * len(seen) > 2.0 * np.pi:
                assert (signs < 0.0).any()
        elif name == "divergence" and theory.rate(rule, x, [1.0]) > 1.2:
            assert not sizes[-1] < 1e3


def test_one_step_is_one_step():
    for rule in (GradientDescent(), Momentum(momentum=0.0), *(Nesterov(momentum=mu) for mu in MUS)):
        assert named(rule, 0.25, [4.0]) == ["one step"]
        assert (alpha(rule, 1.0, steps=5)[1:] == 0.0).all()
    assert named(Momentum(momentum=0.5), 0.25, [4.0]) == ["ripples"]


@each_rule
def test_at_the_limit_and_beside_it(rule):
    limit = theory.stability_limit(rule, [3.0])
    assert named(rule, limit, [3.0]) == ["at the limit"]
    assert named(rule, limit * (1.0 - 1e-9), [3.0]) != ["divergence"]
    assert named(rule, limit * (1.0 + 1e-9), [3.0]) == ["divergence"]


@each_rule
def test_nothing_moves_without_curvature_and_nothing_holds_against_it(rule):
    assert named(rule, 0.1, [-1.0, 0.0]) == ["divergence", "at the limit"]
    assert named(rule, 0.0, [5.0]) == ["at the limit"]


def test_the_smallest_steps_are_not_taken_for_the_limit():
    for rule in (GradientDescent(), Momentum(momentum=0.5), Nesterov(momentum=0.5)):
        assert named(rule, 1e-8, [1e-3]) == ["monotone"]


def test_regimes_of_many_settings_are_those_of_each():
    rules, etas, lam = [Momentum(momentum=mu) for mu in MUS], np.linspace(0.1, 3.0, len(MUS)), [0.5, 1.0, 2.0]
    together = theory.regime(rules, etas, lam)
    assert together.shape == (len(MUS), 3)
    for rule, eta, found in zip(rules, etas, together, strict=True):
        np.testing.assert_array_equal(theory.regime(rule, eta, lam), found)


def test_the_slowest_mode_governs_the_end_of_a_run():
    valley, random = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=0.0), np.random.default_rng(3)
    for cls in (Momentum, Nesterov):
        for mu, eta in zip(random.uniform(0.0, 0.95, 40), random.uniform(0.002, 0.13, 40), strict=True):
            rule = cls(momentum=mu)
            sizes = np.abs(theory.mode_factors(rule, eta, valley.eigenvalues)[:, 0])
            if sizes.max() > 1.01 or sizes.min() > 0.98 * sizes.max():
                continue
            place = theory.slowest_mode(rule, eta, valley.eigenvalues)
            assert sizes[place] == sizes.max()
            tail = np.abs(run(valley, rule, eta, (1.0, 1.0), 600).weights[-60:, 0]).max(axis=0)
            assert tail.argmax() == place


def test_of_equal_modes_the_first_governs_and_flat_ones_do_not():
    assert theory.slowest_mode(Momentum(momentum=0.9), 0.02, [1.0, 20.0]) == 0  # both swing with sqrt(mu)
    assert theory.slowest_mode(Momentum(momentum=0.9), 0.02, [0.0, 20.0]) == 1


@pytest.mark.parametrize("mu", MUS)
def test_critical_damping_is_that_of_the_literature(mu):
    root = np.sqrt(mu)
    np.testing.assert_allclose(
        theory.critical_damping(Momentum(momentum=mu)), [(1.0 - root) ** 2, (1.0 + root) ** 2], rtol=1e-9
    )
    np.testing.assert_allclose(
        theory.critical_damping(Nesterov(momentum=mu)), [((1.0 - mu) / (1.0 + mu)) ** 2, 1.0], rtol=1e-9
    )


@pytest.mark.parametrize("slug", [slug for slug, cls in discover_optimizers().items() if cls().linear])
def test_where_damping_is_critical_two_roots_meet_and_none_swings_beyond(slug):
    cls = discover_optimizers()[slug]
    if not cls.parameters():
        assert np.isnan(theory.critical_damping(cls())).all()
        return
    rules = [cls(**dict.fromkeys(cls.parameters(), mu)) for mu in MUS]
    critical = theory.critical_damping(rules)
    assert critical.shape == (len(MUS), 2)
    for rule, (low, high) in zip(rules, critical, strict=True):
        for x in (low, high):
            first, second = theory.mode_factors(rule, 1.0, [x])[0]
            assert abs(first - second) < 1e-6
        inside, outside = [0.9 * low + 0.1 * high, 0.1 * low + 0.9 * high], [0.98 * low, 1.02 * high]
        if high - low > 1e-6:
            assert named(rule, 1.0, inside) == ["ripples", "ripples"]
        assert "ripples" not in named(rule, 1.0, outside)


@pytest.mark.parametrize("kappa", [2.0, 5.0, 20.0, 300.0])
def test_polyaks_optimum_is_critical_at_both_ends(kappa):
    """The best setting of momentum: the slowest direction at its first critical damping, the steepest at its second."""
    best = theory.optimal(Momentum, [1.0, kappa])
    low, high = theory.critical_damping(best.optimizer)
    assert best.learning_rate == pytest.approx(low, rel=1e-9)
    assert best.learning_rate * kappa == pytest.approx(high, rel=1e-9)


@pytest.mark.parametrize("kappa", [2.0, 5.0, 20.0, 300.0])
def test_nesterovs_optimum_is_critical_along_the_slowest_direction(kappa):
    best = theory.optimal(Nesterov, [1.0, kappa])
    assert best.learning_rate == pytest.approx(theory.critical_damping(best.optimizer)[0], rel=1e-9)


@each_rule
def test_the_two_ends_of_a_polynomial_say_all_of_it(rule):
    low, high = theory.ends(rule)
    for x in X:
        found = np.roots(low + x * (high - low))
        expected = theory.mode_factors(rule, 1.0, [x])[0]
        np.testing.assert_allclose(np.sort(np.abs(found)), np.sort(np.abs(expected)), atol=1e-7)


@pytest.mark.parametrize(("beside", "name"), [(-1e-13, "oscillation"), (1e-13, "divergence"), (1e-16, "at the limit")])
def test_beside_the_limit_is_not_at_the_limit(beside, name):
    assert named(GradientDescent(), 0.5 * (1.0 + beside), [4.0]) == [name]


def test_of_pairs_of_one_size_the_slowest_mode_is_the_first_whatever_rounding_says():
    random = np.random.default_rng(0)
    larger = 0
    for _ in range(100):
        rule, eigenvalues = Momentum(momentum=random.uniform(0.3, 0.95)), [1.0, random.uniform(1.1, 2.0)]
        first, second = np.abs(theory.mode_factors(rule, 1.0, eigenvalues)[:, 0])
        larger += bool(second > first)
        assert theory.slowest_mode(rule, 1.0, eigenvalues) == 0
    assert larger > 10  # and rounding does say so
