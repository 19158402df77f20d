"""Activations: derivatives against complex steps, flat sides, what is expected of normal inputs, dead units in runs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_oracle import ACTIVATIONS as ORACLE

from engine import run, theory
from engine.next_layer import next_layer_eigenvalues, steps_to
from engine.normal import beyond, expected
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.planes import of_runs
from surfaces.fitting.activation import derivative, edges, flat, second_derivative, steepest
from surfaces.fitting.forward import activate
from surfaces.fitting.idle import expected_flat, idle
from surfaces.fitting.layers import FIRST_SLOPE
from surfaces.fitting.siblings import as_sibling, common, siblings, tanh_as_sigmoid
from surfaces.fitting.unit import Unit, deadly
from surfaces.mlp import ACTIVATIONS, LOSSES, Mlp

PLACES = np.linspace(-7.0, 7.0, 1001)[:-1] + 0.0031  # beside every kink
SURE = 4.5  # standard errors: one chance in 150 000

every_activation = pytest.mark.parametrize("name", ACTIVATIONS)


def complex_step(function, a):
    return function(a + 1e-30j).imag / 1e-30


# ---- derivatives and flat sides


@every_activation
@pytest.mark.parametrize("slope", [FIRST_SLOPE, -0.4, 1.7])
def test_the_derivative_is_that_of_the_function(name, slope):
    found = derivative(name, PLACES, slope)
    np.testing.assert_allclose(found, complex_step(lambda a: ORACLE[name](a, slope), PLACES), rtol=1e-12, atol=1e-13)
    steps = 1e-5
    h = [activate(name, PLACES + k * steps, np.array(slope)) for k in (-2, -1, 1, 2)]
    estimate = (h[0] - 8.0 * h[1] + 8.0 * h[2] - h[3]) / (12.0 * steps)
    np.testing.assert_allclose(found, estimate, rtol=1e-8, atol=1e-9)


@every_activation
def test_the_second_derivative_is_that_of_the_first(name):
    steps = 1e-4
    d = [derivative(name, PLACES + k * steps) for k in (-2, -1, 1, 2)]
    estimate = (d[0] - 8.0 * d[1] + 8.0 * d[2] - d[3]) / (12.0 * steps)
    np.testing.assert_allclose(second_derivative(name, PLACES), estimate, rtol=1e-7, atol=1e-9)


@every_activation
def test_a_network_is_smooth_where_no_derivative_of_its_activation_jumps(name):
    places = np.linspace(-3.0, 3.0, 60_001)
    jumps = [np.abs(np.diff(each(name, places))).max() > 0.1 for each in (derivative, second_derivative)]
    assert Mlp("moons", activation=name).smooth == (not any(jumps))


@every_activation
@pytest.mark.parametrize("slope", [FIRST_SLOPE, 0.0, -0.4, 1.7])
def test_the_steepest_slope_is_reached_and_never_passed(name, slope):
    found = np.abs(derivative(name, np.linspace(-20.0, 20.0, 40_001), slope))
    assert found.max() == pytest.approx(steepest(name, slope), rel=1e-12)


def test_far_out_a_derivative_is_small_and_no_rounding():
    far = np.array([20.0, 40.0, 300.0])
    np.testing.assert_allclose(derivative("tanh", far), 4.0 * np.exp(-2.0 * far), rtol=1e-12)
    np.testing.assert_allclose(derivative("sigmoid", -far), np.exp(-far), rtol=1e-8)


@every_activation
@settings(max_examples=40)
@given(share=st.floats(0.001, 0.5), slope=st.floats(-1.0, 2.0))
def test_a_function_is_flat_just_beyond_its_edges_and_not_before(name, share, slope):
    low, high = edges(name, share, slope)
    for edge, outwards in ((low, -1.0), (high, 1.0)):
        if not np.isfinite(edge):
            assert not flat(name, np.array([outwards * 1e3]), share, slope)
            continue
        beside = edge + outwards * 1e-9 * np.array([1.0, -1.0])
        assert flat(name, beside, share, slope).tolist() == [True, False]
    outside = (low > PLACES) | (high < PLACES)
    np.testing.assert_array_equal(flat(name, PLACES, share, slope), outside)


def test_a_sigmoid_is_flat_twice_as_far_out_as_tanh():
    for share in (0.001, 0.05, 0.5):
        assert edges("sigmoid", share)[1] == pytest.approx(2.0 * edges("tanh", share)[1])
    assert edges("tanh", 0.05)[1] == pytest.approx(2.1783, abs=1e-4)
    assert edges("softsign", 0.25)[1] == 1.0


# ---- normal inputs


def mean_output(name, deviation, width=0.05, far=12.0):
    """E h(sigma x) for x normal: Gauss and Legendre on pieces that end at every multiple of 0.05, so at every kink."""
    ends = np.arange(np.ceil(far * deviation / width) + 1.0) * width
    node, weight = np.polynomial.legendre.leggauss(20)
    a = (ends[:-1, None] + 0.5 * width * (1.0 + node)).ravel()
    density = np.exp(-0.5 * (a / deviation) ** 2) / (deviation * np.sqrt(2.0 * np.pi))
    both = ORACLE[name](a, FIRST_SLOPE) + ORACLE[name](-a, FIRST_SLOPE)
    return float((np.tile(0.5 * width * weight, len(ends) - 1) * density * both).sum())


@every_activation
@pytest.mark.parametrize("deviation", [0.1, 1.0, 10.0])
def test_the_mean_output_of_normal_inputs(name, deviation):
    told = expected(lambda a: activate(name, a, np.array(FIRST_SLOPE)), deviation, (1.0,))
    assert told == pytest.approx(mean_output(name, deviation), rel=1e-11, abs=1e-13)
    drawn = activate(name, deviation * np.random.default_rng(2).standard_normal(200_000), np.array(FIRST_SLOPE))
    assert abs(drawn.mean() - told) < SURE * drawn.std() / np.sqrt(len(drawn))


@pytest.mark.parametrize("deviation", [0.1, 1.0, 10.0])
def test_what_that_mean_is_where_a_formula_is_known(deviation):
    assert mean_output("relu", deviation) == pytest.approx(deviation / np.sqrt(2.0 * np.pi), rel=1e-12)
    assert mean_output("leaky_relu", deviation) == pytest.approx(0.99 * deviation / np.sqrt(2.0 * np.pi), rel=1e-12)
    assert mean_output("sigmoid", deviation) == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("deviation", [0.1, 0.7, 3.0, 10.0])
def test_expectations_are_exact_to_twelve_digits(deviation):
    assert expected(np.square, deviation) == pytest.approx(deviation**2, rel=1e-12)
    assert expected(np.cos, deviation) == pytest.approx(np.exp(-0.5 * deviation**2), abs=1e-12)
    clipped = expected(lambda a: np.clip(a, -1.0, 1.0) ** 2, deviation, (1.0,))
    finer = np.linspace(-12.0, 12.0, 2_400_001)
    density = np.exp(-0.5 * finer**2) / np.sqrt(2.0 * np.pi)
    assert clipped == pytest.approx(float((density * np.clip(deviation * finer, -1, 1) ** 2).sum() * 1e-5), abs=1e-9)


@every_activation
@settings(max_examples=15)
@given(share=st.floats(0.001, 0.5), deviation=st.floats(0.1, 10.0), seed=st.integers(0, 99))
def test_the_share_of_normal_inputs_on_a_flat_side(name, share, deviation, seed):
    told = float(beyond(*edges(name, share), deviation))
    drawn = deviation * np.random.default_rng(seed).standard_normal(50_000)
    counted = flat(name, drawn, share).mean()
    assert abs(counted - told) <= SURE * np.sqrt(told * (1.0 - told) / len(drawn)) + 1e-4


# ---- the next layer's valley


@settings(max_examples=30)
@given(mean=st.floats(-2.0, 2.0), variance=st.floats(0.01, 5.0), units=st.integers(1, 30))
def test_the_next_layers_eigenvalues_are_those_of_its_hessian(mean, variance, units):
    column = np.full(units, mean)
    hessian = np.block([[variance * np.eye(units) + np.outer(column, column), column[:, None]], [column, np.ones(1)]])
    np.testing.assert_allclose(
        next_layer_eigenvalues(mean, variance, units), np.linalg.eigvalsh(hessian), rtol=1e-7, atol=1e-10
    )


@every_activation
def test_a_drawn_next_layer_is_as_long_as_predicted(name):
    units, rows = 8, 100_000
    h = lambda a: activate(name, a, np.array(FIRST_SLOPE))  # noqa: E731
    mean = expected(h, 1.0, (1.0,))
    told = next_layer_eigenvalues(mean, expected(lambda a: h(a) ** 2, 1.0, (1.0,)) - mean**2, units)
    z = np.column_stack([h(np.random.default_rng(4).standard_normal((rows, units))), np.ones(rows)])
    # sample eigenvalues of equal ones spread by (1 +- sqrt(M/N))^2, Marchenko and Pastur (1967), here 2 %
    np.testing.assert_allclose(np.linalg.eigvalsh(z.T @ z / rows), told, rtol=0.05)


@pytest.mark.parametrize("kappa", [1.5, 20.0, 500.0])
def test_steps_are_those_of_gradient_descent_at_its_best(kappa):
    best = theory.optimal(GradientDescent, np.array([1.0, kappa]))
    assert best.rate ** steps_to(1e-3, kappa) == pytest.approx(1e-3)


# ---- dead and saturated units of networks


def random_nets(activation, number_of, seed):
    random = np.random.default_rng(seed)
    for loss in LOSSES:
        net = Mlp(data="moons", hidden=(5, 4), activation=activation, loss=loss)
        for _ in range(number_of):
            yield (
                net,
                net.initial("gaussian", scale=random.uniform(0.2, 20.0), seed=int(random.integers(999)), bias=-1.0),
            )


@every_activation
def test_shares_are_those_of_every_unit_looked_at_alone(name):
    for net, w in random_nets(name, 3, 1):
        found = idle(net, np.stack([w, 0.5 * w]), 0.05)
        for k, at in enumerate((w, 0.5 * w)):
            z = net.dataset.inputs
            for layer, each in zip(net.layers[:-1], found, strict=True):
                a = z @ layer.matrix(at).T + at[layer.biases]
                slope = at[layer.slope] if name == "prelu" else FIRST_SLOPE
                rise = np.abs(derivative(name, a, slope))
                top = steepest(name, float(np.squeeze(slope)))
                np.testing.assert_allclose(each.flat[k], (rise < 0.05 * top).mean(axis=0))
                np.testing.assert_array_equal(each.dead[k], (rise == 0.0).all(axis=0))
                assert not (each.saturated(0.9)[k] & each.dead[k]).any()
                z = activate(name, a, slope)


@pytest.mark.parametrize("activation", ["relu", "hard_tanh"])
def test_no_gradient_reaches_the_weights_of_a_dead_unit(activation):
    dead = 0
    for net, w in random_nets(activation, 40, 2):
        gradient = net.evaluate(w)[1]
        for layer, each in zip(net.layers, idle(net, w, 0.05), strict=False):
            into = np.column_stack([layer.matrix(gradient), gradient[layer.biases]])
            assert (into[each.dead] == 0.0).all()
            dead += int(each.dead.sum())
    assert dead > 30


def test_a_dead_relu_gives_nothing_on_any_row():
    for net, w in random_nets("relu", 20, 3):
        outs = net.forward(w, net.dataset.inputs).out
        for out, each in zip(outs, idle(net, w, 0.05), strict=True):
            np.testing.assert_array_equal(each.dead, (out == 0.0).all(axis=0))


@pytest.mark.parametrize("eta", [0.5, 2.0, 10.0])
def test_in_the_first_layer_gradient_descent_wakes_nobody(eta):
    net, died = Mlp(data="moons", hidden=(8, 8), activation="relu"), 0
    for seed in range(6):
        path = run(net, GradientDescent(), eta, net.initial("he", seed=seed), 120, record=())
        weights = path.weights[:, 0]
        first = idle(net, weights[np.isfinite(weights).all(axis=1)], 0.05)[0].dead
        assert (first[1:] >= first[:-1]).all()
        died += int(first[-1].sum())
    assert eta < 5.0 or died > 0


def test_what_momentum_has_left_wakes_some():
    woken = 0
    net = Mlp(data="moons", hidden=(8,), activation="relu")
    for seed in range(12):
        path = run(net, Momentum(), 1.0, net.initial("he", seed=seed), 150, record=())
        dead = idle(net, path.weights[:, 0], 0.05)[0].dead
        woken += int((dead[:-1] & ~dead[1:]).sum())
    assert woken > 0


@every_activation
@pytest.mark.parametrize("bias", [0.0, 0.4])
@pytest.mark.parametrize("deviation", [0.5, 3.0])
def test_the_first_layer_of_normal_weights_is_as_flat_as_predicted(name, bias, deviation):
    net = Mlp(data="moons", hidden=(100,), activation=name)
    shares = [
        idle(net, net.initial("gaussian", scale=deviation, seed=seed, bias=bias), 0.05)[0].flat for seed in range(60)
    ]
    units = np.concatenate(shares)  # 6,000 of them, independent; rows are not
    told = expected_flat(net, deviation, bias, 0.05)
    assert abs(units.mean() - told) <= SURE * units.std(ddof=1) / np.sqrt(len(units)) + 3.0 / len(units)


# ---- one net under every activation


def test_siblings_share_all_but_learned_slopes():
    net = Mlp(data="moons", hidden=(5, 3))
    w = net.initial(seed=3)
    for name, other in siblings(net).items():
        full = as_sibling(other, w)
        assert other.activation == name and full.shape == (other.dim,)
        np.testing.assert_array_equal(common(other, full), w)
        for layer, mine in zip(other.layers, net.layers, strict=True):
            np.testing.assert_array_equal(layer.matrix(full), mine.matrix(w))
            assert (full[layer.slope] == FIRST_SLOPE).all()
    np.testing.assert_array_equal(as_sibling(net, np.stack([w, 2 * w])), np.stack([w, 2 * w]))


@pytest.mark.parametrize("hidden", [(6,), (6, 4), (3, 5, 2)])
@pytest.mark.parametrize("loss", ["cross_entropy", "softmax"])
def test_a_net_of_tanhs_is_one_of_sigmoids(hidden, loss):
    net = Mlp(data="moons", hidden=hidden, loss=loss)
    other = siblings(net)["sigmoid"]
    for seed in range(5):
        w = net.initial("gaussian", seed=seed, bias=0.3)
        twin = tanh_as_sigmoid(net, w)
        np.testing.assert_allclose(other.outputs(twin, INPUTS), net.outputs(w, INPUTS), rtol=1e-12, atol=1e-13)
        assert other.evaluate(twin)[0] == pytest.approx(net.evaluate(w)[0], rel=1e-12)
    with pytest.raises(ValueError, match="tanhs"):
        tanh_as_sigmoid(other, twin)


INPUTS = np.random.default_rng(1).normal(size=(30, 2)) * 3.0


def test_the_plane_of_several_runs_holds_the_start_and_most_of_them():
    random = np.random.default_rng(0)
    u, v = np.linalg.qr(random.normal(size=(12, 2)))[0].T
    t = np.linspace(0.0, 1.0, 40)[:, None]
    paths = [3.0 + t * (2.0 * u) + t**2 * v, 3.0 + 0.1 * t * v - 0.05 * t**3 * u, np.full((40, 12), 3.0)]
    plane = of_runs(paths)
    (low_x, high_x), (low_y, high_y) = plane.view
    assert high_x - low_x == pytest.approx(high_y - low_y)
    for path in paths:
        feet = plane.project(path)
        np.testing.assert_allclose(plane.lift(feet), path, atol=1e-12)
        assert plane.contains(feet).all()
    np.testing.assert_allclose(plane.project(paths[0][0]), 0.0, atol=1e-12)
    assert plane.v is not None and abs(plane.u @ plane.v) < 1e-14
    still = of_runs([np.full((5, 12), 1.0)])
    assert still.contains(still.project(np.ones((1, 12)))).all()


# ---- one unit


UNITS = [Unit(data="five_points", activation=name, reduction=kind) for name in ACTIVATIONS for kind in ("mean", "sum")]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: f"{unit.activation}-{unit.reduction}")
def test_the_units_error_gradient_and_hessian(unit):
    x, t = unit.columns, unit.wanted

    def error(w):
        y = ORACLE[unit.activation](x @ w, FIRST_SLOPE)
        return 0.5 * unit.share * ((y - t) ** 2).sum()

    for w in np.random.default_rng(7).normal(size=(20, 2)):
        found, gradient = unit.evaluate(w)
        assert found == pytest.approx(error(w), rel=1e-12)
        exact = [error(w + step).imag / 1e-30 for step in 1e-30j * np.eye(2)]
        np.testing.assert_allclose(gradient, exact, rtol=1e-11, atol=1e-12 * np.abs(gradient).max())
        steps = 1e-6 * np.eye(2)
        estimate = [(unit.evaluate(w + s)[1] - unit.evaluate(w - s)[1]) / 2e-6 for s in steps]
        if (np.abs(np.abs(x @ w)[:, None] - [0.0, 1.0]) > 1e-4).all():
            np.testing.assert_allclose(unit.hessian(w), estimate, rtol=1e-5, atol=1e-6)


@settings(max_examples=60)
@given(w=st.floats(-4.0, 4.0), b=st.floats(-4.0, 4.0), seed=st.integers(0, 99))
def test_the_first_step_kills_from_where_it_is_predicted_to(w, b, seed):
    random = np.random.default_rng(seed)
    rows = np.column_stack([random.uniform(-1.0, 2.0, 9), np.ones(9)])
    start, t = np.array([w, b]), random.normal(size=9)
    a = rows @ start
    gradient = ((np.maximum(a, 0.0) - t) * (a > 0.0)) @ rows / 9.0
    first, last = deadly(rows, start, gradient)

    def dead(rate):
        return (rows @ (start - rate * gradient) <= 0.0).all()

    tried = np.geomspace(1e-3, 1e3, 300)
    sure = tried[~np.isclose(tried, first, rtol=1e-9, atol=0.0) & ~np.isclose(tried, last, rtol=1e-9, atol=0.0)]
    for rate in sure:
        assert dead(rate) == (first < rate < last)
