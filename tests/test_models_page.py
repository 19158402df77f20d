"""Models of data on the pages: the choice of data, sum or mean in sight, and what a new choice brings."""

import numpy as np
import pytest
from browser import ROOT
from test_landscapes_page import at, tracks
from visit import inputs, message, said, visit, warned

from engine import run
from engine.optimizers.gradient_descent import GradientDescent
from surfaces.data import dataset
from surfaces.data.two_gaussians import TwoGaussians
from surfaces.linear_regression import LinearRegression
from surfaces.logistic_regression import LogisticRegression
from surfaces.max_margin import MaxMargin
from surfaces.neuron import Neuron

RULE = GradientDescent()


def drawn_is(app, surface, eta, start=(0.0, 0.0)):
    assert not app.exception and not app.warning
    header, points = tracks(app)
    assert header["surface"] == repr(surface)
    path = run(surface, RULE, eta, start, 150)
    weights = path.weights[header["steps"], 0][: len(points)]
    np.testing.assert_allclose(points[:, :2], weights, rtol=1e-6, atol=1e-6 * np.abs(weights).max())
    assert f"E is {surface.made_of}" in header["gauge"]["words"]


def on(surface, eta, **more):
    return at(surface=surface, a="gradient_descent", **{"a.learning_rate": eta, **more})


def test_data_and_their_settings_come_from_the_address():
    data = TwoGaussians(rows=40, noise=1.1, seed=3).dataset()
    query = {"data": "two_gaussians", "data.rows": 40, "data.noise": 1.1, "data.seed": 3}
    drawn_is(on("logistic_regression", 0.5, **query), LogisticRegression(data=data), 0.5)
    drawn_is(on("max_margin", 0.05, **query, **{"surface.penalty": 0.2}), MaxMargin(data=data, penalty=0.2), 0.05)
    ages = dataset("insurance_age")
    drawn_is(on("neuron", 0.001, data="insurance_age"), Neuron(data=ages), 0.001)
    scaled = {"data": "insurance_age", "data.scaling": "scaled"}
    drawn_is(on("neuron", 1.0, **scaled), Neuron(data=ages.scaled()), 1.0)


def test_sum_and_mean_are_in_the_address_and_in_sight():
    data = dataset("five_points")
    for reduction, eta in (("mean", 0.03), ("sum", 0.006)):
        query = {} if reduction == "mean" else {"surface.reduction": "sum"}
        app = on("linear_regression", eta, **query)
        drawn_is(app, LinearRegression(data=data, reduction=reduction), eta)
        assert f"{reduction} over 5 rows" in message(app)[0]["gauge"]["words"]
    limits = [tracks(on("linear_regression", 0.001, **{"surface.reduction": how}))[1][0, 4] for how in ("mean", "sum")]
    assert limits[0] == pytest.approx(5.0 * limits[1], rel=1e-6)


def test_activations_are_offered():
    data = dataset("hours")
    drawn_is(on("neuron", 0.09, **{"surface.activation": "tanh"}), Neuron(data=data, activation="tanh"), 0.09)


def test_only_data_that_suit_are_offered():
    options = {
        slug: set(at(surface=slug).sidebar.selectbox(key="data").options)
        for slug in ("linear_regression", "logistic_regression", "max_margin")
    }
    assert {"Five points on a line", "House prices", "Hours of study"} <= options["linear_regression"]
    assert "Hours of study" in options["logistic_regression"] and "House prices" not in options["logistic_regression"]
    assert "Two Gaussians" in options["max_margin"] and "Hours of study" not in options["max_margin"]


def test_a_new_set_brings_a_learning_rate_that_suits_it():
    app = on("logistic_regression", 0.4)
    app.sidebar.selectbox(key="data").select("insurance_age").run()
    surface = LogisticRegression(data="insurance_age")
    assert inputs(app)["a.learning_rate"] == surface.learning_rate < 0.01
    assert app.query_params["data"] == "insurance_age"
    drawn_is(app, LogisticRegression(data=dataset("insurance_age")), surface.learning_rate)
    # and it goes along to another model that can take it, again with a rate that suits
    app.sidebar.selectbox(key="surface").select("neuron").run()
    assert inputs(app)["a.learning_rate"] == Neuron(data="insurance_age").learning_rate
    app.sidebar.selectbox(key="surface").select("rosenbrock").run()
    assert not app.exception and not app.warning and "data" not in app.query_params


def test_data_that_do_not_suit_are_named_and_the_page_still_works():
    app = on("logistic_regression", 0.4, data="house_prices")
    assert "data" in warned(app, "data")
    assert any("House prices cannot be used here" in item.value for item in app.sidebar.caption)
    assert "NaN" not in str(said(message(app)[0]))


def test_a_table_of_one_s_own_is_fitted():
    table = "x,y\n0,1\n1,3\n2,5\n3,7.5\n"
    app = on("linear_regression", 0.1, data="own", **{"data.table": table})
    assert not app.exception and not app.warning
    assert "E is the mean over 4 rows" in message(app)[0]["gauge"]["words"]


@pytest.mark.parametrize("slug", ["linear_regression", "logistic_regression", "neuron", "max_margin"])
def test_details_of_data_open_on_models_of_data_only(slug):
    app = on(slug, 0.01, show="data")
    assert not app.exception and not app.warning
    assert any("The data, and what these weights say" in item.value for item in app.main.markdown)
    app = on(slug, 0.01, show="identities")
    assert not app.exception and not app.warning
    assert "`show`" in warned(at(surface="beale", show="identities"), "show")


def test_max_margin_says_where_its_lowest_point_is():
    app = on("max_margin", 0.05, show="points", **{"surface.penalty": 0.1})
    (x, y) = MaxMargin(penalty=0.1).minima[0]
    (words,) = (item.value for item in app.main.markdown if "lies on a crease" in item.value)
    assert f"({x:.3f}, {y:.3f})" in words
    flat = on("max_margin", 0.05, show="points")
    assert any("on a whole region, which is flat" in item.value for item in flat.main.markdown)
    # as low as the corner in 0, where margin 0 has all creases meet
    both = on("max_margin", 0.05, show="points", **{"surface.margin": 0})
    assert any("on a whole region, which is flat" in item.value for item in both.main.markdown)
    assert not any("crease" in item.value for item in both.main.markdown)


@pytest.mark.parametrize("page", ["maps?map=basins", "race", "schedules"])
def test_other_pages_take_models_of_data(page):
    path, _, query = page.partition("?")
    folder = {"maps": "families", "race": "families", "schedules": "optimizers"}[path]
    script = ROOT / "app_pages" / folder / f"{path}.py"
    more = (
        "surface=logistic_regression&data=insurance_age&data.scaling=scaled&surface.reduction=sum&start.x=0&start.y=0"
    )
    app = visit("&".join(filter(None, [query, more])), script)
    assert not app.exception and not app.warning
