"""The page Initialisation without a browser: its views, its links, hostile addresses, and what it says."""

import numpy as np
import pytest
from browser import ROOT
from visit import HUGE, components, picture, presets, visit, warned

from charts.initialisation_jacobian import _shared
from charts.initialisation_symmetry import BROKEN, symmetry_message
from engine.initialisation.passes import networks
from engine.words import number
from surfaces.mlp import ACTIVATIONS
from widgets.initialisation import copies, rates, relu, symmetry
from widgets.initialisation.stack import funnel
from widgets.views import found

pytestmark = pytest.mark.usefixtures("patient")
PAGE = ROOT / "app_pages" / "inside" / "initialisation.py"
VIEWS = list(found("widgets.initialisation"))


def opened(**query):
    return visit({"initialisation": query.pop("view"), **query}, PAGE)


def says(header):
    return header["says"] if isinstance(header["says"], list) else [header["says"]]


# ---- views


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_by_its_address_and_begins_with_its_sentence(view):
    app = opened(view=view)
    header, _ = picture(app)
    assert not app.warning and not app.info
    assert app.main.markdown[0].value == f"**{found('widgets.initialisation')[view].TITLE}**"
    for text in says(header):
        assert text and "nan" not in text and "inf" not in text and "–" not in text, text
        assert "(7." not in text and "notes" not in text and "slides" not in text
    assert len(says(header)) == len(header["index"]["texts"])
    assert sum(len(data) for data in components(app)) < 400_000


def test_views_are_in_order():
    orders = [view.ORDER for view in found("widgets.initialisation").values()]
    assert orders == sorted(orders) and len(set(orders)) == len(orders)
    assert VIEWS[0] == "symmetry" and all(name.isalpha() and name.islower() for name in VIEWS)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("bad", ["", "nan", "inf", "-1", "1e999", "0", "two", "<b>", HUGE, "-9" * 20])
def test_no_address_breaks_a_view(view, bad):
    app = opened(view=view)
    keys = [item.key for item in app.sidebar.number_input] + [item.key for item in app.sidebar.selectbox]
    app = opened(view=view, **dict.fromkeys(keys, bad))
    assert len(app.warning) <= 2
    picture(app)


def test_an_unknown_view_is_said_and_the_first_drawn():
    assert "initialisation" in warned(opened(view="nothing"), "initialisation")
    picture(opened(view="nothing"))


@pytest.mark.parametrize("view", VIEWS)
def test_inputs_at_their_ends_give_a_picture(view):
    app = opened(view=view)
    for item in list(app.sidebar.number_input):
        for value in (item.min, item.max):
            header, _ = picture(opened(view=view, **{item.key: str(value)}))
            assert all(said and "nan" not in said for said in says(header)), (item.key, value)


def test_of_fewer_networks_than_are_drawn_each_has_a_curve():
    widths = funnel(200, 200, 50)
    header, _ = picture(opened(view="signal", **{"signal.first": "200", "signal.last": "200"}))
    for panel in header["panels"][:2]:
        assert sum("alpha" in curve for curve in panel["curves"]) == networks(widths) < 10


def test_what_is_measured_of_the_largest_singular_value_is_one_number():
    header, arrays = picture(opened(view="jacobian"))
    count, depth = len(header["index"]["texts"]), int(arrays["at"][-1])
    along, places = arrays["largest.found"].reshape(count, -1), arrays["values"].reshape(count, -1)
    assert depth == 30
    np.testing.assert_allclose(along[:, -1], places[:, 0], rtol=1e-6)
    values, *_, spectrum = header["panels"]
    assert values["y"]["title"] == spectrum["y"]["title"] == "σ"  # s is the scale of the weights
    assert header["index"]["texts"][count // 2] == "s = 1"


def test_what_is_out_of_the_picture_is_said():
    header, arrays = picture(opened(view="signal", **{"stack.activation": "sigmoid"}))
    back, *_ = (arrays[name].reshape(len(header["index"]["texts"]), -1) for name in ("back.told",))
    assert np.isnan(back[:, 0]).any()
    curves = header["panels"][1]["curves"]
    assert {curve["absent"] for curve in curves if "label" in curve} == {"below 10⁻³⁶"}
    assert "below 10⁻³⁶ is not drawn" in header["caption"]
    plain, _ = picture(opened(view="signal"))
    assert "not drawn" not in plain["caption"]


@pytest.mark.parametrize("view", ["symmetry", "signal", "jacobian", "rates", "copies"])
def test_every_activation_gives_a_picture(view):
    (key,) = (item.key for item in opened(view=view).sidebar.selectbox if item.key.endswith("activation"))
    for name in ACTIVATIONS:
        header, _ = picture(opened(view=view, **{key: name}))
        assert all(said and "nan" not in said for said in says(header)), name


def test_presets_are_addresses_of_this_page():
    for title, query in presets(PAGE).items():
        app = visit(query, PAGE)
        header, _ = picture(app)
        assert not app.warning, title
        assert len(title) < 40
        first = visit("", PAGE)
        next(button for button in first.button if button.label == title).click()
        first.run()
        other, _ = picture(first)
        assert other["says"] == header["says"], title


# ---- what is said


def test_equal_units_are_said_to_stay_equal():
    header, arrays = picture(opened(view="symmetry"))
    first = says(header)[0]
    assert "stay 0 apart" in first and "differ by 0:" in first
    apart = arrays["apart"].reshape(len(symmetry.DISTURBED), -1)
    assert (apart[0] == 0.0).all() and (apart[1:, -1] > 0.0).all()


def test_a_run_that_diverges_is_said_to():
    header, _ = picture(
        opened(view="symmetry", **{"symmetry.activation": "relu", "symmetry.rate": "3", "symmetry.first": "2"})
    )
    assert all("nan" not in text for text in says(header))


def test_the_first_he_layer_is_named():
    header, arrays = picture(opened(view="signal"))
    at = header["index"]["at"]
    assert (
        "0.682" in says(header)[at]
        and "7.22, write var[z]" in header["caption"]
        and says(header)[at].count("(predicted 1, about half") == 2
    )
    told = arrays["variance.told"].reshape(13, -1)[at]
    np.testing.assert_allclose(told[1:], 1.0 - 1.0 / np.pi, rtol=1e-5)


def test_xavier_between_widths_is_compared_with_he():
    query = {"stack.activation": "linear", "stack.scheme": "xavier", "signal.first": "200", "signal.last": "20"}
    header, _ = picture(opened(view="signal", **query))
    assert "(predicted 3.12, " in says(header)[6] and "(predicted 0.312, " in says(header)[6]
    assert says(header)[6].endswith("He's weights, as large between equal widths, would make them 1 and 0.1.")


def test_as_many_networks_are_measured_as_there_is_time_for():
    assert networks([200] * 51) == 8 and networks([10] * 3) == 100
    widths = funnel(200, 20, 50)
    assert widths[0] == 200 and widths[-1] == 20 and widths == sorted(widths, reverse=True)


def test_dead_units_are_beside_what_is_predicted():
    header, arrays = picture(opened(view="relu"))
    np.testing.assert_allclose(arrays["dead.start"], arrays["dead.told"], atol=0.1)
    np.testing.assert_allclose(arrays["active.start"], arrays["active.told"], atol=0.15)
    assert arrays["dead.told"][relu.AT] > arrays["dead.told"][-1]  # a positive bias keeps units alive
    assert f"predicted {number(100.0 * float(arrays['dead.told'][relu.AT]))} %" in says(header)[relu.AT]


def test_a_division_by_fan_in_makes_the_limit_independent_of_the_width():
    one, other = rates.at_width("tanh", 8, 40, 1), rates.at_width("tanh", 96, 40, 1)
    assert one.told[0] / other.told[0] > 6.0 and one.told[2] / other.told[2] == pytest.approx(1.0, abs=0.1)
    measured = [2.0 / (2.0 / item.limits).mean(axis=1) for item in (one, other)]
    assert measured[0][0] / measured[1][0] > 4.0 and 0.4 < measured[0][2] / measured[1][2] < 2.5


@pytest.mark.parametrize("name", copies.KINDS)
def test_copies_are_the_same_network(name):
    net = copies.Mlp(data=copies.Moons(rows=copies.ROWS, noise=copies.NOISE).dataset(), hidden=(4,), activation=name)
    family = copies.family(net, copies.solution(net, 1), 1)
    for copy in family.copies:
        assert copy.error == pytest.approx(family.error, rel=1e-12)
        assert copy.along[10] == pytest.approx(family.error) and copy.along[110] == pytest.approx(family.error)
        if copy.half_told is not None:
            assert copy.half == pytest.approx(copy.half_told, rel=1e-9)
        if family.kind == "odd":
            assert copy.curvature == pytest.approx(family.curvature, rel=1e-6)
    if family.told is not None:
        np.testing.assert_allclose([copy.curvature for copy in family.copies], family.told, rtol=1e-4)
    assert family.count == (24 if family.kind == "rescaled" else 384)


def test_sigmoids_are_not_said_to_be_0_half_way():
    """A sigmoid of 0 is a half: it is the weights of all units that are 0 between a solution and its mirror image."""
    header, _ = picture(opened(view="copies", **{"copies.activation": "sigmoid"}))
    said = header["says"][header["index"]["texts"].index(copies.ALL)]
    assert "there all weights of all units are 0)" in said


def test_units_that_begin_apart_are_said_to():
    found_ = symmetry.split(symmetry.network("tanh", 4), 0.5, 0.5, 100, 1)
    header, _ = symmetry_message(found_, symmetry.AT)
    assert found_.apart[0, -1] > BROKEN
    assert f"{number(float(found_.apart[0, -1]))} apart already at the start" in header["says"][-1]


def test_biases_are_compared_with_biases_of_0_that_learn_as_well():
    header, _ = picture(opened(view="relu", **{"relu.steps": "100", "relu.units": "4"}))
    assert "(from biases of 0 " in header["says"][-1] and "(from" not in header["says"][relu.AT]


@pytest.mark.filterwarnings("error")
def test_dead_networks_have_no_directions():
    found_ = np.full((2, 3, 2, 4), np.nan)
    found_[:, 0, 0] = [4.0, 2.0, 0.0, np.nan]
    shared = _shared(found_)
    np.testing.assert_allclose(shared[:, 0], (16.0 + 4.0) ** 2 / (256.0 + 16.0))
    assert np.isnan(shared[:, 1]).all()
