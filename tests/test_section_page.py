"""Surfaces of more than two weights in the live figure: runs in all weights, seen in a plane."""

import json

import numpy as np
import pytest
from browser import ROOT
from visit import components, decode, inputs, message, packed, said, visit, warned

from charts.landscape import SECTION_GRID
from charts.live import live_message, shown_steps
from engine import discover_optimizers, run
from engine.cut import KINDS, PLACES, Cut
from engine.local import local_limits
from engine.outcome import state_of
from engine.section import Section
from engine.shadow import below, shadow
from engine.stationary import floor
from engine.study import Entry, study
from surfaces.convex_rosenbrock import ConvexRosenbrock
from widgets.details import found, offered
from widgets.details.kinds import On
from widgets.live_figure import HERE, PARTS, joined, pack
from widgets.live_run import plane_of, start_of
from widgets.terrain import cut_surfaces

PAGE = ROOT / "app_pages" / "landscapes" / "landscapes.py"
OPTIMIZERS = discover_optimizers()
CHAIN = ConvexRosenbrock()
SIZE = 400_000  # bytes a message


def at(**query):
    return visit({"surface": "convex_rosenbrock"} | query, PAGE)


def texts(header):
    return json.dumps({key: value for key, value in header.items() if key != "ground"}, ensure_ascii=False)


@pytest.mark.parametrize("slug", cut_surfaces())
@pytest.mark.parametrize("kind", KINDS)
def test_every_surface_is_drawn_through_every_plane(slug, kind):
    app = visit({"surface": slug, "plane": kind}, PAGE)
    assert not app.exception and not app.warning
    header, _ = message(app)
    assert header["frame"]["section"] and "nan" not in texts(header).lower() and len(packed(app)) < SIZE


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("rule", ["momentum", "adam"])
def test_what_is_drawn_is_the_run_in_all_weights_seen_in_the_plane(kind, place, rule):
    query = {"plane": kind, "a": rule, "a.learning_rate": "0.05"} | ({"plane.at": place} if kind != "run" else {})
    app = at(**query)
    assert not app.exception and not app.warning
    header, arrays = message(app)
    points = np.reshape(arrays["run.a"], (-1, 4))
    cut = Cut(kind, place if kind != "run" else "start")
    path = run(CHAIN, OPTIMIZERS[rule](), 0.05, CHAIN.start, 150)
    plane = cut.lay(CHAIN, Entry("a", OPTIMIZERS[rule](), 0.05), CHAIN.start, 150)
    shown = shown_steps(CHAIN, 150)
    weights = path.weights[shown, 0]
    np.testing.assert_allclose(points[:, :2], plane.project(weights), atol=1e-6)
    np.testing.assert_allclose(points[:, 2], path.error[shown, 0] - floor(CHAIN, plane.view)[0], atol=1e-7)
    slope = plane.project(-path.gradient[shown, 0] + plane.origin)
    down = np.stack([np.cos(points[:, 3]), np.sin(points[:, 3])], axis=-1)
    moving = np.linalg.norm(slope, axis=-1) > 1e-6
    np.testing.assert_allclose((down * slope).sum(axis=-1)[moving], np.linalg.norm(slope, axis=-1)[moving], rtol=1e-4)
    state = {slot: values[np.minimum(shown + 1, 150)] for slot, values in path.state.items()}
    limits = local_limits(CHAIN, [OPTIMIZERS[rule]()], path.weights[shown], state)[:, 0]
    np.testing.assert_allclose(arrays["limits"], limits, rtol=1e-5)
    hidden = shadow(plane, path.weights[:, 0])
    rows = np.reshape(arrays["shadow"], (-1, 2))
    np.testing.assert_allclose(rows[:, 0], hidden.distance[shown], atol=1e-6)
    np.testing.assert_allclose(
        rows[:, 1], below(CHAIN, plane, path.weights[:, 0])[shown] - floor(CHAIN, plane.view)[0], atol=1e-6
    )
    section = header["frame"]["section"]
    assert section["farthest"] == pytest.approx(hidden.distance.max()) and section["length"] == hidden.length
    fixed = kind == "run" or place == "end"
    assert header["start"]["fixed"] == fixed and ("start.x" in inputs(app)) == (not fixed)
    np.testing.assert_allclose(header["start"]["value"], plane.project(np.array(CHAIN.start)), atol=1e-12)


def test_the_words_name_the_share_and_what_it_is_without_reason():
    of_run = message(at(plane="run"))[0]["frame"]["section"]["explained"]
    assert "of a random walk of as many steps its own plane holds 77.7 %, in 95 of 100 cases less than 83.6 %" in of_run
    assert "25 weights along the run the plane holds" in of_run
    by_weights = message(at(plane="weights"))[0]["frame"]["section"]["explained"]
    assert by_weights.endswith("one laid at random holds 2 of 25 parts, 8 %.")
    lost = message(at(plane="run", **{"a.learning_rate": "1"}))[0]["frame"]["section"]["explained"]
    assert "along its first" in lost
    gone = message(at(plane="run", **{"a.learning_rate": "5"}))[0]["frame"]["section"]["short"]
    assert gone == "The run is far away after a step or two: no plane tells much of it."


def test_the_ground_is_the_section_and_its_axes_are_named():
    app = at(plane="weights", **{"plane.first": "3", "plane.second": "5"})
    header, arrays = message(app)
    ground = header["ground"]
    titles = [ground["layout"][axis]["title"]["text"] for axis in ("xaxis", "yaxis")]
    assert titles == ["w<sub>3</sub>", "w<sub>5</sub>"]
    plane = Cut("weights", first=2, second=4).lay(CHAIN, Entry("a", OPTIMIZERS["momentum"](), 0.02), CHAIN.start, 150)
    x, y, points = plane.grid(SECTION_GRID)
    error, _ = CHAIN.evaluate(points)
    bands = ground["bands"]
    height = np.reshape(arrays[bands["height"]["$"]], (SECTION_GRID, SECTION_GRID))
    np.testing.assert_allclose(height**2, error - error.min(), atol=1e-5)
    assert (*bands["x"], *bands["y"]) == (x[0], x[-1], y[0], y[-1])


def test_the_start_moves_within_the_plane():
    app = at(plane="random", **{"plane.seed": "4", "start.x": "0.5", "start.y": "-1.25"})
    header, arrays = message(app)
    plane = Cut("random", seed=4).lay(CHAIN, Entry("a", OPTIMIZERS["momentum"](), 0.02), CHAIN.start, 150)
    assert header["start"]["value"] == [0.5, -1.25] and header["start"]["base"] == [0.0, 0.0]
    np.testing.assert_allclose(np.reshape(arrays["run.a"], (-1, 4))[0, :2], [0.5, -1.25], rtol=1e-6)
    assert np.reshape(arrays["shadow"], (-1, 2))[0, 0] == pytest.approx(0.0, abs=1e-7)
    entry = Entry("a", OPTIMIZERS["momentum"](), 0.02)
    moved = start_of(CHAIN, plane_of(CHAIN, entry, (0.5, -1.25), 150, Cut("random", seed=4)), (0.5, -1.25))
    np.testing.assert_allclose(moved, 0.5 * plane.u - 1.25 * plane.v)


@pytest.mark.parametrize("rule", ["momentum", "adam", "newton"])
def test_families_fit_and_know_the_limit_of_the_present_run_alone(rule):
    entry = Entry("a", OPTIMIZERS[rule](), 0.05)
    plane = Cut("run").lay(CHAIN, entry, CHAIN.start, 1000)
    code = len(joined(HERE / part for part in PARTS).encode())
    alone = study(CHAIN, [entry], entry, CHAIN.start, 1000, plane, families=False)
    for name in alone.stops:
        whole = study(CHAIN, [entry], entry, CHAIN.start, 1000, plane, families=name)
        header, arrays = live_message(CHAIN, whole, [], {"start": {}}, ground=False)
        family = header["families"][name]
        assert len(pack(header, arrays)) + code < SIZE
        (place,) = (r for r, limit in enumerate(family["limits"]) if limit is not None)
        assert family["verdicts"][place] == header["present"]["verdict"]
        assert (
            header["sliders"][list(alone.stops).index(name)]["stops"][place]
            == header["sliders"][list(alone.stops).index(name)]["value"]
        )
        assert header["frame"]["columns"] == ("x", "y", "above", "angle")
        assert 4 * family["offsets"][-1] == arrays[family["array"]].size
        others = [said(header, said_) for r, said_ in enumerate(family["verdicts"]) if r != place]
        assert all("let go to see it" in item["facts"][-1] for item in others)
    assert alone.present.limits[0] == pytest.approx(
        float(
            local_limits(
                CHAIN,
                [entry.optimizer],
                alone.present.family.trajectory.weights[-1:],
                state_of(alone.present.family, np.array([1000])),
            )[0, 0]
        ),
        nan_ok=True,
    )


def test_with_two_weights_it_is_shown_whole():
    header, _ = message(at(**{"surface.dimension": "2"}))
    assert header["frame"]["section"] is None and "fixed" in header["start"] and not header["start"]["fixed"]


@pytest.mark.parametrize("name", offered(CHAIN))
@pytest.mark.parametrize("kind", ["weights", "run"])
def test_every_detail_that_is_offered_opens(name, kind):
    app = at(plane=kind, show=name, a="adam")
    assert not app.exception and not app.warning
    if name == "code":
        assert "25" in app.main.code[0].value or app.main.caption


def test_details_that_speak_of_two_weights_are_not_offered():
    assert "step" not in offered(CHAIN) and "downhill" not in offered(CHAIN) and "modes" not in offered(CHAIN)
    for name, detail in found().items():
        assert (name in offered(CHAIN)) == (On.SECTION in getattr(detail, "ON", On.ANY))


def test_the_danger_map_is_that_of_the_section():
    app = at(plane="eigenvectors", show="danger", a="gradient_descent")
    header, arrays = next(item for item in map(decode, components(app)) if "words" in item[0] and "n" in item[0])
    plane = Cut("eigenvectors").lay(CHAIN, Entry("a", OPTIMIZERS["gradient_descent"](), 0.02), CHAIN.start, 150)
    values = np.linalg.eigvalsh(CHAIN.hessian(np.zeros(25)))
    rows = np.reshape(arrays["hessian"], (-1, 3))
    np.testing.assert_allclose(rows, np.tile([values[-1], 0.0, values[-2]], (len(rows), 1)), atol=1e-6)
    assert header["section"] and header["surface"] == repr(Section(CHAIN, plane))
    assert header["surface"] == message_of(app)["surface"]


def message_of(app):
    return next(header for header, _ in map(decode, components(app)) if "picture" in header)


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("plane", "everything"),
        ("plane", ""),
        ("plane.at", "middle"),
        ("plane.first", "0"),
        ("plane.second", "26"),
        ("plane.second", "1e999"),
        ("plane.first", "2.5"),
        ("plane.seed", "3"),
        ("start.x", "nan"),
    ],
)
def test_what_does_not_fit_is_named_and_replaced(key, raw):
    warned(at(**{key: raw}), key)


def test_the_same_weight_twice_is_said_and_another_taken():
    app = at(**{"plane.first": "2", "plane.second": "2"})
    assert not app.exception and any("needs two weights: 2 and 1" in item.value for item in app.sidebar.caption)
    assert message(app)[0]["frame"]["names"] == ["w2", "w1"]


def test_a_start_in_a_plane_of_the_run_is_named():
    assert "start.x" in warned(at(plane="run", **{"start.x": "1"}), "start.x")
