"""The page Backpropagation without a browser: its views, its links, hostile addresses, and what it says."""

import numpy as np
import pytest
from browser import ROOT
from visit import components, picture, visit, warned

from engine.expression import graph
from engine.words import number, whole
from widgets.backpropagation import depth
from widgets.backpropagation import paths as paths_view
from widgets.views import found

pytestmark = pytest.mark.usefixtures("patient")
PAGE = ROOT / "app_pages" / "inside" / "backpropagation.py"
VIEWS = list(found("widgets.backpropagation"))


def opened(**query):
    return visit({name.replace("__", "."): value for name, value in query.items()}, PAGE)


def drawn(app):
    """Return header and arrays of the one picture on the page, a row for every place of its slider."""
    header, arrays = picture(app)
    stops = header["slider"]["stops"] if "slider" in header else header["index"]["texts"]
    return header, {name: array.reshape(len(stops), -1) for name, array in arrays.items()}


# ---- views


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_by_its_address_and_begins_with_its_sentence(view):
    app = opened(backpropagation=view)
    assert not app.exception and not app.error and not app.warning and not app.info
    assert app.main.markdown[0].value == f"**{found('widgets.backpropagation')[view].TITLE}**"
    assert sum(len(data) for data in components(app)) < 400_000


def test_views_are_in_order_and_the_first_is_that_of_paths():
    orders = [view.ORDER for view in found("widgets.backpropagation").values()]
    assert orders == sorted(orders) and len(set(orders)) == len(orders) and VIEWS[0] == "paths"


def test_an_unknown_view_is_said_and_the_first_drawn():
    app = opened(backpropagation="nothing")
    assert "backpropagation" in warned(app, "backpropagation")
    assert app.main.markdown[0].value == f"**{found('widgets.backpropagation')[VIEWS[0]].TITLE}**"


@pytest.mark.parametrize("bad", ["", "nan", "inf", "-1e999", "two", "<b>", "9" * 50_000])
@pytest.mark.parametrize(("view", "key"), [("paths", "paths__w"), ("depth", "depth__width")])
def test_no_number_of_the_address_breaks_a_view(view, key, bad):
    app = opened(backpropagation=view, **{key: bad})
    drawn(app)
    assert len(app.warning) == 1


@pytest.mark.parametrize(
    "bad",
    ["", "w/", "x + y", "3", "w", "__import__('os').system('true')", "(" * 300, "w" * 600, "w*" * 60 + "w", "√−1"],
)
def test_what_is_no_graph_is_said_in_one_sentence_and_the_last_good_one_is_drawn(bad):
    app = opened(paths__y=bad)
    header, _ = drawn(app)
    assert header["id"] == "cos(w^2) + sin(w^2)"
    (warning,) = app.warning
    assert warning.value.endswith("The picture shows `cos(w^2) + sin(w^2)`.") and len(warning.value) < 300


@pytest.mark.parametrize("more", paths_view.PRESETS.values())
def test_every_preset_is_an_address_that_is_drawn(more):
    query = dict(part.split("=", 1) for part in more.split("&") if part)
    app = visit({"backpropagation": "paths", **query}, PAGE)
    header, _ = drawn(app)
    assert not app.warning
    assert not query or header["id"] == query["paths.y"]


# ---- paths


def test_the_lectures_graph_is_said_and_drawn_with_its_numbers():
    header, arrays = drawn(opened())
    at = header["slider"]["stops"].index(1.2)
    square = 1.2**2
    true = 2.4 * (np.cos(square) - np.sin(square))
    assert header["says"][at].startswith(f"At w = 1.2, dy/dw = {number(true, 4)}. The sum over 2 paths multiplies 6 ")
    assert "each of the 5 edges once" in header["says"][at]
    cos, sin = np.cos(square), np.sin(square)
    np.testing.assert_allclose(arrays["value"][at], [1.2, square, cos, sin, cos + sin], rtol=1e-6)
    np.testing.assert_allclose(arrays["local"][at], [2.4, -sin, cos, 1, 1], rtol=1e-6)
    np.testing.assert_allclose(arrays["passed"][at], [true, true / 2.4, 1, 1, 1], rtol=1e-6)
    np.testing.assert_allclose(sorted(arrays["product"][at]), [-2.4 * sin, 2.4 * cos], rtol=1e-6)
    assert [label for label, _ in header["compare"][at]][:3] == [
        "Sum over all paths",
        "Backward recursion",
        "Complex step",
    ]
    assert "−2w sin w²" in header["caption"]


@pytest.mark.parametrize(
    ("text", "derivative"),
    [
        ("sigmoid(sigmoid(w))", None),
        ("w*w", lambda w: 2 * w),
        ("((w*w)*(w*w))*((w*w)*(w*w))", lambda w: 8 * w**7),
        ("tanh(w)*exp(w) + w*sin(w*exp(w)) + 2/(1 + w^2)", None),
        ("max(w, w^2, 1) - abs(w - 0.5)^1.5", None),
        ("2^w / (1 + w^2)", lambda w: 2**w * (np.log(2) * (1 + w**2) - 2 * w) / (1 + w**2) ** 2),
    ],
)
def test_at_every_w_the_three_ways_give_the_same_to_twelve_digits(text, derivative):
    w = np.array(paths_view.POINT.stops(1.25))
    got = paths_view.differentiated(graph(text), w)
    fine = np.isfinite(got.passed[0])
    size = np.abs(got.products).sum(axis=0)[fine] + 1e-300
    assert fine.mean() > 0.9
    back = got.passed[0][fine]
    assert (np.abs(got.products.sum(axis=0)[fine] - back) <= 1e-14 * size).all()
    assert (np.abs(got.stepped[fine] - back) <= 1e-12 * size).all()
    if derivative:
        np.testing.assert_allclose(back, derivative(w), rtol=1e-12, atol=1e-12)


def test_where_there_is_no_derivative_it_says_so_and_why():
    header, arrays = drawn(opened(paths__y="max(0, w)*exp(w)", paths__w="0"))
    at = header["slider"]["stops"].index(0.0)
    said = header["says"][at]
    assert said.startswith("At w = 0, y₂ = max(0, w) stands at its corner") and np.isnan(arrays["passed"][at][0])
    assert all(value == "–" for _, value in header["compare"][at])
    header, _ = drawn(opened(paths__y="log(w)"))
    assert "y₂ = log w is not a finite number" in header["says"][0] and "digits" in header["says"][-1]
    header, _ = drawn(opened(paths__y="w^0.5 + w", paths__w="0"))
    assert "a local derivative of y₂ = w^0.5 is not a finite" in header["says"][header["slider"]["stops"].index(0.0)]
    header, _ = drawn(opened(paths__y="exp(w^4*8)*exp(w^4*8)*0 + abs(w)", paths__w="3"))
    assert "y₃" not in header["says"][0] and "is not a finite number" in header["says"][0]
    assert not any("nan" in said for said in header["says"])


def test_where_all_paths_cancel_no_digits_are_compared():
    header, arrays = drawn(opened(backpropagation="paths", paths__y="sin(w)^2+cos(w)^2"))
    cancelled = ["dy/dw = 0 but for rounding" in said for said in header["says"]]
    assert any(cancelled) and not any("agrees to 0" in said for said in header["says"])
    for said, rows in zip(header["says"], header["compare"], strict=True):
        assert ("is so, too" in said) == (rows[3][1] == "–, all paths cancel")
    assert np.abs(arrays["passed"][:, 0]).max() < 1e-15


def test_of_many_paths_some_are_listed_and_the_rest_is_summed():
    text = "((w*w)*(w*w))*((w*w)*(w*w))"
    header, arrays = drawn(opened(paths__y=f"({text})*({text})*w", paths__w="1.1"))
    at = header["slider"]["stops"].index(1.1)
    assert len(header["paths"]) == 17 and header["more"] == 0 and arrays["rest"][at] == 0.0
    header, arrays = drawn(opened(paths__y=f"({text})*({text})*({text})*({text})", paths__w="1.1"))
    assert len(header["paths"]) == 24 and header["more"] == 8
    np.testing.assert_allclose(arrays["rest"][at], 8 * 1.1**31, rtol=1e-5)
    np.testing.assert_allclose(arrays["product"][at].sum() + arrays["rest"][at], 32 * 1.1**31, rtol=1e-5)
    assert {way["text"] for way in header["paths"][:2]} == {
        "w →¹ y₂ →¹ y₃ →¹ y₄ →¹ y₅ → y₆ → y₇",
        "w →¹ y₂ →¹ y₃ →¹ y₄ →² y₅ → y₆ → y₇",
    }


# ---- depth


def test_the_counts_are_those_of_the_lecture_and_what_is_not_tried_is_said():
    header, arrays = drawn(opened(backpropagation="depth", depth__width="4"))
    said = header["says"]
    assert said[9].startswith(f"10 layers of 4 nodes: 4¹⁰ = {whole(4**10)} paths from w to the output, and 152 edges.")
    assert "it would be about" in said[9] and "Path by path dy/dw" in said[6]
    header, arrays = drawn(opened(backpropagation="depth"))
    assert "2¹⁰ = 1\u202f024 paths from w to the output, and 40 edges" in header["says"][header["index"]["at"]]
    np.testing.assert_array_equal(arrays["paths"].ravel(), 2.0 ** np.arange(1, 21))


def test_one_path_saves_nothing():
    header, _ = drawn(opened(backpropagation="depth", depth__width="1"))
    assert header["says"][9] == (
        "10 layers of 1 node: 1 path from w to the output, and 11 edges. With one path both ways multiply the same"
        " 11 numbers: nothing is saved."
    )
    assert "multiplies the time" not in header["caption"] and "Dotted" not in header["caption"]
    more, _ = drawn(opened(backpropagation="depth", depth__width="2"))
    assert "every layer multiplies the time of the sum. Dotted: at the least time" in more["caption"]


def test_both_ways_give_the_same_at_every_depth_that_is_tried():
    got = depth.depths(3, lambda share: True)
    tried = [item for item in got if np.isfinite(item.by_paths)]
    assert len(tried) == 9 and all(item.paths <= depth.TRIED for item in tried)
    for item in tried:
        assert item.sums[0] == pytest.approx(item.sums[1], rel=1e-11)
    assert depth.depths(3, lambda share: False) is None
