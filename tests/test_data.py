"""Sets of data: each holds what its source prints, or what its note says of it."""

from dataclasses import replace

import numpy as np
import pytest

from engine.dataset import Generated
from surfaces.data import dataset, discover_data
from surfaces.data.circles import Circles
from surfaces.data.moons import Moons
from surfaces.data.noisy_line import NoisyLine
from surfaces.data.platelets import Platelets
from surfaces.data.sparse import Sparse
from surfaces.data.spirals import Spirals
from surfaces.data.two_gaussians import TwoGaussians
from surfaces.data.xor import Xor

GENERATED = {slug: cls for slug, cls in discover_data().items() if issubclass(cls, Generated)}
MANY = 1000

every_generated = pytest.mark.parametrize("cls", GENERATED.values(), ids=GENERATED)


def test_there_are_the_sets_that_the_pages_need():
    drawn = {
        "circles",
        "leaning_cloud",
        "moons",
        "noisy_line",
        "platelets",
        "sparse",
        "spirals",
        "two_gaussians",
        "xor",
    }
    assert set(GENERATED) >= drawn
    assert set(discover_data()) >= drawn | {"five_points", "hours", "house_prices", "insurance", "insurance_age"}


def test_insurance_by_age_is_the_table_of_the_slides():
    data = dataset("insurance_age")
    assert data.rows.shape == (15, 2)
    assert data.classes == ("no", "yes")
    assert data.rows[:3].tolist() == [[22, 0], [25, 0], [47, 1]]
    assert data.rows[-1].tolist() == [49, 1]
    assert data.rows.sum(axis=0).tolist() == [637, 7]


def test_the_slides_age_limit_of_42_is_not_where_their_own_line_crosses_one_half():
    """42 happens to divide most rows; the line 0.042 x - 1.53 through the sigmoid is 1/2 at 36.4."""
    age, bought = dataset("insurance_age").rows.T
    assert round(1.53 / 0.042, 1) == 36.4
    assert (age[(age > 42) != (bought == 1)]).tolist() == [52, 55]


def test_no_age_separates_the_classes():
    age, bought = dataset("insurance_age").rows.T
    assert age[bought == 1].min() < age[bought == 0].max()


def test_insurance_by_age_and_affordability_is_the_table_of_the_slides():
    data = dataset("insurance")
    assert data.rows.shape == (13, 3)
    assert data.rows[0].tolist() == [22, 1, 0]
    assert data.rows.sum(axis=0).tolist() == [559, 8, 6]
    ages = dataset("insurance_age").rows[:13]
    assert (data.rows[:, [0, 2]] == ages).all()  # the first 13 of the people before


def test_a_straight_line_separates_who_is_insured():
    data = dataset("insurance")
    score = data.inputs @ [1.0, 15.0] - 59.0
    assert ((score > 0) == (data.labels == 1)).all()


def test_house_prices_are_the_table_of_the_slides():
    rows = dataset("house_prices").rows
    assert rows.tolist() == [
        [1200, 2, 70],
        [1500, 3, 120],
        [2100, 4, 230],
        [1100, 3, 105],
        [1300, 2, 90],
        [900, 1, 55],
    ]


def test_areas_make_one_direction_far_steeper():
    assert condition_number(dataset("house_prices").inputs) > 1e5
    assert condition_number(scaled(dataset("house_prices").inputs)) < 20


@every_generated
def test_generated_rows_follow_their_fields(cls):
    data = cls()
    assert data.dataset() == cls(seed=0).dataset()
    assert data.dataset() != cls(seed=1).dataset()
    for rows in (10, 11, 1000):
        made = cls(rows=rows, seed=3).dataset()
        assert len(made.rows) == rows
        assert np.ptp(made.inputs, axis=0).min() > 0  # no input is constant
        assert np.ptp(made.targets, axis=0).min() > 0


@every_generated
@pytest.mark.parametrize("end", ["low", "high"])
def test_every_setting_at_its_ends_gives_a_set(cls, end):
    for name, declared in cls.parameters().items():
        made = cls(**{name: getattr(declared, end)}).dataset()
        assert np.ptp(made.targets, axis=0).min() > 0


@every_generated
def test_more_noise_is_another_set_of_the_same_kind(cls):
    data = cls()
    assert replace(data, noise=0.2).dataset() != replace(data, noise=0.3).dataset()
    assert replace(data, noise=0.2).dataset().input_names == data.dataset().input_names


@every_generated
def test_classes_are_as_many_as_each_other_and_no_rows_are_sorted(cls):
    data = cls(rows=MANY).dataset()
    if data.classes:
        sizes = np.bincount(data.labels)
        assert np.ptp(sizes) <= 1
        changes = np.count_nonzero(np.diff(data.labels))
        assert changes > MANY / 3  # in random order it changes in about half of the rows
    assert (np.diff(data.inputs, axis=0) < 0).any() and (np.diff(data.targets, axis=0) < 0).any()


def test_the_line_is_y_equal_to_2_x_minus_1():
    data = NoisyLine(rows=MANY).dataset()
    residual = data.targets[:, 0] - (2 * data.inputs[:, 0] - 1)
    assert residual.std() == pytest.approx(0.5, rel=0.1)
    assert abs(residual.mean()) < 3 * 0.5 / np.sqrt(MANY)
    exact = NoisyLine(noise=0).dataset()
    np.testing.assert_allclose(exact.targets, 2 * exact.inputs - 1, rtol=1e-15)


def test_the_gaussians_have_their_means_and_spread():
    data = TwoGaussians(rows=MANY).dataset()
    for label, mean in ((0, -1.0), (1, 1.0)):
        cloud = data.inputs[data.labels == label]
        np.testing.assert_allclose(cloud.mean(axis=0), mean, atol=4 * 0.8 / np.sqrt(500))
        np.testing.assert_allclose(cloud.std(axis=0), 0.8, rtol=0.1)
    wrong = (data.inputs.sum(axis=1) > 0) != (data.labels == 1)
    assert 0.02 < wrong.mean() < 0.06  # Phi(-sqrt(2)/0.8) = 0.0385


def test_exclusive_or_without_noise_is_the_corners():
    data = Xor(noise=0).dataset()
    assert set(map(tuple, data.rows.tolist())) == {(-1, -1, 0), (1, 1, 0), (-1, 1, 1), (1, -1, 1)}


def test_circles_without_noise_have_their_radii():
    data = Circles(noise=0).dataset()
    np.testing.assert_allclose(np.hypot(*data.inputs.T), np.where(data.labels == 1, 0.5, 1.0), rtol=1e-14)


def test_moons_without_noise_are_half_circles():
    data = Moons(noise=0).dataset()
    x, y = data.inputs.T
    upper = data.labels == 0
    np.testing.assert_allclose(np.hypot(x[upper], y[upper]), 1.0)
    np.testing.assert_allclose(np.hypot(x[~upper] - 1.0, y[~upper] - 0.5), 1.0)
    assert (y[upper] >= 0).all() and (y[~upper] <= 0.5).all()


@pytest.mark.parametrize("arms", [2, 3])
def test_spirals_without_noise_are_arms_turned_against_each_other(arms):
    data = Spirals(noise=0, arms=arms, rows=300).dataset()
    assert data.classes == tuple(f"arm {k + 1}" for k in range(arms))
    assert data.targets.shape == (300, 1 if arms == 2 else 3)
    r = np.hypot(*data.inputs.T)
    assert r.min() >= 0.1 and r.max() <= 1.0
    turned = np.arctan2(data.inputs[:, 1], data.inputs[:, 0]) - 2 * np.pi * (r + data.labels / arms)
    np.testing.assert_allclose(np.cos(turned), 1.0)


def test_most_sparse_inputs_are_0_and_the_rare_ones_tell_as_much():
    data = Sparse(rows=MANY, noise=0).dataset()
    shares = data.inputs.mean(axis=0)
    assert set(np.unique(data.inputs)) == {0.0, 1.0}
    assert (data.inputs == 0).mean() > 0.8
    assert (shares[0], shares[-1]) == (0.5, 0.02)
    assert (np.diff(shares) < 0).all()
    weights = np.linalg.lstsq(data.inputs, data.targets[:, 0], rcond=None)[0]
    np.testing.assert_allclose(weights, [1, -1] * 5, atol=1e-12)


def test_height_and_platelets_are_hopeless_until_they_are_scaled():
    """H of the mean error of y = w x is the second moments of x."""
    data = Platelets(rows=MANY).dataset()
    height, platelets = data.inputs.T
    assert 1.2 < height.min() < height.max() < 2.2
    assert height.mean() == pytest.approx(1.7, abs=0.02)
    assert platelets.mean() == pytest.approx(250_000, rel=0.03)
    assert condition_number(data.inputs) > 1e11
    assert condition_number(scaled(data.inputs)) < 1.3
    weights = np.linalg.lstsq(scaled(data.inputs), data.targets[:, 0] - data.targets.mean(), rcond=None)[0]
    np.testing.assert_allclose(weights, 10.0, rtol=0.1)  # both matter alike


def scaled(inputs):
    """Bishop and Bishop (2024), 7.50."""
    return (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)


def condition_number(inputs):
    moments = np.linalg.eigvalsh(inputs.T @ inputs / len(inputs))
    return moments[-1] / moments[0]
