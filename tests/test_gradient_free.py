"""Minima of quadratics from errors alone and from gradients: the same place, and as many evaluations as it takes."""

import itertools
from unittest.mock import patch

import numpy as np
import pytest

from engine.gradient_free import coefficients, from_errors, from_gradients, seconds_each
from surfaces.booth import Booth
from surfaces.convex_rosenbrock import ConvexRosenbrock
from surfaces.quadratic import Quadratic
from widgets.details.worth import DIMENSIONS, measured


@pytest.mark.parametrize("dim", [2, 3, 5, 12, 20])
def test_both_find_the_minimum_with_as_many_evaluations_as_they_say(dim):
    surface, evaluated = ConvexRosenbrock(dimension=dim), []
    original = type(surface).evaluate

    def counting(self, w):
        evaluated.append(len(w))
        return original(self, w)

    with patch.object(type(surface), "evaluate", counting):
        found = [way(surface, np.full(dim, 0.3)) for way in (from_errors, from_gradients)]
    assert evaluated == [found[0].evaluations, found[1].evaluations] == [(dim + 1) * (dim + 2) // 2, dim + 1]
    for item in found:
        np.testing.assert_allclose(item.minimum, surface.minima[0], atol=1e-9)


@pytest.mark.parametrize("surface", [Quadratic(minimum_x=0.7), Quadratic(eigenvalue_1=-2.0, minimum_y=1.5), Booth()])
@pytest.mark.parametrize("step", [0.1, 1.0, 3.0])
def test_any_quadratic_of_two_weights_will_do(surface, step):
    expected = surface.stationary_point if isinstance(surface, Quadratic) else surface.minima[0]
    for way in (from_errors, from_gradients):
        np.testing.assert_allclose(way(surface, np.array([-1.0, 0.4]), step).minimum, expected, atol=1e-9)


def test_one_value_fewer_would_not_do():
    """As many independent columns as coefficients: the points determine every quadratic."""
    for dim in (1, 2, 6):
        unit = np.eye(dim)
        one, other = np.triu_indices(dim, 1)
        points = np.concatenate([np.zeros((1, dim)), unit, -unit, unit[one] + unit[other]])
        monomials = [
            np.ones(len(points)),
            *points.T,
            *(points[:, i] * points[:, j] for i in range(dim) for j in range(i, dim)),
        ]
        assert np.linalg.matrix_rank(np.array(monomials)) == len(points) == len(monomials) == coefficients(dim)


def test_bishops_count_leaves_out_the_constant():
    assert all(coefficients(dim) == dim * (dim + 3) // 2 + 1 for dim in range(1, 30))


def test_what_is_drawn_was_measured():
    header, arrays = measured()
    dims = np.array(DIMENSIONS)
    np.testing.assert_array_equal(arrays["errors"], arrays["law errors"])
    np.testing.assert_array_equal(arrays["gradients"], dims + 1)
    assert "takes 231 values of the error, but only 21 gradients" in header["says"]
    assert (arrays["each"] > 0.0).all() and seconds_each(ConvexRosenbrock(dimension=4), 50) > 0.0
    names = {curve[axis]["name"] for panel in header["panels"] for curve in panel["curves"] for axis in "xy"}
    assert names <= arrays.keys()


def test_the_time_of_an_evaluation_is_that_of_one_point(monkeypatch):
    ticks = itertools.count()
    monkeypatch.setattr("engine.gradient_free.perf_counter", lambda: float(next(ticks)))  # of this module alone
    assert seconds_each(ConvexRosenbrock(dimension=3), 50) == 1.0 / 50.0
