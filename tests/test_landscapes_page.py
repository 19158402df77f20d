"""The page Landscapes without a browser: every surface, preset and detail, and hostile addresses."""

import json
from urllib.parse import parse_qsl

import numpy as np
import pytest
from browser import ROOT
from visit import components, decode, inputs, message, packed, presets, said, visit, warned

from charts.landscape import DRAWN
from charts.live import live_message, shown_steps
from engine import Plane, discover_optimizers, run
from engine.stationary import floor
from engine.study import Entry, study
from widgets.details import offered
from widgets.live_figure import HERE, PARTS, joined, pack
from widgets.terrain import plane_surfaces

PAGE = ROOT / "app_pages" / "landscapes" / "landscapes.py"
OPTIMIZERS, SURFACES = discover_optimizers(), plane_surfaces()
OTHERS = [slug for slug in SURFACES if slug != "quadratic"]
SIZE = 400_000  # bytes a message


def at(query="", **more):
    items = dict(parse_qsl(query)) | more
    return visit(items, PAGE)


def tracks(app, name="a"):
    """The points (steps, columns) of the run's path: its own array."""
    header, arrays = message(app)
    return header, np.reshape(arrays[f"run.{name}"], (-1, len(header["frame"]["columns"])))


def plain(header):
    """Every text of a header."""
    return json.dumps({key: value for key, value in header.items() if key != "ground"}, ensure_ascii=False)


@pytest.mark.parametrize("slug", OTHERS)
def test_every_surface_is_drawn_as_it_runs(slug):
    app = at(surface=slug, a="gradient_descent", **{"a.learning_rate": SURFACES[slug]().learning_rate})
    assert not app.exception and not app.warning
    header, points = tracks(app)
    surface, values = SURFACES[slug](), inputs(app)
    start, eta = (values["start.x"], values["start.y"]), values["a.learning_rate"]
    path = run(surface, OPTIMIZERS["gradient_descent"](), eta, start, 150)
    shown = shown_steps(surface, 150)
    assert header["steps"] == shown.tolist() and len(shown) <= DRAWN
    weights = path.weights[shown, 0][: len(points)]
    np.testing.assert_allclose(points[:, :2], weights, rtol=1e-6, atol=1e-6)
    plane = Plane.of(surface, include=start)
    above = path.error[shown, 0][: len(points)] - floor(surface, plane.view)[0]
    np.testing.assert_allclose(points[:, 2], above, rtol=1e-5, atol=1e-12 + 1e-6 * np.abs(above).max())
    steep = path.gradient[shown, 0][: len(points)]
    size = np.linalg.norm(steep, axis=-1)
    moving = size > 1e-12 * size[0]
    down = np.stack([np.cos(points[:, 3]), np.sin(points[:, 3])], axis=-1)
    np.testing.assert_allclose(
        (down * -steep / np.where(moving, size, 1.0)[:, None]).sum(axis=-1)[moving], 1.0, atol=1e-5
    )
    tops = np.linalg.eigvalsh(surface.hessian(weights))[:, -1]
    expected = np.where(tops > 0.0, 2.0 / np.where(tops > 0.0, tops, 1.0), 3e38)
    # where the curvature is all but zero rounding decides
    np.testing.assert_allclose(points[:, 4], np.minimum(expected, 3e38), rtol=1e-4)
    assert "nan" not in plain(header).lower() and len(packed(app)) < SIZE


@pytest.mark.parametrize("slug", OTHERS)
@pytest.mark.parametrize("rule", ["adam", "nesterov"])
def test_families_come_one_by_one_and_fit_into_a_message(slug, rule):
    surface = SURFACES[slug]()
    entries = [Entry("a", OPTIMIZERS[rule](), surface.learning_rate)]
    entries += [Entry(name, OPTIMIZERS[other](), 0.01) for name, other in zip("bcdef", OPTIMIZERS, strict=False)]
    words = {"start": {"keys": ["start.x", "start.y"]}}
    code = len(joined(HERE / part for part in PARTS).encode())
    for name in ("learning_rate", "decay_1" if rule == "adam" else "momentum"):
        found = study(surface, entries, entries[0], surface.start, 1000, Plane.of(surface), name)
        assert [member.family.setting for member in found.families] == [name]
        header, arrays = live_message(surface, found, [], words, ground=False)
        assert list(header["families"]) == [name] and "run.a" in arrays
        family = header["families"][name]
        assert family["offsets"][-1] * 5 == arrays[family["array"]].size
        assert len(pack(header, arrays)) + code < SIZE
        for verdict in family["verdicts"]:
            assert "nan" not in said(header, verdict)["sentence"]


CLAIMS = {
    "Two minima": ("limit", "Settles at the local minimum (−1.5, −0.75)"),
    "The pass crossed": ("good", "Settles at the minimum (1.5, 0.75)"),
    "Banana": ("good", "Settles at the minimum (1, 1)"),
    "Four basins": ("good", "Settles at the minimum"),
    "Plateau and cliff": ("open", "Still moving"),
    "Clipped at the cliff": ("good", "Settles at the minimum (0.75, 0)"),
    "Round for ever": ("open", "Goes through the same 3 points again and again"),
    "Leaving a saddle": ("good", "Comes to rest at ("),
    "A plane through 25 weights": ("good", "Settles at the minimum (|w| = 1.42)"),
    "Too sharp to stay": ("good", "Comes to rest at"),
    "Log loss": ("good", "Settles at the minimum (1.5, −4.08)"),
    "Squared error": ("open", "Still moving"),
}


def test_every_preset_has_a_claim():
    assert CLAIMS.keys() == presets(PAGE).keys()


@pytest.mark.parametrize("title", CLAIMS)
def test_a_preset_is_what_its_name_says_and_so_is_its_address(title):
    status, sentence = CLAIMS[title]
    app = at(presets(PAGE)[title])
    assert not app.exception and not app.warning
    header, _ = message(app)
    assert said(header)["status"] == status and said(header)["sentence"].startswith(sentence), said(header)
    # and by its button, from another surface
    other = at("surface=beale&start.x=1.234&steps=77")
    next(button for button in other.button if button.label == title).click()
    other.run()
    assert not other.exception and not other.warning
    assert said(message(other)[0]) == said(header)


def test_too_sharp_to_stay_ends_where_it_is_flat_enough():
    app = at(presets(PAGE)["Too sharp to stay"])
    _, points = tracks(app)
    a, b = points[-1, :2]
    begin = points[0, :2]
    assert (begin**2).sum() > 2.0 / 0.25 > a * a + b * b and a * b == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("name", [name for name in offered(SURFACES["himmelblau"]()) if name != "code"])
@pytest.mark.parametrize("rule", ["momentum", "rmsprop"])
def test_every_detail_opens_by_its_address(name, rule):
    app = at(
        surface="himmelblau", a=rule, show=name, **{"start.x": "-0.3", "start.y": "-0.95", "a.learning_rate": "0.01"}
    )
    assert not app.exception and not app.warning
    assert any(offered(SURFACES["himmelblau"]())[name].TITLE in item.value for item in app.main.markdown)


@pytest.mark.parametrize("slug", OTHERS)
def test_a_run_can_be_taken_away_from_every_surface(slug):
    app = at(surface=slug, show="code", a="momentum", **{"a.learning_rate": SURFACES[slug]().learning_rate})
    assert not app.exception and not app.warning
    assert app.main.code or app.main.caption


def test_the_local_quadratic_at_a_point_of_its_own():
    app = at(surface="himmelblau", show="local", look="point", **{"look.x": "1", "look.y": "2"})
    assert not app.exception and not app.warning
    assert [item.key for item in app.main.number_input] == ["look.x", "look.y"]


def test_a_new_surface_brings_its_own_start_and_learning_rate():
    app = at()
    app.sidebar.selectbox(key="surface").select("rosenbrock").run()
    values, surface = inputs(app), SURFACES["rosenbrock"]()
    assert (values["start.x"], values["start.y"]) == surface.start
    assert values["a.learning_rate"] == surface.learning_rate
    assert not app.exception and not app.warning
    assert message(app)[0]["surface"] == repr(surface)


def test_on_the_quadratic_the_page_is_the_valley():
    header, _ = message(at(surface="quadratic"))
    assert "eigenvalues" in header["frame"] and header["best"]


def test_a_detail_of_quadratics_is_named_where_there_is_none():
    app = at(surface="himmelblau", show="modes", **{"start.x": "1", "start.y": "1", "a.learning_rate": "0.01"})
    assert "`modes`" in warned(app, "show")


# --- hostile addresses -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", ["nothing", "Quadratic", "mlp", "../../etc/passwd", "<b>", "1e999", ""])
def test_a_surface_that_does_not_exist_is_named(raw):
    assert "two_minima is used" in warned(at(surface=raw), "surface")


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("surface.depth", "1e999"),
        ("surface.depth", "nan"),
        ("surface.distance", "0"),
        ("start.x", "inf"),
        ("start.y", "-1e9"),
        ("a.learning_rate", "-1"),
        ("look", "elsewhere"),
        ("surface.eigenvalue_1", "3"),
        ("show", "everything"),
    ],
)
def test_what_does_not_fit_is_named_and_replaced(key, raw):
    warned(at(show="local", **{key: raw}) if key != "show" else at(show=raw), key)


@pytest.mark.parametrize("slug", OTHERS)
@pytest.mark.parametrize(
    "query",
    [
        "start.x=100&start.y=-100&a.learning_rate=10000",
        "start.x=-100&start.y=100&a=adam&a.learning_rate=10000&steps=1000",
        "start.x=0&start.y=0&a=adagrad&a.learning_rate=0.00000001&steps=1",
    ],
)
def test_allowed_but_strange_settings_are_drawn_without_a_word_of_nan(slug, query):
    app = at(f"surface={slug}&show=local&show=points&show=danger&{query}")
    assert not app.exception and not app.warning
    header, _ = next(item for item in map(decode, components(app)) if "picture" in item[0])
    assert "nan" not in plain(header).lower()
    assert all(text for text in said(header)["facts"][:2])


@pytest.mark.parametrize("rule", ["gradient_descent", "momentum", "nesterov", "adam"])
@pytest.mark.parametrize("slug", [slug for slug in OTHERS if SURFACES[slug]().bounded_below])
def test_a_link_with_only_a_surface_behaves_and_is_what_picking_it_gives(slug, rule):
    linked = at(surface=slug, a=rule)
    assert not linked.warning and said(message(linked)[0])["status"] != "bad"
    picked = at("surface=beale", a=rule) if slug != "beale" else at("surface=booth", a=rule)
    picked.sidebar.selectbox(key="surface").set_value(slug).run()
    assert said(message(picked)[0]) == said(message(linked)[0]) and inputs(picked) == inputs(linked)
    assert "a.learning_rate" not in picked.query_params  # it is the first value, here


@pytest.mark.parametrize(
    ("slug", "several"),
    [
        ("two_minima", True),
        ("himmelblau", True),
        ("sharpness", True),  # a curve of minima
        ("rosenbrock", False),
        ("booth", False),
        ("linear_regression", False),
        ("convex_rosenbrock", False),
    ],
)
def test_the_first_sentence_speaks_of_several_minima_where_there_are(slug, several):
    first = at(surface=slug).main.markdown[0].value
    wanted = "decides which minimum it finds" if several else "which way a run comes down, not which minimum"
    assert wanted in first


def test_raw_inputs_in_the_hundred_thousands_can_be_learned():
    app = at(surface="linear_regression", data="platelets", a="gradient_descent", **{"a.learning_rate": "3e-11"})
    assert not app.warning and inputs(app)["a.learning_rate"] == 3e-11
    header, _ = message(app)
    assert said(header)["sentence"].startswith("Comes to rest")
