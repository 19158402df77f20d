"""What is written about single surfaces, in their docstrings and notes: it is so."""

import re

import numpy as np
import pytest
import surface_oracle

from engine import run
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from surfaces import discover_surfaces
from surfaces.booth import Booth
from surfaces.convex_rosenbrock import ConvexRosenbrock
from surfaces.goldstein_price import GoldsteinPrice
from surfaces.himmelblau import Himmelblau
from surfaces.monkey_saddle import MonkeySaddle
from surfaces.piecewise_quadratic import PiecewiseQuadratic
from surfaces.plateau_ravine import PlateauRavine
from surfaces.rastrigin import Rastrigin
from surfaces.rosenbrock import Rosenbrock
from surfaces.sharpness import Sharpness
from surfaces.six_hump_camel import SixHumpCamel
from surfaces.styblinski_tang import StyblinskiTang
from surfaces.two_minima import TwoMinima

# slug's published minima: places to as many decimals as are printed, and errors
PUBLISHED = [
    (Rosenbrock(), [(1.0, 1.0)], [0.0], 1e-15),
    (
        Himmelblau(),
        [(3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)],
        [0.0] * 4,
        1e-6,
    ),
    (Booth(), [(1.0, 3.0)], [0.0], 1e-15),
    (Rastrigin(), [(0.0, 0.0)], [0.0], 1e-15),
    (GoldsteinPrice(), [(0.0, -1.0), (-0.6, -0.4), (1.8, 0.2), (1.2, 0.8)], [3.0, 30.0, 84.0, 840.0], 1e-15),
    (
        SixHumpCamel(),
        [(0.0898, -0.7126), (-0.0898, 0.7126)],
        [-1.0316, -1.0316],
        1e-4,
    ),
    (StyblinskiTang(), [(-2.903534, -2.903534)], [-78.33233], 1e-6),
    (PiecewiseQuadratic(), [(0.0,)], [0.0], 1e-15),
]

PLAIN = [name for name, cls in discover_surfaces().items() if not hasattr(cls, "data") and not cls.typed_fields()]


@pytest.mark.parametrize("slug", PLAIN)
def test_the_error_equals_its_transcription(slug):
    """Gradient and Hessian are held against differences of the error: here it is held against the source."""
    written, cls = getattr(surface_oracle, slug, None), discover_surfaces()[slug]
    if written is None:
        pytest.fail(f"tests/surface_oracle.py has no function {slug!r}: add one, from the equation of its source")
    random = np.random.default_rng(4)
    for share in (None, *random.uniform(size=(8, len(cls.parameters())))):
        values = {} if share is None else between(cls, share)
        surface = cls(**values)
        w = np.array(surface.start) + random.uniform(-2.0, 2.0, size=(200, surface.dim))
        expected = written(w.T, **{name: getattr(surface, name) for name in cls.parameters()})
        np.testing.assert_allclose(surface.evaluate(w)[0], expected, rtol=1e-11, atol=1e-12 * np.abs(expected).max())


def between(cls, share):
    found = {name: p.low + s * (p.high - p.low) for s, (name, p) in zip(share, cls.parameters().items(), strict=True)}
    return {name: round(value) if cls.parameters()[name].whole else value for name, value in found.items()}


def ends(surface, start, eta, steps=3000, rule=None):
    return run(surface, rule or GradientDescent(), eta, start, steps).weights[-1, 0]


@pytest.mark.parametrize(("surface", "places", "errors", "printed"), PUBLISHED, ids=lambda item: type(item).__name__)
def test_minima_are_the_published_ones(surface, places, errors, printed):
    found = surface.minima[: len(places)]
    np.testing.assert_allclose(found, places, rtol=0.0, atol=printed)
    np.testing.assert_allclose(surface.evaluate(found)[0], errors, rtol=3e-5, atol=1e-20)


def test_rosenbrock():
    eigenvalues = np.linalg.eigvalsh(Rosenbrock().hessian(np.array([1.0, 1.0])))
    assert eigenvalues[1] / eigenvalues[0] == pytest.approx(2508.0, abs=0.1)
    h = Rosenbrock(a=0.7, b=30.0).hessian(np.array([0.7, 0.49]))
    np.testing.assert_allclose(h, [[2.0 + 8.0 * 30.0 * 0.49, -4.0 * 30.0 * 0.7], [-4.0 * 30.0 * 0.7, 60.0]])
    # into the valley in a few steps, along it in thousands
    path = run(Rosenbrock(), GradientDescent(), 0.0007, (-1.2, 1.0), 20_000)
    error = path.error[:, 0]
    assert error[5] < 0.2 * error[0] and error[1000] > 1.0 and error[-1] < 1e-3


def test_himmelblau_has_four_saddles_and_a_maximum():
    surface = Himmelblau()
    maximum = np.array([-0.2708445906673476, -0.9230385564799815])
    assert np.abs(surface.evaluate(maximum)[1]).max() < 1e-13
    assert (np.linalg.eigvalsh(surface.hessian(maximum)) < 0.0).all()
    found = stationary_points(surface, 40)
    kinds = np.sign(np.linalg.eigvalsh(surface.hessian(found))).sum(axis=-1)
    assert (kinds == 2).sum() == 4 and (kinds == 0).sum() == 4 and (kinds == -2).sum() == 1
    # which minimum is a matter of start and learning rate
    assert len({tuple(ends(surface, start, 0.01).round(3)) for start in [(1, 1), (-1, 1), (-1, -2), (1, -2)]}) == 4
    assert len({tuple(ends(surface, (-0.3, -0.9), eta).round(3)) for eta in (0.001, 0.01, 0.015, 0.02)}) > 1


def stationary_points(surface, side):
    """Where Newton's method ends from a grid of starts in view, each once."""
    (x_low, x_high), (y_low, y_high) = surface.view
    w = np.stack(np.meshgrid(np.linspace(x_low, x_high, side), np.linspace(y_low, y_high, side)), -1).reshape(-1, 2)
    for _ in range(100):
        _, gradient = surface.evaluate(w)
        hessian = surface.hessian(w)
        hessian = hessian[np.abs(np.linalg.det(hessian)) > 1e-9]
        keep = np.abs(np.linalg.det(surface.hessian(w))) > 1e-9
        w = w[keep] - np.linalg.solve(hessian, gradient[keep][..., None])[..., 0]
    w = w[np.abs(surface.evaluate(w)[1]).max(axis=-1) < 1e-9]
    inside = (w[:, 0] >= x_low) & (w[:, 0] <= x_high) & (w[:, 1] >= y_low) & (w[:, 1] <= y_high)
    return np.unique(w[inside].round(7), axis=0)


def test_booth_is_a_quadratic_with_limit_one_ninth():
    np.testing.assert_allclose(np.linalg.eigvalsh(Booth().hessian(np.zeros(2))), [2.0, 18.0])
    assert run(Booth(), GradientDescent(), 0.999 / 9.0, (-3.0, 0.0), 2000).error[-1, 0] < 1.0
    assert run(Booth(), GradientDescent(), 1.001 / 9.0, (-3.0, 0.0), 2000).error[-1, 0] > 221.0


def test_rastrigin():
    surface = Rastrigin()
    x = np.linspace(-5.12, 5.12, 100_001)
    values = surface.evaluate(np.stack([x, np.zeros_like(x)], axis=-1))[0]
    dips = (values[1:-1] < values[:-2]) & (values[1:-1] < values[2:])
    assert dips.sum() ** 2 == 121
    # the same as the published form, which loses its digits near the origin
    w = np.random.default_rng(0).uniform(-5.0, 5.0, (100, 2))
    published = (w**2 + 10.0 * (1.0 - np.cos(2.0 * np.pi * w))).sum(axis=-1)
    np.testing.assert_allclose(surface.evaluate(w)[0], published, rtol=1e-13)
    assert surface.evaluate(np.array([1e-12, 0.0]))[0] == pytest.approx((1.0 + 20.0 * np.pi**2) * 1e-24, rel=1e-12)
    convex = Rastrigin(amplitude=0.05)
    w = np.random.default_rng(0).uniform(-5.0, 5.0, (4000, 2))
    assert np.linalg.eigvalsh(convex.hessian(w)).min() > 0.0
    assert np.linalg.eigvalsh(Rastrigin(amplitude=0.052).hessian(w)).min() < 0.0
    # with small steps a run ends in the dip it starts in
    for start in [(2.3, -1.4), (-3.7, 0.2), (4.2, 4.4)]:
        assert np.abs(ends(surface, start, surface.learning_rate) - np.round(start)).max() < 0.1


def test_goldstein_price_is_the_published_polynomial():
    x, y = np.random.default_rng(0).uniform(-2.0, 2.0, (2, 500))
    first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    second = 30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    error, _ = GoldsteinPrice().evaluate(np.stack([x, y], axis=-1))
    np.testing.assert_allclose(error, first * second, rtol=1e-12)
    (x_low, x_high), (y_low, y_high) = GoldsteinPrice.view
    grid = np.stack(np.meshgrid(np.linspace(x_low, x_high, 201), np.linspace(y_low, y_high, 201)), -1)
    assert 3.0e5 < GoldsteinPrice().evaluate(grid)[0].max() < 3.3e5
    assert run(GoldsteinPrice(), GradientDescent(), 1e-3, GoldsteinPrice.start, 50).diverged_at[0] > 0


def test_without_a_tilt_the_four_minima_are_equal():
    np.testing.assert_allclose(StyblinskiTang(tilt=0.0).evaluate(StyblinskiTang(tilt=0.0).minima)[0], -64.0)
    error = StyblinskiTang().evaluate(StyblinskiTang().minima)[0]
    assert error[0] < error[1] == error[2] < error[3]
    starts = np.random.default_rng(1).uniform([-5.0, -4.2], [5.0, 4.2], (400, 2))
    path = run(StyblinskiTang(), GradientDescent(), 0.01, starts, 500)
    lowest = np.abs(path.weights[-1] - StyblinskiTang().minima[0]).max(axis=-1) < 1e-3
    assert 0.2 < lowest.mean() < 0.5


def test_the_camel_is_symmetric_and_has_three_heights():
    surface = SixHumpCamel()
    w = np.random.default_rng(0).uniform(-2.0, 2.0, (50, 2))
    np.testing.assert_array_equal(surface.evaluate(w)[0], surface.evaluate(-w)[0])
    np.testing.assert_allclose(
        surface.evaluate(surface.minima)[0], np.repeat([-1.031628, -0.215464, 2.104250], 2), rtol=0, atol=6e-7
    )
    found = stationary_points(surface, 40)
    assert (np.linalg.eigvalsh(surface.hessian(found)) > 0.0).all(axis=-1).sum() == 6


def test_the_monkey_saddle_is_degenerate_and_left_downwards():
    surface = MonkeySaddle()
    assert not surface.hessian(np.zeros(2)).any() and not surface.evaluate(np.zeros(2))[1].any()
    w = np.random.default_rng(0).normal(size=(50, 2))
    radius = np.linalg.norm(w, axis=-1)
    np.testing.assert_allclose(np.linalg.eigvalsh(surface.hessian(w)), 6.0 * np.stack([-radius, radius], axis=-1))
    angle = np.arctan2(w[:, 1], w[:, 0])
    np.testing.assert_allclose(surface.evaluate(w)[0], radius**3 * np.cos(3.0 * angle), rtol=1e-12, atol=1e-14)
    path = run(surface, GradientDescent(), surface.learning_rate, surface.start, 400)
    assert path.diverged_at[0] >= 60 and abs(path.error[25, 0]) < 0.1


@pytest.mark.parametrize("eta", [0.05, 0.1, 0.2])
def test_gradient_descent_can_stay_only_where_it_is_flat_enough(eta):
    surface, random = Sharpness(), np.random.default_rng(2)
    a = np.exp(random.uniform(-2.5, 2.5, 200))
    w = np.stack([a, 1.0 / a], axis=-1)
    sharpness = np.linalg.eigvalsh(surface.hessian(w))
    np.testing.assert_allclose(sharpness[:, 1], (w**2).sum(axis=-1), rtol=1e-12)
    np.testing.assert_allclose(sharpness[:, 0], 0.0, atol=1e-10)
    path = run(surface, GradientDescent(), eta, w + 1e-6 * random.normal(size=w.shape), 3000)
    stayed = np.linalg.norm(path.weights[-1] - w, axis=-1) < 1e-4
    near = np.abs(sharpness[:, 1] * eta / 2.0 - 1.0) < 0.02
    np.testing.assert_array_equal(stayed[~near], (sharpness[:, 1] < 2.0 / eta)[~near])
    assert stayed.any() and not stayed.all()


def test_no_minimum_holds_above_one():
    w = np.array([[1.0 + 1e-6, 1.0], [-1.0, -1.0 + 1e-6]])
    path = run(Sharpness(), GradientDescent(), 1.02, w, 3000)
    assert (np.abs(path.weights[-1] - np.round(w)).max(axis=-1) > 1e-2).all()


@pytest.mark.parametrize(("kappa", "left"), [(10.0, 1e-12), (100.0, 4e-5), (1000.0, 0.04)])
def test_what_is_published_of_the_chain_holds_for_many_weights_only(kappa, left):
    root = np.sqrt(kappa)
    published = ((root - 1.0) / (root + 1.0)) ** np.arange(1, 51)
    gaps, numbers = [], []
    for dimension in (2, 5, 25, 50):
        surface = ConvexRosenbrock(dimension=dimension, limiting_condition_number=kappa)
        gaps.append(np.abs(surface.minima[0] - published[:dimension]).max())
        numbers.append(surface.condition_number)
    assert gaps[-1] == min(gaps) <= left and max(gaps) > 0.09
    assert (np.diff(numbers) > 0.0).all() and numbers[0] < 0.7 * kappa
    assert 0.8 * kappa < numbers[-1] < kappa


def test_along_the_chain_news_travels_one_weight_a_step():
    surface = ConvexRosenbrock()
    for rule in (GradientDescent(), Momentum()):
        path = run(surface, rule, 0.2, surface.start, 24)
        for step in range(25):
            assert not path.weights[step, 0, step:].any()
            assert path.weights[step, 0, :step].all()


def test_heavy_ball_goes_round_three_points_for_ever():
    starts = np.linspace(3.07, 3.46, 400)[:, None]
    for momentum, eta in ((4.0 / 9.0, 1.0 / 9.0), (0.4444, 0.1111)):  # also with the digits that a link holds
        path = run(PiecewiseQuadratic(), Momentum(momentum=momentum), eta, starts, 3000)
        np.testing.assert_allclose(path.weights[-1], path.weights[-4], rtol=1e-9)
        cycle = np.sort(path.weights[-3:, :, 0], axis=0)
        exact = np.array([-2208.0, 792.0, 2592.0])[:, None] / 1225.0
        np.testing.assert_allclose(cycle, np.broadcast_to(exact, cycle.shape), atol=1e-12 if eta == 1 / 9 else 1e-3)
    assert run(PiecewiseQuadratic(), Momentum(momentum=4.0 / 9.0), 1.0 / 9.0, (3.0,), 3000).error[-1, 0] < 1e-20
    assert run(PiecewiseQuadratic(), GradientDescent(), 2.0 / 26.0, (3.3,), 500).error[-1, 0] < 1e-20


def test_one_step_onto_the_cliff_throws_a_run_far_back():
    surface = PlateauRavine()
    np.testing.assert_allclose(surface.evaluate(np.array([[-3.0, 0.0], [3.0, 0.0]]))[1][:, 0], [-0.2, 29.8])
    slow = run(surface, GradientDescent(), surface.learning_rate, surface.start, 1000)
    x = slow.weights[:, 0, 0]
    assert (x[:150] < 0.6).all() and abs(x[-1] - surface.minima[0, 0]) < 1e-6
    thrown = run(surface, GradientDescent(), 1.5, surface.start, 1000)
    first = int((thrown.weights[:, 0, 0] > 0.7).argmax())
    assert thrown.weights[first:, 0, 0].min() < -4.0
    hurried = run(surface, Momentum(), surface.learning_rate, surface.start, 1000)
    assert (hurried.weights[:, 0, 0] > 0.6).argmax() < 0.2 * (x > 0.6).argmax()
    # and with momentum it takes less to be thrown further
    flung = run(surface, Momentum(), 0.5, surface.start, 1000)
    assert flung.weights[:, 0, 0].min() < -100.0
    assert run(surface, GradientDescent(), 0.4, surface.start, 1000).weights[100:, 0, 0].min() > 0.7


@pytest.mark.parametrize(("depth", "distance"), [(0.0, 3.0), (1.0, 3.0), (4.0, 1.0), (2.5, 4.0)])
def test_two_minima_are_as_deep_and_as_far_apart_as_the_fields_say(depth, distance):
    surface = TwoMinima(depth=depth, distance=distance)
    (a, b), error = surface.minima, surface.evaluate(surface.minima)[0]
    assert b[0] - a[0] == distance
    np.testing.assert_allclose(error, [depth, 0.0], atol=1e-14)
    # the pass
    c = np.array([-3.0 * depth * distance / 32.0, -3.0 * depth * distance / 64.0])
    assert np.abs(surface.evaluate(c)[1]).max() < 1e-14
    assert np.linalg.eigvalsh(surface.hessian(c))[0] < 0.0 < surface.evaluate(c)[0] - depth
    if depth == 0.0:
        assert surface.evaluate(c)[0] == pytest.approx(1.0, rel=1e-14)
    assert set(surface.landmarks) == {"w_A", "w_B", "w_C"}
    np.testing.assert_array_equal([surface.landmarks["w_A"], surface.landmarks["w_B"]], surface.minima)


def test_gradient_descent_stays_on_its_side_and_momentum_may_not():
    surface = TwoMinima()
    np.testing.assert_allclose(ends(surface, surface.start, surface.learning_rate), surface.minima[0], atol=1e-6)
    np.testing.assert_allclose(
        ends(surface, surface.start, surface.learning_rate, rule=Momentum()), surface.minima[1], atol=1e-6
    )


@pytest.mark.parametrize("tilt", [0.5, 5.0, 10.0])
def test_a_tilt_lowers_a_minimum_as_its_help_says(tilt):
    surface = StyblinskiTang(tilt=tilt)
    (share,) = re.findall(r"about (\S+) t lower", surface.parameters()["tilt"].help)
    both, one, other, none = surface.evaluate(surface.minima)[0]
    assert (one, other) == (pytest.approx(both + float(share) * tilt, abs=0.05 * tilt),) * 2
    assert none - one == pytest.approx(float(share) * tilt, abs=0.05 * tilt)
