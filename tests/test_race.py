"""The fair race: the same terms for all, judged on cases that nobody was tuned on."""

from dataclasses import replace

import numpy as np
import pytest

from engine import discover_optimizers, run, theory
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.race import JUDGED_ON, TUNED_ON, Cases, Terms, cases, counts, good_zone, half, lane, sensitivity
from engine.settling import first_hit, settled_step
from engine.tuning import Setting, random_log, settings, space
from surfaces.quadratic import Quadratic

VALLEY, START = Quadratic(minimum_x=0.5), (-1.5, 1.0)
SMALL = Terms(budget=8, steps=120)
FAR = float(np.hypot(-1.5 - 0.5, 1.0))
RATED = [cls for cls in discover_optimizers().values() if cls.has_learning_rate]
every_optimizer = pytest.mark.parametrize("cls", RATED, ids=lambda cls: cls.__name__)


@pytest.mark.parametrize("judged", [False, True])
def test_starts_lie_all_around_and_angles_too(judged):
    drawn = cases(VALLEY, START, SMALL, judged)
    starts, angles = JUDGED_ON if judged else TUNED_ON
    assert (len(drawn.starts), len(drawn.surfaces)) == (starts, angles)
    reach = np.linalg.norm(drawn.starts - VALLEY.stationary_point, axis=1)
    assert (reach >= 0.5 * FAR).all() and (reach <= 2.0 * FAR).all()
    turns = np.array([surface.angle for surface in drawn.surfaces])
    assert (np.diff(turns) > 0.0).all() and turns[0] >= 0.0 and turns[-1] < 180.0
    assert all(replace(surface, angle=VALLEY.angle) == VALLEY for surface in drawn.surfaces)
    around = np.degrees(np.arctan2(*(drawn.starts - VALLEY.stationary_point).T[::-1])) % 360.0
    assert (np.floor(around / (360.0 / starts)) == np.arange(starts)).all()


def test_cases_come_from_the_seed_and_nobody_is_judged_on_what_it_was_tuned_on():
    tuned, judged = (cases(VALLEY, START, SMALL, given) for given in (False, True))
    again = cases(VALLEY, START, SMALL, judged=True)
    np.testing.assert_array_equal(judged.starts, again.starts)
    assert judged.surfaces == again.surfaces
    other = cases(VALLEY, START, replace(SMALL, seed=2), judged=True)
    for one, two in ((tuned, judged), (judged, other)):
        assert not {surface.angle for surface in one.surfaces} & {surface.angle for surface in two.surfaces}
        assert not set(one.starts[:, 0]) & set(two.starts[:, 0])


@every_optimizer
@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_every_count_is_that_of_a_run_by_itself(cls, noise):
    terms = replace(SMALL, noise=noise, tolerance=1e-2)
    drawn = cases(VALLEY, START, terms, judged=False)
    tried = settings(cls, random_log(space(cls, VALLEY, START), 3, 1))
    found = counts(drawn, tried, terms)
    evaluations = 0
    for t, setting in enumerate(tried):
        for case in range(len(drawn.surfaces) * len(drawn.starts)):
            turn, begin = divmod(case, len(drawn.starts))
            added = drawn.noise[:, :, case : case + 1] if noise else None
            eta, start = setting.learning_rate, drawn.starts[begin]
            path = run(drawn.surfaces[turn], setting.optimizer, eta, start, terms.steps, noise=added)
            evaluations += int(path.evaluations[0])
            np.testing.assert_array_equal(found.first[t, case], first_hit(path.error, 1e-2)[0])
            np.testing.assert_array_equal(found.stays[t, case], settled_step(path.error, 1e-2)[0])
            if path.diverged_at[0] < 0:
                assert found.error[t, case] == path.error[-1, 0] / path.error[0, 0]
            else:
                assert np.isinf(found.error[t, case])
    assert found.evaluations == evaluations


@every_optimizer
def test_with_noise_of_nothing_the_counts_are_those_without(cls):
    drawn = cases(VALLEY, START, SMALL, judged=False)
    silent = Cases(drawn.surfaces, drawn.starts, np.zeros((SMALL.steps, 2, TUNED_ON[0] * TUNED_ON[1])))
    tried = settings(cls, random_log(space(cls, VALLEY, START), 4, 1))
    one, other = counts(drawn, tried, SMALL), counts(silent, tried, SMALL)
    for name in ("first", "stays", "error"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.evaluations == other.evaluations


@every_optimizer
@pytest.mark.parametrize("stays", [True, False])
def test_a_lane_keeps_the_trial_with_the_fewest_mean_steps(cls, stays):
    terms = replace(SMALL, stays=stays)
    found = lane(VALLEY, START, cls, terms)
    tried = settings(cls, random_log(found.space, terms.budget, terms.seed))
    tuned = counts(cases(VALLEY, START, terms, judged=False), tried, terms)
    steps = tuned.stays if stays else tuned.first
    means = np.where(np.isnan(steps), terms.steps, steps).mean(axis=1)
    assert found.found in tried and found.mean == means.min() == means[tried.index(found.found)]
    assert found.spent == tuned.evaluations <= terms.budget * TUNED_ON[0] * TUNED_ON[1] * terms.steps
    judged = counts(cases(VALLEY, START, terms, judged=True), [found.found], terms)
    np.testing.assert_array_equal(found.first, judged.first[0])
    np.testing.assert_array_equal(found.stays, judged.stays[0])
    np.testing.assert_array_equal(found.counted, found.stays if stays else found.first)
    assert found.reached == np.isfinite(found.counted).mean()


def test_a_lane_is_the_same_every_time_and_another_with_another_seed():
    one, other = (lane(VALLEY, START, Adam, SMALL) for _ in range(2))
    assert one.found == other.found
    np.testing.assert_array_equal(one.counted, other.counted)
    assert lane(VALLEY, START, Adam, replace(SMALL, seed=2)).found != one.found


@pytest.mark.parametrize("cls", [cls for cls in RATED if cls.textbook], ids=lambda cls: cls.__name__)
def test_a_race_farther_away_or_on_a_steeper_valley_is_the_same_race(cls):
    """With stabilisers of nothing the textbook's rules are equivariant; what is left are the four digits of a setting.

    AdamW's decay, Adadelta's unit of w and delta-bar-delta's added rates have a scale of their own.
    """
    start, scale = (-1.5, 1.0), 50.0
    steep = Quadratic(eigenvalue_1=scale, eigenvalue_2=20.0 * scale)
    found = []
    for surface, begin in ((Quadratic(), start), (Quadratic(), (-75.0, 50.0)), (steep, start)):
        points = random_log(space(cls, surface, begin), 40, 1)
        if "stabiliser" in points[0]:
            points = [{**point, "stabiliser": 1e-16} for point in points]
        found.append(counts(cases(surface, begin, SMALL, judged=False), settings(cls, points), SMALL).first)
    for other in found[1:]:
        one, same = (np.where(np.isnan(steps), np.inf, steps) for steps in (found[0], other))
        assert np.isfinite(one).any() and np.isclose(one, same, atol=1.0).mean() > 0.97


@pytest.mark.parametrize("slug", ["adagrad", "rmsprop", "adam", "momentum"])
def test_who_is_tuned_well_does_not_hang_on_the_units_of_w(slug):
    near, far = (
        lane(Quadratic(), start, discover_optimizers()[slug], Terms()).median for start in ((-1.5, 1.0), (-75.0, 50.0))
    )
    assert far == pytest.approx(near, rel=0.25)  # a stabiliser up to 1 is another one fifty times as far away


def test_half_of_the_cases_is_half_of_the_cases():
    assert half(np.array([3.0, np.nan, 1.0, np.nan])) == 3.0
    assert half(np.array([np.nan, np.nan, 1.0, np.nan])) == np.inf
    assert half(np.array([5.0, 4.0, 1.0, 2.0])) == 2.0 and half(np.array([4.0, 9.0, 5.0])) == 5.0


def test_with_many_trials_gradient_descent_is_tuned_nearly_to_its_best():
    found = lane(VALLEY, START, GradientDescent, Terms(budget=128, steps=500))
    best = theory.optimal(GradientDescent, VALLEY.eigenvalues)
    assert found.found.learning_rate == pytest.approx(best.learning_rate, rel=0.15)
    limit = theory.stability_limit(GradientDescent(), VALLEY.eigenvalues)
    assert found.good[0] < best.learning_rate < limit and found.good[1] < limit
    assert 0.2 < found.decades < 0.5


def test_a_linear_rule_does_not_care_how_the_valley_is_turned():
    drawn = cases(VALLEY, START, SMALL, judged=True)
    modes = drawn.surfaces[0].modes(drawn.starts)
    tried = [Setting(Momentum(momentum=0.5), 0.05)]
    whole = counts(drawn, tried, SMALL).stays.reshape(JUDGED_ON[1], JUDGED_ON[0])
    for j, surface in enumerate(drawn.surfaces):
        turned = surface.stationary_point + modes @ surface.eigenvectors.T
        alone = counts(Cases([surface], turned, None), tried, SMALL).stays[0]
        np.testing.assert_allclose(alone, whole[0], atol=1.0)
        assert j == 0 or not np.array_equal(turned, drawn.starts)


def test_noise_is_the_same_for_all_and_keeps_the_target_out_of_reach():
    terms = Terms(budget=8, steps=200, noise=1.0, tolerance=1e-8)
    one, other = (cases(VALLEY, START, terms, judged=True) for _ in range(2))
    np.testing.assert_array_equal(one.noise, other.noise)
    assert one.noise.shape == (200, 2, 64) and abs(one.noise.std() - 1.0) < 0.02
    found = lane(VALLEY, START, GradientDescent, terms)
    assert found.reached == 0.0 and found.median == np.inf and found.good is None and found.decades == 0.0


def test_sensitivity_counts_what_is_not_there_as_all_steps():
    terms = replace(SMALL, steps=60)
    drawn = cases(VALLEY, START, terms, judged=True)
    etas = np.array([1e-4, 0.09, 0.11])
    steps = sensitivity(drawn, GradientDescent(), etas, terms)
    one = counts(drawn, [Setting(GradientDescent(), 0.09)], terms).first[0]
    assert np.isinf(steps[[0, 2]]).all()
    assert steps[1] == np.where(np.isnan(one), 60, one).mean()


@pytest.mark.parametrize(
    ("steps", "zone"),
    [
        ([9, 4, 3, 2, 4, 5], (2.0, 5.0)),
        ([2, 2, 2], (1.0, 3.0)),
        ([np.inf, 5, np.inf, 5], (2.0, 2.0)),
        ([4, 9, 3, 9, 2], (5.0, 5.0)),
        ([np.inf, np.inf], None),
    ],
)
def test_the_good_zone_is_what_needs_twice_the_steps_without_a_gap(steps, zone):
    etas = np.arange(1.0, len(steps) + 1.0)
    assert good_zone(etas, np.array(steps, dtype=float)) == zone
