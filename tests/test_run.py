"""run(...): what is recorded, when a run has diverged, what is refused."""

import importlib
from dataclasses import dataclass

import numpy as np
import pytest

from engine import Schedule, Surface, run
from engine.kernel import kernel
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nesterov import Nesterov
from engine.parameter import parameter
from surfaces.quadratic import Quadratic

loop = importlib.import_module("engine.run")  # the name engine.run is the function
VALLEY = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=30.0)
AXES = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=0.0)
START = (-1.5, 1.0)
ARRAYS = ("weights", "error", "gradient", "used_gradient")


@dataclass(frozen=True)
class Halving(Schedule):
    first: float = parameter(0.08, 1e-6, 1.0, r"\eta")
    every: float = parameter(10.0, 1.0, 1000.0, "n")

    def __call__(self, steps):
        return self.first * 0.5 ** (np.arange(steps) // self.every)


@dataclass(frozen=True)
class Fixed(Schedule):
    """Returns whatever ``values`` holds, for arguments that run must refuse."""

    def __call__(self, steps):
        return type(self).values


@dataclass(frozen=True)
class Ramp(Surface):
    """E = -w_1: never ends, so only the bound can stop a run on it."""

    title, dim, start, view = "Ramp", 1, (0.0,), ((-1.0, 1.0), (-1.0, 1.0))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        for r in range(w.shape[1]):
            error[r] = -w[0, r]
            g[0, r] = -1.0

    def hessian(self, w):
        return np.zeros((*np.shape(w), 1))


def test_shapes_and_axes():
    path = run(VALLEY, Momentum(), [0.01, 0.02, 0.03], START, 40)
    assert path.weights.shape == path.gradient.shape == path.used_gradient.shape == (41, 3, 2)
    assert path.error.shape == (41, 3)
    assert path.learning_rate.shape == (40, 3)
    assert path.state["change"].shape == (41, 3, 2)
    assert path.diverged_at.shape == (3,)
    np.testing.assert_array_equal(path.step, np.arange(41))
    assert path.steps == 40
    np.testing.assert_array_equal(path.weights[0], [START] * 3)
    np.testing.assert_array_equal(path.learning_rate, [[0.01, 0.02, 0.03]] * 40)
    np.testing.assert_array_equal(path.diverged_at, -1)


def test_one_step_by_hand():
    path = run(AXES, GradientDescent(), 0.1, (1.0, 1.0), 1)
    np.testing.assert_array_equal(path.weights[:, 0], [[1.0, 1.0], [1.0 - 0.1, 1.0 - 0.1 * 20.0]])
    np.testing.assert_array_equal(path.error[:, 0], [10.5, 0.5 * (0.9 * 0.9 + 20.0)])


def test_no_steps_is_the_start_alone():
    path = run(VALLEY, Adam(), 0.1, START, 0)
    np.testing.assert_array_equal(path.weights, [[START]])
    assert path.learning_rate.shape == (0, 1)
    assert path.steps == 0 and path.diverged_at[0] == -1 and path.evaluations[0] == 0
    assert all(values.shape == (1, 1, 2) for values in path.state.values())
    assert run(VALLEY, Adam(), Halving(), START, 0).weights.shape == (1, 1, 2)


def test_starts_and_optimizers_and_learning_rates_are_given_once_or_r_times():
    starts = [(-1.0, 1.0), (1.0, 1.0), (0.3, 0.0)]
    mus, etas = [0.0, 0.5, 0.9], [0.01, 0.02, 0.04]
    path = run(VALLEY, [Momentum(momentum=mu) for mu in mus], etas, starts, 50)
    for r in range(3):
        single = run(VALLEY, Momentum(momentum=mus[r]), etas[r], starts[r], 50)
        np.testing.assert_array_equal(path.weights[:, r], single.weights[:, 0])
    one_of_a_list = run(VALLEY, [Momentum(momentum=0.5)], [0.02], [(1.0, 1.0)], 50)
    np.testing.assert_array_equal(one_of_a_list.weights, run(VALLEY, Momentum(momentum=0.5), 0.02, (1, 1), 50).weights)


def test_arguments_are_left_alone():
    start, etas = np.array([START, START]), np.array([0.01, 0.3])
    kept = start.copy(), etas.copy()
    path = run(VALLEY, Momentum(), etas, start, 100)
    np.testing.assert_array_equal(start, kept[0])
    np.testing.assert_array_equal(etas, kept[1])
    etas[:] = 9.0
    np.testing.assert_array_equal(path.learning_rate[0], kept[1])


@pytest.mark.parametrize("every", [1, 2, 7, 40, 41, 1000])
def test_record_every_keeps_every_so_many_steps(every):
    full = run(VALLEY, Nesterov(), 0.02, START, 40)
    thin = run(VALLEY, Nesterov(), 0.02, START, 40, record_every=every)
    np.testing.assert_array_equal(thin.step, np.arange(0, 41, every))
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(thin, name), getattr(full, name)[::every], err_msg=name)
    np.testing.assert_array_equal(thin.state["change"], full.state["change"][::every])
    np.testing.assert_array_equal(thin.learning_rate, full.learning_rate)


@pytest.mark.parametrize("optimizer", [Momentum(), Nesterov()])
@pytest.mark.parametrize("record", [(), ("error",), ("gradient",), ("used_gradient",), ("state",), ["state", "error"]])
def test_record_names_choose_what_is_kept(optimizer, record):
    full = run(VALLEY, optimizer, 0.02, START, 30)
    path = run(VALLEY, optimizer, 0.02, START, 30, record=record)
    np.testing.assert_array_equal(path.weights, full.weights)
    for name in ("error", "gradient", "used_gradient"):
        if name in record:
            np.testing.assert_array_equal(getattr(path, name), getattr(full, name), err_msg=name)
        else:
            assert getattr(path, name) is None
    assert set(path.state) == ({"change"} if "state" in record else set())


def test_a_schedule_gives_the_learning_rate_of_every_step():
    path = run(VALLEY, GradientDescent(), Halving(first=0.08, every=10.0), [START, (1.0, 0.0)], 35)
    np.testing.assert_array_equal(path.learning_rate[:, 0], 0.08 * 0.5 ** (np.arange(35) // 10))
    np.testing.assert_array_equal(path.learning_rate[:, 1], path.learning_rate[:, 0])
    expected = path.weights[:-1] - path.learning_rate[..., None] * path.gradient[:-1]
    np.testing.assert_allclose(path.weights[1:], expected, rtol=0.0, atol=1e-15)


def test_progress_in_pieces_changes_no_bit():
    shares = []
    whole = run(VALLEY, Nesterov(), [0.02, 0.3], START, 5000)
    pieces = run(VALLEY, Nesterov(), [0.02, 0.3], START, 5000, progress=shares.append)
    for name in (*ARRAYS, "diverged_at"):
        np.testing.assert_array_equal(getattr(pieces, name), getattr(whole, name), err_msg=name)
    np.testing.assert_array_equal(pieces.state["change"], whole.state["change"])
    assert len(shares) > 1
    assert shares == sorted(shares) and shares[0] == 64 / 5001 and shares[-1] == 1.0


@pytest.mark.parametrize("every", [1, 3])
def test_progress_can_stop_the_run(every):
    calls = []
    whole = run(VALLEY, Momentum(), 0.02, START, 1000, record_every=every)
    stopped = run(
        VALLEY, Momentum(), 0.02, START, 1000, record_every=every, progress=lambda share: bool(calls.append(share))
    )
    assert calls == [64 / 1001]
    done = stopped.step < 64
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(stopped, name)[done], getattr(whole, name)[done], err_msg=name)
        assert np.isnan(getattr(stopped, name)[~done]).all()
    assert stopped.diverged_at[0] == -1


def test_an_error_in_progress_propagates():
    def fail(share):
        raise KeyError(share)

    with pytest.raises(KeyError):
        run(VALLEY, Momentum(), 0.02, START, 100, progress=fail)


def beyond(path, start):
    """What the definition says, step by step, from the weights alone."""
    limit = 1e6 * (1.0 + np.linalg.norm(start))
    return np.linalg.norm(path.weights - np.array(start), axis=-1) > limit


def test_a_run_has_diverged_when_it_is_out_of_all_bounds():
    etas = np.linspace(0.09, 0.4, 23)
    path = run(VALLEY, GradientDescent(), etas, START, 800)
    out = beyond(path, START)
    for r, step in enumerate(path.diverged_at):
        if step < 0:
            assert not out[:, r].any() and np.isfinite(path.weights[:, r]).all()
            continue
        assert out[step, r] and not out[:step, r].any()
        for name in ARRAYS:
            assert np.isfinite(getattr(path, name)[: step + 1, r]).all()
            assert np.isnan(getattr(path, name)[step + 1 :, r]).all()
    np.testing.assert_array_equal(path.diverged_at >= 0, etas > 0.1)  # 2/lambda_max
    np.testing.assert_array_equal(path.evaluations, np.where(path.diverged_at < 0, 800, path.diverged_at))


def test_the_bound_is_counted_from_the_start_and_grows_with_it():
    ramp = Ramp()
    for start, length in ((0.0, 1e6), (3.0, 4e6), (-3.0, 4e6)):
        path = run(ramp, GradientDescent(), length / 4.0, (start,), 8)
        assert path.diverged_at[0] == 5  # exactly at the bound after 4 steps, past it after 5
        assert np.isfinite(path.weights[5]).all() and np.isnan(path.weights[6:]).all()
    assert run(ramp, GradientDescent(), 1e6 / 4.0, (0.0,), 4).diverged_at[0] == -1


def test_one_diverging_run_leaves_its_neighbours_alone():
    path = run(VALLEY, Nesterov(), [0.02, 5.0, 0.03], START, 400)
    assert path.diverged_at[1] > 0
    for r, eta in ((0, 0.02), (2, 0.03)):
        np.testing.assert_array_equal(path.weights[:, r], run(VALLEY, Nesterov(), eta, START, 400).weights[:, 0])


@pytest.mark.parametrize("start", [(1e300, 0.0), (-1e200, 1e200), (1.7e308, 1.7e308)])
@pytest.mark.parametrize("optimizer", [GradientDescent(), Nesterov(), Adam()])
def test_a_start_whose_error_overflows_has_diverged_at_once(start, optimizer):
    path = run(VALLEY, optimizer, 0.01, start, 20)
    assert path.diverged_at[0] == 0
    np.testing.assert_array_equal(path.weights[0, 0], start)
    assert np.isnan(path.weights[1:]).all() and np.isnan(path.error[1:]).all()
    assert path.evaluations[0] == 0


def test_a_leap_to_infinity_is_a_divergence():
    path = run(VALLEY, GradientDescent(), 1e308, (3.0, 3.0), 5)
    assert path.diverged_at[0] == 1
    assert np.isnan(path.weights[2:]).all()


@pytest.mark.parametrize("every", [2, 7])
def test_divergence_is_found_between_recorded_steps(every):
    full = run(VALLEY, GradientDescent(), 0.2, START, 100)
    thin = run(VALLEY, GradientDescent(), 0.2, START, 100, record_every=every)
    assert thin.diverged_at[0] == full.diverged_at[0] > 0
    np.testing.assert_array_equal(np.isnan(thin.weights[:, 0, 0]), thin.step > full.diverged_at[0])


@pytest.mark.parametrize("eta", [0.0, 1e-300])
def test_a_learning_rate_of_nothing_stays_at_the_start(eta):
    path = run(VALLEY, Momentum(), eta, START, 20)
    np.testing.assert_array_equal(path.weights, np.broadcast_to(START, (21, 1, 2)))


MEMORY = r"steps must be fewer, or record_every larger, or record shorter: .* would fill \d+ MB, the limit is \d+ MB"


def test_more_than_256_mb_are_refused_before_they_are_taken():
    with pytest.raises(ValueError, match=MEMORY) as caught:
        run(VALLEY, Adam(), np.full(1000, 0.1), START, 100_000)
    assert "100001 rows of 1000 runs" in str(caught.value) and "256 MB" in str(caught.value)


def test_memory_counts_what_is_recorded(monkeypatch):
    monkeypatch.setattr(loop, "MEMORY_LIMIT", 1_000_000)
    with pytest.raises(ValueError, match=MEMORY):
        run(VALLEY, Adam(), 0.1, START, 10_000)
    assert run(VALLEY, Adam(), 0.1, START, 10_000, record_every=10).weights.shape == (1001, 1, 2)
    assert run(VALLEY, Adam(), 0.1, START, 10_000, record=()).weights.shape == (10_001, 1, 2)


def test_memory_counts_the_learning_rate_of_every_step(monkeypatch):
    monkeypatch.setattr(loop, "MEMORY_LIMIT", 1_000_000)
    with pytest.raises(ValueError, match=MEMORY):
        run(VALLEY, Adam(), 0.1, START, 1_000_000, record_every=1_000_000)


GOOD = {"surface": VALLEY, "optimizer": Momentum(), "learning_rate": 0.02, "start": START, "steps": 10}
NOT_A_NUMBER = ["fast", "", None, [], np.nan, np.inf, -np.inf, 1e999, -0.01, [0.1, np.nan], [0.1, -1.0], 1j, {}, True]
NOT_A_START = [None, "here", (), (1.0,), (1.0, 2.0, 3.0), 0.0, [[]], [[1.0]], [[[0.0, 1.0]]], (1.0, "a"), (1.0, None)]
NOT_A_START += [(np.nan, 0.0), (np.inf, 0.0), (1e999, 0.0), [(0.0, 1.0), (2.0,)], (1j, 0.0), (True, False)]
NOT_STEPS = [-1, 0.5, np.nan, np.inf, -np.inf, "10", None, True, [10], 10**400, 1j]
BAD = [
    *(("learning_rate", value, r"learning_rate must be") for value in NOT_A_NUMBER),
    (
        "learning_rate",
        [[0.1, 0.2]],
        r"learning_rate must be a number or an array \(R,\) or \(10, R\), one a step, got shape \(1, 2\)",
    ),
    *(("start", v, r"start must (be finite|be real numbers|have shape \(2,\) or \(R, 2\)), got") for v in NOT_A_START),
    *(("steps", value, r"steps must be a whole number, at least 0, got") for value in NOT_STEPS),
    *(("record_every", v, r"record_every must be a whole number, at least 1, got") for v in (0, -1, 0.5, "1", None)),
    ("record", ("error", "loss"), r"record must hold names from error, gradient, used_gradient, state, .*, got 'loss'"),
    ("optimizer", [], r"optimizer must be one optimizer, or several of one class, got nothing"),
    ("optimizer", [Momentum(), Adam()], r"optimizer must be one optimizer, .* got Adam, Momentum"),
    ("optimizer", "adam", r"optimizer must be one optimizer"),
    ("optimizer", None, r"optimizer must be one optimizer"),
    ("optimizer", Momentum, r"optimizer must be one optimizer"),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD, ids=lambda value: str(value)[:24])
def test_bad_arguments_are_refused_by_name_range_and_value(name, value, message):
    with pytest.raises(ValueError, match="^" + message):
        run(**{**GOOD, name: value})


@pytest.mark.parametrize("value", ["fast", None, -0.01, np.nan, np.inf])
def test_the_value_given_stands_in_the_message(value):
    with pytest.raises(ValueError) as caught:
        run(**{**GOOD, "learning_rate": value})
    assert str(caught.value).endswith(f"got {value!r}")


def test_lengths_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"^start must be given once or 3 times, got 2"):
        run(VALLEY, Momentum(), [0.01, 0.02, 0.03], [START, START], 10)
    with pytest.raises(ValueError, match=r"^optimizer must be given once or 3 times, got 2"):
        run(VALLEY, [Momentum(), Momentum()], [0.01, 0.02, 0.03], START, 10)


@pytest.mark.parametrize("values", [np.zeros(9), np.zeros((10, 2)), np.float64(0.1), [0.1] * 9 + [np.nan], [-1.0] * 10])
def test_a_schedule_with_bad_values_is_refused(values, monkeypatch):
    monkeypatch.setattr(Fixed, "values", values, raising=False)
    with pytest.raises(ValueError, match="^learning_rate must"):
        run(VALLEY, Momentum(), Fixed(), START, 10)


def test_a_learning_rate_for_every_step_and_run_is_taken_as_given():
    etas = np.geomspace(0.001, 0.05, 30).reshape(10, 3)
    path = run(VALLEY, Momentum(), etas, START, 10)
    np.testing.assert_array_equal(path.learning_rate, etas)
    for r in range(3):
        alone = run(VALLEY, Momentum(), etas[:, r : r + 1], START, 10)
        np.testing.assert_array_equal(alone.weights[:, 0], path.weights[:, r])


@pytest.mark.parametrize("shape", [(9, 3), (11, 3), (10, 0), (10, 3, 1)])
def test_learning_rates_of_another_number_of_steps_are_refused(shape):
    with pytest.raises(ValueError, match=r"^learning_rate must be a number or an array \(R,\) or \(10, R\)"):
        run(VALLEY, Momentum(), np.full(shape, 0.01), START, 10)
