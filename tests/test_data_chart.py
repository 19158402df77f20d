"""The figure of a dataset: every row is drawn, where it is and as what it is."""

import json

import numpy as np
import pytest

from charts.colours import PALETTES
from charts.data import data_figure, data_words
from engine.table import read_table
from surfaces.data import dataset, discover_data
from surfaces.data.spirals import Spirals


def named_colours(item):
    """Every colour that a figure names."""
    if isinstance(item, dict):
        return set().union(*map(named_colours, item.values()), set())
    if isinstance(item, (list, tuple)):
        return set().union(*map(named_colours, item), set())
    return {item[1:]} if isinstance(item, str) and item.startswith("@") else set()


@pytest.mark.parametrize("slug", discover_data())
def test_every_row_is_drawn_once(slug):
    data = dataset(slug)
    figure = data_figure(data)
    rows = np.concatenate([trace["customdata"][:, 0] for trace in figure["data"]]).astype(int) - 1
    assert sorted(rows) == list(range(len(data.rows)))
    x = np.concatenate([trace["x"] for trace in figure["data"]])
    assert (x == data.inputs[rows, 0]).all()
    y = np.concatenate([trace["y"] for trace in figure["data"]])
    assert (y == (data.inputs[rows, 1] if data.inputs.shape[1] > 1 else data.targets[rows, 0])).all()
    (low, high), (bottom, top) = (figure["layout"][axis]["range"] for axis in ("xaxis", "yaxis"))
    assert low < x.min() and x.max() < high and bottom < y.min() and y.max() < top


@pytest.mark.parametrize("slug", discover_data())
def test_colours_are_those_of_both_themes(slug):
    figure = data_figure(dataset(slug))
    for palette in PALETTES.values():
        assert named_colours(figure) <= palette.keys()


def test_classes_differ_in_colour_or_symbol():
    data = read_table("".join(f"{n},{n * n},{name}\n" for n, name in enumerate("abcdefghij")))
    marks = {(trace["marker"]["color"], trace["marker"]["symbol"]) for trace in data_figure(data)["data"]}
    assert len(marks) == 10
    first = data_figure(Spirals(arms=3).dataset())["data"]
    assert (
        len({trace["marker"]["color"] for trace in first}) == len({trace["marker"]["symbol"] for trace in first}) == 3
    )


def test_classes_over_one_input_stand_at_their_names():
    axis = data_figure(dataset("insurance_age"))["layout"]["yaxis"]
    assert (axis["tickvals"], axis["ticktext"]) == ([0, 1], ["no", "yes"])


def test_circles_are_round_and_ages_are_not():
    assert data_figure(dataset("circles"))["layout"]["yaxis"]["scaleanchor"] == "x"
    assert "scaleanchor" not in data_figure(dataset("insurance"))["layout"]["yaxis"]


def test_names_of_a_students_table_are_no_markup():
    text = json.dumps(
        data_figure(read_table("<b>a</b>,<i>b</i>,<a href='x'>c</a>\n1,2,<u>p</u>\n2,1,q\n3,3,q")),
        default=lambda array: array.tolist(),
    )
    assert "<b>a" not in text and "<i>" not in text and "<u>" not in text and "&lt;u&gt;p" in text


def test_words_for_those_who_cannot_see_it():
    assert data_words(dataset("insurance_age")) == "Insurance by age: 15 rows over age; 8 of class no, 7 of class yes."
    assert data_words(dataset("house_prices")) == "House prices: 6 rows over area and bedrooms; price from 55 to 230."
