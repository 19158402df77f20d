"""Mini-batches: which rows a step receives, and that a run does with them what Algorithm 7.2 does."""

import numpy as np
import pytest
from line import POINTS, Line

from engine import discover_optimizers, run
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nesterov import Nesterov
from engine.optimizers.newton import Newton
from engine.sampling import NONE, SAMPLINGS, batches, gradient_noise
from engine.schedule import Schedule
from engine.schedules.on_plateau import OnPlateau
from surfaces.quadratic import Quadratic

LINE, START, N = Line(), (-1.5, 1.0), len(POINTS)
WITH_UPDATE = [cls for cls in discover_optimizers().values() if not cls.iterates]
every_sampling = pytest.mark.parametrize("sampling", SAMPLINGS)
every_rule = pytest.mark.parametrize("cls", WITH_UPDATE, ids=lambda cls: cls.__name__)


def gradient(w, rows):
    """The gradient of the mean over these rows, in plain NumPy."""
    away = rows[:, 0] * w[0] + w[1] - rows[:, 1]
    return np.array([np.mean(away * rows[:, 0]), np.mean(away)])


def error(w, rows):
    return 0.5 * np.mean((rows[:, 0] * w[0] + w[1] - rows[:, 1]) ** 2)


# ---- which rows


@every_sampling
def test_they_come_from_the_seed_and_do_not_change_when_more_follow(sampling):
    long = batches(N, 5, 400, sampling, seed=4)
    assert long.shape == (400, 5) and long.dtype == np.int64 and long.flags.c_contiguous
    np.testing.assert_array_equal(batches(N, 5, 37, sampling, seed=4), long[:37])
    assert (long < N).all() and (long >= NONE).all()
    if sampling != "in_order":
        assert (long != batches(N, 5, 400, sampling, seed=5)).any()


@pytest.mark.parametrize("size", [1, 4, 5, 11, 12, 22, N])
@pytest.mark.parametrize("sampling", ["in_order", "reshuffle", "shuffle_once"])
def test_an_epoch_sees_every_row_once_and_its_last_batch_may_be_short(sampling, size):
    each = -(-N // size)
    order = batches(N, size, 6 * each, sampling, seed=1).reshape(6, each, size)
    lengths = (order >= 0).sum(axis=-1)
    assert (lengths[:, :-1] == size).all() and (lengths[:, -1] == N - (each - 1) * size).all()
    epochs = [epoch[epoch >= 0].tolist() for epoch in order]
    assert all(sorted(epoch) == list(range(N)) for epoch in epochs)
    same = [epoch == epochs[0] for epoch in epochs[1:]]
    assert not any(same) if sampling == "reshuffle" else all(same)
    assert (epochs[0] == list(range(N))) == (sampling == "in_order")


def test_no_row_twice_in_a_batch_without_replacement_and_some_with_it():
    without, with_it = (batches(N, 9, 3000, name, seed=2) for name in ("without_replacement", "with_replacement"))
    assert all(len(set(row)) == 9 for row in without.tolist())
    assert any(len(set(row)) < 9 for row in with_it.tolist())
    for order in (without, with_it):  # every row as often as every other: 3000 x 9/N, give or take 5 deviations
        counts = np.bincount(order.ravel(), minlength=N)
        assert np.abs(counts - 27000 / N).max() < 5 * np.sqrt(27000 / N)


def test_every_order_of_three_rows_is_as_likely():
    order = batches(3, 1, 3 * 6000, "reshuffle", seed=0).reshape(6000, 3)
    _, counts = np.unique(order @ [9, 3, 1], return_counts=True)
    assert len(counts) == 6 and np.abs(counts - 1000).max() < 5 * np.sqrt(1000 * 5 / 6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((N, 0, 5), "batch_size must be a whole number, at least 1, got 0"),
        ((N, 2.5, 5), "batch_size must be a whole number, at least 1, got 2.5"),
        ((N, 24, 5), "batch_size must be at most 23, the number of rows, got 24"),
        ((0, 1, 5), "rows must be a whole number, at least 1, got 0"),
        ((N, 2, -1), "steps must be a whole number, at least 0, got -1"),
        ((N, 2, 5, "sorted"), "sampling must be one of in_order, reshuffle, .*, got 'sorted'"),
        ((N, 2, 5, "reshuffle", -3), "seed must be a whole number, at least 0, got -3"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        batches(*arguments)


# ---- what a run does with them


def algorithm_7_2(w, eta, size, epochs, orders):
    """Mini-batch stochastic gradient descent, Bishop and Bishop (2024), with the last batch ending at row N."""
    path = [np.array(w)]
    for epoch in range(epochs):
        shuffled = POINTS[orders[epoch]]
        n = 1
        while n <= N:
            path.append(path[-1] - eta * gradient(path[-1], shuffled[n - 1 : min(n + size - 1, N)]))
            n += size
    return np.array(path)


@pytest.mark.parametrize("size", [1, 4, 10, N])
@pytest.mark.parametrize("sampling", ["in_order", "reshuffle", "shuffle_once"])
def test_it_is_algorithm_7_2_over_several_epochs(sampling, size):
    each = -(-N // size)
    order = batches(N, size, 7 * each, sampling, seed=6).reshape(7, -1)
    orders = [epoch[epoch >= 0] for epoch in order]
    path = run(LINE, GradientDescent(), 0.2, START, 7 * each, batch_size=size, sampling=sampling, seed=6)
    np.testing.assert_allclose(path.weights[:, 0], algorithm_7_2(START, 0.2, size, 7, orders), rtol=0, atol=1e-12)
    np.testing.assert_allclose(path.epoch[::each], np.arange(8), rtol=0, atol=1e-12)
    assert (np.diff(path.epoch) > 0).all() and len(path.epoch) == len(path.weights)


@every_sampling
def test_the_step_receives_the_batch_and_the_record_keeps_the_whole(sampling):
    order = batches(N, 4, 60, sampling, seed=9)
    path = run(LINE, GradientDescent(), 0.1, [START, (1.0, 1.0)], 60, batch_size=4, sampling=sampling, seed=9)
    full, slope = LINE.evaluate(path.weights)
    np.testing.assert_array_equal(path.error, full)
    np.testing.assert_array_equal(path.gradient, slope)
    for tau in range(60):
        rows = POINTS[order[tau][order[tau] >= 0]]
        for r in range(2):
            w = path.weights[tau, r]
            np.testing.assert_allclose(path.used_gradient[tau, r], gradient(w, rows), rtol=0, atol=1e-12)
            np.testing.assert_allclose(path.batch_error[tau, r], error(w, rows), rtol=1e-12)
    assert path.batch_error.shape == (60, 2)
    np.testing.assert_array_equal(path.used_gradient[-1], path.gradient[-1])  # which no step receives
    np.testing.assert_array_equal(path.weights[1:], path.weights[:-1] - 0.1 * path.used_gradient[:-1])


@every_rule
def test_a_batch_of_all_rows_in_order_is_the_full_data(cls):
    eta = cls.typical_learning_rate
    whole = run(LINE, cls(), eta, START, 80)
    batch = run(LINE, cls(), eta, START, 80, batch_size=N, sampling="in_order")
    for name in ("weights", "error", "gradient", "used_gradient"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(batch, name))
    np.testing.assert_array_equal(batch.batch_error, whole.error[:-1])
    np.testing.assert_array_equal(whole.epoch, np.arange(81.0))
    np.testing.assert_array_equal(batch.epoch, whole.epoch)
    assert whole.batch_error is None


@every_rule
def test_shuffled_it_is_the_full_data_up_to_rounding(cls):
    whole = run(LINE, cls(), 0.01, START, 40)
    batch = run(LINE, cls(), 0.01, START, 40, batch_size=N)
    np.testing.assert_allclose(batch.weights, whole.weights, rtol=0, atol=1e-6)  # signs turn where a gradient is 0


@every_rule
def test_same_seed_same_bits_alone_or_together_at_once_or_in_pieces(cls):
    def path(start=START, seed=2, **more):
        return run(LINE, cls(), 0.01, start, 300, batch_size=3, seed=seed, **more)

    one, other = path(), path(seed=3)
    np.testing.assert_array_equal(path(progress=lambda share: None).weights, one.weights)
    together = path([(1.0, 1.0), START])
    for name in ("weights", "error", "used_gradient"):
        np.testing.assert_array_equal(getattr(together, name)[:, 1], getattr(one, name)[:, 0])
    np.testing.assert_array_equal(together.batch_error[:, 1], one.batch_error[:, 0])
    assert (other.weights[1:] != one.weights[1:]).any()


def test_a_rule_that_looks_ahead_asks_the_batch_there():
    order = batches(N, 4, 50, "reshuffle", seed=1)
    path = run(LINE, Nesterov(momentum=0.8), 0.05, START, 50, batch_size=4, seed=1)
    weights, change = path.weights[:, 0], np.zeros(2)
    for tau in range(50):
        rows = POINTS[order[tau][order[tau] >= 0]]
        used = gradient(weights[tau] + 0.8 * change, rows)
        np.testing.assert_allclose(path.used_gradient[tau, 0], used, rtol=0, atol=1e-12)
        np.testing.assert_allclose(path.batch_error[tau, 0], error(weights[tau], rows), rtol=1e-12)
        change = weights[tau + 1] - weights[tau]
    np.testing.assert_allclose(change, weights[-1] - weights[-2])


@pytest.mark.parametrize("rule", [GradientDescent(), Nesterov()], ids=repr)
def test_noise_is_added_to_the_batch_and_clipping_comes_last(rule):
    noise = 0.5 * gradient_noise(60, 2, 1, seed=8)
    plain = run(LINE, rule, 0.05, START, 1, batch_size=4, seed=1)
    noisy = run(LINE, rule, 0.05, START, 60, batch_size=4, seed=1, noise=noise)
    np.testing.assert_array_equal(noisy.used_gradient[0], plain.used_gradient[0] + noise[0].T)
    clipped = run(LINE, rule, 0.05, START, 60, batch_size=4, seed=1, noise=noise, clip=0.3)
    lengths = np.linalg.norm(clipped.used_gradient[:-1, 0], axis=1)
    assert lengths.max() <= 0.3 * (1 + 1e-12) and (lengths < 0.3 * (1 - 1e-9)).any()
    first = noisy.used_gradient[0, 0]
    np.testing.assert_allclose(clipped.used_gradient[0, 0], first * min(1.0, 0.3 / np.linalg.norm(first)))


class Said(Schedule):
    """Learning rates as they are given."""

    def __init__(self, values):
        self.values = values

    def __call__(self, steps):
        return self.values


def test_a_schedule_that_follows_the_error_is_told_that_of_all_rows():
    schedule = OnPlateau(learning_rate=0.5, patience=3)
    path = run(LINE, GradientDescent(), schedule, START, 120, batch_size=2, seed=5)
    eta = path.learning_rate[:, 0]
    assert eta[-1] < eta[0]
    again = run(LINE, GradientDescent(), Said(eta), START, 120, batch_size=2, seed=5)
    np.testing.assert_array_equal(again.weights, path.weights)


def test_rows_between_those_recorded_change_nothing():
    every = run(LINE, Momentum(), 0.05, START, 97, batch_size=4, seed=1)
    some = run(LINE, Momentum(), 0.05, START, 97, batch_size=4, seed=1, record_every=6)
    for name in ("step", "weights", "error", "gradient", "used_gradient", "epoch"):
        np.testing.assert_array_equal(getattr(some, name), getattr(every, name)[::6])
    np.testing.assert_array_equal(some.batch_error, every.batch_error)


@pytest.mark.parametrize("record_every", [1, 7])
def test_a_run_that_diverges_ends_in_nan(record_every):
    path = run(LINE, GradientDescent(), 30.0, START, 60, batch_size=4, record_every=record_every)
    at = path.diverged_at[0]
    assert 0 < at < 60
    assert np.isnan(path.weights[path.step > at]).all() and np.isfinite(path.weights[path.step <= at]).all()
    assert np.isnan(path.batch_error[at + 1 :]).all() and np.isfinite(path.batch_error[:at]).all()
    every = run(LINE, GradientDescent(), 30.0, START, 60, batch_size=4)
    assert every.diverged_at[0] == at


@every_rule
def test_not_recording_the_error_of_all_rows_changes_no_step(cls):
    all_of_it = run(LINE, cls(), 0.01, START, 50, batch_size=4, seed=1)
    less = run(LINE, cls(), 0.01, START, 50, batch_size=4, seed=1, record=("used_gradient",))
    np.testing.assert_array_equal(less.weights, all_of_it.weights)
    np.testing.assert_array_equal(less.used_gradient, all_of_it.used_gradient)
    assert run(LINE, cls(), 1e9, START, 50, batch_size=4, record=()).diverged_at[0] != 0


def test_what_is_not_recorded_is_not_there():
    path = run(LINE, Adam(), 0.01, START, 10, batch_size=4, record=("error",))
    assert path.batch_error is None and path.used_gradient is None and path.error is not None
    assert run(LINE, Adam(), 0.01, START, 10, record=("batch_error",)).batch_error is None  # there are none


@pytest.mark.parametrize(
    ("surface", "rule", "more", "message"),
    [
        (Quadratic(), GradientDescent(), {"batch_size": 1}, "batch_size must be None on Quadratic valley"),
        (LINE, Newton(), {"batch_size": 4}, "batch_size must be None for Newton"),
        (LINE, GradientDescent(), {"batch_size": 0}, "batch_size must be a whole number, at least 1, got 0"),
        (LINE, GradientDescent(), {"batch_size": 24}, "batch_size must be at most 23, the number of rows, got 24"),
        (LINE, GradientDescent(), {"batch_size": "4"}, "batch_size must be a whole number, at least 1, got '4'"),
        (LINE, GradientDescent(), {"batch_size": 4, "sampling": "random"}, "sampling must be one of in_order"),
        (LINE, GradientDescent(), {"batch_size": 4, "seed": 0.5}, "seed must be a whole number"),
    ],
)
def test_run_refuses_what_it_cannot_do(surface, rule, more, message):
    with pytest.raises(ValueError, match=message):
        run(surface, rule, 0.01, START, 5, **more)


def test_batches_count_in_the_memory_that_it_would_fill():
    with pytest.raises(ValueError, match="steps must be fewer"):
        run(LINE, GradientDescent(), 0.01, START, 2_000_000, record_every=2_000_000, record=(), batch_size=N)
