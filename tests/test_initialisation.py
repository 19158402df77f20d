"""What is predicted of initial weights, held against networks that are drawn and trained.

A mean over G networks is compared with its prediction to CLEARLY of its standard errors: of 20 000 such comparisons
about one would fail. Seeds are fixed.
"""

import math
from functools import partial
from itertools import pairwise, permutations, product

import numpy as np
import pytest

from engine import run
from engine.initialisation import jacobian
from engine.initialisation.alike import apart, difference_hessians, driven_apart
from engine.initialisation.copies import count, flipped, permuted, rescaled
from engine.initialisation.dead import active_share, dead_share
from engine.initialisation.fan_in import descend, first_limits, sharpest
from engine.initialisation.logarithm import TIMES, digamma, of_sums, trigamma
from engine.initialisation.passes import measured
from engine.initialisation.schemes import DRAWN, deviation, standard
from engine.initialisation.signal import middle, predicted
from engine.normal import nodes
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from surfaces.data.circles import Circles
from surfaces.data.moons import Moons
from surfaces.data.xor import Xor
from surfaces.fitting.activation import derivative
from surfaces.fitting.forward import activate
from surfaces.fitting.layers import initial, layers
from surfaces.fitting.units import places
from surfaces.mlp import ACTIVATIONS, Mlp

CLEARLY = 4.0
SLOPE = np.array(0.25)
EXACT = ("linear", "relu", "leaky_relu", "prelu")  # at any width
ODD = ("tanh", "hard_tanh", "softsign")


def unit(name):
    return partial(activate, name, slope=SLOPE), partial(derivative, name)


def deviations(scheme, scale, widths):
    return np.array([[deviation(scheme, scale, *pair)] for pair in pairwise(widths)])


def unsure(values):
    """Standard error of a mean along axis 0."""
    return values.std(axis=0, ddof=1) / np.sqrt(len(values))


# ---- averages over a normal variable


@pytest.mark.parametrize("deviation_", [0.0, 1e-12, 1e-3, 0.3, 1.0, 2.5, 40.0, 1e6])
def test_averages_are_those_of_closed_forms(deviation_):
    sigma = np.array([deviation_])
    standard_, weight = nodes(sigma)
    a = sigma[:, None] * standard_

    def mean(values):
        return float((weight * values).sum())

    q = deviation_**2
    assert mean(np.ones_like(a)) == pytest.approx(1.0, abs=1e-12)
    assert mean(a**2) == pytest.approx(q, rel=1e-11)
    assert mean(a**4) == pytest.approx(3.0 * q * q, rel=1e-11)
    relu = np.maximum(a, 0.0)
    assert mean(relu) == pytest.approx(deviation_ / math.sqrt(2.0 * math.pi), rel=1e-11)
    assert mean(relu**2) == pytest.approx(0.5 * q, rel=1e-11)
    if deviation_ > 0.0:
        edge = 1.0 / deviation_
        inside = math.erf(edge / math.sqrt(2.0))
        bell = math.exp(-0.5 * edge**2) / math.sqrt(2.0 * math.pi)
        hard = q * (inside - 2.0 * edge * bell) + math.erfc(edge / math.sqrt(2.0))
        assert mean(np.clip(a, -1.0, 1.0) ** 2) == pytest.approx(hard, rel=1e-9)
        assert mean((np.abs(a) <= 1.0) * 1.0) == pytest.approx(inside, rel=1e-9)


# ---- schemes


@pytest.mark.parametrize("scheme", DRAWN)
def test_the_deviations_are_those_of_the_weights_that_networks_begin_with(scheme):
    fan_in, fan_out = 60, 400
    (layer, _) = parts = layers((fan_in, fan_out, 1), False, False)
    w = initial(parts, scheme, 0.7, 3, 0.0)[layer.weights]
    told = deviation(scheme, 0.7, fan_in, fan_out)
    fourth = 9.0 / 5.0 if scheme in ("uniform", "xavier") else 3.0
    assert abs((w**2).mean() / told**2 - 1.0) < CLEARLY * np.sqrt((fourth - 1.0) / w.size)
    drawn = standard(scheme, np.random.default_rng(3), (w.size,))
    assert abs((drawn**2).mean() - 1.0) < CLEARLY * np.sqrt((fourth - 1.0) / w.size)
    if scheme in ("uniform", "xavier"):
        assert np.abs(drawn).max() <= np.sqrt(3.0) + 1e-6


def test_a_scheme_of_another_name_is_refused():
    with pytest.raises(ValueError, match="scheme must be uniform, gaussian, xavier or he, got 'zero'"):
        deviation("zero", 1.0, 2, 2)


# ---- the signal


def test_he_keeps_the_second_moment_and_not_the_variance():
    widths = [100] * 51
    told = predicted(*unit("relu"), widths, deviations("he", 1.0, widths))
    np.testing.assert_allclose(told.second, 1.0, rtol=1e-11)
    np.testing.assert_allclose(told.back, 1.0, rtol=1e-11)
    np.testing.assert_allclose(told.variance[1:], 1.0 - 1.0 / np.pi, rtol=1e-10)  # 0.68, in the first layer and later
    assert told.variance[0] == 1.0  # of the inputs: only there does it change
    np.testing.assert_allclose(1.0 + told.unlike[:, 0], 1.02 * 1.05 ** np.arange(51), rtol=1e-9)


def test_xavier_shares_what_widths_change_between_both_directions():
    widths = [round(float(w)) for w in np.geomspace(200, 20, 51)]
    xavier = predicted(*unit("linear"), widths, deviations("xavier", 1.0, widths))
    he = predicted(*unit("linear"), widths, deviations("he", np.sqrt(0.5), widths))
    assert he.second[-1, 0] == pytest.approx(1.0) and he.back[0, 0] == pytest.approx(0.1)
    assert xavier.second[-1, 0] == pytest.approx(np.sqrt(10.0), rel=0.03)
    assert xavier.back[0, 0] == pytest.approx(np.sqrt(0.1), rel=0.03)
    for told in (xavier, he):  # the ratio of what two layers' weights receive does not depend on the scheme
        assert told.gradient[-1, 0] / told.gradient[0, 0] == pytest.approx(10.0, rel=0.1)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize(("scheme", "scale"), [("he", 1.0), ("xavier", 1.5), ("gaussian", 0.12), ("uniform", 0.2)])
def test_second_moments_are_measured_as_predicted(name, scheme, scale):
    widths, count_ = [120, 100, 80, 60, 80, 100], 400
    sigma = deviations(scheme, scale, widths)
    told, found = predicted(*unit(name), widths, sigma), measured(*unit(name), widths, scheme, sigma, count_, 7)
    slack = 0.0 if name in EXACT else 5.0 / 60.0  # of the order of 1/n, n the narrowest layer
    for mean, every in ((told.second, found.second), (told.back, found.back), (told.gradient, found.gradient)):
        off = np.abs(every.mean(axis=1) - mean)[:, 0]
        error = unsure(np.moveaxis(every, 1, 0))[:, 0]
        assert (off <= CLEARLY * error + slack * mean[:, 0] + 1e-300).all(), (off / error, off / mean[:, 0])
    np.testing.assert_allclose(found.variance, told.variance, rtol=0.25)


@pytest.mark.parametrize("name", ["relu", "linear", "tanh", "sigmoid"])
def test_single_networks_lie_where_they_are_predicted(name):
    widths, count_ = [60] * 21, 300
    scheme = "xavier" if name in ("tanh", "sigmoid") else "gaussian"
    scale = {"tanh": 1.2, "sigmoid": 1.0, "relu": np.sqrt(2.0 / 60.0), "linear": np.sqrt(1.0 / 60.0)}[name]
    sigma = deviations(scheme, scale, widths)
    told, found = predicted(*unit(name), widths, sigma), measured(*unit(name), widths, scheme, sigma, count_, 3)
    for mean, lower, spread, every in (
        (told.second, told.lower, told.spread, found.second),
        (told.back, told.lower_back, told.spread_back, found.back),
    ):
        low, high = middle(mean, lower, spread)
        inside = ((every >= low[:, None]) & (every <= high[:, None])).mean(axis=1)[:, 0]
        assert (inside > 0.88).all(), inside
        below = (every < (mean * np.exp(lower))[:, None]).mean(axis=1)[:, 0]
        assert (np.abs(below - 0.5) < 0.17).all(), below


@pytest.mark.parametrize(
    ("name", "scale", "n", "depth"),
    [("relu", np.sqrt(0.2), 10, 30), ("linear", np.sqrt(0.1), 10, 30), ("tanh", 2.0, 60, 20)],
)
def test_narrow_and_saturated_networks_lie_where_they_are_predicted(name, scale, n, depth):
    """Where rare networks make the mean square: by it and the variance alone four of five lay below their 'median'."""
    widths, count_ = [n] * (depth + 1), 400
    sigma = deviations("gaussian", scale, widths)
    told, found = predicted(*unit(name), widths, sigma), measured(*unit(name), widths, "gaussian", sigma, count_, 5)
    for mean, lower, spread, every in (
        (told.second, told.lower, told.spread, found.second),
        (told.back, told.lower_back, told.spread_back, found.back),
    ):
        last = -1 if every is found.second else 0
        alive = every[last, :, 0][every[last, :, 0] > 0.0]
        low, high = (end[last, 0] for end in middle(mean, lower, spread))
        assert 0.9 < ((alive > low) & (alive < high)).mean() < 0.99
        assert abs((alive < mean[last, 0] * np.exp(lower[last, 0])).mean() - 0.5) < 0.1


def test_logarithms_of_sums_are_those_of_chi_squared():
    """The sum of g^2 over n normal g, and over those of n that a ReLU lets through."""
    for n in (4, 10, 100):
        plain = 1.0 / np.sqrt(1.0 + 2.0 * TIMES)[:, None]
        mean, variance = of_sums(plain, np.array([0.0]), n)
        np.testing.assert_allclose(mean, np.log(2.0) + digamma(0.5 * n), rtol=1e-8)
        np.testing.assert_allclose(variance, trigamma(0.5 * n), rtol=1e-5)
        mean, variance = of_sums(0.5 + 0.5 * plain, np.array([0.5]), n)
        chance = np.array([math.comb(n, k) for k in range(1, n + 1)]) / (2.0**n - 1.0)
        each = np.array([np.log(2.0) + digamma(0.5 * k) for k in range(1, n + 1)])
        wide = np.array([trigamma(0.5 * k) for k in range(1, n + 1)])
        np.testing.assert_allclose(mean, chance @ each, atol=1e-5)
        np.testing.assert_allclose(variance, chance @ (wide + each**2) - (chance @ each) ** 2, atol=3e-4)


# ---- Jacobians


@pytest.mark.parametrize(
    ("name", "scheme", "scale", "n", "depth"),
    [
        ("relu", "he", 1.0, 32, 8),
        ("relu", "gaussian", 0.4, 10, 6),
        ("linear", "gaussian", 0.2, 20, 8),
        ("leaky_relu", "he", 0.8, 24, 6),
        ("tanh", "gaussian", 0.2, 40, 5),
    ],
)
def test_singular_values_have_the_moments_that_are_predicted(name, scheme, scale, n, depth):
    widths, many = [n] * (depth + 1), 600
    sigma = deviations(scheme, scale, widths)
    signal = predicted(*unit(name), widths, sigma)
    told, sent = jacobian.expected(signal, widths, sigma), jacobian.typical(unit(name)[1], signal, widths, sigma)
    found, arrived = jacobian.singular_values(*unit(name), widths, scheme, sigma, [1, depth], 5, many)
    slack = 0.0 if name in EXACT else 4.0 / n
    for place, layer in enumerate((1, depth)):
        squares = np.nan_to_num(found[place, :, 0]) ** 2
        sums = squares.sum(axis=1)
        off = abs(sums.mean() - told.squares[layer, 0])
        assert off <= CLEARLY * unsure(sums) + slack * told.squares[layer, 0]
        directions = (sums**2).mean() / (squares**2).sum(axis=1).mean()
        assert directions == pytest.approx(told.directions[layer, 0], rel=0.12)
        logs = arrived[place, :, 0]
        logs = logs[np.isfinite(logs)]
        assert len(logs) > 0.95 * many
        assert abs(logs.mean() - sent[layer, 0]) <= CLEARLY * unsure(logs) + depth * slack


@pytest.mark.parametrize(("name", "scale"), [("linear", 1.0), ("relu", np.sqrt(2.0)), ("tanh", 1.5)])
def test_the_largest_singular_value_of_wide_layers(name, scale):
    n, depth = 240, 3
    widths = [n] * (depth + 1)
    sigma = np.full((depth, 1), scale / np.sqrt(n))
    signal = predicted(*unit(name), widths, sigma)
    told = jacobian.largest(unit(name)[1], signal, widths, sigma)
    found, _ = jacobian.singular_values(*unit(name), widths, "gaussian", sigma, [1, 2, 3], 1, 6)
    # from below as n grows, as n^(-2/3)
    np.testing.assert_allclose(found[:, :, 0, 0].mean(axis=1), told[1:, 0], rtol=0.1)
    if name == "linear":
        exact = [np.sqrt((k + 1.0) ** (k + 1) / float(k) ** k) for k in (1, 2, 3)]
        np.testing.assert_allclose(told[1:, 0], exact, rtol=1e-3)


def test_in_the_end_one_direction_is_left():
    n, depth, many = 8, 40, 400
    widths = [n] * (depth + 1)
    sigma = deviations("gaussian", np.sqrt(1.0 / n), widths)
    signal = predicted(*unit("linear"), widths, sigma)
    sent = jacobian.typical(unit("linear")[1], signal, widths, sigma)
    found, _ = jacobian.singular_values(*unit("linear"), widths, "gaussian", sigma, [depth], 2, many)
    logs = np.log(found[0, :, 0, 0])
    assert abs(logs.mean() - np.log(jacobian.largest_in_deep(sent, n)[depth, 0])) < CLEARLY * unsure(logs) + 0.1
    assert jacobian.expected(signal, widths, sigma).directions[-1, 0] < 1.01
    # of n singular values the logarithm of the sum of squared normal numbers is the whole story of linear layers
    exact = depth * (np.log(1.0 / n) + np.log(2.0) + digamma(0.5 * n))
    assert sent[-1, 0] == pytest.approx(exact, abs=1e-6)


# ---- dead units


@pytest.mark.parametrize("offset", [0.0, 1.0, -2.0])
@pytest.mark.parametrize("bias", [-0.4, 0.0, 0.1, 0.5])
def test_as_many_units_are_dead_and_on_as_is_predicted(offset, bias):
    inputs, draws = Moons(rows=40).dataset().inputs + offset, 100_000
    w = 0.8 * np.random.default_rng(1).standard_normal((draws, 2))
    a = w @ inputs.T + bias
    dead, on = (a.max(axis=1) <= 0.0), (a > 0.0).mean(axis=1)
    told = dead_share(inputs, 0.8, np.array([bias]))[0]
    assert abs(dead.mean() - told) < CLEARLY * np.sqrt(told * (1.0 - told) / draws) + 2e-4
    assert abs(on.mean() - active_share(inputs, 0.8, np.array([bias]))[0]) < CLEARLY * unsure(on)


def test_a_row_of_zeros_is_on_only_with_a_bias():
    inputs = np.zeros((1, 2))
    np.testing.assert_array_equal(active_share(inputs, 1.0, np.array([-1.0, 0.0, 1.0])), [0.0, 0.0, 1.0])
    np.testing.assert_array_equal(dead_share(inputs, 1.0, np.array([-1.0])), [1.0])


# ---- units that begin alike


@pytest.mark.parametrize("rule", [GradientDescent(), Momentum(), Adam()])
@pytest.mark.parametrize("name", ["tanh", "sigmoid", "relu", "softsign", "leaky_relu", "hard_tanh"])
def test_equal_units_stay_equal_to_the_last_bit(rule, name):
    net = Mlp(data=Xor(rows=30).dataset(), hidden=(5,), activation=name)
    path = run(net, rule, 0.05, net.initial("equal", 0.6), 400)
    units = places(net.layers)
    assert apart(path.weights, units).max() == 0.0 and apart(path.gradient, units).max() == 0.0
    # they are worth one unit with the sum of what leads out
    one = Mlp(data=Xor(rows=30).dataset(), hidden=(1,), activation=name)
    w = path.weights[-1, 0]
    small = np.array([*w[units[0, :3]], 5.0 * w[units[0, 3]], w[-1]])
    assert one.evaluate(small)[0] == pytest.approx(path.error[-1, 0], rel=1e-12)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "softsign"])
@pytest.mark.parametrize("data", [Circles(rows=40), Moons(rows=40)])
def test_a_disturbance_grows_as_the_hessian_of_differences_says(name, data):
    net, eta, steps, size = Mlp(data=data.dataset(), hidden=(4,), activation=name), 0.3, 600, 1e-8
    alike, noise = net.initial("equal", 0.5), np.random.default_rng(2).standard_normal(net.dim)
    path = run(net, GradientDescent(), eta, np.stack([alike, alike + size * noise]), steps)
    units = places(net.layers)
    blocks = difference_hessians(net.times, path.weights[:-1, 0], units)
    one, other = np.triu_indices(4, 1)
    told = driven_apart(blocks, eta, noise[units][one] - noise[units][other])
    np.testing.assert_allclose(
        apart(path.weights[:, 1], units), size * np.linalg.norm(told, axis=-1).max(axis=1), rtol=2e-3
    )
    whole = net.hessian(path.weights[300, 0])
    block = whole[np.ix_(units[0], units[0])] - whole[np.ix_(units[0], units[1])]
    np.testing.assert_allclose(blocks[300], block, atol=1e-12)


# ---- learning rates by fan-in


def test_equal_rates_are_gradient_descent_and_others_are_it_in_other_units():
    net = Mlp(data=Moons(rows=20).dataset(), hidden=(6,), loss="sum_of_squares")
    start, steps = net.initial("xavier", seed=1), 50
    w, error = descend(net, start[None], np.full((1, net.dim), 0.1), steps)
    path = run(net, GradientDescent(), 0.1, start, steps)
    np.testing.assert_array_equal(w[0], path.weights[-1, 0])
    assert error[0] == path.error[-1, 0]
    rates = np.random.default_rng(0).uniform(0.02, 0.2, net.dim)
    w, _ = descend(net, start[None], rates[None], steps)
    scaled = start / np.sqrt(rates)  # v with w = sqrt(rates) v, one rate of 1
    for _ in range(steps):
        scaled = scaled - np.sqrt(rates) * net.evaluate(np.sqrt(rates) * scaled)[1]
    np.testing.assert_allclose(w[0], np.sqrt(rates) * scaled, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["tanh", "relu", "sigmoid", "softsign"])
@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_the_first_limit_is_about_what_wide_layers_have(name, power):
    width, many = 96, 12
    net = Mlp(data=Moons(rows=30).dataset(), hidden=(width,), activation=name, loss="sum_of_squares")
    starts = np.stack([net.initial("he", seed=k) for k in range(many)])
    share = np.empty(net.dim)
    for layer in net.layers:
        share[layer.weights] = share[layer.biases] = layer.inputs**-power
    found = sharpest(net, starts, share)
    both = np.array([(2.0**-power, width**-power)])
    (told,) = first_limits(*unit(name), net.dataset.inputs, width, (1.0, np.sqrt(2.0 / width)), both)
    assert abs(found.mean() - 2.0 / told) < CLEARLY * unsure(found) + 0.08 * found.mean()
    root = np.sqrt(share)
    exact = np.linalg.eigvalsh(root[:, None] * net.hessian(starts[0]) * root)[-1]
    assert found[0] == pytest.approx(exact, rel=1e-3)


def test_the_sharpest_direction_is_found_beside_a_steeper_one_downwards():
    net = Mlp(data=Moons(rows=20).dataset(), hidden=(4,), loss="sum_of_squares")
    starts = np.stack([3.0 * net.initial("he", seed=k) for k in range(12)])
    eigenvalues = np.linalg.eigvalsh(net.hessian(starts))
    assert (-eigenvalues[:, 0] > eigenvalues[:, -1]).any() or (eigenvalues[:, 0] < 0.0).all()
    np.testing.assert_allclose(sharpest(net, starts, np.ones(net.dim), 2000), eigenvalues[:, -1], rtol=1e-3)


def test_the_rule_for_pairs_agrees_with_the_arc_cosine_of_relus():
    inputs = Moons(rows=12).dataset().inputs
    gram = inputs @ inputs.T
    length = np.sqrt(np.outer(np.diag(gram), np.diag(gram)))
    angle = np.arccos(np.clip(gram / length, -1.0, 1.0))
    values = length * (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / (2.0 * np.pi)  # Cho and Saul (2009), 6
    slopes = (np.pi - angle) / (2.0 * np.pi)
    width, shares = 50, (0.5, 0.02)
    kernel = shares[1] * (width * values + 1.0) + shares[0] * 2.0 * slopes * (gram + 1.0)
    told = 2.0 * len(inputs) / np.linalg.eigvalsh(kernel)[-1]
    found = first_limits(*unit("relu"), inputs, width, (1.0, np.sqrt(2.0 / width)), np.array([shares]))
    assert found == pytest.approx(told, 0.02)


# ---- copies of a solution


@pytest.mark.parametrize("name", [*ODD, "sigmoid"])
def test_every_permutation_with_every_flip_is_the_same_network(name):
    net = Mlp(data=Moons(rows=30).dataset(), hidden=(3,), activation=name)
    w, units = np.random.default_rng(4).standard_normal(net.dim), places(net.layers)
    output = net.layers[-1].biases
    moved = np.arange(output.start, output.stop) if name == "sigmoid" else None
    copies = [
        permuted(flipped(w, units, np.array(which), moved), units, np.array(order))
        for which in product((False, True), repeat=3)
        for order in permutations(range(3))
    ]
    assert len(np.unique(np.round(copies, 9), axis=0)) == count(3, True) == 48
    errors, gradients = net.evaluate(np.stack(copies))
    np.testing.assert_allclose(errors, errors[0], rtol=1e-13)
    np.testing.assert_allclose(net.outputs(copies[-1], net.dataset.inputs), net.outputs(w, net.dataset.inputs))
    if name != "sigmoid":  # flips are rotations of weight space: nothing is steeper
        lengths = np.linalg.norm(gradients, axis=1)
        np.testing.assert_allclose(lengths, lengths[0], rtol=1e-10)
        curvatures = np.linalg.eigvalsh(net.hessian(np.stack(copies)))
        np.testing.assert_allclose(curvatures, np.broadcast_to(curvatures[0], curvatures.shape), atol=1e-10)
    flip = flipped(w, units, np.array([True, False, False]), moved)
    gone = (
        np.linalg.norm(2.0 * w[units[0]])
        if moved is None
        else np.hypot(np.linalg.norm(2.0 * w[units[0]]), abs(w[units[0, -1]]))
    )
    assert np.linalg.norm(flip - w) == pytest.approx(gone)


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_relus_rescale_and_do_not_flip(name):
    net = Mlp(data=Moons(rows=30).dataset(), hidden=(4,), activation=name)
    w, units = np.random.default_rng(5).standard_normal(net.dim), places(net.layers)
    factors = np.array([0.1, 0.7, 3.0, 20.0])
    copy = rescaled(w, units, 1, factors)
    assert net.evaluate(copy)[0] == pytest.approx(net.evaluate(w)[0], rel=1e-13)
    share = copy / w
    np.testing.assert_allclose(net.hessian(copy), net.hessian(w) / np.outer(share, share), rtol=1e-7, atol=1e-10)
    assert net.evaluate(flipped(w, units, np.ones(4, dtype=bool)))[0] != pytest.approx(net.evaluate(w)[0], rel=1e-3)
    assert count(4, False) == 24 and count(8, True) == 10_321_920


def test_the_places_of_units_are_their_weights():
    net = Mlp(data="xor", hidden=(3,))
    names = np.array(net.weight_names)[places(net.layers)]
    assert names[1].tolist() == ["w¹₂₁", "w¹₂₂", "b¹₂", "w²₁₂"]
    deep = Mlp(data="xor", hidden=(3, 2))
    assert np.array(deep.weight_names)[places(deep.layers, 1)][0].tolist() == ["w²₁₁", "w²₁₂", "w²₁₃", "b²₁", "w³₁₁"]
