"""Batch and layer normalisation in inference mode against PyTorch, where it is installed; test_mlp.py has training."""

import numpy as np
import pytest

from engine.normalisation.moving_average import averaged
from widgets.normalisation import inference

torch = pytest.importorskip("torch")
SIZE, STEPS, DECAY = 8, 40, 0.9


@pytest.fixture(autouse=True)
def double():
    """In double precision as here."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def model(net, w):
    """The same network of torch's own layers, its weights at w."""
    first, last = net.layers
    layers = torch.nn.Sequential(
        torch.nn.Linear(first.inputs, first.outputs),
        torch.nn.BatchNorm1d(first.outputs, eps=1e-5, momentum=1.0 - DECAY),
        torch.nn.Tanh(),
        torch.nn.Linear(last.inputs, last.outputs),
        torch.nn.Sigmoid(),
    )
    parts = [first.matrix(w), w[first.biases], w[first.gamma], w[first.beta], last.matrix(w), w[last.biases]]
    with torch.no_grad():
        for parameter, part in zip(layers.parameters(), parts, strict=True):
            parameter.copy_(torch.tensor(np.ascontiguousarray(part)))
    return layers


def test_running_statistics_and_the_answers_with_them_are_those_of_torch():
    """torch averages B/(B - 1) sigma^2, and begins at mean 0 and variance 1 where these averages begin at a batch."""
    net = inference.network()
    path = inference.trained(net, SIZE, 1.0, STEPS, 1)
    order = inference.batches(100, SIZE, STEPS, inference.SAMPLING, 1)
    ((means, variances),) = net.statistics_along(path.weights[:, 0], order)
    unbiased = variances * SIZE / (SIZE - 1.0)
    mean, variance = torch.tensor(means[0]), torch.tensor(unbiased[0])
    for step in range(1, STEPS):
        layers = model(net, path.weights[step, 0])
        layers[1].running_mean.copy_(mean)
        layers[1].running_var.copy_(variance)
        trained = layers(torch.tensor(net.dataset.inputs[order[step]]))
        mean, variance = layers[1].running_mean.clone(), layers[1].running_var.clone()
        rows = net.dataset.inputs[order[step]]
        w = path.weights[step, 0]
        ours = net.outputs(w, rows, net.forward(w, rows).statistics)
        np.testing.assert_allclose(trained.detach().numpy(), ours, rtol=1e-10)
    kept = averaged(means, DECAY)[-1], averaged(unbiased, DECAY)[-1]
    np.testing.assert_allclose(mean.numpy(), kept[0], rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(variance.numpy(), kept[1], rtol=1e-10)
    layers = model(net, path.weights[-1, 0])
    layers[1].running_mean.copy_(mean)
    layers[1].running_var.copy_(variance)
    layers.eval()
    theirs = layers(torch.tensor(net.dataset.inputs)).detach().numpy()
    np.testing.assert_allclose(theirs, net.outputs(path.weights[-1, 0], net.dataset.inputs, [kept]), rtol=1e-10)


def test_layer_normalisation_is_the_same_in_both_modes():
    values = np.random.default_rng(1).standard_normal((5, 4))
    layer = torch.nn.LayerNorm(4, eps=1e-5)
    away = values - values.mean(axis=1, keepdims=True)
    by_hand = away / np.sqrt((away**2).mean(axis=1, keepdims=True) + 1e-5)  # 7.58 to 7.60
    for mode in (True, False):
        layer.train(mode)
        np.testing.assert_allclose(layer(torch.tensor(values)).detach().numpy(), by_hand, rtol=1e-12)
