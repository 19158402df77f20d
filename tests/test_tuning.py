"""Search spaces, grids and random draws, and which trials are stopped early."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import discover_optimizers, run, theory
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.tuning import Span, grid, halving, random_linear, random_log, searched_rates, settings, space
from surfaces.quadratic import Quadratic

VALLEY, START = Quadratic(), (-1.5, 1.0)
NEVER = np.array([-1] * 64)
every_optimizer = pytest.mark.parametrize("cls", discover_optimizers().values(), ids=lambda cls: cls.__name__)


def test_spans_are_even_in_what_they_say():
    shares = np.array([0.0, 0.25, 0.5, 1.0])
    np.testing.assert_allclose(Span(1.0, 5.0, "linear").at(shares), [1.0, 2.0, 3.0, 5.0])
    np.testing.assert_allclose(Span(1e-4, 1.0, "log").at(shares), [1e-4, 1e-3, 1e-2, 1.0])
    np.testing.assert_allclose(Span(0.0, 0.9999, "decay").at(shares), [0.0, 0.9, 0.99, 0.9999])


@pytest.mark.parametrize(
    ("low", "high", "spacing"),
    [(0.0, 1.0, "log"), (-1.0, 1.0, "log"), (0.0, 1.0, "decay"), (2.0, 1.0, "linear"), (0.0, 1.0, "cubic")],
)
def test_a_span_without_such_a_spacing_is_refused(low, high, spacing):
    with pytest.raises(ValueError, match=f"no {spacing} spacing in"):
        Span(low, high, spacing)


@every_optimizer
def test_every_optimizer_has_a_space_and_every_point_of_it_is_allowed(cls):
    spans = space(cls, VALLEY, START)
    assert list(spans) == ["learning_rate", *(name for name, known in cls.parameters().items() if known.searched)]
    for name, span in spans.items():
        if name != "learning_rate":
            assert (span.low, span.high) == (cls.parameters()[name].low, cls.parameters()[name].high)
        assert "…" in span.words
    points = random_log(spans, 64, seed=1)
    for setting in settings(cls, points):
        assert spans["learning_rate"].low <= setting.learning_rate <= spans["learning_rate"].high
        assert float(f"{setting.learning_rate:.4g}") == setting.learning_rate


@every_optimizer
def test_every_learning_rate_is_searched_over_four_decades_and_in_the_units_of_the_valley(cls):
    low, high = searched_rates(cls, VALLEY, START)
    assert np.log10(high / low) == pytest.approx(4.0)
    far = searched_rates(cls, VALLEY, (50.0 * START[0], 50.0 * START[1]))
    steep = searched_rates(cls, Quadratic(eigenvalue_1=7.0, eigenvalue_2=140.0), START)
    scaled = (1.0, 7.0) if cls().linear else (50.0, 1.0)
    np.testing.assert_allclose([far[0] / low, low / steep[0]], scaled)
    limit = theory.stability_limit(GradientDescent(), VALLEY.eigenvalues)
    assert not cls().linear or low < 0.01 * limit < 2.0 * limit <= high * (1.0 + 1e-12)


def test_decays_are_searched_in_what_they_lack_to_one_and_stabilisers_in_their_logarithm():
    spacings = {name: span.spacing for name, span in space(Adam, VALLEY, START).items()}
    assert spacings == {"learning_rate": "log", "decay_1": "decay", "decay_2": "decay", "stabiliser": "log"}


@pytest.mark.parametrize(("budget", "count"), [(1, 1), (8, 8), (64, 64)])
def test_a_grid_over_one_setting_spends_the_whole_budget(budget, count):
    etas = [point["learning_rate"] for point in grid({"learning_rate": Span(1e-4, 1.0, "log")}, budget)]
    assert len(etas) == count
    if count > 1:
        assert (etas[0], etas[-1]) == (1e-4, 1.0)
        np.testing.assert_allclose(np.diff(np.log10(etas)), 4.0 / (count - 1), atol=1e-3)


def test_a_grid_over_several_has_equally_many_points_on_every_axis():
    points = grid(space(Momentum, VALLEY, START), 70)
    assert len(points) == 64
    assert {len({point[name] for point in points}) for name in points[0]} == {8}
    assert len(grid(space(Adam, VALLEY, START), 64)) == 16


@given(budget=st.integers(1, 64), seed=st.integers(0, 10_000))
def test_the_first_trials_are_the_same_whatever_the_budget(budget, seed):
    spans = space(Momentum, VALLEY, START)
    assert random_log(spans, budget, seed) == random_log(spans, 64, seed)[:budget]
    assert random_log(spans, 64, seed) != random_log(spans, 64, seed + 1)


def test_linear_and_logarithmic_draws_are_the_same_shares():
    span = Span(1e-4, 10.0, "log")
    log = np.array([point["learning_rate"] for point in random_log({"learning_rate": span}, 40, 3)])
    linear = np.array([point["learning_rate"] for point in random_linear({"learning_rate": span}, 40, 3)])
    np.testing.assert_allclose(np.log10(log / 1e-4) / 5.0, (linear - 1e-4) / (10.0 - 1e-4), atol=1e-3)
    assert (linear >= 1.0).mean() > 0.8  # nine tenths of what is drawn linearly lie in the highest of five decades
    assert 0.1 < (log >= 1.0).mean() < 0.35


def test_halving_by_hand():
    error = np.array(
        [
            [1.0, 1.0, 1.0, 1.0],
            [0.9, 0.5, 0.4, 0.8],
            [0.0, 0.5, 0.1, 0.0],
        ]
    )
    found = halving(error, NEVER[:4])
    assert found.rungs == (1, 2)
    assert found.stopped_at.tolist() == [1, 2, 2, 1]  # 0 and 3 would have been the best
    assert (found.kept, found.evaluations, found.whole) == (2, 6, 8)


def test_what_diverged_is_the_worst_and_takes_no_gradients_afterwards():
    error = np.array([[1.0, 1.0], [np.nan, 5.0], [np.nan, 9.0]])
    found = halving(error, np.array([1, -1]))
    assert (found.kept, found.evaluations, found.whole) == (1, 3, 3)


def test_of_equals_the_earlier_trial_is_kept():
    found = halving(np.ones((9, 8)), NEVER[:8])
    assert found.kept == 0 and found.rungs == (2, 4, 8)
    assert found.evaluations == 4 * 2 + 2 * 4 + 2 * 8 and found.whole == 64


@given(count=st.integers(1, 40), steps=st.integers(0, 90), seed=st.integers(0, 1000))
def test_the_rest_of_a_stopped_trial_decides_nothing(count, steps, seed):
    rng = np.random.default_rng(seed)
    error = rng.random((steps + 1, count))
    found = halving(error, np.full(count, -1))
    assert found.stopped_at[found.kept] == steps and found.evaluations <= found.whole == count * steps
    unseen = np.where(np.arange(steps + 1)[:, None] > found.stopped_at, rng.random((steps + 1, count)), error)
    again = halving(unseen, np.full(count, -1))
    assert again.kept == found.kept and (again.stopped_at == found.stopped_at).all()
    last = found.stopped_at == steps
    assert error[-1, found.kept] == error[-1, last].min()


def test_halving_saves_most_of_the_gradients_of_a_real_search():
    etas = [point["learning_rate"] for point in random_log({"learning_rate": Span(1e-4, 0.099, "log")}, 32, 5)]
    path = run(VALLEY, GradientDescent(), np.array(etas), (-1.5, 1.0), 64)
    found = halving(path.error, path.diverged_at)
    assert found.rungs == (4, 8, 16, 32, 64)
    assert found.whole == 32 * 64 and found.evaluations == 16 * 4 + 8 * 8 + 4 * 16 + 2 * 32 + 2 * 64
    assert path.error[-1, found.kept] == path.error[-1].min()
