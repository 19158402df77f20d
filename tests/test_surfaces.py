"""Every surface: exact derivatives, and a start, a view and minima that fit it."""

import dataclasses
import pickle

import numpy as np
import pytest

from engine import run
from engine.optimizers.gradient_descent import GradientDescent
from engine.plane import Plane
from surfaces import discover_surfaces

SURFACES = discover_surfaces()
# central differences of eighth order: shares of f(w + k h) - f(w - k h), over h
STENCIL = {1: 4.0 / 5.0, 2: -1.0 / 5.0, 3: 4.0 / 105.0, 4: -1.0 / 280.0}
STEPS = (2e-2, 5e-3, 1e-3, 2e-4)  # the longest leave least to rounding, the shortest follow the sharpest bends
POINTS = 200

every_surface = pytest.mark.parametrize("slug", SURFACES)


def settings(cls):
    """The defaults, and eight settings from inside the ranges; a logarithmic range is drawn over its magnitudes."""
    random = np.random.default_rng(11)
    chosen = [cls()]
    for _ in range(8):
        values = {}
        for name, p in cls.parameters().items():
            if p.scale == "log":
                high = max(abs(p.low), p.high)
                magnitude = np.exp(random.uniform(np.log(max(p.smallest, p.low, 1e-6)), np.log(high)))
                values[name] = magnitude * (random.choice([-1.0, 1.0]) if p.low < 0.0 else 1.0)
            else:
                values[name] = random.uniform(p.low, p.high)
            if p.whole:
                values[name] = round(values[name])
        chosen.append(cls(**values))
    return chosen if cls.parameters() else chosen[:1]


def points_in_view(surface, number=20):
    if surface.dim > 2:
        return np.array(surface.start) + np.random.default_rng(5).normal(size=(number, surface.dim))
    low, high = np.array(surface.view)[: surface.dim].T
    return np.random.default_rng(5).uniform(low, high, size=(number, surface.dim))


def smooth_points(surface):
    """Points with no kink within reach of the differences."""
    w = points_in_view(surface, 4 * POINTS)
    return w[surface.kink_distance(w) > len(STENCIL) * min(STEPS)][:POINTS]


def smooth_settings(cls):
    """Those without kinks that no choice of points avoids."""
    return [surface for surface in settings(cls) if surface.smooth]


def differences(function, w, exact):
    """Derivative of function, (N, ...), along every weight: (N, ..., D), at the step length that suits each best."""
    best = np.full(exact.shape, np.inf)
    for h in STEPS:
        columns = []
        for i in range(w.shape[1]):
            step = np.zeros(w.shape[1])
            step[i] = h
            change = {k: function(w + k * step) - function(w - k * step) for k in STENCIL}
            columns.append(sum(STENCIL[k] * change[k] for k in STENCIL) / h)
        estimate = np.stack(columns, axis=-1)
        best = np.where(np.abs(estimate - exact) < np.abs(best - exact), estimate, best)
    return best


@every_surface
def test_gradient_equals_differences_of_the_error(slug):
    for surface in smooth_settings(SURFACES[slug]):
        w = smooth_points(surface)
        assert len(w) == POINTS
        _, gradient = surface.evaluate(w)
        estimate = differences(lambda p: surface.evaluate(p)[0], w, gradient)  # noqa: B023
        np.testing.assert_allclose(estimate, gradient, rtol=1e-8, atol=1e-9 * np.abs(gradient).max())


@every_surface
def test_hessian_equals_differences_of_the_gradient(slug):
    for surface in smooth_settings(SURFACES[slug]):
        w = smooth_points(surface)
        hessian = surface.hessian(w)
        assert hessian.shape == (*w.shape, surface.dim)
        np.testing.assert_array_equal(hessian, np.swapaxes(hessian, -1, -2))
        estimate = differences(lambda p: surface.evaluate(p)[1], w, hessian)  # noqa: B023
        np.testing.assert_allclose(estimate, hessian, rtol=1e-8, atol=1e-9 * np.abs(hessian).max())


@every_surface
def test_at_a_kink_error_and_gradient_are_continuous_and_the_hessian_jumps(slug):
    surface = SURFACES[slug]()
    for kink in surface.kinks:
        w = points_in_view(surface)
        below, at = w.copy(), w.copy()
        below[:, 0], at[:, 0] = np.nextafter(kink, -np.inf), kink
        for one, other in zip(surface.evaluate(below), surface.evaluate(at), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-13, atol=1e-300)  # beside 0 is the least number there is
        assert not np.array_equal(surface.hessian(below), surface.hessian(at))
        np.testing.assert_array_equal(surface.hessian(at), surface.hessian(at + 1e-9))


@every_surface
def test_hessian_and_evaluate_take_any_leading_shape(slug):
    surface = SURFACES[slug]()
    flat = points_in_view(surface, 12)
    error, gradient = surface.evaluate(flat)
    for shape in ((), (12,), (3, 4), (2, 3, 2), (0,), (0, 5)):
        number = int(np.prod(shape))
        w = flat[:number].reshape(*shape, surface.dim)
        e, g = surface.evaluate(w)
        assert e.shape == shape and g.shape == w.shape
        np.testing.assert_array_equal(e.ravel(), error[:number])
        np.testing.assert_array_equal(g.reshape(-1, surface.dim), gradient[:number])
        assert surface.hessian(w).shape == (*shape, surface.dim, surface.dim)


@every_surface
def test_evaluate_refuses_points_of_another_size(slug):
    surface = SURFACES[slug]()
    for shape in ((surface.dim + 1,), (3, surface.dim + 1), ()):
        with pytest.raises(ValueError, match=r"^w must have shape"):
            surface.evaluate(np.zeros(shape))


@every_surface
def test_evaluate_takes_lists_and_leaves_its_argument_alone(slug):
    surface = SURFACES[slug]()
    w = points_in_view(surface, 6)
    before = w.copy()
    error, _ = surface.evaluate(w[::2])
    np.testing.assert_array_equal(w, before)
    np.testing.assert_array_equal(surface.evaluate(w[::2].tolist())[0], error)


@every_surface
def test_minima_are_minima_to_rounding(slug):
    for surface in settings(SURFACES[slug]):
        minima = surface.minima
        assert minima.ndim == 2 and minima.shape[1] == surface.dim
        if not len(minima):
            continue
        error, gradient = surface.evaluate(minima)
        eigenvalues = np.linalg.eigvalsh(surface.hessian(minima))
        steepest = eigenvalues.max(axis=-1)
        assert (eigenvalues >= -1e-14 * steepest[:, None]).all()
        # as near as a double can be: the gradient of a rounding of the place
        size = np.abs(minima).max(axis=-1) + np.abs(surface.view).max()
        smooth = surface.kink_distance(minima) > 1e-9 * size  # on a kink it need not vanish: what is around decides
        assert (np.abs(gradient).max(axis=-1) <= 8e-16 * steepest * size)[smooth].all()
        around = minima[:, None] + 0.01 * np.random.default_rng(2).normal(size=(1, 50, surface.dim))
        assert (surface.evaluate(around)[0] >= error[:, None]).all()
        np.testing.assert_array_equal(np.unique(minima.round(6), axis=0).shape, minima.shape)


@every_surface
def test_no_point_in_view_is_lower_than_the_lowest_minimum(slug):
    for surface in settings(SURFACES[slug]):
        w = points_in_view(surface, 4000)
        if len(surface.minima):
            assert surface.bounded_below, "without a lower bound there is no lowest minimum: leave minima out"
            assert surface.evaluate(w)[0].min() >= surface.evaluate(surface.minima)[0].min()


@every_surface
def test_a_surface_without_a_lower_bound_says_so(slug):
    for surface in settings(SURFACES[slug]):
        far = 1e3 * np.random.default_rng(3).normal(size=(4000, surface.dim))
        assert (surface.evaluate(far)[0].min() < -1e3) == (not surface.bounded_below), surface


@every_surface
def test_far_away_nothing_warns_and_what_is_finite_is_right(slug):
    surface = SURFACES[slug]()
    directions = np.random.default_rng(4).uniform(-1.0, 1.0, size=(50, surface.dim))
    for distance in (1e10, 1e100, 1e200, 1e308, np.inf, np.nan):
        error, gradient = surface.evaluate(distance * directions)
        assert error.shape == (50,) and gradient.shape == directions.shape
        assert surface.hessian(distance * directions).shape == (50, surface.dim, surface.dim)
    for eta in (1e3, 1e9):
        path = run(surface, GradientDescent(), eta, surface.start, 60)
        assert path.diverged_at[0] != 0


@every_surface
def test_gradient_descent_behaves_at_its_learning_rate(slug):
    for surface in settings(SURFACES[slug]):
        eta = surface.learning_rate
        assert eta > 0.0 and float(f"{eta:.4g}") == eta
        path = run(surface, GradientDescent(), eta, surface.start, 400)
        error = path.error[:, 0]
        if surface.bounded_below:
            assert path.diverged_at[0] == -1
            assert error[-1] < error[0] or np.abs(path.gradient[0]).max() == 0.0
        if surface == SURFACES[slug]():
            seen = error[np.isfinite(error)]
            # downhill at every step, until rounding is all that is left
            assert (np.diff(seen) <= 1e-12 * np.abs(seen).max()).all()


@every_surface
def test_landmarks_are_in_view(slug):
    for surface in settings(SURFACES[slug]):
        for name, point in surface.landmarks.items():
            assert name and np.shape(point) == (surface.dim,)
            plane = Plane.of(surface)
            assert plane.contains(plane.project(np.array(point)))


@every_surface
def test_start_and_minima_are_in_view(slug):
    for surface in settings(SURFACES[slug]):
        assert np.shape(surface.start) == (surface.dim,)
        assert np.isfinite(surface.evaluate(np.array(surface.start))[0])
        for low, high in surface.view:
            assert low < high
        if surface.dim <= 2:
            plane = Plane.of(surface)
            assert plane.contains(plane.project(np.array(surface.start)))
            assert plane.contains(plane.project(surface.minima)).all()


@every_surface
def test_an_instance_is_a_value(slug):
    for surface in settings(SURFACES[slug]):
        copied = pickle.loads(pickle.dumps(surface))
        assert copied == surface and hash(copied) == hash(surface)
        assert eval(repr(surface), {type(surface).__name__: type(surface)}) == surface
    for item in dataclasses.fields(SURFACES[slug]):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(SURFACES[slug](), item.name, 1.0)


@every_surface
def test_what_kernels_receive_is_contiguous_float64(slug):
    surface = SURFACES[slug]()
    theta, data = surface.pack(), surface.rows()
    assert theta.ndim == 1 and theta.dtype == np.float64 and theta.flags.c_contiguous
    assert data.ndim == 2 and data.dtype == np.float64 and data.flags.c_contiguous


@every_surface
def test_looks_are_there(slug):
    cls = SURFACES[slug]
    assert cls.title.strip() and cls.latex.strip()
    assert cls.note.endswith(".") and ". " not in cls.note and 40 < len(cls.note) < 120
    assert len({c.title for c in SURFACES.values()}) == len(SURFACES)


@every_surface
def test_a_surface_that_calls_itself_a_quadratic_has_one_hessian(slug):
    for surface in settings(SURFACES[slug]) if SURFACES[slug].quadratic else ():
        hessians = surface.hessian(np.random.default_rng(6).normal(size=(20, surface.dim)))
        np.testing.assert_array_equal(hessians, np.broadcast_to(hessians[0], hessians.shape))
