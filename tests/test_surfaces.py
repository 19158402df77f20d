"""Every surface: exact derivatives, and a start, a view and minima that fit it."""

import dataclasses
import pickle

import numpy as np
import pytest

from engine.plane import Plane
from surfaces import discover_surfaces

SURFACES = discover_surfaces()
# fourth-order central differences: coefficients of f(w + k h), k = -2, -1, 1, 2, over h
STENCIL = {-2: 1.0 / 12.0, -1: -8.0 / 12.0, 1: 8.0 / 12.0, 2: -1.0 / 12.0}

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
        chosen.append(cls(**values))
    return chosen


def points_in_view(surface, number=20):
    if surface.dim > 2:
        return np.array(surface.start) + np.random.default_rng(5).normal(size=(number, surface.dim))
    low, high = np.array(surface.view)[: surface.dim].T
    return np.random.default_rng(5).uniform(low, high, size=(number, surface.dim))


def differences(function, w, h):
    """Derivative of function, (N, ...), along every weight: (N, ..., D)."""
    columns = []
    for i in range(w.shape[1]):
        step = np.zeros(w.shape[1])
        step[i] = h
        columns.append(sum(share * function(w + k * step) for k, share in STENCIL.items()) / h)
    return np.stack(columns, axis=-1)


@every_surface
def test_gradient_equals_differences_of_the_error(slug):
    for surface in settings(SURFACES[slug]):
        w = points_in_view(surface)
        _, gradient = surface.evaluate(w)
        estimate = differences(lambda p: surface.evaluate(p)[0], w, 1e-3)  # noqa: B023
        # fourth order at h = 1e-3: 1e-12 of truncation, 1e-13 of rounding, of errors up to 100 times the gradient
        np.testing.assert_allclose(estimate, gradient, rtol=1e-8, atol=1e-9 * np.abs(gradient).max())


@every_surface
def test_hessian_equals_differences_of_the_gradient(slug):
    for surface in settings(SURFACES[slug]):
        w = points_in_view(surface)
        hessian = surface.hessian(w)
        assert hessian.shape == (*w.shape, surface.dim)
        np.testing.assert_array_equal(hessian, np.swapaxes(hessian, -1, -2))
        estimate = differences(lambda p: surface.evaluate(p)[1], w, 1e-3)  # noqa: B023
        np.testing.assert_allclose(estimate, hessian, rtol=1e-8, atol=1e-9 * np.abs(hessian).max())


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
def test_gradient_vanishes_at_the_minima_and_nothing_near_is_lower(slug):
    for surface in settings(SURFACES[slug]):
        minima = surface.minima
        assert minima.ndim == 2 and minima.shape[1] == surface.dim
        if not len(minima):
            continue
        error, gradient = surface.evaluate(minima)
        scale = np.abs(surface.evaluate(points_in_view(surface))[1]).max()
        assert np.abs(gradient).max() <= 1e-12 * scale
        around = minima[:, None] + 0.01 * np.random.default_rng(2).normal(size=(1, 50, surface.dim))
        assert (surface.evaluate(around)[0] >= error[:, None]).all()


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
    theta, data = surface.pack(), surface.data()
    assert theta.ndim == 1 and theta.dtype == np.float64 and theta.flags.c_contiguous
    assert data.ndim == 2 and data.dtype == np.float64 and data.flags.c_contiguous


@every_surface
def test_looks_are_there(slug):
    cls = SURFACES[slug]
    assert cls.title.strip() and cls.latex.strip()
    assert len({c.title for c in SURFACES.values()}) == len(SURFACES)
