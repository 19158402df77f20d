"""Clipping by norm, wherever runs are made and named."""

import numpy as np
import pytest

from engine import Plane, discover_optimizers, run, sweep, trials
from engine.clipping import Clipping
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.study import Entry, study
from surfaces.quadratic import Quadratic

VALLEY, START = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=30.0), (-1.5, 1.0)
WITH_UPDATE = [cls for cls in discover_optimizers().values() if not cls.iterates]


@pytest.mark.parametrize("length", [1e-200, 0.5, 2.0, 1e5, 1e200])
def test_a_long_gradient_keeps_its_direction_and_a_short_one_its_length(length):
    angle = np.linspace(0.0, 6.0, 13)
    g = length * np.stack([np.cos(angle), np.sin(angle)])
    clipped = g.copy()
    Clipping.clipped(clipped, 1.0)
    if length < 1.0:
        np.testing.assert_array_equal(clipped, g)
    else:
        np.testing.assert_allclose(clipped, g / length, rtol=1e-14, atol=1e-15)


def test_numbers_that_are_none_stay_what_they_are():
    g = np.array([[0.0, np.nan, np.inf], [0.0, 1.0, 1.0]])
    Clipping.clipped(g, 0.1)
    np.testing.assert_array_equal(g[:, 0], 0.0)
    assert not np.isfinite(g[0, 1:]).any()


@pytest.mark.parametrize("cls", WITH_UPDATE, ids=lambda cls: cls.__name__)
def test_update_receives_the_clipped_gradient(cls):
    path = run(VALLEY, cls(), cls.typical_learning_rate, START, 60, clip=3.0)
    plain = run(VALLEY, cls(), cls.typical_learning_rate, START, 60, clip=1e9)
    used, g = path.used_gradient[:, 0], path.gradient[:, 0]
    assert (np.linalg.norm(used, axis=1) <= 3.0 * (1.0 + 1e-14)).all()
    assert np.linalg.norm(g[0]) > 3.0
    if not cls.look_ahead:
        long = np.linalg.norm(g, axis=1) > 3.0
        np.testing.assert_array_equal(used[~long], g[~long])
        np.testing.assert_allclose(used[long], 3.0 * g[long] / np.linalg.norm(g[long], axis=1)[:, None], rtol=1e-14)
    same = run(VALLEY, cls(), cls.typical_learning_rate, START, 60)
    np.testing.assert_array_equal(plain.weights, same.weights)


@pytest.mark.parametrize("cls", WITH_UPDATE, ids=lambda cls: cls.__name__)
def test_trials_and_sweep_clip_as_run_does(cls):
    etas = cls.typical_learning_rate * np.array([0.1, 1.0, 3.0])
    path = run(VALLEY, cls(), etas, START, 80, clip=3.0)
    found = trials(VALLEY, cls(), learning_rate=etas, start=START, steps=80, clip=3.0)
    swept = sweep(VALLEY, cls(), {"learning_rate": etas}, start=START, steps=80, clip=3.0)
    np.testing.assert_array_equal(found.error, path.error[-1])
    np.testing.assert_array_equal(swept.error, path.error[-1])


def test_noise_is_clipped_with_the_gradient():
    noise = np.full((20, 2, 1), 50.0)
    path = run(VALLEY, GradientDescent(), 0.01, START, 20, noise=noise, clip=2.0)
    assert np.linalg.norm(path.used_gradient[:-1, 0], axis=1) == pytest.approx(2.0)


@pytest.mark.parametrize("clip", [0.0, -1.0, np.nan, np.inf, "1", True])
def test_a_limit_that_is_none_is_refused(clip):
    with pytest.raises(ValueError, match="clip must be None or a finite number above 0"):
        run(VALLEY, Momentum(), 0.02, START, 5, clip=clip)


@pytest.mark.parametrize("families", [False, True])
def test_a_run_is_always_named_with_its_clipping_and_judged_without_the_closed_form(families):
    entry = Entry("a", Momentum(), 0.02, 5.0)
    assert entry.label == "Momentum η = 0.02, μ = 0.9, clipped at |g| = 5"
    found = study(VALLEY, [entry], entry, START, 100, Plane.of(VALLEY), families)
    family, verdict = found.present.family, found.present.verdicts[found.index]
    assert family.label(found.index) == entry.label
    assert "No closed form" in verdict.badge[1] and "clipped" in verdict.badge[1]
    path = run(VALLEY, Momentum(), 0.02, START, 100, clip=5.0)
    np.testing.assert_array_equal(family.trajectory.weights[:, found.index], path.weights[:, 0])
