"""Every schedule: its formula, worked numbers of the sources, and a run that follows it step by step."""

import dataclasses
import math
import pickle

import numpy as np
import pytest

from engine import discover_schedules, run, slug, sweep, trials
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.residual import residual
from engine.schedules.chebyshev import Chebyshev
from engine.schedules.constant import Constant
from engine.schedules.constant_then_inverse import ConstantThenInverse
from engine.schedules.cosine import Cosine
from engine.schedules.exponential import Exponential
from engine.schedules.exponential_time import ExponentialTime
from engine.schedules.inverse import Inverse
from engine.schedules.linear import Linear
from engine.schedules.manual import MOST, Manual
from engine.schedules.on_plateau import OnPlateau
from engine.schedules.one_cycle import OneCycle
from engine.schedules.power import Power
from engine.schedules.step import Step
from engine.schedules.warm_up import WarmUp
from surfaces.piecewise_quadratic import PiecewiseQuadratic
from surfaces.quadratic import Quadratic

SCHEDULES = discover_schedules()
VALLEY = Quadratic()
START = (-1.5, 1.0)

every_schedule = pytest.mark.parametrize("slug", SCHEDULES)


def settings(cls):
    """The defaults, and settings from inside the ranges."""
    random = np.random.default_rng(3)
    chosen = [cls()]
    for _ in range(12):
        values = {}
        for name, p in cls.parameters().items():
            if p.scale == "log":
                values[name] = math.exp(random.uniform(math.log(max(p.low, p.smallest, 1e-8)), math.log(p.high)))
            else:
                values[name] = random.uniform(p.low, min(p.high, 1000))
            if p.whole:
                values[name] = round(values[name])
        if cls is Chebyshev:
            values["smallest_eigenvalue"] = min(values["smallest_eigenvalue"], values["largest_eigenvalue"])
        chosen.append(cls(**values))
    return chosen


@every_schedule
def test_it_gives_one_usable_learning_rate_a_step_and_more_steps_change_none(slug):
    for schedule in settings(SCHEDULES[slug]):
        long = schedule(2000)
        assert long.shape == (2000,) and np.isfinite(long).all() and (long >= 0.0).all()
        for steps in (0, 1, 2, 57):
            np.testing.assert_array_equal(schedule(steps), long[:steps])


@every_schedule
def test_it_is_a_value_with_words(slug):
    cls = SCHEDULES[slug]
    assert cls.title.strip() and cls.latex.strip()
    assert cls.note.endswith(".") and 40 < len(cls.note) < 120
    assert len({c.title for c in SCHEDULES.values()}) == len(SCHEDULES)
    for schedule in settings(cls):
        copied = pickle.loads(pickle.dumps(schedule))
        assert copied == schedule and hash(copied) == hash(schedule)
        names = {c.__name__: c for c in SCHEDULES.values()}
        assert eval(repr(schedule), names) == schedule


@every_schedule
def test_a_run_takes_every_step_with_it(slug):
    schedule = SCHEDULES[slug]()
    path = run(VALLEY, GradientDescent(), schedule, START, 150)
    if not schedule.feedback:
        np.testing.assert_array_equal(path.learning_rate[:, 0], schedule(150))
    expected = path.weights[:-1] - path.learning_rate[..., None] * path.gradient[:-1]
    np.testing.assert_allclose(path.weights[1:], expected, rtol=1e-13, atol=1e-13)


@every_schedule
def test_the_defaults_do_something_on_the_default_valley_and_do_not_break_it(slug):
    path = run(VALLEY, GradientDescent(), SCHEDULES[slug](), START, 100)
    assert path.diverged_at[0] == -1 and path.error[-1, 0] < 1e-2 * path.error[0, 0]
    flat = run(VALLEY, GradientDescent(), Constant(), START, 100)
    assert slug == "constant" or np.abs(path.weights - flat.weights).max() > 0.0


def test_worked_numbers_of_the_course():
    assert ExponentialTime(learning_rate=0.1, decay_constant=0.01)(11)[10] == pytest.approx(0.0905, abs=5e-5)
    assert Inverse(learning_rate=0.1, decay_constant=0.01)(11)[10] == pytest.approx(0.0909, abs=5e-5)
    step = Step(learning_rate=0.1, factor=0.5, every=5)(11)
    assert step[[0, 4, 5, 9, 10]].tolist() == [0.1, 0.1, 0.05, 0.05, 0.025]


def test_linear_reaches_its_last_learning_rate_at_step_k_and_keeps_it():
    eta = Linear(learning_rate=0.1, last_learning_rate=0.02, length=8)(12)
    np.testing.assert_allclose(eta[:9], 0.1 - 0.01 * np.arange(9), rtol=1e-14)
    assert (eta[8:] == 0.02).all()


def test_power_and_exponential_are_the_textbooks():
    t = np.arange(50)
    eta = Power(learning_rate=0.1, scale=7.0, exponent=-0.7)(50)
    np.testing.assert_allclose(eta, [0.1 * (1.0 + tau / 7.0) ** -0.7 for tau in t], rtol=1e-14)
    eta = Exponential(learning_rate=0.1, factor=0.3, scale=7.0)(50)
    np.testing.assert_allclose(eta, [0.1 * 0.3 ** (tau / 7.0) for tau in t], rtol=1e-14)
    assert eta.sum() < 0.1 / (1.0 - 0.3 ** (1.0 / 7.0))


def test_one_schedule_in_other_letters():
    np.testing.assert_allclose(
        Power(learning_rate=0.1, scale=20.0, exponent=-1.0)(90),
        Inverse(learning_rate=0.1, decay_constant=1.0 / 20.0)(90),
        rtol=1e-14,
    )
    np.testing.assert_allclose(
        Exponential(learning_rate=0.1, factor=0.5, scale=20.0)(90),
        ExponentialTime(learning_rate=0.1, decay_constant=math.log(2.0) / 20.0)(90),
        rtol=1e-13,
    )


def test_constant_then_inverse():
    eta = ConstantThenInverse(learning_rate=0.1, length=5)(21)
    assert (eta[:6] == 0.1).all()
    np.testing.assert_allclose(eta[[6, 10, 20]], [0.1 * 5 / 6, 0.05, 0.025], rtol=1e-14)


def test_cosine_restarts_and_its_periods_grow():
    schedule = Cosine(learning_rate=0.1, last_learning_rate=0.02, period=4, growth=2)
    eta = schedule(30)
    starts = [0, 4, 12, 28]  # periods of 4, 8, 16 steps
    assert [i for i in range(30) if eta[i] == pytest.approx(0.1, rel=1e-15)] == starts
    np.testing.assert_allclose(eta[[2, 8, 20]], 0.06, rtol=1e-14)
    np.testing.assert_allclose(eta[:4], 0.02 + 0.04 * (1.0 + np.cos(np.pi * np.arange(4) / 4.0)))
    assert (np.diff(Cosine(period=100, growth=1)(100)) < 0.0).all()


def test_one_cycle_goes_up_and_down_and_then_far_down():
    schedule = OneCycle(learning_rate=0.1, divisor=10.0, length=100, cycle=0.8)
    eta = schedule(140)
    np.testing.assert_allclose(eta[[0, 20, 40, 60, 80]], [0.01, 0.055, 0.1, 0.055, 0.01], rtol=1e-13)
    assert (eta[100:] == 0.01 * 0.01).all() and eta.argmax() == 40


def test_warm_up_ends_where_the_other_begins():
    then = Exponential(learning_rate=0.1, factor=0.5, scale=10.0)
    eta = WarmUp(length=5, share=0.2, then=then)(40)
    np.testing.assert_allclose(eta[:5], [0.02, 0.036, 0.052, 0.068, 0.084], rtol=1e-13)
    np.testing.assert_array_equal(eta[5:], then(35))
    with pytest.raises(ValueError, match="^then must be a schedule, got 0.1"):
        WarmUp(then=0.1)


def watched(schedule, errors):
    """The learning rates of a schedule that is told these errors of one run, one an epoch."""
    watch = schedule.watch()
    return [float(watch(np.array([error]))[0, 0]) for error in errors]


def test_three_epochs_without_improvement_are_a_plateau():
    schedule = OnPlateau(learning_rate=0.1, factor=0.1, patience=3, least_improvement=0.0)
    #         best, better, three that are not,        better, three that are not, two that are not
    errors = [1.0, 0.9, 0.9, 0.95, 0.91, 0.8, 0.8, 0.8, 0.9, 0.85, 0.85]
    expected = [0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01, 0.001, 0.001, 0.001]
    np.testing.assert_allclose(watched(schedule, errors), expected, rtol=1e-14)


def test_a_small_improvement_is_none():
    errors = [1.0, 0.95, 0.91, 0.89, 0.86, 0.82, 0.79]
    plain = OnPlateau(learning_rate=0.1, factor=0.5, patience=2, least_improvement=0.1)
    np.testing.assert_allclose(watched(plain, errors), [0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025])
    below_zero = [-1.0, -1.05, -1.08, -1.2, -1.3]
    np.testing.assert_allclose(watched(plain, below_zero), [0.1, 0.1, 0.05, 0.05, 0.05])
    assert watched(plain, [1.0, math.nan, math.inf, 0.5])[-1] == 0.05


def test_what_it_gives_is_what_the_errors_of_the_run_ask_for():
    schedule = OnPlateau(patience=3, every=4)
    path = run(VALLEY, GradientDescent(), schedule, [START, (0.3, -1.2)], 90)
    assert (path.learning_rate[-1] < path.learning_rate[0]).all()
    for r in range(2):
        asked = watched(schedule, path.error[0:90:4, r])
        np.testing.assert_array_equal(path.learning_rate[:, r], np.repeat(asked, 4)[:90])
    alone = run(VALLEY, GradientDescent(), schedule, (0.3, -1.2), 90)
    np.testing.assert_array_equal(alone.weights[:, 0], path.weights[:, 1])


def test_it_may_follow_the_error_of_a_validation_surface():
    other = Quadratic(minimum_x=-0.5)
    plain = OnPlateau(learning_rate=0.05, patience=2, least_improvement=0.0)
    schedule = dataclasses.replace(plain, validation=other)
    path = run(VALLEY, GradientDescent(), schedule, START, 200)
    seen, _ = other.evaluate(path.weights[:-1, 0])
    np.testing.assert_array_equal(path.learning_rate[:, 0], watched(schedule, seen))
    # the run passes the place that is best for the other surface, and only then its error stops falling
    assert path.learning_rate[int(seen.argmin()), 0] == 0.05 and path.learning_rate[-1, 0] < 1e-3
    assert (run(VALLEY, GradientDescent(), plain, START, 200).learning_rate > path.learning_rate).any()
    # following it changes the learning rates and nothing else
    again = run(VALLEY, GradientDescent(), path.learning_rate, START, 200)
    np.testing.assert_array_equal(again.weights, path.weights)
    assert schedule.label == f"{plain.label}, by validation error"
    assert WarmUp(then=schedule).shape_label.endswith("b = 0, by validation error")
    with pytest.raises(ValueError, match=r"^validation must be a surface or None, got 3"):
        OnPlateau(validation=3)
    with pytest.raises(ValueError, match=r"^validation must be a surface of 2 weights, got one of 1"):
        run(VALLEY, GradientDescent(), OnPlateau(validation=PiecewiseQuadratic()), START, 5)


def on_a_plateau(surface, eta, steps, factor, patience, every, share, start, seen=None):
    """Gradient descent with a learning rate that falls on a plateau, step by step, from the words of the docstring."""
    w, best, waited, path, etas = np.array(start), math.inf, 0, [], []
    for step in range(steps):
        if step % every == 0:
            error = float((seen or surface).evaluate(w)[0])
            if step == 0 or error < best - share * abs(best):
                best, waited = error, 0
            else:
                waited += 1
            if waited == patience:
                eta, waited = factor * eta, 0
        path.append(w)
        etas.append(eta)
        w = w - eta * surface.evaluate(w)[1]
    return np.array([*path, w]), np.array(etas)


@pytest.mark.parametrize("seen", [None, Quadratic(minimum_x=-0.5)])
@pytest.mark.parametrize("setting", [(0.5, 3, 1, 0.1), (0.1, 1, 1, 0.0), (0.7, 2, 5, 0.3), (0.9, 1, 1, 0.9)])
def test_runs_with_bases_of_their_own_each_follow_their_own_error(setting, seen):
    bases = np.array([0.003, 0.05, 0.0999, 0.11])
    schedule = OnPlateau(1.0, *setting, validation=seen)
    path = run(VALLEY, GradientDescent(), schedule.followed(bases), START, 150)
    for r, base in enumerate(bases):
        weights, etas = on_a_plateau(VALLEY, base, 150, *setting, START, seen)
        np.testing.assert_array_equal(path.learning_rate[:, r], etas)
        np.testing.assert_allclose(path.weights[:, r], weights, rtol=1e-12, atol=1e-15)
        own = dataclasses.replace(schedule, learning_rate=base)
        np.testing.assert_array_equal(run(VALLEY, GradientDescent(), own, START, 150).weights[:, 0], path.weights[:, r])
    assert len({tuple(path.learning_rate[:, r] / base) for r, base in enumerate(bases)}) > 1


def test_a_warm_up_follows_from_other_bases_too():
    schedule, bases = WarmUp(length=10, share=0.5, then=OnPlateau(1.0, patience=2)), np.array([0.02, 0.09])
    path = run(VALLEY, Momentum(), schedule.followed(bases), START, 60)
    for r, base in enumerate(bases):
        own = WarmUp(length=10, share=0.5, then=OnPlateau(base, patience=2))
        alone = run(VALLEY, Momentum(), own, START, 60)
        np.testing.assert_array_equal(path.learning_rate[:, r], alone.learning_rate[:, 0])
        np.testing.assert_array_equal(path.weights[:, r], alone.weights[:, 0])
    assert path.learning_rate[0].tolist() == [0.01, 0.045] and (path.learning_rate[-1] < bases).all()


def test_bases_are_checked_as_learning_rates_are():
    for wrong in (-0.1, math.nan, [0.1, math.inf]):
        with pytest.raises(ValueError, match=r"^learning_rate must be finite and at least 0"):
            run(VALLEY, Momentum(), OnPlateau().followed(np.array(wrong)), START, 5)
    with pytest.raises(ValueError, match=r"^start must be given once or 3 times, got 2"):
        run(VALLEY, Momentum(), OnPlateau().followed(np.ones(3)), [START, START], 5)
    with pytest.raises(ValueError, match=r"^Constant does not follow the error"):
        Constant().followed(0.1)
    with pytest.raises(ValueError, match=r"^Constant does not follow the error"):
        Constant().rule(0.1, "error[step]", str)


def test_a_warm_up_may_end_in_one_that_follows_the_error():
    then = OnPlateau(patience=2)
    path = run(VALLEY, GradientDescent(), WarmUp(length=10, share=0.5, then=then), START, 60)
    np.testing.assert_allclose(path.learning_rate[:11, 0], 0.1 * np.append(0.5 + 0.05 * np.arange(10), 1.0))
    np.testing.assert_array_equal(path.learning_rate[10:, 0], watched(then, path.error[10:60, 0]))


def test_progress_and_stopping_with_feedback(monkeypatch):
    import importlib

    loop = importlib.import_module("engine.run")
    shares = []
    whole = run(VALLEY, Momentum(), OnPlateau(), START, 400)
    monkeypatch.setattr(loop, "PIECE", 0.0)
    pieces = run(VALLEY, Momentum(), OnPlateau(), START, 400, progress=shares.append)
    np.testing.assert_array_equal(pieces.weights, whole.weights)
    assert shares == sorted(shares) and shares[-1] == 1.0
    stopped = run(VALLEY, Momentum(), OnPlateau(), START, 400, progress=lambda share: share < 0.5)
    assert np.isnan(stopped.weights[-1]).all() and np.isfinite(stopped.weights[100]).all()
    assert run(VALLEY, Momentum(), OnPlateau(), START, 0).weights.shape == (1, 1, 2)


def test_a_sweep_takes_schedules_but_none_that_follows_the_error():
    schedule = Exponential()
    grid = {"momentum": [0.0, 0.5, 0.9]}
    found = sweep(VALLEY, Momentum(), grid, start=START, steps=100, learning_rate=schedule)
    for momentum, error in zip(grid["momentum"], found.error, strict=True):
        assert run(VALLEY, Momentum(momentum=momentum), schedule, START, 100).error[-1, 0] == error
    for wrong in (OnPlateau(), WarmUp(then=OnPlateau())):
        for call in (
            lambda wrong=wrong: sweep(VALLEY, Momentum(), grid, start=START, steps=9, learning_rate=wrong),
            lambda wrong=wrong: trials(VALLEY, Momentum(), learning_rate=wrong, start=START, steps=9),
            lambda wrong=wrong: residual(GradientDescent(), wrong, [1.0], 9),
        ):
            with pytest.raises(ValueError, match=r"^learning_rate must be a schedule that does not follow the error"):
                call()
    with pytest.raises(ValueError, match=r"^Constant does not follow the error"):
        Constant().watch()


POINTS = ((3, 0.1), (7, 0.001), (9, 0.01))


def test_points_drawn_by_hand():
    eta = Manual(points=POINTS)(12)
    assert eta[[3, 7, 9]].tolist() == [0.1, 0.001, 0.01]
    assert (eta[:4] == 0.1).all() and (eta[9:] == 0.01).all()
    np.testing.assert_allclose(eta[4:7], 0.1 * 10.0 ** (-np.arange(1, 4) / 2.0), rtol=1e-13)
    np.testing.assert_array_equal(Manual(points=((50, 0.2),))(4), 0.2)


def test_points_are_read_as_they_are_written():
    assert Manual(points=POINTS).text == "3:0.1,7:0.001,9:0.01"
    assert Manual.read("3:0.1, 7:1e-3,9:.01") == Manual(points=POINTS)
    random = np.random.default_rng(5)
    for count in range(1, MOST + 1):
        steps = np.sort(random.choice(100_000, count, replace=False)).tolist()
        rates = [float(f"{10.0**power:.4g}") for power in random.uniform(-8.0, 4.0, count)]
        schedule = Manual(points=tuple(zip(steps, rates, strict=True)))
        assert Manual.read(schedule.text) == schedule
        assert len(schedule.text) <= 24 * MOST


WRONG = [
    *(
        "",
        ",",
        "0",
        "0:",
        ":1",
        "0:1,",
        "0:0.1;5:0.2",
        "0:-1",
        "-1:0.1",
        "0.5:0.1",
        "0:nan",
        "0:inf",
        "0:1e999",
        "0:.",
        "0:e5",
    ),
    *("5:0.1,5:0.2", "9:0.1,5:0.2", "0:0", "0:1e-16", "0:10010", "100001:0.1", "0:0x1", "٣:0.1", "0:0.1" + "," * 9000),
    *(",".join(f"{i}:0.1" for i in range(MOST + 1)), "<b>1</b>:2", "__import__('os'):1", "1_0:0.1"),
]


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:20])
def test_text_that_is_no_list_of_points_is_refused(text):
    with pytest.raises(ValueError, match=r"must be") as caught:
        Manual.read(text)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("points", [None, (), 3, "0:1", ((0,),), ((0, 1, 2),), ((0, None),), (("0", 0.1),), [3]])
def test_points_that_are_none_are_refused(points):
    with pytest.raises(ValueError, match=r"must be"):
        Manual(points=points)


def test_the_frozen_default_of_a_warm_up_is_shared_safely():
    with pytest.raises(dataclasses.FrozenInstanceError):
        WarmUp().then.learning_rate = 1.0
    assert slug(WarmUp().then) == "constant"


@every_schedule
def test_a_schedule_is_scaled_to_another_base(slug):
    schedule = SCHEDULES[slug]()
    assert schedule.watched is None
    if schedule.feedback or not schedule.base:
        assert slug in ("chebyshev", "on_plateau")
        with pytest.raises(ValueError, match="has no shape of its own"):
            schedule.scaled(0.1, 5)
        return
    np.testing.assert_allclose(schedule.scaled(schedule.base, 80)[:, 0], schedule(80), rtol=1e-15)
    both = schedule.scaled(np.array([0.01, 3.0]), 80)
    assert both.shape == (80, 2)
    np.testing.assert_allclose(both[:, 1], 300.0 * both[:, 0], rtol=1e-14)
    assert str(schedule.base) not in schedule.shape_label and schedule.shape_label.startswith(schedule.title)


def test_shapes_are_told_in_shares_of_the_base():
    assert Linear(0.2, 0.05, 40).shape_label == "Linear η_K = 0.25 η, K = 40"
    assert WarmUp(5, 0.5, Step(0.3, 0.5, 10)).shape_label == "Warm-up W = 5, s = 0.5, then Step f = 0.5, n = 10"
