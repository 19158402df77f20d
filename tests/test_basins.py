"""Where each start ends: against single runs, on the quadratic and on a surface with two minima."""

import numpy as np
import pytest
from double_well import DoubleWell

from engine import run
from engine.basins import basins, grid
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.trials import trials
from surfaces.quadratic import Quadratic

GD = GradientDescent()


def ended(surface, rule, eta, start, steps, tolerance):
    """Return which minimum one run settled at and from which step on, by its trajectory; -1 and nan for none."""
    path = run(surface, rule, eta, start, steps)
    if path.diverged_at[0] >= 0:
        return -1, np.nan
    place = int(np.square(surface.minima - path.weights[-1, 0]).sum(axis=1).argmin())
    level = surface.evaluate(surface.minima[place])[0]
    error = path.error[:, 0] - level
    above = np.flatnonzero(~(error <= tolerance * error[0]))
    settled = above[-1] + 1 if len(above) else 0
    return (place, settled) if settled <= steps else (-1, np.nan)


def test_the_grid_is_of_square_cells_that_fill_the_view():
    for columns in (11, 60, 161):
        x, y = grid(Quadratic(), columns)
        side = 4.8 / columns
        np.testing.assert_allclose(np.diff(x), side)
        np.testing.assert_allclose(np.diff(y), side)
        assert x[0] - side / 2 == pytest.approx(-2.4) and x[-1] + side / 2 == pytest.approx(2.4)
        assert abs(y[-1] - y[0] + side - 3.2) <= side / 2 + 1e-12 and y[0] == pytest.approx(-y[-1])
    assert [len(part) for part in grid(Quadratic(), 161)] == [161, 107]


@pytest.mark.parametrize("tilt", [0.0, 0.3])
@pytest.mark.parametrize(("rule", "eta"), [(GD, 0.05), (GD, 0.2), (Momentum(momentum=0.9), 0.02)], ids=str)
def test_every_cell_is_what_its_run_does(rule, eta, tilt):
    surface = DoubleWell(tilt=tilt)
    found = basins(surface, rule, eta, 31, steps=120, tolerance=1e-4)
    random = np.random.default_rng(1)
    for j, i in zip(random.integers(0, len(found.y), 60), random.integers(0, len(found.x), 60), strict=True):
        end, settled = ended(surface, rule, eta, (found.x[i], found.y[j]), 120, 1e-4)
        assert found.end[j, i] == end
        np.testing.assert_equal(found.steps[j, i], settled)


def test_small_steps_end_on_the_side_where_they_began():
    found = basins(DoubleWell(), GD, 0.05, 40, steps=300, tolerance=1e-4)
    np.testing.assert_array_equal(found.end, np.broadcast_to(np.where(found.x < 0.0, 0, 1), found.end.shape))
    assert not found.outside.any()


def test_momentum_carries_some_starts_over_the_ridge():
    found = basins(DoubleWell(), Momentum(momentum=0.9), 0.02, 40, steps=400, tolerance=1e-4)
    side = np.where(found.x < 0.0, 0, 1)
    assert ((found.end >= 0) & (found.end != side)).any()


def test_a_higher_minimum_is_an_end_like_the_lower_one():
    surface = DoubleWell(tilt=0.3)
    levels, _ = surface.evaluate(surface.minima)
    assert levels[1] > levels[0] + 0.1
    found = basins(surface, GD, 0.05, 30, steps=400, tolerance=1e-6)
    assert set(np.unique(found.end)) == {0, 1} and np.isfinite(found.steps).all()


def test_steps_too_long_leave_the_picture():
    found = basins(Quadratic(), GD, 0.11, 30, steps=100, tolerance=1e-6)
    assert found.outside.all() and (found.end == -1).all() and np.isnan(found.steps).all()


def test_steps_too_few_are_not_there_yet_and_still_inside():
    found = basins(Quadratic(), GD, 0.01, 30, steps=10, tolerance=1e-6)
    assert (found.end == -1).all() and not found.outside.any()


def test_a_saddle_is_left():
    found = basins(Quadratic(eigenvalue_1=-1.0), GD, 0.05, 31, steps=300, tolerance=1e-6)
    assert (found.end == -1).all() and found.outside.mean() > 0.95


def test_on_a_quadratic_the_steps_depend_on_the_direction_of_the_start_alone():
    path = [trials(Quadratic(), GD, learning_rate=0.05, start=(-1.5 * s, 1.0 * s), steps=300) for s in (0.1, 1.0, 8.0)]
    assert len({float(item.settled[0]) for item in path}) == 1


def test_a_rule_whose_steps_stay_long_arrives_when_it_is_first_there():
    found = basins(Quadratic(), Adam(), 0.3, 15, steps=300, tolerance=1e-6)
    points = np.array([(x, y) for y in found.y for x in found.x])
    hits = trials(Quadratic(), Adam(), learning_rate=0.3, start=points, steps=300).first_hit
    np.testing.assert_array_equal(found.steps.ravel(), hits)


def test_stopped_it_is_nothing():
    assert basins(Quadratic(), Adam(), 0.1, 301, steps=5000, tolerance=1e-6, progress=lambda share: False) is None


def test_progress_runs_once_from_start_to_end_over_all_heights():
    told = []
    basins(
        DoubleWell(tilt=0.3), Adam(), 0.01, 201, steps=2000, tolerance=1e-6, progress=lambda s: told.append(s) or True
    )
    assert told == sorted(told) and told[-1] == 1.0


# ---- what trials keep for it


def test_the_last_weights_are_those_of_the_run():
    starts = np.random.default_rng(2).uniform(-2, 2, (50, 2))
    found = trials(Quadratic(), Momentum(), learning_rate=0.02, start=starts, steps=70, ends=True, block=16)
    path = run(Quadratic(), Momentum(), 0.02, starts, 70)
    np.testing.assert_array_equal(found.weights, path.weights[-1])
    assert trials(Quadratic(), Momentum(), learning_rate=0.02, start=starts, steps=70).weights is None


def test_errors_count_from_where_they_are_told_to():
    args = {"learning_rate": 0.02, "start": (0.5, 0.5), "steps": 600, "tolerance": 1e-6}
    usual = trials(Quadratic(), GD, **args)
    assert trials(Quadratic(), GD, lowest=0.0, **args).settled == usual.settled
    above = trials(Quadratic(), GD, lowest=1e-3, **args)
    assert above.settled < usual.settled


@pytest.mark.parametrize("lowest", [np.nan, np.inf, "0", True])
def test_what_errors_count_from_is_a_number(lowest):
    with pytest.raises(ValueError, match="lowest must be finite"):
        trials(Quadratic(), GD, learning_rate=0.02, start=(1.0, 1.0), steps=10, lowest=lowest)
