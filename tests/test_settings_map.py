"""The map of settings: its cells against single runs and against prediction, its axes, and its theory."""

from dataclasses import replace

import numpy as np
import pytest

from charts.settings_map import Frame, settings_message
from engine import discover_optimizers, run, theory
from engine.lowest import lowest
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nesterov import Nesterov
from engine.parameter import four_digits
from engine.predicted import predicted_steps
from engine.settings_map import STARTS, learning_rates_across, limits, rows, settings_map, spacing, up_values
from engine.settling import first_hit, settled_step
from engine.study import Entry
from surfaces import discover_surfaces
from surfaces.quadratic import Quadratic

VALLEY = Quadratic()
START = (-1.5, 1.0)
RULES = discover_optimizers()
OTHERS = {
    slug: cls
    for slug, cls in discover_surfaces().items()
    if cls().dim == 2 and cls is not Quadratic and cls().bounded_below
}


def small(rule, up, cells=12, steps=150, surface=VALLEY, log=False, **more):
    declared = type(surface).parameters()[up[8:]] if up.startswith("surface.") else rule.parameters()[up]
    values = up_values(declared, cells)
    bounds = limits(rows(surface, rule, up, values.tolist())) if rule.linear else []
    rates = learning_rates_across(bounds, log, cells)
    return settings_map(surface, rule, up, rates, values, start=START, steps=steps, tolerance=1e-6, **more)


@pytest.mark.parametrize("slug", RULES)
def test_every_cell_is_what_its_run_does(slug):
    rule = RULES[slug]()
    for up in (*rule.parameters(), "surface.eigenvalue_1", "surface.angle"):
        found = small(rule, up)
        assert found.reached.shape == found.diverged_at.shape == (len(found.values), len(found.learning_rates))
        for j in range(0, len(found.values), 3):
            (row,) = rows(VALLEY, rule, up, [float(found.values[j])])
            path = run(row.surface, row.optimizer, found.learning_rates, START, 150)
            reached = settled_step if rule.steps_shrink else first_hit
            np.testing.assert_array_equal(found.reached[j], reached(path.error, 1e-6))
            np.testing.assert_array_equal(found.diverged_at[j], path.diverged_at)


@pytest.mark.parametrize("slug", OTHERS)
@pytest.mark.parametrize("cls", [GradientDescent, Nesterov, Adam])
def test_every_cell_of_any_surface_is_what_its_run_does(slug, cls):
    surface, rule = OTHERS[slug](), cls()
    rates = np.array([0.01, 0.3, 1.0, 2.0]) * surface.learning_rate
    fields = [f"surface.{name}" for name in surface.parameters()][:1]
    for up in (*[*rule.parameters()][:1], *fields, "start.x", "start.y"):
        if up in STARTS:
            values = np.linspace(*surface.view[STARTS.index(up)], 4)
        else:
            owner = surface if up in fields else rule
            values = up_values(owner.parameters()[up.removeprefix("surface.")], 4)
        found = settings_map(surface, rule, up, rates, values, start=surface.start, steps=200, tolerance=1e-3)
        for j, row in enumerate(rows(surface, rule, up, values.tolist())):
            start = list(surface.start)
            if up in STARTS:
                start[STARTS.index(up)] = values[j]
            bottom = lowest(row.surface).error if len(lowest(row.surface).places) else -1e300
            path = run(row.surface, row.optimizer, rates, start, 200)
            reached = settled_step if rule.steps_shrink else first_hit
            np.testing.assert_array_equal(found.reached[j], reached(path.error - bottom, 1e-3))
            np.testing.assert_array_equal(found.diverged_at[j], path.diverged_at)
        assert found.theory is None and (found.local_limits is None) == (cls is Adam)


@pytest.mark.parametrize("slug", OTHERS)
@pytest.mark.parametrize("rule", [GradientDescent(), Momentum(momentum=0.5), Nesterov(momentum=0.5)], ids=repr)
def test_beyond_the_local_limit_steps_near_the_lowest_minimum_grow_and_below_it_they_shrink(slug, rule):
    surface = OTHERS[slug]()
    (limit,) = limits(rows(surface, rule, "start.x", [0.0]))
    flattest = lowest(surface).places[0]
    if not surface.hessian(flattest).any():
        assert limit == np.inf
        return
    steep = np.linalg.eigh(surface.hessian(flattest))[1][:, -1]
    path = run(surface, rule, np.array([0.97, 1.03]) * limit, flattest + 1e-7 * steep, 60)
    below, beyond = np.linalg.norm(path.weights - flattest, axis=-1)[-1]
    assert below < 0.9e-7 and beyond > 1.5e-7


@pytest.mark.parametrize("cls", [GradientDescent, Momentum, Adam])
def test_on_a_quadratic_the_start_may_go_up_the_side_too(cls):
    values, rates = np.array([-2.0, 0.5, 2.0]), np.array([0.01, 0.05])
    found = settings_map(VALLEY, cls(), "start.y", rates, values, start=START, steps=150, tolerance=1e-3)
    for j, y in enumerate(values):
        path = run(VALLEY, cls(), rates, (START[0], y), 150)
        reached = settled_step if cls().steps_shrink else first_hit
        np.testing.assert_array_equal(found.reached[j], reached(path.error, 1e-3))
    assert (found.theory is None) == (cls is Adam) and found.local_limits is None


@pytest.mark.parametrize("cls", [Momentum, Nesterov])
def test_where_theory_predicts_the_steps_the_map_shows_them(cls):
    found = small(cls(), "momentum", cells=20, steps=400)
    modes = VALLEY.modes(np.array(START))
    for j, mu in enumerate(found.values.tolist()):
        predicted = predicted_steps(cls(momentum=mu), found.learning_rates, VALLEY.eigenvalues, modes)
        there = predicted <= 395  # beyond that "stays below" may be decided by what follows the run
        np.testing.assert_array_equal(found.reached[j, there], predicted[there])
        assert np.isnan(found.reached[j, ~np.isfinite(predicted)]).all()


@pytest.mark.parametrize("cls", [Momentum, Nesterov])
def test_its_theory_is_that_of_each_cell(cls):
    found = small(cls(), "momentum", cells=15)
    lam = VALLEY.eigenvalues
    for j, mu in enumerate(found.values.tolist()):
        rule = cls(momentum=mu)
        assert found.theory.limits[j] == theory.stability_limit(rule, lam)
        np.testing.assert_array_equal(found.theory.slowest[j], theory.slowest_mode(rule, found.learning_rates, lam))
        np.testing.assert_array_equal(found.theory.polynomials[j], theory.ends(rule))
        np.testing.assert_array_equal(found.theory.regimes[j], theory.regime(rule, found.learning_rates, lam))
        np.testing.assert_allclose(found.theory.critical[j], theory.critical_damping(rule) / lam[:, None])
        beyond = found.learning_rates > found.theory.limits[j] * (1 + 1e-9)
        diverges = found.theory.regimes[j] == theory.REGIMES.index("divergence")
        np.testing.assert_array_equal(diverges.any(axis=-1), beyond)


@pytest.mark.parametrize("cls", [GradientDescent, Momentum, Nesterov])
def test_no_cell_is_faster_in_the_long_run_than_the_best_setting(cls):
    up = next(iter(cls.parameters()), "surface.angle")
    found = small(cls(), up, cells=60)
    best = found.theory.best[0]
    assert best == theory.optimal(cls, VALLEY.eigenvalues)
    settings = rows(VALLEY, cls(), up, found.values.tolist())
    sizes = np.array([theory.rate(row.optimizer, found.learning_rates, VALLEY.eigenvalues) for row in settings])
    assert sizes.min() >= best.rate - 1e-9
    j, i = np.unravel_index(sizes.argmin(), sizes.shape)
    step = found.learning_rates[1] - found.learning_rates[0]
    assert abs(found.learning_rates[i] - best.learning_rate) <= 2 * step
    if cls.parameters():
        assert abs(found.values[j] - best.optimizer.momentum) <= 0.05


def test_the_best_learning_rate_follows_the_condition():
    found = small(GradientDescent(), "surface.eigenvalue_1")
    for value, best in zip(found.values, found.theory.best, strict=True):
        assert best.learning_rate == pytest.approx(2.0 / (value + 20.0))


def test_adaptive_rules_have_no_theory_and_flat_directions_no_critical_damping():
    assert small(Adam(), "decay_1").theory is None
    flat = small(Momentum(), "momentum", surface=replace(VALLEY, eigenvalue_1=0.0))
    assert np.isnan(flat.theory.critical[:, 0]).all() and np.isfinite(flat.theory.critical[:, 1]).all()
    assert (flat.theory.slowest == 1).all() and flat.theory.best == [None] * len(flat.values)


@pytest.mark.parametrize("up", ["surface.eigenvalue_1", "surface.eigenvalue_2"])
def test_every_row_has_the_names_of_its_own_directions(up):
    found = small(GradientDescent(), up, cells=15)
    settings = rows(VALLEY, GradientDescent(), up, found.values.tolist())
    assert found.theory.labels == [row.surface.labels for row in settings] and len({*found.theory.labels}) == 2
    other = 20.0 if up.endswith("1") else 1.0
    entry = Entry("a", GradientDescent(), 0.1)
    frame = Frame(up, Quadratic.parameters()[up[8:]], False, 150, 1e-6, entry, 20.0)
    header, arrays = settings_message([found], frame)
    one, two = (found.values, other) if up.endswith("1") else (other, found.values)
    pairs = arrays[header["maps"][0]["known"]["eigenvalues"]].reshape(-1, 2)
    np.testing.assert_allclose(pairs, np.stack(np.broadcast_arrays(one, two), axis=1))
    assert header["labels"] == ["₁", "₂"]
    for line in header["maps"][0]["lines"]:
        if line["label"].startswith("critical"):
            xs = arrays[line["x"]]
            expected = np.broadcast_to(1.0 / (one if line["label"].endswith("₁") else two), xs.shape)
            there = np.isfinite(xs)
            assert there[line["at"]]
            np.testing.assert_allclose(xs[there], expected[there])


# ---- axes


@pytest.mark.parametrize("slug", RULES)
def test_values_up_the_side_can_be_typed_and_fill_the_range(slug):
    for declared in (*RULES[slug].parameters().values(), *Quadratic.parameters().values()):
        for count in (10, 120, 400):
            values = up_values(declared, count)
            assert len(values) == count and (np.diff(values) >= 0.0).all()
            assert all(declared.check("value", float(value)) == four_digits(float(value)) for value in values)
            assert values[-1] == declared.high
            assert values[0] == (declared.low if declared.low >= 0.0 or not declared.smallest else declared.smallest)


def test_a_weight_near_one_is_spread_by_what_is_left_to_one():
    assert [spacing(declared) for declared in Adam.parameters().values()] == ["linear", "tail", "log"]
    assert spacing(Momentum.parameters()["momentum"]) == "linear"
    values = up_values(Adam.parameters()["decay_2"], 5)
    np.testing.assert_allclose(values, [0.0, 0.9, 0.99, 0.999, 0.9999])


@pytest.mark.parametrize("count", [10, 120, 400])
def test_learning_rates_reach_beyond_the_largest_limit(count):
    even, log = (learning_rates_across([0.1, 0.2, np.inf, 0.0], way, count) for way in (False, True))
    for rates in (even, log):
        assert len(rates) == count and (np.diff(rates) > 0.0).all() and rates[0] > 0.0 and rates[-1] > 0.2
        assert all(four_digits(rate) == rate for rate in rates.tolist())
    np.testing.assert_allclose(log[[0, -1]], [0.0002, 0.3])
    np.testing.assert_allclose(learning_rates_across([], False, count)[[0, -1]], [1e-4, 10.0])


def test_an_axis_begins_a_decade_below_the_learning_rate_that_a_surface_hints_at():
    np.testing.assert_allclose(learning_rates_across([0.2], True, 10, [1e-5, 1e-2])[[0, -1]], [1e-6, 0.3])
    np.testing.assert_allclose(learning_rates_across([0.2], True, 10, [0.1])[[0, -1]], [0.0002, 0.3])
    np.testing.assert_allclose(learning_rates_across([np.inf], True, 10, [1e-5])[[0, -1]], [1e-4, 10.0])


# ---- stopping


def test_stopped_it_is_nothing():
    rates, values = np.geomspace(1e-3, 1.0, 200), np.linspace(0.0, 0.99, 200)
    args = {"start": START, "steps": 5000, "tolerance": 1e-6}
    assert settings_map(VALLEY, Adam(), "decay_1", rates, values, progress=lambda share: False, **args) is None


@pytest.mark.parametrize("tolerance", [0.0, -1.0, np.nan])
def test_a_tolerance_is_above_zero(tolerance):
    with pytest.raises(ValueError, match="tolerance"):
        settings_map(VALLEY, Momentum(), "momentum", [0.1], [0.5], start=START, steps=10, tolerance=tolerance)
