"""The study: best settings that can be typed, limits, runs and families of a picture."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from valleys import BEST_KNOWN, OPTIMIZERS, magnitudes

from engine import Plane, run, theory
from engine.family import learning_rate_stops
from engine.parameter import four_digits
from engine.study import Entry, study, typed
from surfaces.quadratic import Quadratic

VALLEY = Quadratic()
START = (-1.5, 1.0)
several = settings(max_examples=80)


def picture(surface=VALLEY, slug="momentum", eta=0.02, start=START, steps=60, **settings):
    entry = Entry("a", OPTIMIZERS[slug](**settings), eta)
    return study(surface, [entry], entry, start, steps, Plane.of(surface, include=start))


def rounded_rate(best, eigenvalues) -> float:
    """The rate of the best setting with every number rounded to the nearest of four digits."""
    values = {name: four_digits(getattr(best.optimizer, name)) for name in best.optimizer.parameters()}
    return theory.rate(type(best.optimizer)(**values), four_digits(best.learning_rate), eigenvalues)


@several
@given(st.sampled_from(BEST_KNOWN), magnitudes, magnitudes)
def test_the_typed_best_setting_is_never_worse_than_the_nearest_rounding(slug, one, two):
    eigenvalues = np.sort([one, two])
    best = theory.optimal(OPTIMIZERS[slug], eigenvalues)
    found = typed(best, eigenvalues)
    assert found.rate <= rounded_rate(best, eigenvalues)
    assert found.rate == theory.rate(found.optimizer, found.learning_rate, eigenvalues)
    for value in (found.learning_rate, *(getattr(found.optimizer, name) for name in found.optimizer.parameters())):
        assert value == four_digits(value)


@several
@given(st.sampled_from(BEST_KNOWN), magnitudes, st.floats(0.0, 4.0))
def test_the_typed_best_setting_is_nearly_as_quick_as_the_exact_one(slug, largest, decades):
    smallest = max(four_digits(largest / 10.0**decades), 1e-3)
    eigenvalues = np.sort([smallest, largest])
    best = theory.optimal(OPTIMIZERS[slug], eigenvalues)
    assert typed(best, eigenvalues).rate < 1.0
    # four digits of eta and mu move a double root by sqrt(5e-4) at worst
    assert typed(best, eigenvalues).rate - best.rate < 0.035
    assert 1.0 - typed(best, eigenvalues).rate > 0.6 * (1.0 - best.rate)


def test_the_typed_best_setting_of_the_default_valley():
    lam = np.array([1.0, 20.0])
    found = typed(theory.optimal(OPTIMIZERS["momentum"], lam), lam)
    assert found.rate <= theory.rate(OPTIMIZERS["momentum"](momentum=0.4028), 0.1335, lam) < 0.6347


@several
@given(magnitudes)
def test_a_round_bowl_has_a_best_setting(value):
    for one, two in ((value, value), (value, four_digits(1.001 * value))):
        for slug in BEST_KNOWN:
            best = theory.optimal(OPTIMIZERS[slug], [one, two])
            assert 0.0 <= typed(best, np.array([one, two])).rate < 0.1


@pytest.mark.parametrize("slug", OPTIMIZERS)
@pytest.mark.parametrize("low", [-1.0, 0.0, 1.0])
def test_there_is_a_best_setting_where_theory_knows_one_and_the_bowl_has_a_bottom(slug, low):
    found = picture(Quadratic(eigenvalue_1=low), slug, 0.01)
    known = low > 0.0 and slug in BEST_KNOWN
    assert (found.best is not None) == (found.typed_best is not None) == known


LIMITS = {
    "gradient_descent": lambda mu: 2.0,
    "momentum": lambda mu: 2.0 + 2.0 * mu,
    "nesterov": lambda mu: (2.0 + 2.0 * mu) / (1.0 + 2.0 * mu),
}


@pytest.mark.parametrize("slug", LIMITS)
@pytest.mark.parametrize(("one", "two", "largest"), [(1.0, 20.0, 20.0), (-7.0, 2.0, 2.0), (0.0, 5.0, 5.0)])
def test_the_gauge_limit_is_that_of_the_directions_that_curve_up(slug, one, two, largest):
    found = picture(Quadratic(eigenvalue_1=one, eigenvalue_2=two), slug)
    expected = LIMITS[slug](getattr(found.edited.optimizer, "momentum", 0.0)) / largest
    assert found.limit == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("one", "two"), [(0.0, 0.0), (-1.0, -2.0), (-1.0, 0.0)])
def test_without_a_direction_that_curves_up_there_is_no_limit(one, two):
    assert math.isinf(picture(Quadratic(eigenvalue_1=one, eigenvalue_2=two)).limit)


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_the_runs_and_families_of_a_study_are_those_of_run(slug):
    found = picture(slug=slug, eta=0.03)
    assert found.present.family.values[found.index] == 0.03
    for member in found.families:
        family = member.family
        assert len(family.values) == len(family.optimizers) == len(family.learning_rates) == len(member.verdicts)
        for r in {*range(0, len(family.values), 7), found.index}:
            path = run(VALLEY, family.optimizers[r], family.learning_rates[r], START, 60)
            np.testing.assert_allclose(family.trajectory.weights[:, r], path.weights[:, 0], rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(member.modes[:, r], VALLEY.modes(path.weights[:, 0]), rtol=1e-9, atol=1e-12)


def test_a_study_of_several_edits_the_one_it_is_told():
    one, two = Entry("a", OPTIMIZERS["adam"](), 0.01), Entry("b", OPTIMIZERS["nesterov"](), 0.02)
    found = study(VALLEY, [one, two], two, START, 30, Plane.of(VALLEY))
    assert list(found.others) == ["a"] and found.others["a"].optimizers == [one.optimizer]
    assert found.present.family.optimizers[found.index] == two.optimizer
    assert all(isinstance(member.family.optimizers[0], OPTIMIZERS["nesterov"]) for member in found.families)


@several
@given(st.floats(-8.0, 4.0), st.floats(-3.0, 3.0))
def test_a_learning_rates_stops_hold_the_present_one_and_go_beyond_the_limit(exponent, limit_exponent):
    present, limit = 10.0**exponent, 10.0**limit_exponent
    stops = learning_rate_stops(limit, present)
    assert stops == sorted(set(stops)) and stops.count(present) == 1 and 101 <= len(stops) <= 102
    others = [stop for stop in stops if stop != present]
    assert others[0] == pytest.approx(limit / 1000.0, rel=0.08) and others[-1] == pytest.approx(1.5 * limit, rel=0.08)
    assert all(stop == four_digits(stop) for stop in others)


@pytest.mark.parametrize("limit", [math.inf, 0.0])
def test_without_a_limit_the_stops_span_what_a_student_may_want(limit):
    stops = learning_rate_stops(limit, 0.02)
    assert (stops[0], stops[-1]) == (1e-4, 10.0)
