"""Planes through weight space, what they show of a surface, and what they hide of a run."""

from dataclasses import replace

import numpy as np
import pytest

from engine import Plane, discover_optimizers, planes, run
from engine.cut import KINDS, PLACES, Cut
from engine.section import Section, seen
from engine.shadow import below, explained, random_walk_ends, random_walk_plane, random_walk_shares, shadow
from engine.study import Entry
from surfaces.convex_rosenbrock import ConvexRosenbrock
from surfaces.quadratic import Quadratic
from surfaces.two_minima import TwoMinima

CHAIN = ConvexRosenbrock(dimension=12)
OPTIMIZERS = discover_optimizers()


def path(rule="momentum", eta=0.1, steps=120, surface=CHAIN):
    return run(surface, OPTIMIZERS[rule](), eta, surface.start, steps).weights[:, 0]


def every_plane(surface=CHAIN):
    return {
        (kind, at): Cut(kind, at).lay(surface, Entry("a", OPTIMIZERS["momentum"](), 0.1), surface.start, 120)
        for kind in KINDS
        for at in PLACES
    }


@pytest.mark.parametrize(("kind", "at"), every_plane())
def test_axes_are_unit_vectors_at_right_angles_and_the_view_is_a_picture(kind, at):
    plane = every_plane()[kind, at]
    np.testing.assert_allclose(plane.axes @ plane.axes.T, np.eye(2), atol=1e-12)
    (left, right), (low, high) = plane.view
    assert right - left == pytest.approx(planes.WIDE * (high - low)) and high > low
    points = np.random.default_rng(0).normal(size=(5, 3, 2))
    np.testing.assert_allclose(plane.project(plane.lift(points)), points, atol=1e-12)
    weights = path()
    there = weights[-1] if at == "end" or kind == "run" else weights[0]
    np.testing.assert_allclose(plane.lift(plane.project(there)), there, atol=1e-12)
    assert plane.contains(plane.project(there))
    if at == "end" or kind == "run":
        assert plane.contains(plane.project(weights)).all()


def test_planes_of_one_content_are_equal():
    one, other = (Plane.of(TwoMinima()) for _ in range(2))
    assert one == other and hash(one) == hash(other) and one != replace(one, view=((0.0, 1.0), (0.0, 1.0)))
    assert every_plane()["run", "end"] == every_plane()["run", "start"] != every_plane()["random", "end"]


def test_a_plane_of_two_weights_shows_them_and_holds_the_others():
    weights = np.arange(12.0)
    plane = planes.through_weights(CHAIN, 3, 7, weights, np.empty((0, 12)))
    np.testing.assert_array_equal(plane.project(weights), [3.0, 7.0])
    assert plane.names == ("w_{4}", "w_{8}")
    moved = plane.lift(np.array([-1.0, 2.5]))
    np.testing.assert_array_equal(moved[[3, 7]], [-1.0, 2.5])
    np.testing.assert_array_equal(np.delete(moved, [3, 7]), np.delete(weights, [3, 7]))
    for pair in ((3, 3), (-1, 2), (0, 12)):
        with pytest.raises(ValueError, match="^first and second must be two weights of 12"):
            planes.through_weights(CHAIN, *pair, weights, np.empty((0, 12)))


class Grouped(ConvexRosenbrock):
    """With the filters of a small network: two units of three weights, a unit of two, each with its bias."""

    filters = ((0, 1, 2, 3), (4, 5, 6, 7), (8, 9, 10, 11))
    biases = np.isin(np.arange(12), (3, 7, 11))


def test_random_directions_are_as_long_as_the_weights_filter_by_filter():
    surface = Grouped(dimension=12)
    random = np.random.default_rng(1)
    weights, direction = random.normal(size=12), random.normal(size=12)
    found = planes.filter_normalised(surface, weights, direction)
    assert (found[surface.biases] == 0.0).all()
    for group in surface.filters:
        places = list(group[:3])
        assert np.linalg.norm(found[places]) == pytest.approx(np.linalg.norm(weights[places]), rel=1e-12)
        cosine = found[places] @ direction[places]
        assert cosine == pytest.approx(np.linalg.norm(found[places]) * np.linalg.norm(direction[places]), rel=1e-12)
    weights[:3] = 0.0
    assert (planes.filter_normalised(surface, weights, direction)[:3] == 0.0).all()
    plane = planes.random_directions(surface, weights, weights[None], seed=3)
    assert (plane.axes[:, surface.biases] == 0.0).all()
    assert plane == planes.random_directions(surface, weights, weights[None], seed=3)
    assert plane != planes.random_directions(surface, weights, weights[None], seed=4)
    # nothing to be normalised by
    still = planes.filter_normalised(surface, np.zeros(12), direction)
    np.testing.assert_array_equal(still, np.where(surface.biases, 0.0, direction))


def test_the_plane_of_a_run_holds_more_of_it_than_any_other():
    weights = path()
    own = planes.of_run(weights)
    most = sum(explained(own, weights))
    for other in every_plane().values():
        assert sum(explained(other, weights)) <= most + 1e-12
    for seed in range(20):
        assert sum(explained(planes.random_directions(CHAIN, weights[-1], weights, seed), weights)) < most
    values = np.linalg.svd(weights - weights.mean(axis=0), compute_uv=False) ** 2
    np.testing.assert_allclose(explained(own, weights), values[:2] / values.sum(), rtol=1e-10)
    feet = own.project(weights)
    assert feet[0, 0] <= feet[-1, 0] == pytest.approx(0.0, abs=1e-12) and feet[0, 1] >= -1e-12


def test_a_path_in_a_plane_has_no_distance_from_it():
    random = np.random.default_rng(2)
    axes = planes.orthonormal(*random.normal(size=(2, 12)))
    weights = random.normal(size=12) + random.normal(size=(40, 2)) @ axes
    plane = planes.of_run(weights)
    found = shadow(plane, weights)
    assert (found.distance == 0.0).all()
    np.testing.assert_allclose(below(CHAIN, plane, weights), CHAIN.evaluate(weights)[0], rtol=1e-10)
    assert sum(found.explained) == pytest.approx(1.0, abs=1e-12)


def test_the_distance_is_that_of_pythagoras_and_the_error_is_that_of_the_foot():
    weights = path()
    for plane in every_plane().values():
        found = shadow(plane, weights)
        along = np.linalg.norm(plane.project(weights), axis=-1)
        away = np.linalg.norm(weights - plane.origin, axis=-1)
        np.testing.assert_allclose(found.distance**2 + along**2, away**2, atol=1e-12)
        assert found.length == np.linalg.norm(weights - weights[0], axis=-1).max()
        foot = plane.origin + plane.project(weights[7]) @ plane.axes
        assert below(CHAIN, plane, weights)[7] == pytest.approx(float(CHAIN.evaluate(foot)[0]), rel=1e-12)


def test_a_straight_run_and_one_that_stands_still_have_a_plane():
    still = np.zeros((5, 4))
    straight = np.linspace(0.0, 1.0, 9)[:, None] * np.array([1.0, 2.0, 0.0, 0.0])
    for weights, share in ((still, 0.0), (straight, 1.0), (straight[:1], 0.0), (straight[:2], 1.0)):
        plane = planes.of_run(weights)
        np.testing.assert_allclose(plane.axes @ plane.axes.T, np.eye(2), atol=1e-12)
        assert sum(explained(plane, weights)) == pytest.approx(share, abs=1e-12)
        assert np.isfinite(plane.view).all()


def test_of_a_run_that_diverges_the_plane_is_that_of_its_beginning():
    weights = path("gradient_descent", eta=0.6, steps=400)
    assert np.isnan(weights[-1]).all()
    part = planes.near(weights)
    whole = 1e5 * path()
    assert planes.near(whole) is whole  # far away, but it does not diverge
    assert 2 < len(part) < 100 and np.isfinite(part).all()
    assert np.linalg.norm(weights[len(part)] - weights[0]) > planes.FAR
    assert np.isfinite(planes.of_run(weights).view).all()
    found = shadow(planes.of_run(weights), weights)
    assert np.isnan(found.distance[-1]) and np.isfinite(found.length) and np.isfinite(found.explained).all()


# --- the null ----------------------------------------------------------------------------------------------------


def test_a_random_walk_of_many_dimensions_has_the_shares_of_the_null():
    """20 walks of 150 steps in 4,000 dimensions: their mean share lies within four standard errors."""
    random = np.random.default_rng(5)
    found = []
    for _ in range(20):
        walk = np.cumsum(random.normal(size=(151, 4000)), axis=0)
        plane = planes.of_run(walk)
        found.append(explained(plane, walk))
    expected, error = random_walk_shares(151)[:2], np.std(found, axis=0, ddof=1) / np.sqrt(20)
    assert (error < 0.01).all()
    assert (np.abs(np.mean(found, axis=0) - expected) < 4.0 * error + 0.002).all()


def test_the_null_is_that_of_the_differences_of_a_path():
    for points in (2, 3, 10, 151):
        sums = np.tril(np.ones((points, points)))[:, 1:]
        values = np.linalg.svd(sums - sums.mean(axis=0), compute_uv=False) ** 2
        shares = random_walk_shares(points)
        np.testing.assert_allclose(shares, np.sort(values / values.sum())[::-1], rtol=1e-9)
        assert shares.sum() == pytest.approx(1.0)
    j = np.arange(1, 6)
    np.testing.assert_allclose(random_walk_shares(100_000)[:5], 6.0 / (np.pi * j) ** 2, rtol=1e-6)
    assert random_walk_shares(100_000)[0] == pytest.approx(0.608, abs=5e-4)
    with pytest.raises(ValueError, match="^points must be at least 2, got 1"):
        random_walk_shares(1)


@pytest.mark.parametrize(("points", "dim"), [(151, 25), (40, 6)])
def test_in_few_dimensions_a_random_walk_has_more(points, dim):
    random = np.random.default_rng(6)
    walks = np.cumsum(random.normal(size=(400, points, dim)), axis=1)
    values = np.linalg.svd(walks - walks.mean(axis=1, keepdims=True), compute_uv=False) ** 2
    shares = values[:, :2].sum(axis=1) / values.sum(axis=1)
    mean, most = random_walk_plane(points, dim)
    spread = shares.std() / np.sqrt(400) * np.sqrt(2.0)
    assert abs(mean - shares.mean()) < 4.0 * spread
    assert np.mean(shares < most) == pytest.approx(0.95, abs=0.05)
    assert mean > random_walk_shares(points)[:2].sum() and most > mean
    assert random_walk_plane(points, 2) == (1.0, 1.0)


@pytest.mark.parametrize(("points", "dim"), [(301, 33), (31, 33), (101, 9)])
def test_a_plane_through_its_ends_holds_half_of_a_random_walk(points, dim):
    random, found = np.random.default_rng(7), []
    for _ in range(400):
        walk, other = (np.cumsum(random.normal(size=(points, dim)), axis=0) for _ in range(2))
        plane = planes.between(walk[-1], other[-1] - other[0] + walk[0], walk[0])
        assert plane.through and not plane.fitted
        found.append(sum(explained(plane, walk)))
    mean, most = random_walk_ends(points, dim)
    assert abs(mean - np.mean(found)) < 4.0 * np.sqrt(2.0) * np.std(found) / np.sqrt(400)
    assert np.mean(np.array(found) < most) == pytest.approx(0.95, abs=0.05)
    assert mean > 0.5 > 2.0 / dim
    assert random_walk_ends(points, 2) == (1.0, 1.0)


# --- the section -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "at"), every_plane())
def test_a_section_is_a_surface_with_exact_derivatives(kind, at):
    section = Section(CHAIN, every_plane()[kind, at])
    random = np.random.default_rng(3)
    points = random.normal(size=(6, 2))
    error, gradient = section.evaluate(points)
    np.testing.assert_allclose(error, CHAIN.evaluate(section.plane.lift(points))[0])
    step = 1e-5
    for i, way in enumerate(np.eye(2)):
        ahead, behind = section.evaluate(points + step * way), section.evaluate(points - step * way)
        np.testing.assert_allclose(gradient[:, i], (ahead[0] - behind[0]) / (2 * step), atol=1e-8)
        np.testing.assert_allclose(section.hessian(points)[:, i], (ahead[1] - behind[1]) / (2 * step), atol=1e-8)
    assert (section.dim, section.view, section.title) == (2, section.plane.view, CHAIN.title)


def test_along_eigenvectors_the_section_has_a_diagonal_hessian_with_the_two_largest_eigenvalues():
    section = Section(CHAIN, planes.eigenvectors(CHAIN, np.zeros(12), np.empty((0, 12))))
    values = np.linalg.eigvalsh(CHAIN.hessian(np.zeros(12)))
    np.testing.assert_allclose(section.hessian(np.zeros(2)), np.diag(values[:-3:-1]), atol=1e-12)


def test_between_three_points_all_three_lie_in_the_plane():
    points = np.random.default_rng(4).normal(size=(3, 12))
    plane = planes.between(*points)
    feet = plane.project(points)
    np.testing.assert_allclose(plane.lift(feet), points, atol=1e-12)
    np.testing.assert_allclose(feet[0], 0.0, atol=1e-12)
    assert feet[1, 0] == pytest.approx(np.linalg.norm(points[1] - points[0])) and feet[1, 1] == pytest.approx(
        0.0, abs=1e-12
    )
    line = planes.between(points[0], points[1], points[1])
    np.testing.assert_allclose(line.axes @ line.axes.T, np.eye(2), atol=1e-12)


def test_a_surface_of_two_weights_is_shown_whole():
    for surface in (TwoMinima(), Quadratic()):
        assert seen(surface, Plane.of(surface)) is surface
    assert seen(CHAIN, every_plane()["run", "end"]) == Section(CHAIN, every_plane()["run", "end"])


def test_a_plane_of_no_run_stays_while_the_learning_rate_changes():
    for kind in ("weights", "random", "eigenvectors"):
        laid = [Cut(kind).lay(CHAIN, Entry("a", OPTIMIZERS["momentum"](), eta), CHAIN.start, 50) for eta in (0.01, 0.1)]
        assert laid[0] is laid[1] and not Cut(kind).follows
    assert Cut("run").follows and Cut("random", "end").follows
