"""The page Noise without a browser: its views, its links, hostile addresses, and what it says held against runs."""

import numpy as np
import pytest
from browser import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from visit import components, decode, inputs, visit, warned

from engine import theory
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nesterov import Nesterov
from engine.spread import variance
from engine.words import number, with_error
from surfaces.fitting.many_valleys import ManyValleys
from widgets import patience
from widgets.noise import spread
from widgets.views import found

PAGE = ROOT / "app_pages" / "networks" / "noise.py"
VIEWS = list(found("widgets.noise"))
HUGE = "9" * 50_000


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """The first picture waits for its kernels to be compiled."""
    monkeypatch.setattr(patience, "SHORT", 120.0)


def opened(**query):
    return visit(query, PAGE)


def drawn(app):
    """Return header and arrays of the one picture on the page."""
    assert not app.exception and not app.error
    (data,) = components(app)
    return decode(data)


# ---- views


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_by_its_address_and_begins_with_its_sentence(view):
    app = opened(noise=view)
    header, _ = drawn(app)
    assert not app.warning and not app.info
    assert app.main.markdown[0].value == f"**{found('widgets.noise')[view].TITLE}**"
    says = header["says"] if isinstance(header["says"], list) else [header["says"]]
    assert all(said and "nan" not in said and "inf" not in said for said in says)
    assert sum(len(data) for data in components(app)) < 400_000


def test_views_are_in_order_and_the_first_is_the_spread():
    orders = [view.ORDER for view in found("widgets.noise").values()]
    assert orders == sorted(orders) and len(set(orders)) == len(orders)
    assert VIEWS[0] == "spread" and all(name.isalpha() and name.islower() for name in VIEWS)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("bad", ["", "nan", "inf", "-1", "1e999", "0", "two", "<b>", HUGE, "9" * 20, "-9" * 20])
def test_no_address_breaks_a_view(view, bad):
    keys = [item.key for item in opened(noise=view).sidebar.number_input]
    app = visit({"noise": view, **dict.fromkeys(keys, bad)}, PAGE)
    assert not app.exception and not app.error
    assert len(app.warning) <= 2
    if app.info:
        assert not components(app)
    else:
        drawn(app)


def test_an_unknown_view_is_said_and_the_first_drawn():
    assert "noise" in warned(opened(noise="nothing"), "noise")
    drawn(opened(noise="nothing"))


@pytest.mark.parametrize("view", VIEWS)
def test_inputs_at_their_ends_give_a_picture_or_a_sentence(view):
    app = opened(noise=view)
    for item in list(app.sidebar.number_input):
        for value in (item.min, item.max):
            end = visit({"noise": view, item.key: str(value)}, PAGE)
            assert not end.exception and not end.error, (item.key, value)
            assert bool(end.info) != bool(components(end)), (item.key, value)


# ---- spread


RULES = st.one_of(
    st.just(GradientDescent()),
    st.builds(Momentum, momentum=st.floats(0.0, 0.95)),
    st.builds(Nesterov, momentum=st.floats(0.0, 0.95)),
)


@settings(max_examples=25)
@given(
    rule=RULES,
    share=st.floats(0.02, 0.8),
    kappa=st.floats(1.0, 20.0),
    rows=st.integers(3, 70),
    data=st.data(),
    seed=st.integers(1, 99),
)
def test_what_is_measured_is_what_is_predicted(rule, share, kappa, rows, data, seed):
    size = data.draw(st.integers(1, rows))
    eta = share * theory.stability_limit(rule, [1.0, kappa])
    rate = theory.rate(rule, eta, [1.0, kappa])
    surface = ManyValleys(eigenvalue_1=1.0, eigenvalue_2=kappa, rows_drawn=rows, seed=seed)
    got = spread.at_size(surface, rule, eta, size, seed)
    each = -(-rows // size)
    for item, steps in ((got.independent, 1), (got.reshuffled, each)):
        # a mean of squares that forget by rate^2 a step; a squared distance has at most twice its mean's variance
        q = rate ** (2 * steps)
        counted = len(item.points) * (1.0 - q) / (1.0 + q)
        told = item.distance_predicted**2
        assert abs(item.distance**2 - told) <= 5.0 * np.sqrt(2.0 / counted) * told + 1e-20
    independent = got.independent
    told = variance(rule, eta, np.array([1.0, kappa]), np.array([1.0, kappa**2]) * surface.spread**2 / size).sum()
    np.testing.assert_allclose(independent.distance_predicted**2, told, rtol=1e-6)


def test_the_sentence_holds_the_numbers_of_the_picture():
    app = opened(**{"rule.learning_rate": "0.1", "rows": "24"})
    header, arrays = drawn(app)
    sizes = arrays["size"].astype(int).tolist()
    assert sizes == [1, 2, 3, 4, 6, 8, 12, 24]
    surface = ManyValleys(eigenvalue_1=1.0, eigenvalue_2=4.0, rows_drawn=24, seed=1)
    for k, size in enumerate(sizes):
        item = spread.at_size(surface, GradientDescent(), 0.1, size, 1)
        said = header["says"][k]
        one, other = item.independent, item.reshuffled
        assert f"Batches of {size} of 24 rows" in said
        assert f"{with_error(one.distance, one.unsure)} (predicted {number(one.distance_predicted)})" in said
        if size < 24:
            assert f"{with_error(other.distance, other.unsure)} (predicted {number(other.distance_predicted)})" in said
        else:
            assert "comes to rest" in said and other.distance < 1e-12
        np.testing.assert_allclose(arrays["independent.measured"][k], one.distance, rtol=1e-6)
        np.testing.assert_allclose(arrays["reshuffled.predicted"][k], other.distance_predicted, rtol=1e-6, atol=1e-9)


def test_a_short_last_batch_is_said():
    header, arrays = drawn(opened(rows="13"))
    said = dict(zip(arrays["size"].astype(int).tolist(), header["says"], strict=True))
    assert "the last of only 1," in said[4] and "the last" not in said[1] and "the last" not in said[13]


@pytest.mark.parametrize("rule", ["gradient_descent", "momentum", "nesterov"])
def test_at_the_limit_it_says_that_nothing_settles(rule):
    app = opened(rule=rule, **{"rule.learning_rate": "2"})
    assert not app.exception and not components(app)
    assert "nothing settles" in app.info[0].value


def test_the_clouds_lie_in_the_ellipses():
    _, arrays = drawn(opened())
    for name in ("independent", "reshuffled"):
        for k in range(len(arrays["size"]) - 1):
            part = {axis: arrays[f"{name}.{axis}"].reshape(len(arrays["size"]), -1)[k] for axis in ("x", "y")}
            ring = {axis: arrays[f"{name}.ring.{axis}"].reshape(len(arrays["size"]), -1)[k] for axis in ("x", "y")}
            shape = np.cov(np.stack([ring["x"][:-1], ring["y"][:-1]]), bias=True) * 2.0 / 4.0  # two deviations wide
            away = np.stack([part["x"], part["y"]])
            inside = np.mean(np.einsum("in,ij,jn->n", away, np.linalg.inv(shape), away) < 4.0)
            assert 0.78 < inside < 0.95  # 1 - exp(-2) = 0.86 of a normal distribution


def test_inputs_are_in_the_address_under_these_names():
    assert set(inputs(opened(noise="spread"))) == {
        "rule.learning_rate",
        "valley.eigenvalue_1",
        "valley.eigenvalue_2",
        "rows",
        "seed",
    }
