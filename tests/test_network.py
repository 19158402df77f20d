"""What the page Networks makes of a network: what rows cost, curvature in a plane."""

from dataclasses import replace

import numpy as np
import pytest

from charts.network import without_penalties
from surfaces.data import made
from surfaces.data.insurance import Insurance
from surfaces.data.moons import Moons
from surfaces.fitting.charges import charges, right
from surfaces.mlp import Mlp

MOONS = made(Moons(rows=40))
NUMBERS = made(Insurance()).scaled()
THREE = replace(
    MOONS, targets=np.eye(3)[np.arange(40) % 3], target_names=("a", "b", "c"), classes=("a", "b", "c"), title="three"
)
CASES = [*((loss, MOONS) for loss in Mlp.choices()["loss"].options), ("sum_of_squares", NUMBERS)]
CASES += [(loss, THREE) for loss in Mlp.choices()["loss"].options]


@pytest.mark.parametrize(("loss", "data"), CASES, ids=lambda item: getattr(item, "title", item))
@pytest.mark.parametrize("normalisation", ["none", "batch", "layer"])
def test_rows_cost_what_the_kernel_sums(loss, data, normalisation):
    net = Mlp(data=data, hidden=(5,), loss=loss, normalisation=normalisation, penalty=0.1, sparsity=0.01)
    weights = np.stack([net.initial("gaussian", 1.5, seed=s) for s in range(4)])
    errors, shares = net.judged(weights, data)
    np.testing.assert_allclose(errors, without_penalties(net).evaluate(weights)[0], rtol=1e-12)
    assert np.isnan(shares).all() == (not data.classes)
    if data.classes:
        told = net.outputs(weights, data.inputs)
        wanted = data.labels
        border = 0.0 if loss == "max_margin" else 0.5
        mine = told.argmax(axis=-1) if told.shape[-1] > 1 else told[..., 0] > border
        np.testing.assert_allclose(shares, (mine == wanted).mean(axis=-1))


def test_costs_stay_finite_where_a_probability_is_0():
    a = np.array([[1000.0], [-1000.0]])
    for loss in ("cross_entropy", "max_margin"):
        assert np.isfinite(charges(loss, a, np.array([[0.0], [1.0]]))).all()
    assert not right(a, np.array([[0.0], [1.0]]), "cross_entropy").any()
    pair = np.array([[1000.0, -1000.0]])
    np.testing.assert_array_equal(charges("softmax", pair, np.array([[1.0]])), [2000.0])


@pytest.mark.parametrize("normalisation", ["none", "batch", "layer"])
def test_curvature_along_directions_is_that_of_the_hessian(normalisation):
    net = Mlp(data=MOONS, hidden=(4, 3), normalisation=normalisation, penalty=0.01)
    random = np.random.default_rng(0)
    weights, ways = random.normal(size=(3, 2, net.dim)), random.normal(size=(2, net.dim))
    bent = net.bend(weights, ways)
    assert bent.shape == (3, 2, 2, 2)
    np.testing.assert_allclose(bent, ways @ net.hessian(weights) @ ways.T, rtol=1e-9, atol=1e-9)
    assert net.bend(np.empty((0, net.dim)), ways).shape == (0, 2, 2)
    assert net.evaluate(np.empty((0, net.dim)))[0].shape == (0,)


def test_filters_are_the_incoming_weights_of_every_unit():
    net = Mlp(data=MOONS, hidden=(4, 3), normalisation="layer")
    assert [len(group) for group in net.filters] == [2] * 4 + [4] * 3 + [3]
    assert sorted(i for group in net.filters for i in group) == np.nonzero(~net.biases)[0].tolist()
    layer = net.layers[1]
    w = np.arange(net.dim, dtype=float)
    np.testing.assert_array_equal(w[list(net.filters[5])], layer.matrix(w)[1])
