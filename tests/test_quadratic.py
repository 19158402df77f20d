"""The quadratic valley: shape, words and ranges."""

import itertools

import numpy as np
import pytest

from engine import run
from engine.optimizers.gradient_descent import GradientDescent
from surfaces.quadratic import Quadratic

ANGLES = [-180.0, -135.0, -90.0, -60.0, -1e-9, 0.0, 1e-3, 30.0, 45.0, 89.999, 90.0, 120.0, 180.0]
PAIRS = [(1.0, 20.0), (20.0, 1.0), (3.0, 3.0), (1e-3, 1e3)]
PAIRS += [(-1.0, 4.0), (4.0, -1.0), (-2.0, -5.0), (0.0, 2.0), (0.0, 0.0)]


def valleys():
    for (first, second), angle in itertools.product(PAIRS, ANGLES):
        yield Quadratic(eigenvalue_1=first, eigenvalue_2=second, angle=angle, minimum_x=0.3, minimum_y=-2.0)


def test_eigenpairs_rebuild_the_hessian():
    for valley in valleys():
        lam, u = valley.eigenvalues, valley.eigenvectors
        hessian = valley.hessian(np.zeros(2))
        size = max(np.abs(lam).max(), 1e-300)
        assert lam[0] <= lam[1]
        np.testing.assert_allclose(u.T @ u, np.eye(2), atol=4e-16)
        np.testing.assert_allclose(u @ np.diag(lam) @ u.T, hessian, atol=4e-16 * size)
        np.testing.assert_allclose(hessian @ u, u * lam, atol=4e-16 * size)
        np.testing.assert_allclose(np.linalg.eigvalsh(hessian), lam, atol=1e-15 * size)


def test_first_eigenvalue_belongs_to_the_direction_at_the_angle():
    for valley in valleys():
        direction = np.array([np.cos(np.radians(valley.angle)), np.sin(np.radians(valley.angle))])
        size = max(np.abs(valley.eigenvalues).max(), 1e-300)
        expected = valley.eigenvalue_1 * direction
        # an angle is known to one part in 2^53 of a full turn: 1e-15 radians
        np.testing.assert_allclose(valley.hessian(np.zeros(2)) @ direction, expected, atol=3e-15 * size)


@pytest.mark.parametrize("angle", [-180.0, -90.0, -0.0, 0.0, 90.0, 180.0])
def test_multiples_of_ninety_degrees_are_exact(angle):
    valley = Quadratic(eigenvalue_1=0.7, eigenvalue_2=11.0, angle=angle)
    along_x = angle % 180.0 == 0.0
    expected = np.diag([0.7, 11.0] if along_x else [11.0, 0.7])
    np.testing.assert_array_equal(valley.hessian(np.zeros(2)), expected)
    assert set(np.abs(valley.eigenvectors).ravel()) == {0.0, 1.0}
    np.testing.assert_array_equal(np.abs(valley.eigenvectors[:, 0]), [1.0, 0.0] if along_x else [0.0, 1.0])


@pytest.mark.parametrize("angle", [-1e-13, -1e-15, -1e-300, -5e-324, 5e-324, 1e-15, 89.99999999999999])
def test_angles_a_rounding_away_from_an_axis_are_like_the_axis(angle):
    turned = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=angle).hessian(np.zeros(2))
    expected = np.diag([1.0, 20.0] if angle < 1.0 else [20.0, 1.0])
    # a turn of 1e-13 degrees, times the difference of the eigenvalues
    np.testing.assert_allclose(turned, expected, atol=6e-14)


def test_swapped_order_is_the_same_valley_turned_by_ninety_degrees():
    for angle in (-170.0, -30.0, 0.0, 33.0, 90.0):
        first = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=angle)
        swapped = Quadratic(eigenvalue_1=20.0, eigenvalue_2=1.0, angle=angle + 90.0)
        np.testing.assert_array_equal(first.eigenvalues, swapped.eigenvalues)
        np.testing.assert_allclose(first.hessian(np.zeros(2)), swapped.hessian(np.zeros(2)), atol=1e-14)
        for i in range(2):
            assert abs(first.eigenvectors[:, i] @ swapped.eigenvectors[:, i]) == pytest.approx(1.0, abs=1e-15)


def test_error_gradient_and_modes_agree():
    """E = 1/2 sum lambda_i alpha_i^2, grad E = sum lambda_i alpha_i u_i; Bishop and Bishop (2024), 7.10-7.11, 7.25."""
    w = np.random.default_rng(0).normal(scale=3.0, size=(40, 2))
    for valley in valleys():
        error, gradient = valley.evaluate(w)
        alpha, lam = valley.modes(w), valley.eigenvalues
        size = max(np.abs(lam).max(), 1e-300)
        np.testing.assert_allclose(error, 0.5 * alpha**2 @ lam, atol=1e-13 * size)
        np.testing.assert_allclose(gradient, (lam * alpha) @ valley.eigenvectors.T, atol=1e-13 * size)
        np.testing.assert_allclose(valley.stationary_point + alpha @ valley.eigenvectors.T, w, atol=1e-14)
        np.testing.assert_allclose(valley.modes(valley.stationary_point), 0.0)


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (1.0, 20.0, "minimum"),
        (20.0, 1.0, "minimum"),
        (-1.0, -20.0, "maximum"),
        (-20.0, -1.0, "maximum"),
        (-1.0, 4.0, "saddle"),
        (4.0, -1.0, "saddle"),
        (0.0, 4.0, "flat valley"),
        (4.0, 0.0, "flat valley"),
        (4.0, -0.0, "flat valley"),
        (0.0, -4.0, "flat ridge"),
        (-4.0, 0.0, "flat ridge"),
        (0.0, 0.0, "flat plane"),
        (-0.0, 0.0, "flat plane"),
    ],
)
def test_verdict_in_words(first, second, verdict):
    valley = Quadratic(eigenvalue_1=first, eigenvalue_2=second)
    assert valley.verdict == verdict
    assert len(valley.minima) == (verdict == "minimum")


def test_condition_number():
    assert Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0).condition_number == 20.0
    assert Quadratic(eigenvalue_1=20.0, eigenvalue_2=1.0).condition_number == 20.0
    assert Quadratic(eigenvalue_1=3.0, eigenvalue_2=3.0).condition_number == 1.0
    assert Quadratic(eigenvalue_1=1e-3, eigenvalue_2=1e3).condition_number == pytest.approx(1e6, rel=1e-15)
    for first, second in ((0.0, 2.0), (-1.0, 2.0), (-1.0, -2.0), (0.0, 0.0)):
        assert np.isnan(Quadratic(eigenvalue_1=first, eigenvalue_2=second).condition_number)


def test_bowl_of_eigenvalues_2_and_8_is_x2_plus_4_y2():
    bowl = Quadratic(eigenvalue_1=2.0, eigenvalue_2=8.0, angle=0.0)
    w = np.random.default_rng(0).normal(size=(30, 2))
    error, gradient = bowl.evaluate(w)
    np.testing.assert_allclose(error, w[:, 0] ** 2 + 4.0 * w[:, 1] ** 2, rtol=1e-15)
    np.testing.assert_array_equal(gradient, w * [2.0, 8.0])
    assert bowl.condition_number == 4.0


def test_minimum_moves_the_surface_and_nothing_else():
    w = np.random.default_rng(0).normal(size=(30, 2))
    here = Quadratic(angle=17.0)
    there = Quadratic(angle=17.0, minimum_x=2.0, minimum_y=-1.0)
    np.testing.assert_allclose(there.evaluate(w + [2.0, -1.0])[0], here.evaluate(w)[0], rtol=1e-13)
    np.testing.assert_array_equal(there.minima, [[2.0, -1.0]])
    np.testing.assert_allclose(np.array(there.start) - here.start, [2.0, -1.0])


@pytest.mark.parametrize("name", ["eigenvalue_1", "eigenvalue_2"])
@pytest.mark.parametrize("value", [0.0, -0.0, 1e-3, -1e-3, 1e3, -1e3, 7, np.float32(2.0), np.int64(-3)])
def test_eigenvalues_allowed(name, value):
    assert getattr(Quadratic(**{name: value}), name) == float(value)


@pytest.mark.parametrize("name", ["eigenvalue_1", "eigenvalue_2"])
@pytest.mark.parametrize("value", [5e-4, -5e-4, 1e-300, 1001.0, -1001.0, 1e999, -1e999, np.nan, "1", None, True, [1.0]])
def test_eigenvalues_refused(name, value):
    with pytest.raises(ValueError) as caught:
        Quadratic(**{name: value})
    message = str(caught.value)
    assert message.startswith(f"{name} must be in [-1000, 1000], and zero or at least 0.001 in magnitude, got ")
    assert repr(value) in message


@pytest.mark.parametrize("angle", [-135.0, -45.0, 45.0, 135.0])
def test_what_starts_on_a_diagonal_of_a_saddle_that_lies_there_stays_on_it(angle):
    valley = Quadratic(eigenvalue_1=-1.0, eigenvalue_2=2.0, angle=angle)
    start = 1.3 * np.sign(valley.eigenvectors[:, 1])
    assert valley.modes(start)[0] == 0.0
    path = run(valley, GradientDescent(), 0.3, start, 400)
    assert np.all(valley.modes(path.weights[:, 0])[:, 0] == 0.0) and path.error[-1, 0] < 1e-30
