"""Small networks: error, gradient and Hessian against an oracle; normalisation; weights, names and first values."""

import itertools
import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from browser import ROOT
from network_oracle import error as oracle
from network_oracle import normalised
from streamlit.testing.v1 import AppTest
from visit import TIMEOUT

from engine import run
from engine.dataset import Dataset
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from surfaces.fitting.layers import SCHEMES
from surfaces.mlp import ACTIVATIONS, LOSSES, NORMALISATIONS, PLACES, Mlp

RANDOM = np.random.default_rng(3)
INPUTS = RANDOM.normal(size=(7, 2))
NAMES = ("x", "y")
TWO = Dataset(INPUTS, [[0.0], [1], [1], [0], [1], [0], [1]], NAMES, ("t",), "two classes", "drawn", ("no", "yes"))
THREE = Dataset.in_classes(INPUTS, np.array([0, 1, 2, 2, 1, 0, 1]), NAMES, "t", "three", "drawn", ("p", "q", "r"))
NUMBERS = Dataset(INPUTS, RANDOM.normal(size=(7, 2)), NAMES, ("s", "t"), "two numbers", "drawn")
PIECEWISE = ("hard_tanh", "softsign", "relu", "leaky_relu", "prelu")

KINDS = [
    pytest.param(activation, loss, normalisation, place, id=f"{activation}-{loss}-{normalisation}-{place}")
    for activation, loss, normalisation, place in itertools.product(ACTIVATIONS, LOSSES, NORMALISATIONS, PLACES)
    if normalisation != "none" or place == "before"
]
every_kind = pytest.mark.parametrize(("activation", "loss", "normalisation", "place"), KINDS)
# central differences of eighth order
STENCIL = {1: 4.0 / 5.0, 2: -1.0 / 5.0, 3: 4.0 / 105.0, 4: -1.0 / 280.0}
STEP = 1e-4


def networks(activation, loss, normalisation, place):
    """A net of a kind on all data that its loss can take, summed and averaged, with everything on."""
    more = {"activation": activation, "loss": loss, "normalisation": normalisation, "place": place}
    for data in (NUMBERS, TWO, THREE) if loss == "sum_of_squares" else (TWO, THREE):
        for reduction in ("mean", "sum"):
            yield Mlp(data, reduction, (4, 3), penalty=0.1, sparsity=0.02, **more)


def on_one_piece(net):
    """Weights about which the net stays on one piece, as far as the differences reach."""
    random = np.random.default_rng(5)
    for _ in range(400):
        w = net.initial() + 0.4 * random.normal(size=net.dim)
        signs = oracle(net, w)[1] > 0.0
        reach = 4.0 * STEP * np.concatenate([np.eye(net.dim), -np.eye(net.dim)])
        if all(((oracle(net, w + step)[1] > 0.0) == signs).all() for step in reach):
            return w
    raise AssertionError("no weights found")


def differences(function, w):
    steps = STEP * np.eye(len(w))
    return sum(share * (function(w + k * steps) - function(w - k * steps)) for k, share in STENCIL.items()) / STEP


def complex_step(net, w):
    steps = 1e-30j * np.eye(net.dim)
    return np.array([oracle(net, w + step)[0].imag for step in steps]) / 1e-30


@every_kind
def test_error_gradient_and_hessian_are_exact(activation, loss, normalisation, place):
    for net in networks(activation, loss, normalisation, place):
        w = on_one_piece(net)
        error, gradient = net.evaluate(w)
        scale = np.abs(gradient).max()
        assert error == pytest.approx(oracle(net, w)[0], rel=1e-13)
        np.testing.assert_allclose(gradient, complex_step(net, w), rtol=1e-12, atol=1e-13 * scale)
        estimate = differences(lambda points: net.evaluate(points)[0], w)  # noqa: B023
        np.testing.assert_allclose(gradient, estimate, rtol=1e-7, atol=1e-9 * scale)
        hessian = net.hessian(w)
        np.testing.assert_array_equal(hessian, hessian.T)
        estimate = differences(lambda points: net.evaluate(points)[1], w)  # noqa: B023
        np.testing.assert_allclose(hessian, estimate, rtol=1e-7, atol=2e-9 * np.abs(hessian).max())


@every_kind
def test_the_function_that_is_taken_away_says_the_same(activation, loss, normalisation, place):
    for net in networks(activation, loss, normalisation, place):
        function = written(net, "np", np)
        for w in np.random.default_rng(6).normal(size=(3, net.dim)):
            error, gradient = net.evaluate(w)
            found, slope = function(w)
            assert found == pytest.approx(error, rel=1e-13)
            np.testing.assert_allclose(slope, gradient, rtol=1e-11, atol=1e-11 * np.abs(gradient).max())


def written(net, name, library):
    body = "\n".join(f"    {line}" for line in net.code(name))
    rows = net.rows() if library is np else library.tensor(net.rows())
    names = {name: library, "data": rows}
    exec(f"def function(w):\n{body}", names)
    return names["function"]


@pytest.fixture
def torch():
    """PyTorch, where it is installed, in double precision as in the programs."""
    found = pytest.importorskip("torch")
    before = found.get_default_dtype()
    found.set_default_dtype(found.float64)
    yield found
    found.set_default_dtype(before)


@every_kind
def test_torch_agrees(activation, loss, normalisation, place, torch):
    for net in networks(activation, loss, normalisation, place):
        w = net.initial(seed=2) + 0.2
        error, gradient = net.evaluate(w)
        found, slope = written(net, "torch", torch)(torch.tensor(w))
        assert float(found) == pytest.approx(error, rel=1e-12)
        np.testing.assert_allclose(slope.numpy(), gradient, rtol=1e-10, atol=1e-12 * np.abs(gradient).max())


@pytest.mark.parametrize("normalisation", ["none", "batch", "layer"])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_torchs_own_layers_and_gradients_agree(activation, normalisation, torch):
    net = Mlp(THREE, hidden=(4, 3), loss="softmax", activation=activation, normalisation=normalisation)
    w = net.initial(seed=4, bias=0.1) + 0.1
    kinds = {"batch": torch.nn.BatchNorm1d, "layer": torch.nn.LayerNorm}
    modules, parts = [], []
    for layer in net.layers:
        modules.append(torch.nn.Linear(layer.inputs, layer.outputs))
        parts += [layer.matrix(w), w[layer.biases]]
        if layer is not net.layers[-1]:
            if normalisation != "none":
                modules.append(kinds[normalisation](layer.outputs, eps=1e-5))
                parts += [w[layer.gamma], w[layer.beta]]
            modules.append(torch.nn.Tanh() if activation == "tanh" else torch.nn.ReLU())
    model = torch.nn.Sequential(*modules)
    for parameter, part in zip(model.parameters(), parts, strict=True):
        parameter.data = torch.tensor(part)
    loss = torch.nn.functional.cross_entropy(model(torch.tensor(INPUTS)), torch.tensor(THREE.labels))
    loss.backward()
    error, gradient = net.evaluate(w)
    assert loss.item() == pytest.approx(error, rel=1e-12)
    theirs = np.concatenate([parameter.grad.numpy().ravel() for parameter in model.parameters()])
    np.testing.assert_allclose(theirs, gradient, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("hidden", [(), (1,), (5,), (2, 1, 3), (3, 2, 4, 2)])
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_any_number_of_layers(hidden, normalisation):
    for activation in ("tanh", "prelu"):
        net = Mlp(TWO, "mean", hidden, activation, normalisation=normalisation)
        w = on_one_piece(net)
        assert len(net.initial()) == len(net.weight_names) == net.dim
        error, gradient = net.evaluate(w)
        assert error == pytest.approx(oracle(net, w)[0], rel=1e-13)
        scale = np.abs(gradient).max()
        np.testing.assert_allclose(gradient, complex_step(net, w), rtol=1e-12, atol=1e-13 * scale)


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("rows", [1, 7, 100, 1000])
def test_many_runs_are_the_single_runs_to_the_last_bit(normalisation, rows):
    random = np.random.default_rng(8)
    inputs = random.normal(size=(rows, 3))
    data = Dataset.in_classes(inputs, random.integers(0, 3, rows), ("a", "b", "c"), "t", "drawn", "", ("p", "q", "r"))
    for activation, loss in (("tanh", "softmax"), ("prelu", "max_margin"), ("sigmoid", "cross_entropy")):
        more = {"penalty": 0.01, "sparsity": 0.01}
        net = Mlp(data, "mean", (3, 2), activation, loss, normalisation, **more)
        w = random.normal(size=(203, net.dim))
        error, gradient = net.evaluate(w)
        for r in (0, 1, 7, 8, 100, 127, 128, 150, 202):
            alone = net.evaluate(w[r])
            assert alone[0] == error[r]
            np.testing.assert_array_equal(alone[1], gradient[r])
        np.testing.assert_array_equal(net.evaluate(w[:60])[1], gradient[:60])


def test_a_run_of_many_seeds_is_their_single_runs():
    net = Mlp("moons", hidden=(8,), activation="tanh")
    starts = [net.initial(seed=s) for s in range(20)]
    path = run(net, Adam(), 0.01, starts, 60)
    for r in (0, 7, 19):
        np.testing.assert_array_equal(run(net, Adam(), 0.01, starts[r], 60).weights[:, 0], path.weights[:, r])
    assert (path.error[-1] < path.error[0]).all()


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_mini_batch_is_a_data_set_of_its_own(reduction, normalisation):
    net = Mlp(TWO, reduction, (3,), normalisation=normalisation, penalty=0.3, sparsity=0.1)
    w, places = net.initial(), np.array([5, 1, 1, 4])
    error, gradient = np.empty(1), np.empty((net.dim, 1))
    net.value_and_grad(w[:, None].copy(), net.pack(), net.rows()[places], error, gradient)
    # of a sum, a batch bears its share of the penalty: over an epoch it is born once
    share = 1.0 if reduction == "mean" else len(places) / len(INPUTS)
    same = replace(net, data=replace(TWO, inputs=INPUTS[places], targets=TWO.targets[places]), penalty=0.3 * share)
    expected = same.evaluate(w)
    assert error[0] == pytest.approx(expected[0], rel=1e-14)
    np.testing.assert_allclose(gradient[:, 0], expected[1], rtol=1e-12, atol=1e-15)


def test_over_an_epoch_the_summed_errors_of_batches_are_the_whole_error():
    net = Mlp(TWO, "sum", (3,), penalty=0.3, sparsity=0.1)
    w, total = net.initial(seed=1), 0.0
    for places in ([0, 1, 2], [3, 4, 5], [6]):
        error, gradient = np.empty(1), np.empty((net.dim, 1))
        net.value_and_grad(w[:, None].copy(), net.pack(), net.rows()[places], error, gradient)
        total += error[0]
    assert total == pytest.approx(net.evaluate(w)[0], rel=1e-14)


@pytest.mark.parametrize(("activation", "function"), [("tanh", np.tanh), ("sigmoid", lambda x: 1 / (1 + np.exp(-x)))])
def test_exponentials_are_right_to_a_few_roundings(activation, function):
    data = Dataset([[1.0]], [[0.0]], ("x",), ("t",), "one row", "made")
    net = Mlp(data, hidden=(1,), activation=activation, loss="sum_of_squares")
    x = np.concatenate([np.geomspace(1e-12, 350.0, 20_001), -np.geomspace(1e-12, 350.0, 20_001), [0.0]])
    w = np.zeros((len(x), net.dim))
    w[:, 0], w[:, 2] = x, 1.0
    found = np.sqrt(2.0 * net.evaluate(w)[0])
    np.testing.assert_allclose(found, np.abs(function(x)), rtol=2e-15)


@pytest.mark.parametrize("loss", ["cross_entropy", "softmax", "max_margin"])
def test_of_huge_outputs_the_error_is_finite_and_right(loss):
    data = Dataset([[1.0]], [[1.0]], ("x",), ("t",), "one row", "made", ("no", "yes"))
    net = Mlp(data, hidden=(), loss=loss)
    for a, expected in ((-800.0, 801.0 if loss == "max_margin" else 800.0), (800.0, 0.0), (40.0, None)):
        w = np.array([-a / 2.0, a / 2.0, 0.0, 0.0] if loss == "softmax" else [a, 0.0])
        error, gradient = net.evaluate(w)
        if expected is None:  # what is left of 1 - y is not lost
            expected = 0.0 if loss == "max_margin" else np.exp(-40.0)
        assert error == pytest.approx(expected, rel=1e-12, abs=1e-16 if loss == "softmax" else 1e-300)
        assert np.isfinite(gradient).all()


def test_weights_that_are_not_finite_say_so():
    for loss, activation in itertools.product(LOSSES, ACTIVATIONS):
        net = Mlp(THREE, loss=loss, activation=activation, hidden=(3,))
        w = net.initial()
        w[0] = np.nan
        assert np.isnan(net.evaluate(w)[0])


def test_without_compilation_the_same_code_gives_the_same_numbers():
    program = """
import json
import numpy as np
from surfaces.mlp import Mlp

nets = [Mlp("five_points", "mean", (2, 2), "tanh", "sum_of_squares", norm) for norm in ("none", "batch", "layer")]
nets += [Mlp("moons", "sum", (2,), activation, loss) for activation, loss in
         (("sigmoid", "cross_entropy"), ("prelu", "softmax"), ("softsign", "max_margin"), ("hard_tanh", "softmax"))]
with np.errstate(all="ignore"):
    found = [[net.evaluate(net.initial())[1].tolist(), net.hessian(net.initial())[0].tolist()] for net in nets]
print(json.dumps(found))
"""
    both = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", program],
            cwd=ROOT,
            env={**os.environ, "NUMBA_DISABLE_JIT": flag},
            capture_output=True,
            text=True,
            check=True,
        )
        for flag in ("0", "1")
    ]
    compiled, interpreted = (json.loads(done.stdout) for done in both)
    for one, other in zip(compiled, interpreted, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("loss", LOSSES)
def test_outputs_are_what_the_error_is_made_of(loss):
    net = Mlp(THREE, loss=loss, hidden=(4,))
    w = np.random.default_rng(6).normal(size=(2, 3, net.dim))
    y, t = net.outputs(w, INPUTS), THREE.targets
    assert y.shape == (2, 3, 7, 3)
    if loss == "sum_of_squares":
        error = 0.5 * ((y - t) ** 2).sum(axis=-1)
    elif loss == "cross_entropy":
        error = -(t * np.log(y) + (1.0 - t) * np.log(1.0 - y)).sum(axis=-1)
    elif loss == "softmax":
        np.testing.assert_allclose(y.sum(axis=-1), 1.0, rtol=1e-14)
        error = -(t * np.log(y)).sum(axis=-1)
    else:
        true = (t * y).sum(axis=-1, keepdims=True)
        error = np.where(t == 0.0, np.maximum(0.0, 1.0 + y - true), 0.0).sum(axis=-1)
    np.testing.assert_allclose(error.mean(axis=-1), net.evaluate(w)[0], rtol=1e-12)


def test_softmax_has_an_output_for_each_of_two_classes():
    net, other = Mlp(TWO, loss="softmax", hidden=()), Mlp(TWO, loss="cross_entropy", hidden=())
    assert net.widths == (2, 2) and other.widths == (2, 1)
    w = net.initial()
    # only the difference of the two outputs matters: it is the one of the sigmoid
    single = np.array([w[2] - w[0], w[3] - w[1], w[5] - w[4]])
    assert net.evaluate(w)[0] == pytest.approx(other.evaluate(single)[0], rel=1e-14)
    np.testing.assert_allclose(net.outputs(w, INPUTS)[:, 1:], other.outputs(single, INPUTS), rtol=1e-13)


def test_with_batch_normalisation_new_rows_are_judged_by_the_statistics_of_the_data():
    net = Mlp(TWO, hidden=(3, 2), normalisation="batch")
    w = net.initial(seed=1)
    (mean, variance), _ = net.statistics(w)
    a = INPUTS @ net.layers[0].matrix(w).T + w[net.layers[0].biases]
    np.testing.assert_allclose(mean, a.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(variance, a.var(axis=0), rtol=1e-13)
    # a row's answer does not depend on which others are asked about
    everything = net.outputs(w, INPUTS)
    for n in range(len(INPUTS)):
        np.testing.assert_allclose(net.outputs(w, INPUTS[n : n + 1]), everything[n : n + 1], rtol=1e-13)
    z = np.tanh(normalised(a, w[net.layers[0].gamma], w[net.layers[0].beta], 0))
    np.testing.assert_allclose(net.forward(w, INPUTS).out[0], z, rtol=1e-13)


def test_moving_averages_are_replayed():
    net = Mlp(TWO, hidden=(3,), normalisation="batch")
    path = run(net, GradientDescent(), 0.1, [net.initial(seed=s) for s in range(2)], 5)
    batches = [np.array([0, 1, 2]), np.array([3, 4, 5]), np.array([6]), np.array([2, 1, 0]), np.array([3, 4, 6])]
    ((mean, variance),) = net.moving_averages(path.weights, 0.8, batches)
    assert mean.shape == variance.shape == (2, 3)
    found = [net.statistics(w, rows)[0] for w, rows in zip(path.weights[:-1], batches, strict=True)]
    by_hand = found[0]
    for one in found[1:]:
        by_hand = tuple(0.8 * old + 0.2 * new for old, new in zip(by_hand, one, strict=True))
    np.testing.assert_allclose([mean, variance], by_hand, rtol=1e-14)
    # all weight on the new: the last batch's
    np.testing.assert_array_equal(net.moving_averages(path.weights, 0.0, batches)[0], found[-1])
    # at rest they are those of the data
    still = np.repeat(net.initial()[None], 4, axis=0)
    np.testing.assert_allclose(net.moving_averages(still)[0], net.statistics(still[0])[0], rtol=1e-14)
    given = net.outputs(path.weights[-1], INPUTS, [(mean, variance)])
    assert given.shape == (2, 7, 1) and not np.allclose(given, net.outputs(path.weights[-1], INPUTS))
    with pytest.raises(ValueError, match=r"^decay must be in \[0, 1\], got 1.5$"):
        net.moving_averages(path.weights, 1.5)


def test_layers_say_where_everything_stands():
    net = Mlp(TWO, hidden=(3, 2), activation="prelu", normalisation="layer")
    places = [(part.start, part.stop) for layer in net.layers for part in layer[2:]]
    assert places == [
        *[(0, 6), (6, 9), (9, 12), (12, 15), (15, 16)],
        *[(16, 22), (22, 24), (24, 26), (26, 28), (28, 29)],
        *[(29, 31), (31, 32), (32, 32), (32, 32), (32, 32)],
    ]
    assert net.dim == 32
    assert net.weight_names[:7] == ("w¹₁₁", "w¹₁₂", "w¹₂₁", "w¹₂₂", "w¹₃₁", "w¹₃₂", "b¹₁")
    assert net.weight_names[9] == "γ¹₁" and net.weight_names[12] == "β¹₁" and net.weight_names[15] == "s¹"
    assert net.weight_names[-1] == "b³₁" and len(set(net.weight_names)) == net.dim
    assert net.biases.sum() == 32 - 6 - 6 - 2 and not net.biases[[0, 16, 30]].any() and net.biases[[6, 9, 15]].all()
    assert Mlp(TWO, hidden=(12,)).weight_names[:3] == ("w¹₁,₁", "w¹₁,₂", "w¹₂,₁")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_weights_to_start_from(scheme):
    net = Mlp(TWO, hidden=(60,), normalisation="batch", activation="prelu")
    w = net.initial(scheme, scale=0.5, seed=3, bias=0.1)
    np.testing.assert_array_equal(w, net.initial(scheme, scale=0.5, seed=3, bias=0.1))
    first, last = (w[layer.weights] for layer in net.layers)
    ends = {"zero": 0.0, "equal": 0.5, "uniform": 0.5, "xavier": 0.5 * np.sqrt(6.0 / 62.0)}
    if scheme in ("zero", "equal"):
        assert set(np.concatenate([first, last])) == {ends[scheme]}
    else:
        assert not np.array_equal(w, net.initial(scheme, scale=0.5, seed=4, bias=0.1))
    if scheme in ("uniform", "xavier"):
        assert 0.9 * ends[scheme] < np.abs(first).max() <= ends[scheme]
    if scheme in ("gaussian", "he"):
        assert first.std() == pytest.approx(0.5 * (1.0 if scheme == "gaussian" else np.sqrt(2.0 / 2.0)), rel=0.2)
        assert last.std() == pytest.approx(0.5 * (1.0 if scheme == "gaussian" else np.sqrt(2.0 / 60.0)), rel=0.2)
    for layer in net.layers:
        assert (w[layer.biases] == 0.1).all() and not w[layer.beta].any()
        assert (w[layer.gamma] == 1.0).all() and (w[layer.slope] == 0.25).all()


def test_a_scheme_of_another_name_is_refused():
    with pytest.raises(ValueError, match=r"^scheme must be zero, equal, .* or he, got 'kaiming'$"):
        Mlp(TWO).initial("kaiming")


def test_all_equal_weights_stay_equal():
    net = Mlp("moons", hidden=(5,))
    path = run(net, Adam(), 0.05, net.initial("equal", scale=0.5), 200)
    matrix = net.layers[0].matrix(path.weights[-1, 0])
    np.testing.assert_array_equal(matrix, np.repeat(matrix[:1], 5, axis=0))
    assert path.error[-1] < path.error[0]


def test_the_symmetries_of_hidden_units():
    random = np.random.default_rng(1)
    for activation in ("tanh", "softsign", "hard_tanh", "sigmoid", "relu"):
        net = Mlp(TWO, hidden=(3,), activation=activation)
        w = random.normal(size=net.dim)
        (first, last), changed = net.layers, w.copy()
        matrix = changed[first.weights].reshape(3, 2)
        order = [2, 0, 1]
        swapped = w.copy()
        swapped[first.weights] = matrix[order].ravel()
        swapped[first.biases], swapped[last.weights] = w[first.biases][order], w[last.weights][order]
        assert net.evaluate(swapped)[0] == pytest.approx(net.evaluate(w)[0], rel=1e-13)
        if activation == "relu":  # rescales
            changed[first.weights.start : first.weights.start + 2] *= 2.0
            changed[first.biases.start] *= 2.0
            changed[last.weights.start] /= 2.0
        else:  # flips; a sigmoid's outgoing weight moves into the bias above
            changed[first.weights.start : first.weights.start + 2] *= -1.0
            changed[first.biases.start] *= -1.0
            changed[last.weights.start] *= -1.0
            if activation == "sigmoid":
                changed[last.biases.start] += w[last.weights.start]
        assert net.evaluate(changed)[0] == pytest.approx(net.evaluate(w)[0], rel=1e-13)


def test_before_the_activation_batch_normalisation_makes_biases_useless():
    net = Mlp("moons", hidden=(4,), normalisation="batch")
    w = net.initial(seed=2, bias=0.3)
    error, gradient = net.evaluate(w)
    np.testing.assert_allclose(gradient[net.layers[0].biases], 0.0, atol=1e-16)
    w[net.layers[0].biases] += 5.0
    assert net.evaluate(w)[0] == pytest.approx(error, rel=1e-12)


def test_he_keeps_the_second_moment_of_relus_and_layers_shrink_it_otherwise():
    random = np.random.default_rng(0)
    inputs = random.standard_normal((200, 2))
    data = Dataset(inputs, inputs[:, :1], ("x", "y"), ("t",), "normal", "drawn")
    net = Mlp(data, hidden=(12, 12, 12, 3), activation="relu", loss="sum_of_squares")

    def moments(scale):
        pre = [net.forward(net.initial("he", scale, seed), inputs).pre for seed in range(400)]
        return np.array([np.mean([np.square(layers[number]).mean() for layers in pre]) for number in range(4)])

    np.testing.assert_allclose(moments(1.0), moments(1.0)[0], rtol=0.15)
    np.testing.assert_allclose(moments(0.5) / moments(1.0), 0.25 ** np.arange(1, 5), rtol=1e-12)


def test_hidden_units_as_they_are_typed():
    assert Mlp(TWO, hidden="8, 4") == Mlp(TWO, hidden=(8, 4)) == Mlp(TWO, hidden=[8, 4])
    assert Mlp(TWO, hidden="none") == Mlp(TWO, hidden=())
    written = Mlp.typed_fields()["hidden"]
    assert written.default == "8" and written.text((8, 4)) == "8, 4" and written.text(()) == "none"
    assert written.latex("8,4") == "M = 8, 4"
    for bad in ("8; 4", "0", "8, 4, 2, 2, 2", "101", "8.5", "many", (8.5,), 8, None, (True,)):
        with pytest.raises(
            ValueError, match="^hidden must be at most 4 whole numbers from 1 to 100, as in 8, 4, or none"
        ):
            Mlp(TWO, hidden=bad)


def test_what_cannot_be_is_said_in_a_sentence():
    with pytest.raises(ValueError, match=r"^a network may have 500 weights, hidden = \(40, 40\) makes 1801$"):
        Mlp(TWO, hidden=(40, 40))
    assert Mlp(TWO, hidden=(100,)).dim == 401
    for loss in ("cross_entropy", "softmax", "max_margin"):
        with pytest.raises(
            ValueError, match=f"^loss '{loss}' needs classes, two numbers has numbers: use sum_of_squares"
        ):
            Mlp(NUMBERS, loss=loss)


def test_smooth_is_what_has_no_kinks():
    assert Mlp(TWO).smooth and Mlp(TWO, activation="sigmoid", sparsity=0.1).smooth
    assert Mlp(TWO, hidden=(), activation="relu").smooth
    for name in PIECEWISE:
        assert not Mlp(TWO, activation=name).smooth
    assert not Mlp(TWO, sparsity=0.1).smooth and not Mlp(TWO, loss="max_margin").smooth


def test_it_prints_as_its_settings():
    net = Mlp(hidden=(4,), penalty=0.01)
    assert repr(net) == (
        "Mlp(data='moons', reduction='mean', hidden=(4,), activation='tanh', loss='cross_entropy',"
        " normalisation='none', place='before', penalty=0.01, sparsity=0.0)"
    )
    assert hash(net) == hash(Mlp(hidden=[4], penalty=0.01)) and len({net, Mlp()}) == 2


PAGE = """
import streamlit as st
from surfaces.mlp import Mlp
from widgets import address
from widgets.controls import controls

@st.fragment
def page():
    surface, _ = controls(Mlp, "surface")
    st.code(repr(surface))

query = address.query()
ignored = st.empty()
page()
address.report(ignored, query)
"""


def visit(**query):
    app = AppTest.from_string(PAGE, default_timeout=TIMEOUT)
    for key, value in query.items():
        app.query_params[key.replace("__", ".")] = value
    app.run()
    assert not app.exception
    return app


def test_a_link_holds_every_setting():
    assert visit().code[0].value == repr(Mlp())
    more = {"surface__activation": "relu", "surface__normalisation": "batch", "surface__penalty": "0.01"}
    app = visit(surface__hidden="8, 4", **more)
    expected = Mlp(hidden=(8, 4), activation="relu", normalisation="batch", penalty=0.01)
    assert app.code[0].value == repr(expected) and not app.warning
    assert visit(surface__hidden="none").code[0].value == repr(Mlp(hidden=()))


@pytest.mark.parametrize("text", ["8; 4", "0", "1, 2, 3, 4, 5", "1e3", "<b>8</b>", "8, x", "8," * 6000])
def test_hidden_units_that_cannot_be_are_answered_by_a_sentence(text):
    app = visit(surface__hidden=text)
    assert app.code[0].value == repr(Mlp())
    (warning,) = app.warning
    plain = warning.value.replace("\\", "")
    assert plain.startswith("Hidden units must be at most 4 whole numbers from 1 to 100, as in 8, 4, or none, got ")
    assert plain.endswith("The picture shows `8`.") and len(plain) < 200


def test_the_formula_holds_for_any_number_of_layers_and_for_the_sum():
    assert "or the sum" in Mlp.latex and r"\mathbf W_l" in Mlp.latex and r"\mathbf W_2" not in Mlp.latex


@pytest.mark.parametrize(
    ("hidden", "normalisation"), [((3,), "none"), ((8,), "batch"), ((6, 4), "layer"), ((20,), "none")]
)
def test_many_hessians_at_once_are_those_one_by_one(hidden, normalisation):
    net = Mlp("moons", hidden=hidden, normalisation=normalisation)
    w = np.stack([net.initial(seed=seed) for seed in range(11)])
    w[4, 0] = np.nan  # spoils its own alone
    one_by_one = np.stack([net.hessian(point) for point in w])
    np.testing.assert_array_equal(net.hessian(w), one_by_one)
    assert np.isfinite(one_by_one).all(axis=(1, 2)).tolist() == [seed != 4 for seed in range(11)]
    assert net.hessian(w.reshape(11, 1, -1)).shape == (11, 1, net.dim, net.dim)
    assert net.hessian(w[:0]).shape == (0, net.dim, net.dim)
