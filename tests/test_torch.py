"""Against torch.optim, where it is installed; docs/conventions.md says where its forms differ from these."""

import numpy as np
import pytest

from engine import run
from engine.optimizers.adadelta import Adadelta
from engine.optimizers.adagrad import AdaGrad
from engine.optimizers.adam import Adam
from engine.optimizers.adamax import AdaMax
from engine.optimizers.adamw import AdamW
from engine.optimizers.amsgrad import AMSGrad
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nadam import NAdam
from engine.optimizers.nesterov import Nesterov
from engine.optimizers.rmsprop import RMSProp
from surfaces.quadratic import Quadratic

torch = pytest.importorskip("torch")
VALLEY = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=30.0, minimum_x=0.3, minimum_y=-0.7)
START = (-1.5, 1.0)
STEPS = 100
BETAS = (0.9, 0.99)
OURS = {"decay_1": 0.9, "decay_2": 0.99, "stabiliser": 1e-3}

PAIRS = {
    "SGD": (GradientDescent(), 0.05, lambda p: torch.optim.SGD(p, lr=0.05)),
    "SGD with momentum": (Momentum(momentum=0.9), 0.02, lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9)),
    "Adagrad": (AdaGrad(stabiliser=1e-3), 0.5, lambda p: torch.optim.Adagrad(p, lr=0.5, eps=1e-3)),
    "RMSprop": (RMSProp(decay=0.9, stabiliser=1e-3), 0.05, lambda p: torch.optim.RMSprop(p, 0.05, 0.9, 1e-3)),
    "Adam": (Adam(**OURS), 0.1, lambda p: torch.optim.Adam(p, 0.1, BETAS, 1e-3)),
    "Adam, amsgrad": (
        AMSGrad(**OURS, bias_correction="on"),
        0.1,
        lambda p: torch.optim.Adam(p, 0.1, BETAS, 1e-3, amsgrad=True),
    ),
    "Adam, weight_decay": (
        AdamW(**OURS, weight_decay=0.1, decay_form="l2"),
        0.1,
        lambda p: torch.optim.Adam(p, 0.1, BETAS, 1e-3, weight_decay=0.1),
    ),
    "AdamW": (AdamW(**OURS, weight_decay=0.1), 0.1, lambda p: torch.optim.AdamW(p, 0.1, BETAS, 1e-3, 0.1)),
    "NAdam": (NAdam(**OURS, momentum_schedule="library"), 0.1, lambda p: torch.optim.NAdam(p, 0.1, BETAS, 1e-3)),
    "NAdam, its schedule over": (
        NAdam(**OURS, momentum_schedule="constant"),
        0.1,
        lambda p: torch.optim.NAdam(p, 0.1, BETAS, 1e-3, momentum_decay=1e6),
    ),
    "Adamax": (AdaMax(decay_1=0.9, decay_2=0.99), 0.1, lambda p: torch.optim.Adamax(p, 0.1, BETAS, eps=0.0)),
    "Adadelta": (
        Adadelta(decay=0.9, stabiliser=1e-3),
        1.0,
        lambda p: torch.optim.Adadelta(p, lr=1.0, rho=0.9, eps=1e-3),
    ),
}


@pytest.fixture(autouse=True)
def double():
    """Of NAdam torch keeps a product in the precision that is the default."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def torch_path(make, clip: float | None = None) -> np.ndarray:
    """Positions of torch.optim on VALLEY, (STEPS + 1, 2), in double precision."""
    w = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    hessian = torch.tensor(np.array(VALLEY.hessian(np.zeros(2))))
    minimum = torch.tensor(VALLEY.stationary_point)
    optimizer, path = make([w]), [np.array(START)]
    for _ in range(STEPS):
        w.grad = hessian @ (w.detach() - minimum)
        if clip is not None:
            torch.nn.utils.clip_grad_norm_([w], clip)
        optimizer.step()
        path.append(w.detach().numpy().copy())
    return np.array(path)


@pytest.mark.parametrize("name", PAIRS)
def test_the_path_is_that_of_torch(name):
    rule, eta, make = PAIRS[name]
    ours = run(VALLEY, rule, eta, START, STEPS).weights[:, 0]
    np.testing.assert_allclose(torch_path(make), ours, rtol=0.0, atol=1e-12)


def test_torch_stores_the_points_at_which_nesterov_takes_its_gradient():
    """Its weights are the look-ahead points w + mu dw, and its first step is (1 + mu) times as long."""
    path = run(VALLEY, Nesterov(momentum=0.9), 0.02, START, STEPS)
    theirs = torch_path(lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, nesterov=True))
    ahead = path.weights + 0.9 * path.state["change"]
    np.testing.assert_allclose(theirs, ahead[:, 0], rtol=0.0, atol=1e-12)


def test_torch_multiplies_remembered_gradients_by_the_present_learning_rate():
    """Where the learning rate changes, momentum is another rule: there the whole memory is rescaled at once."""
    steps, rates = 3, [0.02, 0.01, 0.01]
    w = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    hessian, minimum = torch.tensor(np.array(VALLEY.hessian(np.zeros(2)))), torch.tensor(VALLEY.stationary_point)
    sgd, memory, ours = torch.optim.SGD([w], lr=0.02, momentum=0.9), np.zeros(2), np.array(START)
    for k in range(steps):
        w.grad = hessian @ (w.detach() - minimum)
        sgd.param_groups[0]["lr"] = rates[k]
        sgd.step()
        memory = 0.9 * memory + VALLEY.evaluate(ours)[1]
        ours = ours - rates[k] * memory
    np.testing.assert_allclose(w.detach().numpy(), ours, rtol=0.0, atol=1e-12)


def test_clipping_is_that_of_torch_but_for_a_millionth():
    """clip_grad_norm_ divides by |g| + 1e-6."""
    ours = run(VALLEY, Momentum(momentum=0.9), 0.02, START, STEPS, clip=2.0).weights[:, 0]
    theirs = torch_path(lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9), clip=2.0)
    np.testing.assert_allclose(theirs, ours, rtol=0.0, atol=1e-5)
    assert np.abs(theirs - ours).max() > 1e-9
