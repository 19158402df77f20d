"""Models with two weights: equations, exercises 7.1 to 7.5, minima and what data they take."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_program import check, executed

from engine import run
from engine.dataset import Dataset
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.program import numpy_program
from engine.stationary import stationary_points
from surfaces.data import dataset
from surfaces.data.insurance import Insurance
from surfaces.data.two_gaussians import TwoGaussians
from surfaces.linear_regression import LinearRegression
from surfaces.logistic_regression import LogisticRegression
from surfaces.max_margin import MaxMargin
from surfaces.neuron import Neuron

ALL = [LinearRegression, LogisticRegression, Neuron, MaxMargin]
W = np.random.default_rng(3).normal(size=(40, 2))


def rows(inputs, targets, **more):
    inputs, targets = np.array(inputs, dtype=float), np.array(targets, dtype=float)
    inputs = inputs[:, None] if inputs.ndim == 1 else inputs
    names = tuple(f"x{i}" for i in range(inputs.shape[1])), ("t",)
    return Dataset(inputs, targets[:, None] if targets.ndim == 1 else targets, *names, "Rows", "a test", **more)


def mixed(seed=0, count=30, inputs=1, spread=1.0):
    """Two classes that overlap, both of them there."""
    random = np.random.default_rng(seed)
    targets = np.arange(count) % 2.0
    return rows(spread * random.normal(size=(count, inputs)) + 0.7 * (2 * targets - 1)[:, None], targets)


def sigma(a):
    return 1.0 / (1.0 + np.exp(-a))


def drawn(least=2, most=12, size=50.0):
    """Lists of numbers of which at least two differ by more than rounding."""
    number = st.floats(-size, size, allow_nan=False).map(lambda value: round(value, 3))
    return st.lists(number, min_size=least, max_size=most).filter(lambda xs: max(xs) - min(xs) > 0.01)


# ---- the equations, written from the page


def line(w, x, t):
    return 0.5 * np.sum((w[0] * x + w[1] - t) ** 2)


def log_loss(w, x, t):
    y = sigma(w[0] * x + w[1])
    return -np.sum(t * np.log(y) + (1 - t) * np.log(1 - y))


def squared_sigmoid(w, x, t):
    return 0.5 * np.sum((sigma(w[0] * x + w[1]) - t) ** 2)


def squared_tanh(w, x, t):
    return 0.5 * np.sum((np.tanh(w[0] * x + w[1]) - (2 * t - 1)) ** 2)


WRITTEN = [
    (LinearRegression, {}, line),
    (LogisticRegression, {}, log_loss),
    (Neuron, {}, squared_sigmoid),
    (Neuron, {"activation": "tanh"}, squared_tanh),
]


@pytest.mark.parametrize(("cls", "more", "written"), WRITTEN)
def test_error_and_gradient_are_those_of_the_equation(cls, more, written):
    data = mixed()
    x, t = data.rows.T
    error, gradient = cls(data=data, reduction="sum", **more).evaluate(W)
    np.testing.assert_allclose(error, [written(w, x, t) for w in W], rtol=1e-12)
    for k, w in enumerate(W):
        # complex steps: exact to rounding, because no difference is taken
        exact = [written(w + 1e-30j * np.eye(2)[i], x, t).imag / 1e-30 for i in range(2)]
        np.testing.assert_allclose(gradient[k], exact, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("cls", "more", "written"), WRITTEN)
def test_the_gradient_equals_central_differences(cls, more, written):
    surface = cls(data=mixed(), **more)
    _, gradient = surface.evaluate(W)
    for i, step in enumerate(1e-5 * np.eye(2)):
        estimate = (surface.evaluate(W + step)[0] - surface.evaluate(W - step)[0]) / 2e-5
        np.testing.assert_allclose(gradient[:, i], estimate, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("inputs", [1, 2])
@pytest.mark.parametrize("cls", ALL)
def test_kernels_agree_with_the_expansion_that_needs_none(cls, inputs):
    if cls is MaxMargin and inputs == 1:
        return
    for reduction in ("sum", "mean"):
        surface = cls(data=mixed(1, inputs=inputs), reduction=reduction)
        error, gradient, hessian = surface.expansion(W)
        np.testing.assert_allclose(surface.evaluate(W)[0], error, rtol=1e-12)
        np.testing.assert_allclose(surface.evaluate(W)[1], gradient, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(surface.hessian(W), hessian, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("cls", ALL)
def test_the_sum_is_the_mean_times_the_rows(cls):
    data = mixed(2, inputs=2)
    mean, total = cls(data=data), cls(data=data, reduction="sum")
    count = 15 if cls is MaxMargin else 30
    for one, other in zip(mean.evaluate(W), total.evaluate(W), strict=True):
        np.testing.assert_allclose(count * one, other, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(count * mean.hessian(W), total.hessian(W), rtol=1e-12)
    np.testing.assert_allclose(mean.minima, total.minima, rtol=1e-6)
    assert mean.made_of == f"the mean over {count} {'pairs' if cls is MaxMargin else 'rows'}"
    assert total.made_of.startswith("the sum over ")


@pytest.mark.parametrize("cls", ALL)
def test_the_mean_of_some_rows_is_over_those_rows(cls):
    surface = cls(data=mixed(3, inputs=2))
    part = np.ascontiguousarray(surface.rows()[4:9])
    error, gradient = np.empty(1), np.empty((2, 1))
    singles = []
    for row in part:
        one, g = np.empty(1), np.empty((2, 1))
        surface.value_and_grad(W[:1].T.copy(), surface.pack(), row[None].copy(), one, g)
        singles.append([one[0], *g[:, 0]])
    surface.value_and_grad(W[:1].T.copy(), surface.pack(), part, error, gradient)
    np.testing.assert_allclose([error[0], *gradient[:, 0]], np.mean(singles, axis=0), rtol=1e-12)


# ---- exercises 7.1 to 7.5


@given(x=drawn(), slope=st.floats(-3, 3), reduction=st.sampled_from(["sum", "mean"]))
def test_exercise_7_4_trace_and_determinant_of_linear_regression(x, slope, reduction):
    x = np.array(x)
    surface = LinearRegression(data=rows(x, slope * x + 1.0 + np.sin(7 * x)), reduction=reduction)
    count, share = len(x), 1.0 if reduction == "sum" else 1.0 / len(x)
    h = surface.hessian(np.zeros(2))
    np.testing.assert_allclose(h, share * np.array([[(x**2).sum(), x.sum()], [x.sum(), count]]), rtol=1e-12)
    values = np.linalg.eigvalsh(h)
    assert np.trace(h) == pytest.approx(share * ((x**2).sum() + count), rel=1e-12) and np.trace(h) > 0.0
    # N sum x^2 - (sum x)^2 = N^2 var x, above 0 unless all x are the same
    variance = share**2 * count**2 * x.var()
    assert variance > 0.0
    assert values.prod() == pytest.approx(variance, rel=1e-9, abs=1e-12 * values[1] ** 2)
    assert values.sum() == pytest.approx(np.trace(h), rel=1e-12)


@given(x=drawn(), w=st.tuples(st.floats(-3, 3), st.floats(-3, 3)))
def test_exercise_7_5_trace_and_determinant_of_logistic_regression(x, w):
    x = np.array(x) / 20.0
    t = np.arange(len(x)) % 2.0
    h = LogisticRegression(data=rows(x, t), reduction="sum").hessian(np.array(w))
    y = sigma(w[0] * x + w[1])
    r = y * (1.0 - y)
    np.testing.assert_allclose(h, [[(r * x * x).sum(), (r * x).sum()], [(r * x).sum(), r.sum()]], rtol=1e-9)
    # det = sum over pairs of r_n r_m (x_n - x_m)^2, every term at least 0
    pairs = 0.5 * (r[:, None] * r * (x[:, None] - x) ** 2).sum()
    assert np.trace(h) > 0.0 and pairs > 0.0
    assert np.linalg.det(h) == pytest.approx(pairs, rel=1e-6, abs=1e-12 * np.trace(h) ** 2)


@given(x=drawn(), w=st.tuples(st.floats(-5, 5), st.floats(-5, 5)))
def test_exercises_7_1_to_7_3_around_the_minimum_of_linear_regression(x, w):
    x, w = np.array(x), np.array(w)
    surface = LinearRegression(data=rows(x, 0.3 * x - 1.0 + np.cos(5 * x)))
    (lowest,) = surface.minima
    values, vectors = np.linalg.eigh(surface.hessian(lowest))
    alpha = vectors.T @ (w - lowest)
    floor = surface.evaluate(lowest)[0]
    # 7.1: (7.7) is (7.11)
    assert surface.evaluate(w)[0] == pytest.approx(floor + 0.5 * (values * alpha**2).sum(), rel=1e-9, abs=1e-9)
    # 7.2: v'Hv of an eigenvector is its eigenvalue, of any v the sum of c^2 lambda
    for value, vector in zip(values, vectors.T, strict=True):
        assert vector @ surface.hessian(w) @ vector == pytest.approx(value, rel=1e-9, abs=1e-9 * values[1])
    c = vectors.T @ w
    assert w @ surface.hessian(w) @ w == pytest.approx((c**2 * values).sum(), rel=1e-9, abs=1e-9)
    # 7.3: positive definite, and nowhere lower
    assert values[0] > 0.0 and surface.evaluate(w)[0] >= floor - 1e-9 * (1.0 + floor)


def test_centred_and_scaled_inputs_make_the_valley_round():
    data = dataset("insurance_age")
    raw, scaled = LinearRegression(data=data), LinearRegression(data=data.scaled())
    assert np.linalg.cond(raw.hessian(np.zeros(2))) > 1e4
    np.testing.assert_allclose(scaled.hessian(np.zeros(2)), np.eye(2), atol=1e-14)
    steep, flat = (np.linalg.cond(LogisticRegression(data=each).hessian(np.zeros(2))) for each in (data, data.scaled()))
    assert steep > 1e4 and flat == pytest.approx(1.0)


# ---- minima


def test_the_line_of_the_deck():
    np.testing.assert_allclose(LinearRegression().minima, [[0.5, -1.5]], atol=1e-14)


@given(x=drawn(3), noise=st.integers(0, 9))
def test_the_minimum_of_linear_regression_solves_the_normal_equations(x, noise):
    x = np.array(x)
    t = 2.0 * x + np.random.default_rng(noise).normal(size=len(x))
    expected = np.polyfit(x, t, 1)
    assert LinearRegression(data=rows(x, t)).minima[0] == pytest.approx(expected, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(("cls", "data"), [(LinearRegression, "platelets"), (LinearRegression, "house_prices")])
def test_the_minimum_of_raw_data_is_found_and_is_the_only_one(cls, data):
    surface = cls(data=data)
    x, t = surface.dataset.inputs, surface.dataset.targets[:, 0]
    expected = np.linalg.lstsq(x / x.max(axis=0), t)[0] / x.max(axis=0)
    assert len(surface.minima) == 1 and surface.minima[0] == pytest.approx(expected, rel=1e-9)
    found = stationary_points(surface, surface.view)
    assert found.kinds == ["minimum"] and len(found.curve) == 0
    assert found.places[0] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("separable", [True, False])
def test_a_plateau_is_no_minimum_of_a_neuron(separable):
    # without overlap E falls for ever; two rows of the clouds end on the wrong side, and it falls for ever all the same
    data = rows([[1, 0.5], [2, -1], [-1, 0.3], [-2, 0.5]], [1, 1, 0, 0]) if separable else "two_gaussians"
    surface = Neuron(data=data)
    assert surface.separable is separable and len(surface.minima) == 0
    found = stationary_points(surface, surface.view)
    assert not found.kinds and len(found.curve) == 0 and np.abs(surface.view).max() < 50.0


def test_the_minimum_of_a_neuron_is_found_between_its_plateaus():
    surface = Neuron(data="insurance_age")
    found = stationary_points(surface, surface.view)
    assert found.kinds == ["minimum"] and len(found.curve) == 0
    assert surface.evaluate(found.places[0])[1] == pytest.approx([0.0, 0.0], abs=1e-13)


def test_the_minimum_that_is_published_for_the_hours_of_study():
    np.testing.assert_allclose(LogisticRegression().minima, [[1.5046, -4.0777]], atol=1e-4)


def test_the_deck_s_ages_overlap_and_those_with_affordability_do_but_for_a_bias():
    assert len(LogisticRegression(data="insurance_age").minima) == 1
    assert not LogisticRegression(data="insurance_age").separable
    both = LogisticRegression(data="insurance")
    assert not both.separable and both.minima[0] == pytest.approx([0.0031512, 0.377232], rel=1e-4)
    assert "no minimum" not in Insurance.note and "none through (0, 0)" in Insurance.note
    with_bias = np.column_stack([both.dataset.inputs, np.ones(13)]) @ [1.0, 23.0, -59.5]
    assert ((with_bias > 0.0) == (both.wanted == 1.0)).all()


@pytest.mark.parametrize(
    ("x", "t", "separable"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], True),
        ([1, 2, 3, 4], [1, 1, 0, 0], True),
        ([1, 2, 2, 3], [0, 0, 1, 1], True),  # a border that touches both: the error still falls for ever
        ([1, 2, 3, 4], [0, 1, 0, 1], False),
        ([1, 3, 2, 4], [0, 0, 1, 1], False),
    ],
)
def test_separable_classes_have_no_minimum_of_log_loss(x, t, separable):
    surface = LogisticRegression(data=rows(x, t))
    assert surface.separable == separable and len(surface.minima) == (0 if separable else 1)
    assert surface.bounded_below
    (x_low, x_high), _ = surface.view
    assert x_low < 0.0 < x_high
    if separable:
        path = run(surface, GradientDescent(), 1.0, (0.0, 0.0), 20_000)
        size = np.linalg.norm(path.weights[:, 0], axis=-1)
        assert size[-1] > 1.1 * size[10_000] > 1.2 * size[1000] and path.error[-1, 0] < path.error[10_000, 0]


def test_any_direction_decides_whether_two_inputs_separate():
    turns = np.linspace(0.0, 2.0 * np.pi, 720, endpoint=False)
    around = np.stack([np.cos(turns), np.sin(turns)])
    found = set()
    for seed in range(60):
        data = mixed(seed, count=8, inputs=2)
        surface = LogisticRegression(data=data)
        sides = (2.0 * data.targets - 1.0) * (data.inputs @ around)
        assert surface.separable or not (sides > 0.0).all(axis=0).any()
        assert not surface.separable or (sides > -0.03).all(axis=0).any()
        found.add(surface.separable)
    assert found == {True, False}


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_a_neuron_is_flat_where_log_loss_is_steep(activation):
    neuron, log = Neuron(activation=activation), LogisticRegression()
    sure_and_wrong = -6.0 * neuron.minima[0]
    flat, steep = (np.linalg.norm(each.evaluate(sure_and_wrong)[1]) for each in (neuron, log))
    assert flat < 0.05 < 1.0 < steep
    w = np.random.default_rng(0).uniform(-6.0, 6.0, (4000, 2))
    assert np.linalg.eigvalsh(neuron.hessian(w))[:, 0].min() < -1e-3  # not convex
    assert np.linalg.eigvalsh(log.hessian(w))[:, 0].min() > 0.0
    # from there log loss is soon at its minimum, and the neuron has hardly moved
    paths = [run(each, GradientDescent(), 0.3, sure_and_wrong, 400).weights[:, 0] for each in (neuron, log)]
    moved = [np.linalg.norm(path[-1] - path[0]) / np.linalg.norm(path[0]) for path in paths]
    assert moved[0] < 0.2 and moved[1] > 0.9


# ---- max-margin


def pairs_of(data):
    true, corrupt = (data.inputs[data.targets[:, 0] == target] for target in (1.0, 0.0))
    count = max(len(true), len(corrupt))
    return [(true[k % len(true)], corrupt[k % len(corrupt)]) for k in range(count)]


@pytest.mark.parametrize(("margin", "penalty"), [(1.0, 0.0), (0.5, 0.3), (3.0, 2.0)])
def test_the_objective_is_the_sum_over_pairs(margin, penalty):
    data = mixed(4, 21, inputs=2)
    surface = MaxMargin(data=data, reduction="sum", margin=margin, penalty=penalty)
    for w, error in zip(W, surface.evaluate(W)[0], strict=True):
        hinges = sum(max(0.0, margin + corrupt @ w - true @ w) for true, corrupt in pairs_of(data))
        assert error == pytest.approx(hinges + 0.5 * penalty * w @ w, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(4, 40),
    margin=st.floats(0.1, 4.0),
    penalty=st.sampled_from([0.0, 0.001, 0.1, 3.0]),
    reduction=st.sampled_from(["sum", "mean"]),
    spread=st.floats(0.2, 3.0),
)
def test_nowhere_is_max_margin_lower_than_at_its_minimum(seed, count, margin, penalty, reduction, spread):
    data = mixed(seed, count, inputs=2, spread=spread)
    surface = MaxMargin(data=data, margin=margin, penalty=penalty, reduction=reduction)
    (lowest,) = surface.minima
    least, random = surface.evaluate(lowest)[0], np.random.default_rng(seed)
    for size in 10.0 ** np.arange(-8.0, 2.0):
        around = lowest + size * (1.0 + np.linalg.norm(lowest)) * random.normal(size=(200, 2))
        assert surface.evaluate(around)[0].min() >= least - 1e-12 * (1.0 + least)


def test_on_a_crease_the_error_goes_on_and_the_gradient_jumps_by_the_pair():
    surface = MaxMargin(data=mixed(5, inputs=2))
    for d in surface.differences[:6]:
        normal = d / np.linalg.norm(d)
        at = surface.margin / np.linalg.norm(d) * normal + 0.1 * np.array([-normal[1], normal[0]])
        assert surface.kink_distance(at) < 1e-12
        sides = np.stack([at - 1e-9 * normal, at + 1e-9 * normal])
        error, gradient = surface.evaluate(sides)
        assert error[0] == pytest.approx(error[1], abs=1e-7)
        np.testing.assert_allclose(gradient[1] - gradient[0], surface.share * d, atol=1e-12)
    assert surface.kink_distance(np.zeros((3, 4, 2))).shape == (3, 4)


def test_once_every_pair_keeps_its_margin_nothing_moves():
    surface = MaxMargin(data=TwoGaussians(noise=0.4).dataset())
    path = run(surface, GradientDescent(), 0.05, (0.0, 0.0), 2000)
    assert path.error[-1, 0] == 0.0 and not path.gradient[-1].any()
    scores = surface.outputs(path.weights[-1, 0], surface.dataset.inputs)
    true, corrupt = surface.pairs.T
    assert (scores[true] - scores[corrupt] >= surface.margin).all()
    floor = stationary_points(surface, surface.view)
    assert floor.floor and not floor.kinds


def test_with_a_constant_learning_rate_a_corner_is_never_reached():
    surface = MaxMargin(data=mixed(7, inputs=2, spread=1.5))
    (lowest,) = surface.minima
    assert surface.kink_distance(lowest) < 1e-9 and surface.landmarks == {"w*": tuple(lowest)}
    for eta in (0.1, 0.01):
        path = run(surface, GradientDescent(), eta, (0.0, 0.0), 5000)
        above = path.error[-500:, 0] - surface.evaluate(lowest)[0]
        assert above.max() > 1e-3 * eta and above.max() < 10.0 * eta  # it goes on hopping, the less the smaller eta


# ---- data that do not suit


REFUSED = [
    (LinearRegression, rows(np.ones((3, 3)), [1, 2, 3]), "one or two inputs and one target, got 3 and 1"),
    (LinearRegression, rows([2, 2, 2], [1, 2, 3]), "needs inputs that vary: x0 is 2 in every row"),
    (LinearRegression, rows([[1, 2], [2, 4], [3, 6]], [1, 2, 3]), "cannot tell x0 from x1"),
    (LogisticRegression, rows([1, 2, 3], [0, 1, 2]), "needs two classes, targets 0 and 1: t has 2"),
    (LogisticRegression, rows([1, 2, 3], [1, 1, 1]), "needs rows of both classes: t is 1 in every row"),
    (Neuron, rows([1, 2, 3], [0.5, 1, 0]), "needs two classes, targets 0 and 1: t has 0.5"),
    (MaxMargin, rows([1, 2, 3], [0, 1, 0]), "a bias would cancel"),
]


@pytest.mark.parametrize(("cls", "data", "said"), REFUSED)
def test_data_that_do_not_suit_are_refused_with_a_sentence(cls, data, said):
    sentence = cls.misfit(data)
    assert said in sentence and sentence.startswith(cls.title)
    with pytest.raises(ValueError, match=said):
        cls(data=data)


@pytest.mark.parametrize("cls", ALL)
def test_wild_data_have_a_view_a_start_and_a_rate(cls):
    random = np.random.default_rng(0)
    for scale in (1e-6, 1.0, 1e5):
        for count in (2, 5, 400):
            inputs = scale * random.normal(size=(count, 2)) + 3.0 * scale
            surface = cls(data=rows(inputs, np.arange(count) % 2))
            (x_low, x_high), (y_low, y_high) = surface.view
            assert np.isfinite([x_low, x_high, y_low, y_high]).all() and x_low < x_high and y_low < y_high
            assert x_low <= surface.start[0] <= x_high and y_low <= surface.start[1] <= y_high
            assert surface.learning_rate > 0.0


# ---- outputs and programs


@pytest.mark.parametrize("cls", ALL)
def test_outputs_take_any_leading_shape(cls):
    surface = cls(data=mixed(inputs=2))
    inputs = np.random.default_rng(0).normal(size=(7, 2))
    out = surface.outputs(W.reshape(4, 10, 2), inputs)
    assert out.shape == (4, 10, 7)
    np.testing.assert_allclose(out[1, 2], surface.outputs(W[12], inputs))


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("rule", [GradientDescent(), Momentum()], ids=repr)
@pytest.mark.parametrize(
    "surface",
    [
        LinearRegression(),
        LinearRegression(data="noisy_line"),
        LinearRegression(data="house_prices"),
        MaxMargin(),
        MaxMargin(penalty=0.3),
    ],
    ids=repr,
)
def test_programs_of_sums_and_products_repeat_the_run_bit_for_bit(surface, rule, reduction):
    surface = replace(surface, reduction=reduction)
    for eta in (surface.learning_rate, 30.0 * surface.learning_rate):
        check(surface, rule, eta, surface.start, 60)


@pytest.mark.parametrize(
    "surface",
    [LogisticRegression(), Neuron(), Neuron(activation="tanh"), Neuron(data="two_gaussians", reduction="sum")],
    ids=repr,
)
def test_programs_with_exponentials_repeat_the_run_to_the_library_s_last_bit(surface):
    names = executed(numpy_program(surface, Momentum(), surface.learning_rate, surface.start, 60))
    path = run(surface, Momentum(), surface.learning_rate, surface.start, 60)
    np.testing.assert_allclose(names["weights"], path.weights[:, 0], rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(names["error"], path.error[:, 0], rtol=1e-12)
