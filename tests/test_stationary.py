"""Stationary points: all of those that are known, classified as their surroundings are, and nothing else."""

from collections import Counter

import numpy as np
import pytest

from engine.lowest import lowest
from engine.stationary import KINDS, STARTS, floor, stationary_points
from surfaces import discover_surfaces
from surfaces.formula import Formula
from surfaces.quadratic import Quadratic
from surfaces.two_minima import TwoMinima

SURFACES = {slug: cls for slug, cls in discover_surfaces().items() if cls().dim == 2}
every_surface = pytest.mark.parametrize("slug", SURFACES)
random = np.random.default_rng(7)


def found_on(surface):
    return stationary_points(surface, surface.view)


@pytest.mark.parametrize(
    ("slug", "counts"),
    [
        ("two_minima", {"minimum": 2, "saddle": 1}),
        ("rosenbrock", {"minimum": 1}),
        ("himmelblau", {"minimum": 4, "saddle": 4, "maximum": 1}),
        ("beale", {"minimum": 1, "saddle": 1}),
        ("booth", {"minimum": 1}),
        ("styblinski_tang", {"minimum": 4, "saddle": 4, "maximum": 1}),
        ("six_hump_camel", {"minimum": 6, "saddle": 7, "maximum": 2}),
        ("goldstein_price", {"minimum": 4, "saddle": 4, "maximum": 1}),
        ("rastrigin", {"minimum": 121, "saddle": 220, "maximum": 100}),
        ("monkey_saddle", {"degenerate": 1}),
        ("plateau_ravine", {"minimum": 1}),
        ("sharpness", {"saddle": 1}),
        ("quadratic", {"minimum": 1}),
    ],
)
def test_what_is_known_to_be_in_view_is_found(slug, counts):
    assert Counter(found_on(SURFACES[slug]()).kinds) == counts


@every_surface
def test_the_gradient_vanishes_where_a_point_was_found(slug):
    surface = SURFACES[slug]()
    found = found_on(surface)
    scale = np.median(np.linalg.norm(surface.evaluate(random.uniform(*np.array(surface.view).T, (200, 2)))[1], axis=-1))
    for places in (found.places, found.curve):
        assert (np.linalg.norm(surface.evaluate(places)[1], axis=-1) <= 1e-8 * scale).all()
    assert (
        set(found.kinds) <= set(KINDS) and (np.diff(found.errors) >= -1e-9 * np.abs(found.errors).max(initial=1)).all()
    )


@every_surface
def test_every_known_minimum_in_view_is_found(slug):
    surface = SURFACES[slug]()
    found, (x, y) = found_on(surface), surface.view
    places = np.concatenate([found.minima, found.curve])
    for minimum in surface.minima:
        if not surface.hessian(minimum).any():  # of a flat floor, which is found in other places
            np.testing.assert_array_equal(surface.evaluate(found.curve)[0], surface.evaluate(minimum)[0])
        elif x[0] < minimum[0] < x[1] and y[0] < minimum[1] < y[1]:
            near = 3e-2 if len(found.curve) else 1e-4
            assert np.linalg.norm(places - minimum, axis=-1).min() < near


@every_surface
def test_the_kinds_are_those_of_the_surroundings(slug):
    surface = SURFACES[slug]()
    found = found_on(surface)
    turn = np.linspace(0.0, 2.0 * np.pi, 64, endpoint=False)
    for place, error, kind in zip(found.places, found.errors, found.kinds, strict=True):
        around = surface.evaluate(place + 1e-3 * np.stack([np.cos(turn), np.sin(turn)], axis=-1))[0] - error
        expected = "minimum" if around.min() > 0.0 else "maximum" if around.max() < 0.0 else "saddle"
        assert kind in (expected, "degenerate")


def test_the_points_of_himmelblau_are_the_published_ones():
    found = found_on(SURFACES["himmelblau"]())
    published = [(3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)]
    for place in published:
        assert np.linalg.norm(found.minima - place, axis=-1).min() < 1e-6
    (maximum,) = found.places[[kind == "maximum" for kind in found.kinds]]
    np.testing.assert_allclose(maximum, (-0.270845, -0.923039), atol=1e-6)


def test_a_curve_of_minima_is_one_thing_and_not_hundreds_of_points():
    found = found_on(SURFACES["sharpness"]())
    assert len(found.curve) > 50 and len(found.kinds) == 1
    a, b = found.curve.T
    np.testing.assert_allclose(a * b, 1.0, atol=1e-7)
    np.testing.assert_allclose(found.curve_eigenvalues[:, 1], a * a + b * b, rtol=1e-6)
    assert np.abs(found.curve_eigenvalues[:, 0]).max() < 1e-6


def test_a_flat_valley_is_a_curve_too():
    valley = Quadratic(eigenvalue_1=0.0)
    found = found_on(valley)
    assert not found.kinds and len(found.curve) > 50
    np.testing.assert_allclose(valley.modes(found.curve)[:, 1], 0.0, atol=1e-9)


def test_eigenvectors_stand_in_columns():
    surface = SURFACES["himmelblau"]()
    found = found_on(surface)
    for place, values, vectors in zip(found.places, found.eigenvalues, found.eigenvectors, strict=True):
        np.testing.assert_allclose(surface.hessian(place) @ vectors, vectors * values, atol=1e-9 * np.abs(values).max())


def test_a_search_is_remembered():
    surface = SURFACES["beale"]()
    assert stationary_points(surface, surface.view) is stationary_points(SURFACES["beale"](), surface.view)


def test_only_planes_are_searched():
    with pytest.raises(ValueError, match="2 weights, got 25"):
        stationary_points(discover_surfaces()["convex_rosenbrock"](), ((0.0, 1.0), (0.0, 1.0)))


def test_errors_are_counted_from_the_lowest_minimum_or_the_lowest_point():
    assert floor(SURFACES["two_minima"](), ((-2.7, 0.0), (-2.0, 2.0))) == (pytest.approx(0.0, abs=1e-12), True)
    assert floor(SURFACES["monkey_saddle"](), SURFACES["monkey_saddle"]().view) == (0.0, False)
    camel = SURFACES["six_hump_camel"]()
    curve = Formula("(x*y - 1)^2 + 5")
    assert floor(curve, curve.view) == (pytest.approx(5.0, abs=1e-12), True)
    flat = Quadratic(eigenvalue_1=0.0)
    assert floor(flat, flat.view) == (0.0, False)
    assert floor(camel, camel.view) == (pytest.approx(-1.031628453, abs=1e-8), True)


@pytest.mark.parametrize("seed", range(6))
def test_a_narrow_view_finds_what_a_wide_one_found_in_it(seed):
    surface = SURFACES["styblinski_tang"]()
    wide = found_on(surface)
    local = np.random.default_rng(seed)
    centre, half = local.uniform(-3.0, 3.0, 2), local.uniform(0.5, 3.0, 2)
    view = tuple((float(c - h), float(c + h)) for c, h in zip(centre, half, strict=True))
    inside = (np.abs(wide.places - centre) < half).all(axis=-1) & (np.abs(wide.places) < 4.2).all(axis=-1)
    found = stationary_points(surface, view)
    for place in wide.places[inside]:
        assert np.linalg.norm(found.places - place, axis=-1).min() < 1e-6
    assert len(found.places) < STARTS**2


@pytest.mark.parametrize(("depth", "places"), [(0.0, 2), (1e-4, 1), (1.0, 1)])
def test_the_lowest_minima_are_those_as_low_as_each_other(depth, places):
    found = lowest(TwoMinima(depth=depth))
    assert len(found.places) == places and found.alone == (places == 2) and found.known
    assert found.error == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize(
    ("text", "place", "kind"),
    [
        ("x^10+y^2", (0.0, 0.0), "degenerate"),
        ("x^20+y^2", (0.0, 0.0), "degenerate"),
        ("(x-0.03)^10+y^2", (0.03, 0.0), "degenerate"),
        ("x^10-y^2", (0.0, 0.0), "degenerate"),
    ],
)
def test_a_floor_on_which_the_gradient_fades_has_one_point(text, place, kind):
    found = found_on(Formula(text))
    assert found.kinds == [kind] and not len(found.curve)
    np.testing.assert_allclose(found.places[0], place, atol=1e-3)
