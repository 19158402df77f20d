"""Programs of runs by mini-batches and with schedules repeat them: the same rows, the same rates, step by step."""

import numpy as np
import pytest

from engine import discover_optimizers, run
from engine.family import rates
from engine.program import numpy_program, torch_program
from engine.sampling import SAMPLINGS, Batch, arguments
from engine.schedules.cosine import Cosine
from engine.schedules.on_plateau import OnPlateau
from engine.schedules.warm_up import WarmUp
from surfaces.data import made
from surfaces.data.moons import Moons
from surfaces.linear_regression import LinearRegression
from surfaces.mlp import Mlp
from surfaces.quadratic import Quadratic

OPTIMIZERS = discover_optimizers()
LINE = LinearRegression(data="five_points")
STEPS = 60


def executed(program):
    names = {"__name__": "program"}
    exec(compile(program, "program.py", "exec"), names)
    return names


def same(names, surface, rule, eta, clip, batch, schedule, **close):
    path = run(surface, rule, rates(eta, schedule, STEPS), surface.start, STEPS, clip=clip, **arguments(batch))
    for name, values in (("weights", path.weights[:, 0]), ("error", path.error[:, 0])):
        if close:
            np.testing.assert_allclose(names[name], values, **close)
        else:
            np.testing.assert_array_equal(names[name], values)


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("slug", ["gradient_descent", "momentum", "nesterov", "adam", "adagrad"])
@pytest.mark.parametrize("schedule", [None, Cosine(0.5, 0.05, 25)])
def test_the_rows_of_every_step_are_the_same_to_the_last_bit(sampling, slug, schedule):
    rule, batch = OPTIMIZERS[slug](), Batch(2, sampling, 7)
    clip = 1.5 if slug == "momentum" else None
    given = (LINE, rule, 0.02, LINE.start, STEPS, clip, batch, schedule)
    names = executed(numpy_program(*given))
    same(names, LINE, rule, 0.02, clip, batch, schedule)
    assert np.isfinite(names["error"]).all() and (np.ptp(names["weights"], axis=0) > 0.0).all()


def test_a_schedule_alone_is_repeated_too():
    surface, rule, schedule = Quadratic(), OPTIMIZERS["nesterov"](), Cosine(0.5, 0.05, 25)
    names = executed(numpy_program(surface, rule, 0.03, surface.start, STEPS, None, None, schedule))
    same(names, surface, rule, 0.03, None, None, schedule)


OTHER = LinearRegression(data=LINE.dataset.taken(np.array([1, 3])))
VALLEY, MOVED = Quadratic(), Quadratic(minimum_x=-0.5)
FOLLOWING = [
    (VALLEY, OnPlateau(patience=2, least_improvement=0.5)),
    (VALLEY, OnPlateau(1.0, 0.3, 2, 3, 0.05, MOVED)),
    (LINE, OnPlateau(1.0, 0.3, 2, 3, 0.05, OTHER)),
    (LINE, WarmUp(10, 0.3, OnPlateau(every=4, patience=1))),
    (LINE, WarmUp(10, 0.3, OnPlateau(every=2, patience=1, validation=OTHER))),
    (LINE, WarmUp(4, 0.3, WarmUp(6, 0.2, OnPlateau(patience=1)))),
]


@pytest.mark.parametrize("slug", ["gradient_descent", "nesterov", "adam"])
@pytest.mark.parametrize("batch", [None, Batch(2, seed=7)])
@pytest.mark.parametrize(("surface", "schedule"), FOLLOWING)
def test_a_schedule_that_follows_the_error_is_a_rule_of_the_program(surface, schedule, batch, slug):
    if batch is not None and surface is VALLEY:
        return
    rule, eta = OPTIMIZERS[slug](), 0.09
    names = executed(numpy_program(surface, rule, eta, surface.start, STEPS, None, batch, schedule))
    same(names, surface, rule, eta, None, batch, schedule)
    path = run(surface, rule, rates(eta, schedule, STEPS), surface.start, STEPS, **arguments(batch))
    assert names["eta"] == path.learning_rate[-1, 0] < eta


def test_a_run_that_is_lost_is_lost_at_the_same_step():
    batch = Batch(2, seed=1)
    names = executed(numpy_program(LINE, OPTIMIZERS["gradient_descent"](), 5.0, LINE.start, STEPS, None, batch))
    same(names, LINE, OPTIMIZERS["gradient_descent"](), 5.0, None, batch, None)
    assert np.isnan(names["error"][-1])


@pytest.mark.parametrize("normalisation", ["none", "batch"])
def test_a_network_by_mini_batches(normalisation):
    net = Mlp(made(Moons(rows=40)), hidden=(5,), normalisation=normalisation)
    rule, batch, schedule = OPTIMIZERS["momentum"](), Batch(16, seed=3), Cosine(1.0, 0.1, 40)
    for each in (
        schedule,
        OnPlateau(1.0, 0.5, 2, 3, 0.1),
        OnPlateau(validation=Mlp(made(Moons(seed=1)), hidden=(5,), normalisation=normalisation)),
    ):
        names = executed(numpy_program(net, rule, 0.03, net.start, STEPS, None, batch, each))
        same(names, net, rule, 0.03, None, batch, each, rtol=1e-8, atol=1e-10)


def test_pytorch_draws_the_same_rows():
    torch = pytest.importorskip("torch")
    before = torch.get_default_dtype()
    following = [schedule for surface, schedule in FOLLOWING if surface is LINE]
    try:
        for batch, schedule in ((Batch(2, seed=7), each) for each in (Cosine(0.5, 0.05, 25), *following)):
            given = (LINE, OPTIMIZERS["momentum"](), 0.02, LINE.start, STEPS, None, batch, schedule)
            names = executed(torch_program(*given))
            same(names, LINE, OPTIMIZERS["momentum"](), 0.02, None, batch, schedule)
    finally:
        torch.set_default_dtype(before)


def test_a_surface_without_rows_has_no_batches():
    with pytest.raises(ValueError, match="has no rows"):
        numpy_program(Quadratic(), OPTIMIZERS["momentum"](), 0.02, (1.0, 1.0), 5, None, Batch(2))


def test_the_program_names_schedule_and_batches():
    text = numpy_program(LINE, OPTIMIZERS["momentum"](), 0.02, LINE.start, STEPS, None, Batch(2, "in_order"), Cosine())
    assert text.splitlines()[0] == "# Momentum η = 0.02, μ = 0.9, Cosine η min = 0, T = 100, m = 1, batches of 2"
    assert "2 of 5 rows a step" in text and "default_rng" not in text
