"""Rows that do not train: early stopping, errors of a row, and what restarts end with."""

from dataclasses import replace

import numpy as np
import pytest

from engine import run
from engine.layer_norms import layer_norms
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.restarts import restarts
from engine.validation import Stopping, early_stopping
from surfaces import discover_surfaces
from surfaces.data import made
from surfaces.data.moons import Moons
from surfaces.mlp import Mlp

TRAINING, HELD_OUT = made(Moons(rows=40, noise=0.3)).split(0.7, 0)


def stopped(errors, patience):
    """Early stopping step by step, as the algorithm is printed."""
    lowest, kept, waited = np.inf, 0, 0
    for step, error in enumerate(errors):
        if error < lowest:
            lowest, kept, waited = error, step, 0
        else:
            waited += 1
        if waited == patience:
            return kept, step
    return kept, -1


@pytest.mark.parametrize("patience", [1, 2, 7, 59])
def test_early_stopping_is_the_printed_algorithm(patience):
    random = np.random.default_rng(patience)
    for _ in range(60):
        errors = np.abs(np.cumsum(random.normal(size=60))).round(1)
        found = early_stopping(errors, patience)
        assert (found.kept, found.stop) == stopped(errors, patience)
        assert found.best == errors.argmin() and errors[found.kept] >= errors[found.best]


def test_early_stopping_where_errors_are_no_numbers():
    assert early_stopping(np.full(5, np.nan), 2) is None
    assert early_stopping(np.array([1.0]), 1) == Stopping(0, 0, -1)
    assert early_stopping(np.array([1.0, 0.5, np.nan, np.nan, np.nan]), 3) == Stopping(1, 1, 4)
    assert early_stopping(np.array([3.0, 2.0, 1.0]), 1) == Stopping(2, 2, -1)
    for bad in (0, -1, 1.5, np.nan):
        with pytest.raises(ValueError, match="patience"):
            early_stopping(np.array([1.0, 2.0]), bad)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("activation", ["tanh", "relu", "prelu"])
@pytest.mark.parametrize(
    ("normalisation", "place"), [("none", "before"), ("layer", "after"), ("batch", "before"), ("batch", "after")]
)
def test_a_row_costs_the_same_whatever_is_summed_or_added(normalisation, place, activation, reduction):
    net = Mlp(
        TRAINING, reduction, (5, 3), activation, normalisation=normalisation, place=place, penalty=0.1, sparsity=0.2
    )
    random = np.random.default_rng(0)
    w = random.normal(size=(70, 2, net.dim))  # more than are looked at together
    plain = replace(net, reduction="mean", penalty=0.0, sparsity=0.0)
    np.testing.assert_allclose(net.row_error(w), plain.evaluate(w)[0], rtol=1e-10)
    targets = HELD_OUT.targets[:, 0]
    # in inference mode: batch normalisation by the rows that train
    a = net.forward(w[:3], HELD_OUT.inputs, net.statistics(w[:3]) if normalisation == "batch" else None).outputs[..., 0]
    expected = (np.logaddexp(0.0, a) - targets * a).mean(axis=-1)
    np.testing.assert_allclose(net.row_error(w[:3], HELD_OUT), expected, rtol=1e-10)


@pytest.mark.parametrize("slug", [slug for slug, cls in discover_surfaces().items() if hasattr(cls, "row_error")])
def test_every_model_tells_what_a_row_costs(slug):
    model = discover_surfaces()[slug]()
    summed = replace(model, reduction="sum")
    w = np.random.default_rng(1).normal(size=(4, model.dim))
    np.testing.assert_allclose(model.row_error(w), summed.row_error(w))
    if not any(getattr(model, name, 0.0) for name in ("penalty", "sparsity")):
        np.testing.assert_allclose(model.row_error(w), model.evaluate(w)[0])


def test_layer_norms_add_up_to_the_gradient():
    net = Mlp(TRAINING, hidden=(4, 3))
    _, gradient = net.evaluate(np.stack([net.initial(seed=s) for s in range(5)]))
    norms = layer_norms(gradient, [layer.weights for layer in net.layers])
    assert norms.shape == (5, 3)
    np.testing.assert_allclose((norms**2).sum(axis=1), (gradient[:, ~net.biases] ** 2).sum(axis=1))
    np.testing.assert_allclose(norms[0, 1], np.linalg.norm(gradient[0, net.layers[1].weights]))


@pytest.mark.parametrize("rows", [{}, {"batch_size": 8, "sampling": "reshuffle", "seed": 3}])
@pytest.mark.parametrize("steps", [0, 1, 40])
def test_restarts_end_where_runs_end(rows, steps):
    net = Mlp(TRAINING, hidden=(4,))
    starts = np.stack([net.initial(seed=s) for s in range(6)])
    found = restarts(net, Adam(), 0.05, starts, steps, **rows)
    for seed in (0, 5):
        alone = run(net, Adam(), 0.05, starts[seed], steps, **rows)
        np.testing.assert_array_equal(found[seed], alone.weights[-1, 0])


def test_restarts_tell_how_far_they_are_stop_when_told_and_hold_nan_where_lost():
    net = Mlp(TRAINING, hidden=(4,), loss="sum_of_squares", activation="linear")
    starts, shares = np.stack([net.initial(seed=s) for s in range(3)]), []
    assert np.isnan(restarts(net, GradientDescent(), 1000.0, starts, 200, lambda share: shares.append(share))).all()
    assert shares[-1] == 1.0 and shares == sorted(shares)
    assert restarts(net, GradientDescent(), 0.1, starts, 200, lambda share: False) is None
