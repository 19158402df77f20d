"""Gradient noise: drawn from a seed, the same for everybody, added to what update receives and to nothing else."""

import numpy as np
import pytest

from engine import discover_optimizers, run, trials
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.nesterov import Nesterov
from engine.sampling import gradient_noise
from engine.settling import first_hit, settled_step
from surfaces.quadratic import Quadratic

VALLEY, START = Quadratic(), (-1.5, 1.0)
every_optimizer = pytest.mark.parametrize("cls", discover_optimizers().values(), ids=lambda cls: cls.__name__)


def test_noise_is_standard_normal_and_comes_from_its_seed():
    drawn = gradient_noise(2000, 2, 30, seed=7)
    assert drawn.shape == (2000, 2, 30)
    np.testing.assert_array_equal(drawn, gradient_noise(2000, 2, 30, seed=7))
    assert (drawn != gradient_noise(2000, 2, 30, seed=8)).all()
    assert abs(drawn.mean()) < 0.01 and abs(drawn.std() - 1.0) < 0.01
    assert abs(np.corrcoef(drawn[:, 0, 0], drawn[:, 0, 1])[0, 1]) < 0.1


def test_a_run_keeps_its_noise_when_others_join_and_when_it_goes_on():
    short, long = gradient_noise(10, 2, 3, seed=1), gradient_noise(25, 2, 8, seed=1)
    np.testing.assert_array_equal(short, long[:10, :, :3])


@every_optimizer
def test_noise_of_nothing_changes_no_bit(cls):
    plain = run(VALLEY, cls(), [0.01, 0.02], START, 40)
    noisy = run(VALLEY, cls(), [0.01, 0.02], START, 40, noise=np.zeros((40, 2, 2)))
    for name in ("weights", "error", "gradient", "used_gradient"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(noisy, name))


def test_update_receives_gradient_and_noise():
    noise = 0.3 * gradient_noise(50, 2, 2, seed=3)
    path = run(VALLEY, GradientDescent(), 0.02, [START, (1.0, 1.0)], 50, noise=noise)
    np.testing.assert_array_equal(path.used_gradient[:-1], path.gradient[:-1] + np.moveaxis(noise, -1, 1))
    np.testing.assert_array_equal(path.used_gradient[-1], path.gradient[-1])
    np.testing.assert_array_equal(path.weights[1:], path.weights[:-1] - 0.02 * path.used_gradient[:-1])
    np.testing.assert_array_equal(path.gradient, VALLEY.evaluate(path.weights)[1])


def test_a_rule_that_looks_ahead_receives_it_at_the_point_it_looks_at():
    noise = 0.3 * gradient_noise(50, 2, 1, seed=3)
    path = run(VALLEY, Nesterov(momentum=0.8), 0.02, START, 50, noise=noise)
    weights, change = path.weights[:, 0], np.zeros(2)
    for tau in range(50):
        point = weights[tau] + 0.8 * change
        received = VALLEY.evaluate(point)[1] + noise[tau, :, 0]
        change = weights[tau + 1] - weights[tau]
        np.testing.assert_allclose(path.used_gradient[tau, 0], received, atol=1e-12)


@every_optimizer
@pytest.mark.parametrize("block", [2, 2048])
def test_trials_add_the_same_noise_as_run(cls, block):
    etas, noise = np.geomspace(1e-3, 1.0, 7), 0.05 * gradient_noise(120, 2, 7, seed=4)
    path = run(VALLEY, cls(), etas, START, 120, noise=noise)
    found = trials(VALLEY, cls(), learning_rate=etas, start=START, steps=120, tolerance=1e-2, block=block, noise=noise)
    np.testing.assert_array_equal(found.error, path.error[-1])
    np.testing.assert_array_equal(found.diverged_at, path.diverged_at)
    np.testing.assert_array_equal(found.first_hit, first_hit(path.error, 1e-2))
    np.testing.assert_array_equal(found.settled, settled_step(path.error, 1e-2))


def test_trials_refuse_noise_that_does_not_fit():
    with pytest.raises(ValueError, match="noise must have shape .40, 2, 1., got .40, 2, 3."):
        trials(VALLEY, GradientDescent(), learning_rate=0.02, start=START, steps=40, noise=np.zeros((40, 2, 3)))


def test_noise_is_in_pieces_as_it_is_at_once():
    noise = gradient_noise(300, 2, 1, seed=5)
    whole = run(VALLEY, Nesterov(), 0.02, START, 300, noise=noise)
    pieces = run(VALLEY, Nesterov(), 0.02, START, 300, noise=noise, progress=lambda share: None)
    np.testing.assert_array_equal(whole.weights, pieces.weights)


@pytest.mark.parametrize(
    ("noise", "message"),
    [
        (np.zeros((39, 2, 1)), "noise must have shape .40, 2, 1., got .39, 2, 1."),
        (np.full((40, 2, 1), np.nan), "noise must be finite"),
        ("loud", "noise must be real numbers, got 'loud'"),
    ],
)
def test_noise_that_does_not_fit_is_refused(noise, message):
    with pytest.raises(ValueError, match=message):
        run(VALLEY, GradientDescent(), 0.02, START, 40, noise=noise)
