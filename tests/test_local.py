"""Local limits and quadratics: what they claim, held against runs."""

import numpy as np
import pytest

from engine import discover_optimizers, run, theory
from engine.local import Expansion, eigen, largest, limit_factor, local_limits
from engine.stationary import stationary_points
from surfaces import discover_surfaces
from surfaces.quadratic import Quadratic

OPTIMIZERS = discover_optimizers()
LINEAR = [slug for slug, cls in OPTIMIZERS.items() if cls().linear]
ADAPTIVE = [slug for slug, cls in OPTIMIZERS.items() if cls().adaptive]
SURFACES = {slug: cls for slug, cls in discover_surfaces().items() if cls().dim == 2}
random = np.random.default_rng(3)


def test_the_largest_eigenvalue_is_that_of_eigh():
    h = random.normal(size=(200, 2, 2))
    h = h + h.transpose(0, 2, 1)
    np.testing.assert_allclose(largest(h), np.linalg.eigvalsh(h)[:, -1], rtol=1e-12, atol=1e-13)
    three = random.normal(size=(5, 3, 3))
    three = three + three.transpose(0, 2, 1)
    np.testing.assert_allclose(largest(three), np.linalg.eigvalsh(three)[:, -1], rtol=1e-12)


def test_what_is_not_finite_has_no_eigenvalues():
    h = np.array([[[np.inf, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 2.0]]])
    assert np.isnan(largest(h)).tolist() == [True, False] and np.isnan(eigen(h)[0]).all(axis=-1).tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize("slug", LINEAR)
def test_on_a_quadratic_the_local_limit_is_the_limit(slug):
    valley, rule = Quadratic(), OPTIMIZERS[slug]()
    limits = local_limits(valley, [rule], random.normal(size=(7, 1, 2)), {})
    np.testing.assert_allclose(limits, theory.stability_limit(rule, valley.eigenvalues), rtol=1e-12)
    assert limit_factor(rule) == pytest.approx(20.0 * theory.stability_limit(rule, valley.eigenvalues))


@pytest.mark.parametrize("slug", ADAPTIVE)
def test_on_a_quadratic_the_local_limit_of_an_adaptive_rule_is_that_of_its_state(slug):
    valley, rules = Quadratic(), [OPTIMIZERS[slug](), OPTIMIZERS[slug](stabiliser=0.01)]
    path = run(valley, rules, 0.05, (-1.5, 1.0), 20)
    state = {name: values[1:] for name, values in path.state.items()}
    limits = local_limits(valley, rules, path.weights[1:], state)
    for r, rule in enumerate(rules):
        for k in (0, 7, 19):
            at = {name: values[k, r] for name, values in state.items()}
            assert limits[k, r] == pytest.approx(theory.preconditioned_limit(rule, valley.hessian(np.zeros(2)), at))
    same = local_limits(valley, [rules[0], rules[0]], path.weights[1:], state)
    np.testing.assert_allclose(same[:, 0], limits[:, 0], rtol=1e-12)


def test_there_is_no_local_limit_where_nothing_curves_up():
    surface = SURFACES["himmelblau"]()
    (place,) = (p for p, kind in zip(*_points(surface), strict=True) if kind == "maximum")
    assert np.isinf(local_limits(surface, [OPTIMIZERS["momentum"]()], place[None, None], {})).all()


def _points(surface):
    found = stationary_points(surface, surface.view)
    return found.places, found.kinds


@pytest.mark.parametrize("slug", LINEAR)
@pytest.mark.parametrize("name", ["himmelblau", "two_minima", "beale", "six_hump_camel", "styblinski_tang"])
def test_just_below_its_local_limit_a_minimum_holds_a_run_and_just_above_it_does_not(slug, name):
    surface, rule = SURFACES[name](), OPTIMIZERS[slug]()
    found = stationary_points(surface, surface.view)
    bowls = [kind == "minimum" for kind in found.kinds]
    for minimum, vectors in zip(found.minima, found.eigenvectors[bowls], strict=True):
        limit = float(local_limits(surface, [rule], minimum[None, None], {})[0, 0])
        start = minimum + 1e-7 * vectors[:, -1]
        path = run(surface, rule, limit * np.array([0.97, 1.03]), start, 400)
        away = np.linalg.norm(path.weights - minimum, axis=-1)
        assert away[-1, 0] < 1e-7
        assert np.nanmax(away[:, 1]) > 1e-5


@pytest.mark.parametrize("slug", SURFACES)
def test_the_expansion_is_right_to_third_order(slug):
    surface = SURFACES[slug]()
    low, high = np.array(surface.view).T
    w, direction = random.uniform(low, high, (40, 2)), random.normal(size=(40, 2))
    here = Expansion.at(surface, w)
    off = []
    for step in (1e-2, 5e-3):
        d = step * direction
        model = here.error + (d * here.gradient).sum(-1) + 0.5 * np.einsum("ni,nij,nj->n", d, here.hessian, d)
        off.append(np.abs(surface.evaluate(w + d)[0] - model))
    floor = 1e-11 * (1.0 + np.abs(here.error))
    assert (off[1] < off[0] / 6.0 + floor).mean() > 0.9  # a cubic remainder falls eight times


def test_a_newton_step_reaches_the_stationary_point_of_a_quadratic():
    valley = Quadratic(eigenvalue_1=-3.0, angle=77.0, minimum_x=0.4)
    w = random.normal(size=(9, 2))
    np.testing.assert_allclose(
        w + Expansion.at(valley, w).newton_step, np.tile(valley.stationary_point, (9, 1)), atol=1e-12
    )
    flat = Quadratic(eigenvalue_1=0.0, angle=0.0)
    assert np.isnan(Expansion.at(flat, w).newton_step).all()
