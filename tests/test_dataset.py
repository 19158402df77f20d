"""Data: every set is finite, named, the same again, and refuses what does not fit together."""

import numpy as np
import pytest

from engine.dataset import Dataset
from surfaces.data import dataset, discover_data

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
    ],
)
def test_what_does_not_fit_is_refused_by_name(change, said):
    good = {"inputs": [[1.0], [2.0]], "targets": [[0.0], [1.0]], "input_names": ("x",), "target_names": ("y",)}
    with pytest.raises(ValueError, match=said):
        Dataset(**{**good, **change}, title="t", source="s")


def test_an_unknown_slug_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="data must be a Dataset or one of .*five_points.*, got 'nothing'"):
        dataset("nothing")
