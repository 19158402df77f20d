"""Predictions of the page Normalisation against runs and draws; batch and layer normalisation by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import run
from engine.dataset import Dataset
from engine.level_lines import level_lines
from engine.normalisation import units, ways
from engine.normalisation.batch_statistics import spread
from engine.normalisation.best_descent import FOLLOWED, TOLERANCE, bound, descend
from engine.normalisation.moving_average import averaged
from engine.normalisation.own_statistics import Line, expected_by_own, judged, judged_by_own
from engine.normalisation.snapshots import curvature, ratio
from engine.optimizers.gradient_descent import GradientDescent
from surfaces.data import dataset
from surfaces.fitting.forward import STABILISER
from surfaces.fitting.least_squares import LeastSquares
from surfaces.linear_regression import LinearRegression
from surfaces.logistic_regression import LogisticRegression
from surfaces.mlp import Mlp
from widgets.normalisation import batches, inference, inputs, validation

CLEARLY = 5.0  # standard errors: one chance in two million


def standardised(rows=30, seed=0):
    z = np.random.default_rng(seed).standard_normal(rows)
    return (z - z.mean()) / z.std()


# ---- units of one input


@given(mean=st.floats(-50, 50), deviation=st.floats(0.01, 100), seed=st.integers(0, 99))
def test_the_hessian_of_a_line_is_what_mean_and_variance_say(mean, deviation, seed):
    x = mean + deviation * standardised(seed=seed)
    line = LinearRegression(data=Dataset(x[:, None], x[:, None], ("x",), ("t",), "t", "s"))
    h = units.hessian(mean, deviation)
    scale = mean * mean + deviation**2 + 1.0
    np.testing.assert_allclose(h, line.hessian(np.zeros(2)), rtol=1e-10, atol=1e-12 * scale)
    np.testing.assert_allclose(h, [[mean**2 + deviation**2, mean], [mean, 1.0]], rtol=1e-12, atol=1e-14)


@given(mean=st.floats(-20, 20), variance=st.floats(0.01, 100))
def test_the_condition_number_is_that_of_the_matrix(mean, variance):
    h = units.hessian(mean, np.sqrt(variance))
    kappa = float(units.condition_number(mean, variance))
    assert kappa == pytest.approx(np.linalg.cond(h), rel=1e-6)
    assert np.linalg.det(h) == pytest.approx(variance, rel=1e-6)
    assert kappa >= 1.0 - 1e-12
    if abs(mean) > 1e-3 or abs(variance - 1.0) > 1e-3:
        assert kappa > 1.0
    assert float(units.condition_number(0.0, 1.0)) == 1.0


@settings(max_examples=30)
@given(mean=st.floats(-10, 10), deviation=st.floats(0.1, 10), model=st.sampled_from(["line", "classes"]))
def test_hessian_and_minimum_follow_the_unit_whatever_the_error_is(mean, deviation, model):
    standard = inputs.standard_model(model, 3)
    stop = inputs.at_units(standard, mean, deviation)
    assert stop.rows[:, 0].mean() == pytest.approx(mean, abs=1e-9)
    assert stop.rows[:, 0].std() == pytest.approx(deviation)
    cls = LinearRegression if model == "line" else LogisticRegression
    names = {"classes": ("0", "1")} if model == "classes" else {}
    surface = cls(data=Dataset(stop.rows[:, :1], stop.rows[:, 1:], ("x",), ("t",), "t", "s", **names))
    error, gradient = surface.evaluate(stop.minimum)
    h = surface.hessian(stop.minimum)
    np.testing.assert_allclose(stop.found.hessian, h, rtol=1e-7, atol=1e-9 * np.abs(h).max())
    np.testing.assert_allclose(gradient, 0.0, atol=1e-8 * (1.0 + abs(mean) + deviation))
    assert error == pytest.approx(standard.evaluate(standard.minima[0])[0], rel=1e-9)


@settings(max_examples=40)
@given(mean=st.floats(-6, 6), deviation=st.floats(0.2, 5), seed=st.integers(1, 99))
def test_on_a_line_the_steps_are_those_predicted_and_those_of_the_formula(mean, deviation, seed):
    found = inputs.at_units(inputs.standard_model("line", seed), mean, deviation).found
    assert found.condition == pytest.approx(float(units.condition_number(mean, deviation**2)), rel=1e-6)
    assert abs(found.predicted - bound(found.condition)) <= 1
    if found.followed:
        assert abs(found.measured - found.predicted) <= 1
    else:
        assert found.predicted > FOLLOWED / 2


def test_standardised_a_line_takes_one_step():
    for seed in range(1, 20):
        found = inputs.at_units(inputs.standard_model("line", seed), 0.0, 1.0).found
        assert found.condition == pytest.approx(1.0, abs=1e-12) and found.learning_rate == pytest.approx(1.0)
        assert found.measured == found.predicted == 1.0


def test_of_two_classes_the_curvature_at_the_minimum_predicts_the_steps_within_a_factor_of_two():
    told = []
    for seed in range(1, 25):
        standard = inputs.standard_model("classes", seed)
        assert not standard.separable and len(standard.minima)
        for mean, deviation in ((0.0, 1.0), (2.0, 1.0), (3.0, 2.0), (1.0, 0.3)):
            found = inputs.at_units(standard, mean, deviation).found
            if found.followed and found.predicted > 10:
                told.append(found.measured / found.predicted)
    assert len(told) > 60 and np.quantile(told, 0.02) > 0.5 and np.quantile(told, 0.98) < 1.5


@pytest.mark.parametrize("model", ["line", "classes"])
def test_level_lines_are_level(model):
    standard = inputs.standard_model(model, 1)
    for mean, deviation in ((0.0, 1.0), (3.0, 1.0), (10.0, 0.5), (3.0, 10.0)):
        stop = inputs.at_units(standard, mean, deviation)
        names = {"classes": ("0", "1")} if model == "classes" else {}
        rows = Dataset(stop.rows[:, :1], stop.rows[:, 1:], ("x",), ("t",), "t", "s", **names)
        surface = type(standard)(data=rows)
        heights = np.array([0.1, 0.3]) * (surface.evaluate(np.zeros(2))[0] - surface.evaluate(stop.minimum)[0])
        levels = level_lines(surface, stop.minimum, stop.found.hessian, heights)
        error = surface.evaluate(np.moveaxis(levels, 1, 2))[0] - surface.evaluate(stop.minimum)[0]
        np.testing.assert_allclose(error, np.broadcast_to(heights[:, None], error.shape), rtol=1e-5)


def test_the_bound_holds_for_more_weights():
    random = np.random.default_rng(0)
    for _ in range(20):
        columns = random.standard_normal((40, 4)) * random.uniform(0.5, 2.0, 4)
        surface = LeastSquares(data=Dataset(columns, random.standard_normal((40, 1)), tuple("abcd"), ("t",), "t", "s"))
        found = descend(surface, surface.minima[0], surface.hessian(np.zeros(4)), random.standard_normal(4))
        assert found.measured == found.predicted <= bound(found.condition)
        assert np.abs(found.above[int(found.measured) :]).max(initial=0.0) <= TOLERANCE


# ---- ways to prepare two inputs


CLOUDS = st.builds(
    lambda seed, rows, angle, stretch, x, y: (
        (np.random.default_rng(seed).standard_normal((rows, 2)) * [stretch, 1.0])
        @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        + [x, y]
    ),
    st.integers(0, 99),
    st.integers(5, 200),
    st.floats(0.0, 3.0),
    st.floats(1.0, 30.0),
    st.floats(-20, 20),
    st.floats(-20, 20),
)


def kappa(rows):
    values = np.linalg.eigvalsh(ways.hessian(rows))
    return values[-1] / values[0]


@given(cloud=CLOUDS)
def test_every_way_does_what_it_is_said_to_do(cloud):
    made = {name: way(cloud).of(cloud) for name, way in ways.WAYS.items()}
    c = ways.covariance(cloud)
    np.testing.assert_array_equal(made["as they are"], cloud)
    for name in ("mean subtracted", "standardised", "PCA", "whitened", "by singular values"):
        np.testing.assert_allclose(made[name].mean(axis=0), 0.0, atol=1e-9 * np.abs(made[name]).max())
    np.testing.assert_allclose(made["standardised"].std(axis=0), 1.0, rtol=1e-9)
    np.testing.assert_allclose(made["min-max"].min(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(made["min-max"].max(axis=0), 1.0, rtol=1e-12)
    values = np.linalg.eigvalsh(c)[::-1]
    np.testing.assert_allclose(ways.covariance(made["PCA"]), np.diag(values), atol=1e-9 * values[0])
    np.testing.assert_allclose(ways.covariance(made["whitened"]), np.eye(2), atol=1e-6)
    np.testing.assert_allclose(ways.covariance(made["by singular values"]), np.eye(2) / len(cloud), atol=1e-6)
    # turning keeps every distance
    np.testing.assert_allclose(
        np.linalg.norm(made["PCA"], axis=1), np.linalg.norm(made["mean subtracted"], axis=1), rtol=1e-9
    )


@given(cloud=CLOUDS)
def test_what_is_said_of_condition_numbers_holds(cloud):
    made = {name: kappa(way(cloud).of(cloud)) for name, way in ways.WAYS.items()}
    rho = np.corrcoef(cloud.T)[0, 1]
    assert made["standardised"] == pytest.approx((1.0 + abs(rho)) / (1.0 - abs(rho)), rel=1e-6)
    assert made["PCA"] == pytest.approx(made["mean subtracted"], rel=1e-6)
    assert made["whitened"] == pytest.approx(1.0, abs=1e-6)
    assert made["by singular values"] == pytest.approx(len(cloud), rel=1e-6)
    for name in ("as they are", "mean subtracted", "min-max"):  # no shift and no other unit is better
        assert made[name] >= made["standardised"] * (1.0 - 1e-9)


def test_the_singular_values_are_those_of_the_centred_rows():
    cloud = np.random.default_rng(1).standard_normal((50, 2)) @ [[2.0, 1.0], [0.0, 1.0]] + 3.0
    singular = np.linalg.svd(cloud - cloud.mean(axis=0), compute_uv=False)
    by_hand = ways.principal(cloud).of(cloud) / singular
    np.testing.assert_allclose(ways.by_singular_values(cloud).of(cloud), by_hand, rtol=1e-9)


def test_other_rows_are_changed_by_the_training_rows():
    cloud, other = np.random.default_rng(2).standard_normal((2, 20, 2)) * [3.0, 1.0] + 5.0
    for way in ways.WAYS.values():
        change = way(cloud)
        np.testing.assert_allclose(change.of(np.concatenate([cloud, other]))[20:], change.of(other))
        np.testing.assert_allclose(change.of(other), (other - change.middle) @ change.matrix.T)


def test_an_input_without_spread_becomes_0():
    flat = np.column_stack([np.arange(5.0), np.full(5, 7.0)])
    for name in ("standardised", "whitened", "by singular values"):
        made = ways.WAYS[name](flat).of(flat)
        assert np.isfinite(made).all() and (np.abs(made) < 1e-9).all(axis=0).sum() == 1


# ---- (7.52) to (7.60) by hand


PAIR = Dataset([[1.0, 0.0], [3.0, 4.0]], [[0.0], [1.0]], ("x", "y"), ("t",), "t", "s")
W = {"matrix": [[1.0, 0.0], [0.0, 2.0]], "bias": [0.5, -1.0], "gamma": [2.0, 3.0], "beta": [0.25, -0.5]}


def by_hand(kind):
    net = Mlp(PAIR, hidden=(2,), activation="linear", loss="sum_of_squares", normalisation=kind)
    layer, w = net.layers[0], np.zeros(net.dim)
    w[layer.weights], w[layer.biases] = np.ravel(W["matrix"]), W["bias"]
    w[layer.gamma], w[layer.beta] = W["gamma"], W["beta"]
    w[net.layers[1].weights] = 1.0
    return net, w


def test_batch_normalisation_by_hand():
    """a = (1.5, -1) and (3.5, 7): means 2.5 and 3, variances 1 and 16, so that a_hat is -1 and 1 but for delta."""
    net, w = by_hand("batch")
    shrunk = 1.0 / np.sqrt(1.0 + STABILISER), 4.0 / np.sqrt(16.0 + STABILISER)
    expected = np.array([[-2.0, -3.0], [2.0, 3.0]]) * shrunk + W["beta"]
    answer = net.forward(w, PAIR.inputs)
    np.testing.assert_allclose(answer.pre[0], [[1.5, -1.0], [3.5, 7.0]])
    np.testing.assert_allclose(answer.statistics[0], [[2.5, 3.0], [1.0, 16.0]])
    np.testing.assert_allclose(answer.out[0], expected, rtol=1e-14)
    y = expected.sum(axis=1)
    assert net.evaluate(w)[0] == pytest.approx(0.25 * ((y - [0.0, 1.0]) ** 2).sum(), rel=1e-13)


def test_layer_normalisation_by_hand():
    """a = (1.5, -1): mean 0.25, variance 1.5625, a_hat = (1, -1); a = (3.5, 7): 5.25, 3.0625, (-1, 1)."""
    net, w = by_hand("layer")
    shrunk = np.array([1.25 / np.sqrt(1.5625 + STABILISER), 1.75 / np.sqrt(3.0625 + STABILISER)])[:, None]
    expected = np.array([[2.0, -3.0], [-2.0, 3.0]]) * shrunk + W["beta"]
    np.testing.assert_allclose(net.forward(w, PAIR.inputs).out[0], expected, rtol=1e-14)
    y = expected.sum(axis=1)
    assert net.evaluate(w)[0] == pytest.approx(0.25 * ((y - [0.0, 1.0]) ** 2).sum(), rel=1e-13)
    # a row is normalised by itself, whatever stands beside it
    np.testing.assert_allclose(net.forward(w, PAIR.inputs[1:]).out[0], expected[1:], rtol=1e-14)


def test_a_batch_of_one_row_is_normalised_to_beta_and_its_weights_never_move():
    net, w = by_hand("batch")
    np.testing.assert_array_equal(net.forward(w, PAIR.inputs[:1]).out[0], [W["beta"]])
    net = Mlp("moons", hidden=(8,), normalisation="batch")
    path = run(net, GradientDescent(), 0.5, net.initial(seed=1), 50, batch_size=1, sampling="with_replacement")
    first = net.layers[0]
    np.testing.assert_array_equal(path.weights[-1, 0, first.weights], path.weights[0, 0, first.weights])
    assert (path.weights[-1, 0, first.beta] != path.weights[0, 0, first.beta]).any()


# ---- inside: G and its spectrum


@pytest.mark.parametrize("slug", ["moons", "noisy_line", "spirals"])
@pytest.mark.parametrize("kind", ["none", "batch", "layer"])
def test_gauss_newton_is_made_of_the_outputs_slopes(slug, kind):
    data = dataset(slug).taken(np.arange(12))
    loss = "softmax" if slug == "spirals" else "cross_entropy" if data.classes else "sum_of_squares"
    net = Mlp(data, hidden=(3,), loss=loss, normalisation=kind, reduction="sum", penalty=0.01)
    w, h = net.initial(seed=2) + 0.1, 1e-5
    jacobian = np.stack(
        [
            (net.forward(w + h * e, data.inputs).outputs - net.forward(w - h * e, data.inputs).outputs) / (2.0 * h)
            for e in np.eye(net.dim)
        ],
        axis=-1,
    )
    y = net.outputs(w, data.inputs, net.statistics(w) or None)
    bend = np.einsum("nk,kl->nkl", y, np.eye(y.shape[1])) - y[:, :, None] * y[:, None, :]
    if loss == "cross_entropy":
        bend = (y * (1.0 - y))[:, :, None]
    elif loss == "sum_of_squares":
        bend = np.broadcast_to(np.eye(y.shape[1]), bend.shape)
    expected = np.einsum("nki,nkl,nlj->ij", jacobian, bend, jacobian)
    expected += 0.01 * np.diag(np.where(net.biases, 0.0, 1.0))
    found = net.gauss_newton(w)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7 * np.abs(expected).max())
    assert np.linalg.eigvalsh(found).min() > -1e-12 * np.abs(found).max()


def test_gauss_newton_is_the_hessian_where_targets_are_met():
    inputs_ = np.random.default_rng(3).standard_normal((20, 2))
    first = Mlp(Dataset(inputs_, inputs_[:, :1], ("x", "y"), ("t",), "t", "s"), hidden=(4,), loss="sum_of_squares")
    w = first.initial(seed=1)
    met = Mlp(Dataset(inputs_, first.outputs(w, inputs_), ("x", "y"), ("t",), "t", "s"), hidden=(4,), loss=first.loss)
    np.testing.assert_allclose(first.gauss_newton(w), met.hessian(w), rtol=1e-12, atol=1e-14)
    assert not np.allclose(first.hessian(w), met.hessian(w))


def test_losses_without_a_second_derivative_have_no_gauss_newton_matrix():
    for net in (Mlp("moons", loss="max_margin"), Mlp("moons", sparsity=0.1)):
        with pytest.raises(ValueError, match="^G needs a loss with a second derivative"):
            net.gauss_newton(net.initial())


@pytest.mark.parametrize(("kind", "idle"), [("batch", 16), ("layer", 4)])
def test_directions_that_change_no_answer_are_at_least_those_known(kind, idle):
    """Batch: the bias of each of 8 units and the length of its weights. Layer: a common part of all the units' weights,
    two inputs and a bias, and their common length."""
    net = Mlp("moons", hidden=(8,), normalisation=kind)
    for seed in range(5):
        values = curvature(net, net.initial(seed=seed)).gauss_newton
        assert (values < 1e-9 * values[0]).sum() >= idle
    assert ratio(values, net.dim) == np.inf
    assert ratio(values, 1) == 1.0 and ratio(values, 5) == values[0] / values[4]


# ---- statistics of batches


@settings(max_examples=25)
@given(seed=st.integers(0, 99), size=st.integers(1, 40), rows=st.integers(2, 100))
def test_mean_and_variance_of_batches_are_spread_as_predicted(seed, size, rows):
    random = np.random.default_rng(seed)
    values, many = 3.0 + random.standard_normal(rows) ** 3, 20_000
    drawn = values[random.integers(0, rows, (many, size))]
    told = spread(values, size)
    means, variances = drawn.mean(axis=1), drawn.var(axis=1)
    assert abs(means.mean() - values.mean()) <= CLEARLY * told.mean_deviation / np.sqrt(many) + 1e-12
    assert abs(variances.mean() - told.variance) <= CLEARLY * told.variance_deviation / np.sqrt(many) + 1e-12
    for measured, predicted in ((means, told.mean_deviation), (variances, told.variance_deviation)):
        squares = (measured - measured.mean()) ** 2
        assert abs(squares.mean() - predicted**2) <= CLEARLY * squares.std() / np.sqrt(many) + 1e-12
    assert told.variance == pytest.approx((size - 1.0) / size * values.var())


def test_the_spread_of_no_rows_is_refused():
    with pytest.raises(ValueError, match="^size must be at least 1, got 0$"):
        spread(np.arange(3.0), 0)


@pytest.mark.parametrize("unit", [0, 5])
def test_the_view_measures_what_it_predicts(unit):
    for size in batches.SIZES:
        values = batches.values_of(unit, 1)
        item = batches.at_size(size, 0.1, unit, 1)
        assert abs(item.off[0] - item.told.mean_deviation) <= CLEARLY * item.off[1]
        assert abs(item.variance[0] - item.told.variance) <= CLEARLY * item.variance[1] + 1e-12
        assert item.mean == pytest.approx(values.mean()) and item.deviation == pytest.approx(values.std())


# ---- training and inference


def test_a_moving_average_by_hand():
    np.testing.assert_allclose(averaged(np.array([1.0, 2.0, 4.0]), 0.5), [1.0, 1.5, 2.75])
    np.testing.assert_array_equal(averaged(np.array([1.0, 2.0, 4.0]), 0.0), [1.0, 2.0, 4.0])
    np.testing.assert_array_equal(averaged(np.array([1.0, 2.0, 4.0]), 1.0), [1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match=r"^decay must be in \[0, 1\], got -0.1$"):
        averaged(np.ones(2), -0.1)


@given(seed=st.integers(0, 999), decay=st.floats(0.0, 1.0))
def test_the_mean_deviation_is_never_above_the_root_of_the_mean_variance(seed, decay):
    variances = np.random.default_rng(seed).gamma(0.5, size=(50, 3))
    assert (averaged(np.sqrt(variances), decay) <= np.sqrt(averaged(variances, decay)) * (1.0 + 1e-12)).all()


def test_averages_are_those_that_are_replayed_and_influence_no_run():
    net = inference.network()
    path = inference.trained(net, 8, 1.0, 60, 1)
    order = inference.batches(100, 8, 60, inference.SAMPLING, 1)
    ((means, variances),) = net.statistics_along(path.weights[:, 0], order)
    assert means.shape == variances.shape == (60, 8)
    for step in (0, 7, 59):
        a = net.forward(path.weights[step, 0], net.dataset.inputs[order[step]]).pre[0]
        np.testing.assert_allclose(means[step], a.mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(variances[step], a.var(axis=0), rtol=1e-12)
    stop = inference.at_decay(net, path.weights[-1, 0], means, variances, 0.9, 8, 3, 0)
    ((mean, variance),) = net.moving_averages(path.weights[:, 0], 0.9, order)
    assert stop.mean[-1] == pytest.approx(mean[3], rel=1e-12)
    assert stop.deviation["variance"][-1] == pytest.approx(np.sqrt(variance[3]), rel=1e-12)
    given_ = net.outputs(path.weights[-1, 0], net.dataset.inputs[:1], [(mean, variance)])
    assert stop.found["variance"][0] == pytest.approx(float(given_[0, 0]), rel=1e-12)
    # the gradient of a step is that of its batch, by its own statistics
    step = 5
    rows = Mlp(net.dataset.taken(order[step]), hidden=(8,), normalisation="batch")
    after = path.weights[step, 0] - rows.evaluate(path.weights[step, 0])[1]
    np.testing.assert_allclose(path.weights[step + 1, 0], after, rtol=1e-9, atol=1e-12)


def test_a_row_has_one_answer_in_inference_mode_and_many_in_training_mode():
    net = inference.network()
    w = inference.trained(net, 8, 1.0, 100, 1).weights[-1, 0]
    answers = inference.in_company(net, w, 0, 8, 1)
    assert len(answers) == inference.COMPANIES and answers.std() > 0.01
    statistics = net.statistics(w)
    alone = net.outputs(w, net.dataset.inputs[:1], statistics)[0]
    np.testing.assert_allclose(net.outputs(w, net.dataset.inputs[:9], statistics)[0], alone, rtol=1e-12)
    assert np.ptp(inference.in_company(net, w, 0, 100, 1)) < 1e-12  # all rows are one batch


# ---- rows held out


@given(
    seed=st.integers(0, 99),
    rows=st.integers(2, 50),
    slope=st.floats(-3, 3),
    level=st.floats(-3, 3),
    true=st.floats(-3, 3),
)
def test_what_own_statistics_cost_is_exact_without_noise(seed, rows, slope, level, true):
    z = 0.7 + 1.3 * np.random.default_rng(seed).standard_normal(rows)
    t, mean, deviation = true * z - 0.4, z.mean(), z.std()
    by_own = 0.5 * np.mean((slope * (z - mean) / deviation + level - t) ** 2)
    by_training = 0.5 * np.mean((slope * z + level - t) ** 2)
    model, line = Line(slope, level), Line(true, -0.4)
    assert judged_by_own(model, line, mean, deviation, 0.0) == pytest.approx(by_own, rel=1e-9, abs=1e-12)
    assert judged(model, line, mean, deviation, 0.0) == pytest.approx(by_training, rel=1e-9, abs=1e-12)
    more = judged_by_own(line, line, mean, deviation, 0.3) - judged(line, line, mean, deviation, 0.3)
    assert more == pytest.approx(0.5 * true**2 * (mean**2 + (1.0 - deviation) ** 2), rel=1e-9, abs=1e-12)


@settings(max_examples=12)
@given(
    seed=st.integers(1, 99),
    drift=st.floats(-2, 2),
    stretch=st.floats(0.3, 3),
    noise=st.floats(0, 2),
    size=st.sampled_from(validation.SIZES),
)
def test_errors_on_rows_held_out_are_those_predicted(seed, drift, stretch, noise, size):
    found = validation.fitted(noise, seed)
    held = validation.held_out(found, drift, stretch)
    item = validation.at_size(found, held, size, seed)
    told = judged(found.model, found.true, *held, noise)
    assert abs(item.right[0] - told) <= 5.5 * item.right[1] + 1e-12  # twenty parts tell how sure a mean is
    assert abs(item.own[0] - item.told) <= 5.5 * item.own[1] + 1e-12
    many = judged_by_own(found.model, found.true, *held, noise)
    assert expected_by_own(found.model, found.true, *held, noise, 10**7) == pytest.approx(many, rel=1e-4, abs=1e-9)


def test_one_row_has_no_statistics_of_its_own():
    with pytest.raises(ValueError, match="^rows must be at least 2, got 1$"):
        expected_by_own(Line(1.0, 0.0), Line(1.0, 0.0), 0.0, 1.0, 0.0, 1)
