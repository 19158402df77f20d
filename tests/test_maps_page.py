"""The page Maps without a browser: its views, its links, hostile addresses, and that a cell's run is the run shown."""

import re
import threading
from urllib.parse import urlencode

import numpy as np
import pytest
from browser import ROOT
from visit import HUGE, PACKED, components, decode, inputs, map_message, said, visit, warned

from engine import discover_optimizers, run, theory, words
from engine.lowest import lowest
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nesterov import Nesterov
from engine.parameter import four_digits
from surfaces.himmelblau import Himmelblau
from surfaces.quadratic import Quadratic
from widgets import patience
from widgets.maps import settings
from widgets.terrain import plane_surfaces
from widgets.views import found

pytestmark = pytest.mark.usefixtures("patient")
PAGE = ROOT / "app_pages" / "families" / "maps.py"
OPTIMIZERS = discover_optimizers()
SURFACES = plane_surfaces()
OTHERS = [slug for slug in SURFACES if slug != "quadratic"]
VIEWS = list(found("widgets.maps"))
QUICK = {"cells": "12", "columns": "11", "steps": "60"}


def opened(query: str = "", **more):
    return visit(query or more, PAGE)


def quick(view: str = "settings", **query):
    wanted = {key: QUICK[key] for key in (("cells", "steps") if view == "settings" else ("columns", "steps"))}
    if view == "mode":
        wanted = {}
    return opened(**({} if view == "settings" else {"map": view}), **wanted, **query)


def live(app):
    """Return the header of the live figure."""
    (data,) = (data for data in components(app) if data[:2] != PACKED)
    return decode(data)[0]


# ---- views


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_by_its_address_and_begins_with_its_sentence(view):
    app = opened(map=view)
    assert not app.exception and not app.warning and not app.error
    assert app.main.markdown[0].value == f"**{found('widgets.maps')[view].TITLE}**"


def test_views_are_in_order_and_the_first_is_the_map_of_settings():
    orders = [view.ORDER for view in found("widgets.maps").values()]
    assert orders == sorted(orders) and len(set(orders)) == len(orders)
    assert VIEWS[0] == "settings" and all(re.fullmatch("[a-z]+", name) for name in VIEWS)


def test_on_the_first_visit_momentum_and_nesterov_stand_side_by_side():
    header, arrays = map_message(opened())
    assert [item["title"] for item in header["maps"]] == ["Momentum", "Nesterov"]
    np.testing.assert_array_equal(arrays["0.x"], arrays["1.x"])
    assert arrays["0.values"].shape == (120 * 120,) and header["chosen"]["map"] == 0


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_every_optimizer_has_a_map_of_every_setting(slug):
    cls = OPTIMIZERS[slug]
    for up in (*cls.parameters(), "surface.eigenvalue_1", "surface.angle"):
        app = quick(a=slug, up=up) if slug != "momentum" else quick(up=up)
        if not app.warning:  # the first of them is what stands there without being asked for
            header, arrays = map_message(app)
            assert cls.title in [item["title"] for item in header["maps"]]
            assert header["maps"][0]["keys"]["y"] == (up if up.startswith("surface.") else f"a.{up}")
            assert all(np.isfinite(array).all() for name, array in arrays.items() if ".line" not in name)
        assert not app.exception and not app.error


def test_an_open_run_is_the_run_of_its_cell():
    header, arrays = map_message(quick(beside="one"))
    spec = header["maps"][0]
    values = arrays["0.values"].reshape(len(arrays["0.y"]), len(arrays["0.x"]))
    j, i = np.argwhere(values >= 0)[7]
    eta, mu = (float(f"{value:.4g}") for value in (arrays["0.x"][i], arrays["0.y"][j]))
    app = quick(beside="one", **{spec["keys"]["x"]: f"{eta}", spec["keys"]["y"]: f"{mu}"})
    figure = live(app)
    assert figure["runs"][0]["label"] == Momentum(momentum=mu).label(eta)
    error = run(Quadratic(), Momentum(momentum=mu), eta, Quadratic().start, 60).error[:, 0]
    assert values[j, i] == np.flatnonzero(error > 1e-6 * error[0])[-1] + 1
    again, _ = map_message(app)
    assert again["id"] == header["id"]  # the open run makes no other map
    assert (again["chosen"]["x"], again["chosen"]["y"]) == (eta, mu)


def test_the_ring_is_on_the_map_of_the_run_that_is_open():
    header, _ = map_message(quick(a="nesterov"))
    assert header["chosen"]["map"] == 1 and header["chosen"]["slug"] == "nesterov"
    assert [item["keys"]["also"] for item in header["maps"]] == [{"a": "momentum"}, {"a": "nesterov"}]


def test_the_theory_upon_the_map_is_theorys():
    header, arrays = map_message(quick())
    for k, cls in enumerate((Momentum, Nesterov)):
        mus, spec = arrays[f"{k}.y"].tolist(), header["maps"][k]
        border = next(line for line in spec["lines"] if line["label"] == "limit")
        expected = theory.stability_limit([cls(momentum=float(f"{mu:.4g}")) for mu in mus], [1.0, 20.0])
        np.testing.assert_allclose(arrays[border["x"]], expected, rtol=1e-6)
        best = theory.optimal(cls, [1.0, 20.0])
        (point,) = spec["points"]
        assert (point["x"], point["y"]) == (best.learning_rate, best.optimizer.momentum)


def test_one_mode_shows_the_larger_root_of_both_rules():
    header, arrays = map_message(opened(map="mode"))
    assert [item["title"] for item in header["maps"]] == ["Momentum", "Nesterov"]
    for k, cls in enumerate((Momentum, Nesterov)):
        x, y = arrays[f"{k}.x"], arrays[f"{k}.y"]
        values = arrays[f"{k}.values"].reshape(len(y), len(x))
        assert (x[0], x[-1], y[0]) == (0.0, 4.0, 0.0) and y[-1] == pytest.approx(0.999)
        for j in (0, 37, 100):
            rule = cls(momentum=min(float(y[j]), 0.999))
            sizes = np.abs(theory.mode_factors(rule, 1.0, x.astype(float))[:, 0])
            np.testing.assert_allclose(
                np.where(values[j] < 0, 2.0, values[j]), np.where(sizes > 1 + 1e-6, 2.0, sizes), atol=2e-6
            )


def test_a_map_of_starts_marks_the_minimum_and_the_open_run():
    header, arrays = map_message(quick("basins", **{"surface.minimum_x": "0.5"}))
    assert header["places"] == ["w* = (0.5, 0)"] and header["maps"][0]["equal"]
    assert len(arrays["0.x"]) == 11 and header["maps"][0]["keys"]["x"] == "start.x"
    assert header["chosen"]["x"] == inputs_of("basins")["start.x"]


def test_a_map_of_starts_takes_any_surface_with_a_colour_for_each_of_its_minima():
    header, arrays = map_message(
        quick("basins", surface="himmelblau", a="gradient_descent", **{"a.learning_rate": "0.01"})
    )
    assert len(header["places"]) == 4 and header["places"][0] == "w* = (3, 2)"
    ends = arrays["0.end"].reshape(len(arrays["0.y"]), -1)
    for row, column in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
        start = (arrays["0.x"][column], arrays["0.y"][row])
        path = run(Himmelblau(), GradientDescent(), 0.01, start, 60)
        nearest = np.linalg.norm(Himmelblau().minima - path.weights[-1, 0], axis=1).argmin()
        assert ends[row, column] == nearest
    app = opened(map="basins", columns="11", surface="rosenbrock")
    offered = app.sidebar.selectbox(key="surface").options
    assert {"Two minima", "Beale", "Styblinski-Tang"} <= {*offered}
    assert not {"Monkey saddle", "Six-hump camel", "Convex Rosenbrock", "Piecewise quadratic"} & {*offered}
    assert [button.label for button in app.button] == ["Open this run on the page Landscapes"]
    assert not app.exception and not app.warning


# ---- settings on any surface


def on(surface, **query):
    x, y = SURFACES[surface]().start
    start = {"start.x": f"{four_digits(x)!r}", "start.y": f"{four_digits(y)!r}"}
    return opened(**{**QUICK_MAP, "surface": surface, **start, **query})


@pytest.mark.parametrize("slug", OTHERS)
@pytest.mark.parametrize("rule", ["gradient_descent", "momentum", "adam"])
def test_every_surface_has_a_map_of_settings(slug, rule):
    surface = SURFACES[slug]()
    app = on(slug, a=rule)
    assert not app.exception and not app.warning
    if not surface.bounded_below:
        assert "has no smallest error: there are no steps to count" in app.info[0].value and live(app)["runs"]
        return
    header, arrays = map_message(app)
    assert all(np.isfinite(array).all() for name, array in arrays.items() if ".line" not in name)
    texts = [header["scale"], header["legend"], app.caption[0].value]
    assert not re.search(r"\b(nan|inf|None_|undefined)\b", str(texts))
    least = lowest(surface)
    assert f"Errors are counted above {words.number(least.error)}," in app.caption[0].value
    assert ("higher one" in app.caption[0].value) == (not least.alone)
    limited = rule != "adam" and bool(surface.hessian(least.places).any())
    assert ("flattest of them" in app.caption[0].value) == (limited and len(least.places) > 1)
    assert ("no local limit" in app.caption[0].value) == (rule != "adam" and not limited)
    assert not header["labels"] and "0.regimes" not in arrays and not header["maps"][0]["points"]
    labels = [line["label"] for line in header["maps"][0]["lines"]]
    assert labels == (["local limit at w*"] if limited else [])
    if rule != "adam":
        assert arrays["0.x"][0] <= surface.learning_rate <= arrays["0.x"][-1]
    assert [button.label for button in app.button] == ["Open this run on the page Landscapes"]


def test_an_open_run_on_any_surface_is_the_run_of_its_cell():
    query = {"a": "gradient_descent", "tolerance": "0.01", "steps": "200"}
    header, arrays = map_message(on("beale", **query))
    spec = header["maps"][0]
    assert spec["keys"] == {"x": "a.learning_rate", "y": "start.x", "also": {"a": "gradient_descent"}}
    values = arrays["0.values"].reshape(len(arrays["0.y"]), len(arrays["0.x"]))
    j, i = np.argwhere(values >= 0)[-1]
    eta, x = (float(f"{value:.4g}") for value in (arrays["0.x"][i], arrays["0.y"][j]))
    app = on("beale", **query, **{"a.learning_rate": f"{eta}", "start.x": f"{x}"})
    surface = SURFACES["beale"]()
    error = run(surface, GradientDescent(), eta, (x, surface.start[1]), 200).error[:, 0]
    assert values[j, i] == np.flatnonzero(error > 0.01 * error[0])[-1] + 1
    again, _ = map_message(app)
    assert again["id"] == header["id"] and again["chosen"]["y"] == x
    assert live(app)["start"]["value"] == [x, surface.start[1]]


def test_another_surface_with_the_same_numbers_is_another_map():
    assert map_message(on("beale"))[0]["id"] != map_message(on("booth"))[0]["id"]


def test_fields_of_the_surface_that_is_there_go_up_the_side():
    app = on("two_minima", up="surface.depth")
    header, arrays = map_message(app)
    assert header["maps"][0]["keys"]["y"] == "surface.depth" and not app.warning
    np.testing.assert_allclose(arrays["0.y"][[0, -1]], [0.0, 4.0])
    border = arrays[header["maps"][0]["lines"][0]["x"]]
    assert np.ptp(border) > 0.0  # the curvature at the minimum follows the field
    labels = app.sidebar.selectbox(key="up").options
    assert "surface: depth" in labels and "surface: angle" not in labels and "start: w₂" in labels
    assert "`up`" in warned(on("beale", up="surface.depth"), "up")
    assert "`surface.eigenvalue_1`" in warned(on("beale", **{"surface.eigenvalue_1": "3"}), "surface.eigenvalue_1")
    assert "quadratic is used" in warned(opened(surface="convex_rosenbrock", **QUICK_MAP), "surface")


def test_a_new_surface_brings_its_start_and_learning_rate_and_stays_from_view_to_view():
    app = opened(**QUICK_MAP)
    app.sidebar.selectbox(key="surface").select("rosenbrock").run()
    values, surface = inputs(app), SURFACES["rosenbrock"]()
    assert (values["start.x"], values["start.y"]) == surface.start
    assert values["a.learning_rate"] == surface.learning_rate
    assert "Few settings get there" in app.caption[0].value
    app.segmented_control(key="map").set_value("mode").run()
    assert "surface" not in app.query_params
    app.segmented_control(key="map").set_value("basins").run()
    assert app.sidebar.selectbox(key="surface").value == "rosenbrock"
    app.segmented_control(key="map").set_value("settings").run()
    assert app.query_params["surface"] == "rosenbrock" and not app.exception and not app.warning
    app.sidebar.selectbox(key="surface").select("quadratic").run()
    assert "surface" not in app.query_params and len(map_message(app)[0]["labels"]) == 2


@pytest.mark.parametrize("slug", OTHERS)
def test_far_starts_and_wild_settings_on_any_surface_are_drawn_without_a_word_of_nan(slug):
    for query in (
        {"start.x": "100", "start.y": "-100", "a.learning_rate": "10000"},
        {"steps": "1", "tolerance": "1e-12", "up": "start.y"},
    ):
        app = on(slug, **query)
        assert not app.exception and not app.warning
        if not app.info:
            header, arrays = map_message(app)
            assert all(np.isfinite(array).all() for name, array in arrays.items() if ".line" not in name)
            assert not re.search(r"\b(nan|inf|undefined)\b", str([header["scale"], app.caption[0].value]))


def inputs_of(view):
    return inputs(quick(view))


# ---- nothing to count


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"surface.eigenvalue_1": "-1"}, "saddle has no smallest error"),
        ({"start.x": "0", "start.y": "0"}, "smallest error there is"),
    ],
)
def test_where_there_is_nothing_to_count_a_sentence_says_so_and_the_run_is_there(query, words):
    app = quick(**query)
    assert words in app.info[0].value and not app.warning and live(app)["runs"]


def test_a_long_run_is_shown_in_part():
    app = quick("basins", **{"surface.eigenvalue_2": "2"})
    assert not app.caption
    app = opened(map="basins", columns="11", steps="3000")
    assert app.caption[0].value == "The run shows the first 1000 of 3000 steps."
    assert live(app)["steps"][-1] == 1000


# ---- long maps


def test_a_long_map_shows_its_progress_and_can_be_stopped_and_the_run_goes_on(monkeypatch):
    go, compute = threading.Event(), settings.compute

    def held(wanted, progress):
        while not go.wait(0.01):
            if not progress(0.25):
                return None
        return compute(wanted, progress)

    monkeypatch.setattr(patience, "SHORT", 0.0)
    monkeypatch.setattr(settings, "compute", held)
    app = opened(cells="13", steps="77")
    assert not app.exception and not app.info and live(app)["runs"]
    app.sidebar.number_input(key="a.learning_rate").set_value(0.03).run()
    assert "η = 0.03" in live(app)["runs"][0]["label"]
    (stop,) = (button for button in app.button if button.label == "Stop")
    stop.click().run()
    assert "Stopped while computing the map" in app.info[0].value and live(app)["runs"]
    assert not [button for button in app.button if button.label == "Stop"]
    go.set()
    monkeypatch.setattr(patience, "SHORT", 120.0)
    next(button for button in app.button if button.label == "Compute it after all").click().run()
    header, _ = map_message(app)
    assert header["legend"][0]["text"] == "not within 77 steps" and not app.info


# ---- hostile addresses


def works(app, key: str) -> str:
    """Return the one sentence of the page, which still has its maps."""
    text = warned(app, key)
    header, arrays = map_message(app)
    assert all(np.isfinite(array).all() for name, array in arrays.items() if ".line" not in name)
    assert not re.search(
        r"\b(nan|inf|None_|undefined)\b", str([header["maps"][0]["alt"], header["scale"], header["legend"]])
    )
    return text


@pytest.mark.parametrize(
    ("key", "raw", "used"),
    [
        ("cells", "0", "120"),
        ("cells", "-5", "120"),
        ("cells", "1e9", "120"),
        ("cells", "nan", "120"),
        ("tolerance", "0", "1e-06"),
        ("tolerance", "-1e-6", "1e-06"),
        ("tolerance", "1", "1e-06"),
        ("tolerance", "<b>", "1e-06"),
        ("steps", "0", "300"),
        ("steps", "20000", "300"),
        ("a.learning_rate", "-1", "0.02"),
        ("a.momentum", "1", "0.9"),
        ("surface.angle", HUGE, "30"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_bad_number_is_named_and_replaced(key, raw, used):
    app = opened(**{key: raw})
    assert f"({used} is used)" in works(app, key)


@pytest.mark.parametrize("raw", ["0", "10", "12.5", "-1", "nan", HUGE], ids=lambda raw: raw[:6])
def test_an_impossible_number_of_columns_is_named_and_replaced(raw):
    assert "`columns`" in works(opened(map="basins", columns=raw), "columns")


@pytest.mark.parametrize("key", ["mode.eta_lambda", "mode.momentum"])
@pytest.mark.parametrize("raw", ["-1", "5", "nan", "", "<i>"])
def test_a_bad_mode_is_named_and_replaced(key, raw):
    assert "(0.5 is used)" in works(opened(map="mode", **{key: raw}), key)


@pytest.mark.parametrize(
    ("key", "raw", "used"),
    [
        ("map", "nowhere", "settings"),
        ("map", "<script>", "settings"),
        ("a", "unknown", "momentum"),
        ("a", HUGE, "momentum"),
        ("up", "decay_1", "momentum"),
        ("up", "surface.nothing", "momentum"),
        ("beside", "three", "both"),
        ("across", "sideways", "linear"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_an_unknown_name_is_named_and_replaced(key, raw, used):
    assert f"({used} is used)" in works(opened(cells="12", **{key: raw}), key)


@pytest.mark.parametrize(
    ("view", "key"),
    [("settings", "b"), ("settings", "columns"), ("mode", "cells"), ("mode", "steps"), ("basins", "up")],
)
def test_an_input_of_another_view_is_not_known_here(view, key):
    assert "no such setting here" in works(opened(map=view, **{key: "1"}), key)


@pytest.mark.parametrize(
    "query",
    [
        {"surface.eigenvalue_1": "0"},
        {"surface.eigenvalue_1": "0", "surface.eigenvalue_2": "0"},
        {"surface.eigenvalue_1": "0.001", "surface.eigenvalue_2": "1000"},
        {"surface.eigenvalue_1": "0", "up": "surface.eigenvalue_2"},
        {"a": "gradient_descent", "surface.eigenvalue_1": "1000", "across": "log"},
        {"a": "adam", "up": "stabiliser"},
        {"a": "adagrad", "start.x": "0", "start.y": "1e-300"},
        {"a": "rmsprop", "tolerance": "0.5"},
        {"tolerance": "1e-12", "across": "log"},
        {"start.x": "100", "start.y": "-100"},
        {"steps": "1"},
        {"cells": "10"},
    ],
    ids=lambda query: urlencode(query),
)
def test_allowed_but_strange_settings_are_drawn_without_a_word_of_nan(query):
    app = opened(**{**QUICK_MAP, **query})
    assert not app.exception and not app.warning
    if not app.info:
        header, arrays = map_message(app)
        assert all(np.isfinite(array).all() for name, array in arrays.items() if ".line" not in name)
        texts = [
            header["scale"],
            header["legend"],
            [(item["points"], item["says"], item["alt"]) for item in header["maps"]],
        ]
        assert not re.search(r"\b(nan|inf|None_|undefined)\b", str(texts))
    assert said(live(app))["sentence"]


QUICK_MAP = {"cells": "12", "steps": "60"}


def test_a_message_stays_small():
    for query in ({"cells": "300", "steps": "60"}, {"a": "adam", "cells": "400", "steps": "60"}):
        (packed,) = (data for data in components(opened(**query)) if data[:2] == PACKED)
        assert len(packed) < 360_000
