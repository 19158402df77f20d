"""Data: every set is finite, named, the same again, and refuses what does not fit together."""

import numpy as np
import pytest

from engine.dataset import Dataset
from surfaces.data import dataset, discover_data
from surfaces.data.noisy_line import NoisyLine
from surfaces.data.spirals import Spirals
from surfaces.data.two_gaussians import TwoGaussians

DATA = discover_data()


@pytest.mark.parametrize("slug", DATA)
def test_data_is_the_same_again_and_has_a_source(slug):
    data = DATA[slug]()
    made = data.dataset()
    assert made == data.dataset() == dataset(slug)
    assert hash(made) == hash(dataset(slug))
    assert made.title == data.title
    assert made.source
    assert data.note


def test_the_five_points_lie_on_the_line_of_the_deck():
    rows = dataset("five_points").rows
    assert rows.tolist() == [[2, -0.5], [3, 0], [5, 1], [7, 2], [9, 3]]


def test_sets_of_other_content_are_not_equal():
    one = Dataset([[1.0]], [[2.0]], ("x",), ("y",), "one", "a test")
    assert one != Dataset([[1.0]], [[3.0]], ("x",), ("y",), "one", "a test")
    assert one == Dataset([[1.0]], [[2.0]], ("x",), ("y",), "one", "another test")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"inputs": np.empty((0, 1))}, "inputs must have rows"),
        ({"inputs": [1.0, 2.0]}, "inputs must have rows"),
        ({"inputs": [[1.0], [np.nan]]}, "inputs must be finite, got nan in row 2"),
        ({"targets": [[1.0]]}, "targets must have a row for each"),
        ({"input_names": ("x", "z")}, "input_names must name 1 columns, got 2"),
        ({"classes": ("a", "b", "c")}, "got 3 classes and 1 columns"),
        ({"classes": ("a",)}, "got 1 classes"),
        ({"classes": ("a", "b"), "targets": [[0.0], [2.0]]}, "targets must be 0 or 1, one class a row, got row 2"),
        (
            {"classes": ("a", "b", "c"), "targets": [[1.0, 1.0, 0.0]] * 2, "target_names": ("a", "b", "c")},
            "one class a row, got row 1",
        ),
    ],
)
def test_what_does_not_fit_is_refused_by_name(change, said):
    good = {"inputs": [[1.0], [2.0]], "targets": [[0.0], [1.0]], "input_names": ("x",), "target_names": ("y",)}
    with pytest.raises(ValueError, match=said):
        Dataset(**{**good, **change}, title="t", source="s")


def test_an_unknown_slug_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="data must be a Dataset or one of .*five_points.*, got 'nothing'"):
        dataset("nothing")


def test_labels_are_the_places_of_the_classes():
    assert dataset("insurance_age").labels.tolist() == dataset("insurance_age").targets[:, 0].tolist()
    three = Dataset.in_classes(np.eye(3), np.array([2, 0, 1]), ("a", "b", "c"), "kind", "t", "s", ("p", "q", "r"))
    assert three.targets.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    assert three.target_names == ("p", "q", "r")
    assert three.labels.tolist() == [2, 0, 1]
    with pytest.raises(ValueError, match="Five points on a line has no classes"):
        dataset("five_points").labels  # noqa: B018


@pytest.mark.parametrize("slug", DATA)
def test_ordered_rows_are_the_same_rows_sorted_by_target(slug):
    data = dataset(slug)
    rows = data.ordered().rows
    assert sorted(map(tuple, rows)) == sorted(map(tuple, data.rows))
    first = data.ordered().labels if data.classes else data.ordered().targets[:, 0]
    assert (np.diff(first) >= 0).all()


def stochastic(inputs, targets, order, learning_rate=0.02, passes=20):
    """Weights of stochastic gradient descent for a straight line after every pass, (passes, K + 1)."""
    w, path = np.zeros(inputs.shape[1] + 1), []
    rows = np.concatenate([inputs, np.ones((len(inputs), 1))], axis=1)
    for p in range(passes):
        for n in order(p):
            w = w - learning_rate * (rows[n] @ w - targets[n, 0]) * rows[n]
        path.append(w)
    return np.array(path)


def excess(data, w):
    """How far the mean error of a straight line is above the least there is."""
    rows = np.concatenate([data.inputs, np.ones((len(data.inputs), 1))], axis=1)
    best = np.linalg.lstsq(rows, data.targets[:, 0], rcond=None)[0]
    return np.mean((rows @ (w - best)) ** 2) / 2


@pytest.mark.parametrize("noise", [0.5, 1.0])
def test_rows_sorted_by_target_mislead_and_rows_sorted_by_input_do_not(noise):
    """Mean over seeds and over the ends of passes, after the first ten."""
    ends = []
    for seed in range(10):
        data, random = NoisyLine(noise=noise, seed=seed).dataset(), np.random.default_rng(seed)
        by_input = data.taken(np.argsort(data.inputs[:, 0]))
        for rows, order in (
            (data.ordered(), lambda p: np.arange(100)),
            (by_input, lambda p: np.arange(100)),
            (data, lambda p, random=random: random.permutation(100)),
        ):
            ends.append(np.mean([excess(rows, w) for w in stochastic(rows.inputs, rows.targets, order)[10:]]))
    by_target, by_input, shuffled = np.reshape(ends, (10, 3)).mean(axis=0)
    assert by_target > 4 * shuffled
    assert by_input < 2 * shuffled


@pytest.mark.parametrize("slug", DATA)
def test_scaled_inputs_have_mean_0_and_variance_1(slug):
    scaled = dataset(slug).scaled()
    np.testing.assert_allclose(scaled.inputs.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(scaled.inputs.var(axis=0), 1.0)
    assert (scaled.targets == dataset(slug).targets).all()
    assert scaled.input_names[0] == f"{dataset(slug).input_names[0]}, scaled"
    np.testing.assert_allclose(scaled.scaled().inputs, scaled.inputs, atol=1e-12)


@pytest.mark.parametrize("slug", DATA)
def test_rows_held_out_are_scaled_by_those_that_train(slug):
    training, validation = dataset(slug).split(0.6, 1)
    mean, spread = training.inputs.mean(axis=0), training.inputs.std(axis=0)
    scaled = validation.scaled(training)
    expected = (validation.inputs - mean) / np.where(spread > 0.0, spread, 1.0)
    np.testing.assert_allclose(scaled.inputs, expected, rtol=1e-12, atol=1e-12)
    assert scaled.input_names == training.scaled().input_names
    assert scaled.title == training.scaled().title == f"{dataset(slug).title}, scaled"
    assert training.scaled(training) == training.scaled() != training.scaled(validation)


def test_what_is_constant_where_it_trains_is_only_moved():
    training = Dataset([[7.0], [7.0]], [[1.0], [2.0]], ("x",), ("y",), "t", "s")
    held_out = Dataset([[7.0], [9.0]], [[1.0], [2.0]], ("x",), ("y",), "t", "s")
    assert held_out.scaled(training).inputs.tolist() == [[0.0], [2.0]]


def test_an_input_that_is_constant_is_scaled_to_0():
    data = Dataset([[7.0], [7.0]], [[1.0], [2.0]], ("x",), ("y",), "t", "s")
    assert data.scaled().inputs.tolist() == [[0.0], [0.0]]


@pytest.mark.parametrize("slug", DATA)
def test_doubled_rows_leave_the_mean_as_it_is(slug):
    data = dataset(slug)
    twice = data.doubled()
    assert (twice.rows == np.concatenate([data.rows, data.rows])).all()
    np.testing.assert_allclose(twice.rows.mean(axis=0), data.rows.mean(axis=0), rtol=1e-12, atol=1e-12)


def test_one_pass_over_doubled_rows_is_two_over_the_rows():
    data = NoisyLine().dataset()
    once = stochastic(data.inputs, data.targets, lambda p: np.arange(100), passes=2)
    twice = stochastic(*(getattr(data.doubled(), name) for name in ("inputs", "targets")), lambda p: np.arange(200))
    assert (twice[0] == once[1]).all()


@pytest.mark.parametrize("slug", DATA)
@pytest.mark.parametrize("share", [0.01, 0.5, 0.7, 0.99])
def test_split_parts_the_rows_and_keeps_their_order(slug, share):
    data = dataset(slug)
    training, validation = data.split(share, 3)
    again = data.split(share, 3)
    assert (training, validation) == again
    left = [tuple(row) for row in data.rows]
    for part in (training, validation):
        assert len(part.rows) >= 1
        places = [left.index(tuple(row)) for row in part.rows]
        assert places == sorted(places)
    assert sorted([*map(tuple, training.rows), *map(tuple, validation.rows)]) == sorted(left)
    assert abs(len(training.rows) - share * len(left)) <= 1


@pytest.mark.parametrize("data", [TwoGaussians(rows=101).dataset(), Spirals(arms=3).dataset()], ids=repr)
def test_split_gives_each_class_its_share(data):
    for seed in range(20):
        _, validation = data.split(0.75, seed)
        sizes = np.bincount(data.labels)
        held = np.bincount(validation.labels, minlength=len(sizes))
        assert np.abs(held - sizes * len(validation.rows) / len(data.rows)).max() <= 1.0


def test_another_seed_splits_otherwise():
    data = dataset("moons")
    assert data.split(0.7, 0) != data.split(0.7, 1)


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, np.nan])
def test_a_share_outside_is_refused(share):
    with pytest.raises(ValueError, match="share must be between 0 and 1"):
        dataset("moons").split(share, 0)


def test_one_row_cannot_be_split():
    with pytest.raises(ValueError, match="one has one row"):
        Dataset([[1.0]], [[2.0]], ("x",), ("y",), "one", "a test").split(0.5, 0)
