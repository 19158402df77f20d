"""One input forward and its derivatives back: against complex steps and Mlp, and both forms against each other."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dataset import Dataset
from engine.passes import BENDS, Layer, backward, forward, hinge, log_loss, squared
from surfaces.mlp import Mlp

STEP = 1e-30
NET = st.tuples(
    st.integers(0, 10**6), st.sampled_from(sorted(BENDS)), st.lists(st.integers(1, 5), min_size=2, max_size=5)
)


def made(seed, activation, widths):
    draw = np.random.default_rng(seed).normal
    return [
        Layer(draw(size=(m, k)), draw(size=m), activation if place < len(widths) - 2 else "linear")
        for place, (k, m) in enumerate(pairwise(widths))
    ], draw(size=widths[0])


def nudged(layers, which, part, place):
    """The layers with one number a tiny imaginary step away."""
    found = [Layer(layer.weights.astype(complex), layer.biases.astype(complex), layer.activation) for layer in layers]
    getattr(found[which], part)[place] += 1j * STEP
    return found


@given(NET)
def test_the_gradient_is_that_of_complex_steps(net):
    layers, x = made(*net)
    passed = forward(layers, x)
    back = backward(layers, passed, 2.0 * passed.post[-1])  # of the sum of squares
    for k, layer in enumerate(layers):
        for part in ("weights", "biases"):
            for place in np.ndindex(getattr(layer, part).shape):
                out = forward(nudged(layers, k, part, place), x).post[-1]
                told = (out**2).sum().imag / STEP
                assert getattr(back, part)[k][place] == pytest.approx(told, rel=1e-11, abs=1e-11)


def post_recursion(layers, passed, big):
    """dL/da of every layer without any dL/dz, Aggarwal (2018), 3.2: over the edges above weight, slope and Delta."""
    found = [big]
    for layer, slopes in zip(reversed(layers), reversed(passed.slopes), strict=True):
        found.insert(0, (layer.weights * slopes[:, None]).T @ found[0])
    return found


@given(NET)
def test_both_forms_are_one(net):
    layers, x = made(*net)
    passed = forward(layers, x)
    signal = np.linspace(-1.0, 2.0, len(passed.post[-1]))
    back = backward(layers, passed, passed.slopes[-1] * signal)
    bigs = post_recursion(layers, passed, signal)
    for one, other in zip(back.big_delta, bigs, strict=False):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)
    for delta, slopes, big in zip(back.delta, passed.slopes, bigs[1:], strict=True):
        np.testing.assert_allclose(delta, slopes * big, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("activation", sorted(BENDS))
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_it_is_the_gradient_of_the_small_network(activation, target):
    layers, x = made(7, activation, [3, 4, 2, 1])
    data = Dataset(x[None], [[target], [1.0 - target]][:1], ("a", "b", "c"), ("t",), "one row", "drawn", ("no", "yes"))
    net = Mlp(data=data, hidden=(4, 2), activation=activation, loss="cross_entropy")
    w = np.concatenate([part.ravel() for layer in layers for part in (layer.weights, layer.biases)])
    error, gradient = net.evaluate(w)
    passed = forward(layers, x)
    loss, delta = log_loss(passed.post[-1], target)
    back = backward(layers, passed, delta)
    told = np.concatenate([part.ravel() for pair in zip(back.weights, back.biases, strict=True) for part in pair])
    assert loss.item() == pytest.approx(float(error), rel=1e-12)
    np.testing.assert_allclose(told, gradient, rtol=1e-12, atol=1e-14)


@given(st.integers(0, 10**6), st.floats(0.0, 1.0), st.sampled_from([0.0, 1.0]))
def test_a_loss_at_hidden_units_is_that_of_a_sparse_network(seed, rho, target):
    layers, x = made(seed, "sigmoid", [2, 3, 2, 1])
    data = Dataset(x[None], [[target]], ("a", "b"), ("t",), "one row", "drawn", ("no", "yes"))
    net = Mlp(data=data, hidden=(3, 2), activation="sigmoid", loss="cross_entropy", sparsity=round(rho, 3))
    w = np.concatenate([part.ravel() for layer in layers for part in (layer.weights, layer.biases)])
    passed = forward(layers, x)
    back = backward(layers, passed, log_loss(passed.post[-1], target)[1], [np.full(3, net.sparsity), net.sparsity])
    told = np.concatenate([part.ravel() for pair in zip(back.weights, back.biases, strict=True) for part in pair])
    np.testing.assert_allclose(told, net.evaluate(w)[1], rtol=1e-11, atol=1e-13)


@given(st.floats(-800.0, 800.0), st.sampled_from([0.0, 1.0, 0.3]))
def test_losses_have_the_slope_of_a_complex_step(z, target):
    for loss in (log_loss, squared):
        value, slope = loss(z, target)
        assert slope == pytest.approx(loss(z + 1j * STEP, target)[0].imag / STEP, rel=1e-12, abs=1e-12)
        assert np.isfinite(value) and value >= 0.0
    if abs(z) < 30.0:
        y = 1.0 / (1.0 + np.exp(-z))
        told = -target * np.log(y) - (1.0 - target) * np.log1p(-y)
        assert log_loss(z, target)[0] == pytest.approx(told, rel=1e-4, abs=1e-12)


@given(st.floats(-5.0, 5.0), st.floats(-5.0, 5.0), st.floats(0.0, 5.0))
def test_the_hinge_is_the_missing_margin(score, corrupt, margin):
    error, signal = hinge(score, corrupt, margin)
    assert error == max(0.0, margin + corrupt - score) and signal == float(error > 0.0)
    step = hinge(score, corrupt + 1j * STEP, margin)[0]
    assert step.imag / STEP == pytest.approx(signal)
