"""The ends of the spectrum from products alone are those of the whole Hessian."""

import numpy as np
import pytest

from engine import discover_optimizers, run, theory
from engine.curvature import DENSE, extremes
from engine.local import local_limits
from surfaces.data import made
from surfaces.data.moons import Moons
from surfaces.mlp import Mlp

OPTIMIZERS = discover_optimizers()
NETS = {
    "tanh": Mlp(),
    "two layers, relu": Mlp(hidden=(6, 5), activation="relu"),
    "batch normalisation": Mlp(hidden=(5,), normalisation="batch"),
    "summed": Mlp(hidden=(10,), reduction="sum", penalty=0.01),
    "wide": Mlp(made(Moons(rows=30)), hidden=(40,)),
}


@pytest.mark.parametrize("name", NETS)
def test_products_are_those_of_the_hessian(name):
    net, random = NETS[name], np.random.default_rng(1)
    w, d = random.normal(size=(2, 3, net.dim))
    np.testing.assert_allclose(
        net.times(w, d), np.einsum("nij,nj->ni", net.hessian(w), d), rtol=1e-9, atol=1e-12 * np.abs(d).max()
    )


@pytest.mark.parametrize("name", NETS)
def test_both_ends_along_a_run_are_those_of_all_eigenvalues(name):
    net = NETS[name]
    assert net.dim > DENSE
    weights = run(net, OPTIMIZERS["adam"](), 0.05, net.start, 60).weights[::10, 0]
    low, high = extremes(net, weights)
    exact = np.linalg.eigvalsh(net.hessian(weights))
    size = np.abs(exact).max(axis=-1)
    np.testing.assert_allclose(high / size, exact[:, -1] / size, atol=1e-6)
    np.testing.assert_allclose(low / size, exact[:, 0] / size, atol=1e-6)


@pytest.mark.parametrize("slug", ["momentum", "adam", "rmsprop", "adagrad"])
def test_limits_of_a_network_are_those_of_the_whole_hessian(slug):
    net, rule = Mlp(hidden=(6,)), OPTIMIZERS[slug]()
    path = run(net, rule, 0.05, net.start, 50)
    weights = path.weights[5::9]
    state = {name: values[5::9] for name, values in path.state.items()}
    found = local_limits(net, [rule], weights, state)[:, 0]
    hessian = net.hessian(weights[:, 0])
    for k, each in enumerate(hessian):
        if rule.linear:
            expected = theory.stability_limit(rule, [1.0]) / np.linalg.eigvalsh(each)[-1]
        else:
            expected = theory.preconditioned_limit(rule, each, {name: v[k, 0] for name, v in state.items()})
        assert found[k] == pytest.approx(expected, rel=1e-6)


def test_where_nothing_is_finite_nothing_is_known():
    net = Mlp(hidden=(6,), activation="relu", loss="sum_of_squares")
    low, high = extremes(net, np.stack([net.initial(), np.full(net.dim, np.nan), np.full(net.dim, 1e200)]))
    assert np.isfinite(high[0]) and np.isnan(high[1:]).all() and np.isnan(low[1:]).all()


class Round:
    """|w|^2 with curvature 3: every vector is an eigenvector, so that Lanczos ends at once."""

    dim = 20

    def times(self, w, directions):
        """Return H d."""
        return 3.0 * directions


def test_a_spectrum_of_one_value_is_that_value():
    low, high = extremes(Round(), np.zeros((2, 20)))
    np.testing.assert_allclose([low, high], 3.0, rtol=1e-12)
