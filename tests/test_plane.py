"""Plane: the section of weight space that is drawn."""

from dataclasses import dataclass

import numpy as np
import pytest

from engine import Plane, Surface
from engine.kernel import kernel
from surfaces.quadratic import Quadratic

BOWL = Quadratic(eigenvalue_1=2.0, eigenvalue_2=8.0, angle=0.0)


@dataclass(frozen=True)
class Curve(Surface):
    """E = w^4, in one weight."""

    title, dim, start, view = "Curve", 1, (1.0,), ((-2.0, 2.0), (0.0, 16.0))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        for r in range(w.shape[1]):
            x = w[0, r]
            error[r] = x * x * x * x
            g[0, r] = 4.0 * x * x * x

    def hessian(self, w):
        return 12.0 * np.asarray(w)[..., None] ** 2


@dataclass(frozen=True)
class Space(Curve):
    dim = 3


def test_with_two_weights_the_plane_is_the_weight_space_itself():
    plane = Plane.of(BOWL)
    points = np.random.default_rng(0).normal(size=(5, 4, 2))
    np.testing.assert_array_equal(plane.project(points), points)
    np.testing.assert_array_equal(plane.origin, [0.0, 0.0])
    assert plane.view == BOWL.view


def test_grid_is_row_y_column_x():
    plane = Plane.of(BOWL)
    x, y, points = plane.grid(11)
    assert x.shape == y.shape == (11,) and points.shape == (11, 11, 2)
    assert (x[0], x[-1]) == BOWL.view[0] and (y[0], y[-1]) == BOWL.view[1]
    np.testing.assert_array_equal(points[3, 7], [x[7], y[3]])
    error, _ = BOWL.evaluate(points)
    np.testing.assert_allclose(error, x[None, :] ** 2 + 4.0 * y[:, None] ** 2, rtol=1e-14)


def test_with_one_weight_it_is_a_line():
    plane = Plane.of(Curve())
    assert plane.v is None
    x, y, points = plane.grid(9)
    assert y.size == 0 and points.shape == (9, 1)
    np.testing.assert_array_equal(points[:, 0], x)
    np.testing.assert_allclose(Curve().evaluate(points)[0], x**4)
    np.testing.assert_array_equal(plane.project(points), points)
    np.testing.assert_array_equal(
        plane.contains(np.array([[2.0], [-2.0], [2.1], [np.nan]])), [True, True, False, False]
    )


def test_three_weights_cannot_be_drawn_whole():
    with pytest.raises(ValueError, match="^surface must have 1 or 2 weights to be drawn whole, got 3"):
        Plane.of(Space())


@pytest.mark.parametrize(
    "far", [(9.0, 0.0), (-9.0, 0.0), (0.0, 50.0), (-3.0, -3.0), (2.4, 1.6), (1e6, -1e-3)], ids=lambda far: str(far)
)
def test_include_grows_the_view_until_every_point_is_well_inside(far):
    points = np.array([far, (0.1, 0.1)])
    plane = Plane.of(BOWL, include=points)
    assert plane.contains(plane.project(points)).all()
    for i, ((low, high), (old_low, old_high)) in enumerate(zip(plane.view, BOWL.view, strict=True)):
        assert low <= old_low and high >= old_high
        margin = 0.05 * (high - low)
        assert low + margin <= far[i] <= high - margin
    assert plane.contains(plane.project(np.array(BOWL.start)))


def test_include_leaves_the_view_alone_where_the_points_are_well_inside():
    assert Plane.of(BOWL, include=np.array([(0.0, 0.0), (1.0, 1.0)])).view == BOWL.view
    assert Plane.of(BOWL, include=np.array([0.5, 0.5])).view == BOWL.view
    assert Plane.of(BOWL, include=np.empty((0, 2))).view == BOWL.view
    assert Plane.of(BOWL, include=np.full((3, 2), np.nan)).view == BOWL.view


def test_include_on_a_line():
    plane = Plane.of(Curve(), include=np.array([[7.0]]))
    assert plane.view[0][1] > 7.0 and plane.view[0][0] <= -2.0 and plane.view[1] == Curve.view[1]


def test_contains_counts_in_views_about_the_centre():
    plane = Plane.of(Quadratic(minimum_x=5.0, minimum_y=-2.0))
    (x_low, x_high), (y_low, y_high) = plane.view
    centre, half = np.array([5.0, -2.0]), np.array([x_high - x_low, y_high - y_low]) / 2.0
    for views in (0.5, 1.0, 20.0):
        assert plane.contains(centre + 0.999 * views * half, views)
        assert not plane.contains(centre + [0.0, 1.001 * views * half[1]], views)
        assert not plane.contains(centre - [1.001 * views * half[0], 0.0], views)
    inside = plane.contains(np.array([[np.nan, -2.0], [5.0, np.nan], [np.inf, -2.0], [5.0, -2.0]]))
    np.testing.assert_array_equal(inside, [False, False, False, True])
    assert plane.contains(np.zeros((3, 4, 2))).shape == (3, 4)
