"""Rules that look about before they step: Newton, exact line search and conjugate gradient."""

from dataclasses import dataclass

import numpy as np
import pytest

from engine import run, sweep, trials
from engine.kernel import kernel
from engine.optimizers.conjugate_gradient import ConjugateGradient
from engine.optimizers.exact_line_search import ExactLineSearch
from engine.optimizers.newton import Newton
from engine.parameter import parameter
from engine.surface import Surface
from surfaces.himmelblau import Himmelblau
from surfaces.quadratic import Quadratic

RULES = [ExactLineSearch(), ConjugateGradient(), ConjugateGradient(formula="fletcher-reeves"), Newton()]
SEARCHES = RULES[:3]
VALLEY, START = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=30.0), (-1.5, 1.0)

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.label(1.0))


@dataclass(frozen=True)
class Banana(Surface):
    """E(w) = (1 - x)^2 + b (y - x^2)^2, Rosenbrock's."""

    bend: float = parameter(100.0, 1.0, 1000.0, "b", step=1.0)

    title = "Banana"
    dim = 2
    start = (-1.2, 1.0)
    view = ((-2.0, 2.0), (-1.0, 3.0))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        for r in range(w.shape[1]):
            x, y = w[0, r], w[1, r]
            off = y - x * x
            error[r] = (1.0 - x) * (1.0 - x) + theta[0] * off * off
            g[0, r] = -2.0 * (1.0 - x) - 4.0 * theta[0] * x * off
            g[1, r] = 2.0 * theta[0] * off

    def hessian(self, w):
        x, y = np.moveaxis(np.asarray(w), -1, 0)
        h = np.empty((*x.shape, 2, 2))
        h[..., 0, 0] = 2.0 - 4.0 * self.bend * (y - 3.0 * x * x)
        h[..., 0, 1] = h[..., 1, 0] = -4.0 * self.bend * x
        h[..., 1, 1] = 2.0 * self.bend
        return h

    @property
    def minima(self):
        return np.ones((1, 2))


@pytest.mark.parametrize("rule", SEARCHES, ids=lambda rule: rule.label(1.0))
def test_every_step_ends_where_the_slope_along_it_is_zero(rule):
    """On a surface that is no quadratic; and all the way there the error only falls."""
    path = run(Banana(), rule, None, Banana().start, 40)
    moved = np.diff(path.weights[:, 0], axis=0)
    for k, step in enumerate(moved):
        slope = path.gradient[k + 1, 0] @ step
        assert abs(slope) <= 1e-9 * abs(path.gradient[k, 0] @ step) + 1e-13 * np.linalg.norm(step)
        along = path.weights[k, 0] + np.linspace(0.0, 1.0, 301)[:, None] * step
        assert (np.diff(Banana().evaluate(along)[0]) <= 1e-13).all()
    assert (np.diff(path.error[:, 0]) <= 0.0).all()
    np.testing.assert_allclose(path.learning_rate[0, 0], np.abs(moved[0] / path.gradient[0, 0]), rtol=1e-12)


def test_conjugate_gradient_is_there_long_before_line_search_on_the_banana():
    errors = [run(Banana(), rule, None, Banana().start, 60).error[-1, 0] for rule in SEARCHES]
    assert errors[1] < 1e-20 and errors[2] < 1e-4 < errors[0]


@pytest.mark.parametrize("kappa", [3.0, 20.0, 300.0])
def test_the_worst_start_of_line_search_leaves_the_kantorovich_share_at_every_step(kappa):
    """((kappa - 1)/(kappa + 1))^2 of the error, from alpha = (kappa, 1); no start leaves more."""
    valley = Quadratic(eigenvalue_1=1.0, eigenvalue_2=kappa, angle=0.0)
    share = ((kappa - 1.0) / (kappa + 1.0)) ** 2
    error = run(valley, ExactLineSearch(), None, (kappa, 1.0), 12).error[:, 0]
    np.testing.assert_allclose(error[1:] / error[:-1], share, rtol=1e-9)
    starts = np.random.default_rng(2).normal(size=(200, 2))
    error = run(valley, ExactLineSearch(), None, starts, 8).error
    assert (error[1:] <= share * error[:-1] * (1.0 + 1e-9) + 1e-300).all()


def test_successive_gradients_of_line_search_are_perpendicular():
    g = run(VALLEY, ExactLineSearch(), None, START, 12).gradient[:, 0]
    sizes = np.linalg.norm(g, axis=1)
    assert (np.abs((g[1:] * g[:-1]).sum(axis=1)) < 1e-12 * sizes[1:] * sizes[:-1] + 1e-14 * sizes[:-1] ** 2).all()


@pytest.mark.parametrize("rule", [*SEARCHES[1:], Newton()], ids=lambda rule: rule.label(1.0))
@pytest.mark.parametrize("kappa", [1.0, 20.0, 1e3])
def test_conjugate_gradient_ends_in_as_many_steps_as_weights_and_newton_in_one(rule, kappa):
    valley = Quadratic(eigenvalue_1=1.0, eigenvalue_2=kappa, angle=23.0, minimum_x=0.4)
    error = run(valley, rule, None, START, 2).error[:, 0]
    assert error[1 if isinstance(rule, Newton) else 2] < 1e-20 * error[0]


@pytest.mark.parametrize("eigenvalues", [(-1.0, 20.0), (-3.0, -2.0)])
def test_newton_goes_to_whatever_is_stationary(eigenvalues):
    path = run(Quadratic(*eigenvalues, angle=12.0, minimum_x=0.5), Newton(), None, START, 3)
    np.testing.assert_allclose(path.weights[1:, 0], np.broadcast_to([0.5, 0.0], (3, 2)), atol=1e-14)
    assert path.diverged_at[0] == -1


@every_rule
@pytest.mark.parametrize("low", [-1.0, 0.0])
def test_where_there_is_no_step_the_run_ends_without_a_fault(rule, low):
    path = run(Quadratic(eigenvalue_1=low, eigenvalue_2=20.0), rule, None, START, 8)
    at = path.diverged_at[0]
    ends = {("Newton", 0.0): 1, ("Newton", -1.0): -1}.get((rule.title, low))
    assert at == ends if ends else at > 0 or low == 0.0
    if at > 0:
        assert np.isfinite(path.weights[:at]).all() and np.isnan(path.weights[at:]).all()
        assert rule.breakdown.endswith(".")


@every_rule
def test_it_stays_where_the_gradient_vanishes(rule):
    for surface in (VALLEY, Quadratic(eigenvalue_1=0.0, eigenvalue_2=3.0)):
        path = run(surface, rule, None, (0.0, 0.0), 5)
        assert not path.weights.any() and path.diverged_at[0] == -1


def test_evaluations_are_counted_in_gradients():
    """A gradient a step, and beside it: a product with the Hessian 1, a Hessian 2, a look along the ray 1."""
    for rule, each in ((ExactLineSearch(), 2), (ConjugateGradient(), 2), (Newton(), 3)):
        assert run(VALLEY, rule, None, START, 10).evaluations.tolist() == [10 * each]
        assert run(VALLEY, rule, None, [START, (1.0, 1.0)], 10).evaluations.tolist() == [10 * each] * 2
    assert 10 * 2 < run(Banana(), ExactLineSearch(), None, Banana().start, 10).evaluations[0] < 10 * 40


@every_rule
@pytest.mark.parametrize("surface", [VALLEY, Banana(), Quadratic(eigenvalue_1=-1.0)], ids=repr)
def test_trials_and_sweep_keep_the_runs_own_numbers(rule, surface):
    starts = np.random.default_rng(4).normal(size=(9, 2))
    shared = {"learning_rate": 1.0, "steps": 25, "tolerance": 1e-3}
    found = trials(surface, rule, start=starts, block=4, **shared)
    swept = sweep(surface, rule, {"start": starts}, **shared)
    path = run(surface, rule, None, starts, 25)
    last = np.where((path.diverged_at >= 0) & (path.diverged_at < 25), np.nan, path.error[-1])
    np.testing.assert_array_equal(found.error, last)
    np.testing.assert_array_equal(found.diverged_at, path.diverged_at)
    lowest = surface.evaluate(surface.minima)[0].min() if len(surface.minima) else 0.0
    for r in range(9):
        below = path.error[:, r] - lowest <= 1e-3 * (path.error[0, r] - lowest)
        assert found.first_hit[r] == below.argmax() if below.any() else np.isnan(found.first_hit[r])
        held = np.logical_and.accumulate(below[::-1])[::-1]
        assert found.settled[r] == held.argmax() if held.any() else np.isnan(found.settled[r])
    for name in ("error", "settled", "first_hit", "diverged_at"):
        np.testing.assert_array_equal(getattr(swept, name), getattr(found, name))


@every_rule
def test_pieces_and_rows_change_nothing(rule):
    whole, shares = run(Banana(), rule, None, Banana().start, 200), []
    pieces = run(Banana(), rule, None, Banana().start, 200, progress=shares.append)
    np.testing.assert_array_equal(pieces.weights, whole.weights)
    assert shares[-1] == 1.0 and len(shares) > 1
    few = run(Banana(), rule, None, Banana().start, 200, record_every=7, record=("error",))
    np.testing.assert_array_equal(few.error, whole.error[::7])
    stopped = run(Banana(), rule, None, Banana().start, 5000, progress=lambda share: False)
    assert np.isnan(stopped.weights[-1]).all()


def test_runs_with_different_formulas_stand_side_by_side():
    both = run(Banana(), SEARCHES[1:], None, Banana().start, 20)
    for r, rule in enumerate(SEARCHES[1:]):
        alone = run(Banana(), rule, None, Banana().start, 20)
        np.testing.assert_array_equal(both.weights[:, r], alone.weights[:, 0])
        assert both.evaluations[r] == alone.evaluations[0]


@every_rule
def test_clipping_is_refused_in_a_sentence(rule):
    with pytest.raises(ValueError, match=f"clip must be None for {rule.title}"):
        run(VALLEY, rule, None, START, 5, clip=1.0)


@pytest.mark.parametrize("rule", [Newton(), ExactLineSearch(), ConjugateGradient()], ids=repr)
def test_trials_keep_the_last_weights_of_runs_with_noise(rule):
    random = np.random.default_rng(1)
    noise, starts = 0.1 * random.normal(size=(30, 2, 5)), random.normal(size=(5, 2))
    found = trials(Himmelblau(), rule, learning_rate=1.0, start=starts, steps=30, noise=noise, ends=True)
    path = run(Himmelblau(), rule, None, starts, 30, noise=noise)
    np.testing.assert_array_equal(found.weights, path.weights[-1])
    np.testing.assert_array_equal(found.error, path.error[-1])
