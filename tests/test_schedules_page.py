"""The page Schedules without a browser: what it runs, what it says, its presets, and hostile addresses."""

import ast

import numpy as np
import pytest
from browser import ROOT
from visit import _elements, decode, inputs, visit

from engine import discover_optimizers, discover_schedules, run
from engine.comparison import ending
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.sampling import gradient_noise
from engine.schedules.constant import Constant
from engine.schedules.cosine import Cosine
from engine.schedules.manual import Manual
from engine.schedules.on_plateau import OnPlateau
from engine.schedules.step import Step
from engine.schedules.warm_up import WarmUp
from surfaces.quadratic import Quadratic
from surfaces.rosenbrock import Rosenbrock
from widgets.terrain import plane_surfaces

PAGE = ROOT / "app_pages" / "optimizers" / "schedules.py"
START = (-1.5, 1.0)


def presets():
    """The page's presets; importing a page would run it."""
    names = {}
    tree = ast.parse(PAGE.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id.isupper()]
    exec(compile(tree, str(PAGE), "exec"), names)
    return names["PRESETS"]


PRESETS = presets()


def schedules(query=""):
    return visit(query, PAGE)


def message(app):
    """Header and arrays of the figure; the line on which handles commit comes without any."""
    return [decode(item.proto.bytes) for item in _elements(app.main) if item.type == "bidi_component"][-1]


def fine(app):
    assert not app.exception and not app.error and not app.warning
    return app


def noise(steps, sigma=1.0, seed=1):
    return sigma * gradient_noise(steps, 2, 1, seed)


def draws(app, surface, rule, schedule, constant, start, steps, added):
    """The figure holds what the engine does with these settings."""
    header, arrays = message(app)
    for i, eta in enumerate((schedule, Constant(learning_rate=constant))):
        path = run(surface, rule, eta, start, steps, noise=added)
        np.testing.assert_allclose(arrays[f"rate.{i}"], path.learning_rate[:, 0], rtol=1e-6)
        rows = arrays[f"run.{i}"].reshape(-1, 3)
        np.testing.assert_allclose(rows[:, :2], path.weights[header["steps"], 0], rtol=1e-5, atol=1e-6)
        assert header["runs"][i]["label"] == (schedule if i == 0 else Constant(learning_rate=constant)).label
    return header


def test_the_first_picture():
    app = fine(schedules())
    header = draws(app, Quadratic(), GradientDescent(), Cosine(), 0.09, START, 100, noise(100))
    assert header["verdict"]["status"] == "good" and "ends lower with the schedule" in header["verdict"]["sentence"]
    assert header["rates"]["limit"] == 0.1 and header["points"] is None
    assert len(app.markdown[0].value) < 140 and app.markdown[0].value.startswith("**")


def test_what_its_first_sentence_says_is_so_for_every_noise():
    """A constant learning rate rattles on: its error goes to a floor; with one that falls it is far below."""
    for slug in ("linear", "inverse", "exponential", "step", "power", "constant_then_inverse"):
        schedule, floors = discover_schedules()[slug](), []
        for steps in (200, 2000):
            added = gradient_noise(steps, 2, 20, 7)
            starts = [START] * 20
            constant = run(Quadratic(), GradientDescent(), 0.09, starts, steps, noise=added).error[-50:].mean()
            falling = run(Quadratic(), GradientDescent(), schedule, starts, steps, noise=added).error[-50:].mean()
            floors.append(constant)
            assert falling < 0.2 * constant
        assert 0.5 < floors[0] / floors[1] < 2.0


@pytest.mark.parametrize("slug", discover_schedules())
def test_every_schedule_opens_by_its_address(slug):
    header, arrays = message(fine(schedules(f"schedule={slug}&noise=0")))
    path = run(Quadratic(), GradientDescent(), discover_schedules()[slug](), START, 100)
    np.testing.assert_allclose(arrays["rate.0"], path.learning_rate[:, 0], rtol=1e-6, atol=1e-12)
    assert (header["points"] is not None) == (slug == "manual")


@pytest.mark.parametrize("slug", plane_surfaces())
def test_every_surface_opens_with_learning_rates_that_suit_it(slug):
    surface = plane_surfaces()[slug]()
    header, _ = message(fine(schedules(f"surface={slug}&noise=0")))
    eta = 0.09 if slug == "quadratic" else surface.learning_rate
    assert header["runs"][1]["label"] == Constant(learning_rate=eta).label
    assert not any("diverges" in item["ends"] for item in header["runs"]) or not surface.bounded_below
    assert "nan" not in str(header["verdict"]).lower()


@pytest.mark.parametrize("slug", [slug for slug, cls in discover_optimizers().items() if cls.has_learning_rate])
def test_every_optimizer_with_a_learning_rate_opens(slug):
    assert discover_optimizers()[slug].title in message(fine(schedules(f"a={slug}")))[0]["verdict"]["sentence"]


def test_a_rule_with_a_rate_for_each_weight_has_its_own_learning_rate_on_other_surfaces():
    app = fine(schedules("surface=goldstein_price&a=adam"))
    assert inputs(app)["constant.learning_rate"] == Adam.typical_learning_rate
    app.sidebar.selectbox(key="a").select("gradient_descent").run()
    assert inputs(fine(app))["constant.learning_rate"] == 2e-6
    app.sidebar.selectbox(key="surface").select("quadratic").run()
    assert inputs(fine(app))["constant.learning_rate"] == inputs(app)["schedule.learning_rate"] == 0.09


def test_settings_of_all_kinds_reach_the_runs():
    query = "a=adam&a.decay_1=0.8&surface=rosenbrock&surface.b=50&schedule=step&schedule.learning_rate=0.02"
    query += "&schedule.factor=0.3&schedule.every=30&constant.learning_rate=0.01&start.x=0.5&steps=120&noise=0.3&seed=9"
    schedule = Step(learning_rate=0.02, factor=0.3, every=30)
    added = noise(120, 0.3, 9)
    draws(
        *(fine(schedules(query)), Rosenbrock(b=50.0), Adam(decay_1=0.8)), schedule, 0.01, (0.5, 1.0), 120, added=added
    )


def test_a_warm_up_before_another_schedule():
    app = fine(schedules("schedule=warm_up&schedule.length=12&then=on_plateau&then.learning_rate=0.1&noise=0"))
    schedule = WarmUp(length=12, then=OnPlateau(learning_rate=0.1))
    draws(app, Quadratic(), GradientDescent(), schedule, 0.09, START, 100, None)
    names = app.sidebar.selectbox(key="then").options
    assert "Warm-up" not in names and "Drawn by hand" not in names and "Cosine" in names


def test_points_in_the_address_are_the_learning_rate():
    app = fine(schedules("schedule=manual&schedule.points=0:0.02,40:0.08,90:0.001&noise=0"))
    points = ((0, 0.02), (40, 0.08), (90, 0.001))
    header = draws(app, Quadratic(), GradientDescent(), Manual(points=points), 0.09, START, 100, None)
    assert header["points"] == {"key": "schedule.points", "values": [list(point) for point in points]}


@pytest.mark.parametrize("raw", ["", "x", "0:nan", "5:1,5:1", "0:0.1," * 5000, "<script>", "0:1e999", "-1:0.1"])
def test_points_that_are_none_give_one_sentence_and_the_picture(raw):
    app = schedules({"schedule": "manual", "schedule.points": raw})
    assert not app.exception
    (said,) = app.warning
    assert said.value.endswith("0:0.09,50:0.09,100:0.01 is used.") and len(said.value) < 200
    draws(app, Quadratic(), GradientDescent(), Manual(), 0.09, START, 100, noise(100))


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("schedule=nope", "schedule"),
        ("schedule.learning_rate=0", "schedule.learning_rate"),
        ("schedule.learning_rate=nan", "schedule.learning_rate"),
        ("schedule.period=2.5", "schedule.period"),
        ("constant.learning_rate=-1", "constant.learning_rate"),
        ("noise=1e9", "noise"),
        ("noise=0.0001", "noise"),
        ("seed=0", "seed"),
        ("steps=1e999", "steps"),
        ("rates=cubic", "rates"),
        ("surface=convex_rosenbrock", "surface"),
        ("schedule=warm_up&then=manual", "then"),
        ("a.learning_rate=1", "a.learning_rate"),
    ],
)
def test_what_cannot_be_used_is_named(query, named):
    app = schedules(query)
    assert not app.exception
    (said,) = app.warning
    assert f"`{named}`" in said.value and said.value.startswith("Ignored from the address")
    assert message(app)[0]["verdict"]["sentence"]


def test_eigenvalues_that_do_not_go_together_give_one_sentence():
    app = schedules("schedule=chebyshev&schedule.smallest_eigenvalue=50&schedule.largest_eigenvalue=2&noise=0")
    (said,) = app.warning
    assert said.value.startswith("Smallest eigenvalue must be at most the largest") and not app.exception


@pytest.mark.parametrize("title", PRESETS)
def test_a_preset_is_its_own_address(title):
    query = PRESETS[title]
    by_address = message(fine(schedules(query)))[0]
    app = schedules("surface=himmelblau&schedule=warm_up&then=step&a=adam&steps=30&noise=3&start.x=1")
    next(button for button in app.button if button.label == title).click()
    by_button = message(fine(app.run()))[0]
    for part in ("runs", "verdict", "surface", "steps", "rates", "points", "start"):
        assert by_button[part] == by_address[part], part
    assert by_button["runs"] != message(fine(schedules("noise=0.7")))[0]["runs"]


EXPECTED = {
    "Cosine": ("good", "lower with the schedule"),
    "No noise": ("limit", "lower with the constant learning rate"),
    "Fallen too soon": ("limit", "lower with the constant learning rate"),
    "Beyond the limit, then below": ("good", "With the schedule it does not"),
    "Notices a plateau": ("good", "lower with the schedule"),
    "Planned ahead": ("good", "lower with the schedule"),
    "Drawn by hand": ("good", "lower with the schedule"),
}


@pytest.mark.parametrize("title", PRESETS)
def test_a_preset_shows_what_its_name_says(title):
    verdict = message(schedules(PRESETS[title]))[0]["verdict"]
    status, words = EXPECTED[title]
    assert verdict["status"] == status and words in verdict["sentence"]


def test_a_schedule_that_diverges_is_said_to_and_why():
    header, _ = message(fine(schedules("schedule=constant&schedule.learning_rate=0.3&noise=0")))
    path = run(Quadratic(), GradientDescent(), 0.3, START, 100)
    at = int(path.diverged_at[0])
    assert header["verdict"] == {
        "status": "bad",
        "sentence": f"Gradient descent diverges: with the schedule it is out of all bounds at step {at}, where η = 0.3"
        " is above the limit 0.1. With the constant learning rate it does not.",
    }
    assert header["runs"][0]["ends"] == f"diverges at step {at}"


def test_without_a_lowest_error_there_is_no_winner():
    header, _ = message(fine(schedules("surface=monkey_saddle&steps=30&noise=0")))
    assert header["verdict"]["status"] == "open" and "no lowest error" in header["verdict"]["sentence"]


def test_the_numbers_beside_the_runs_are_means_of_the_last_steps():
    header, _ = message(schedules("steps=77"))
    for i, eta in enumerate((Cosine(), 0.09)):
        path = run(Quadratic(), GradientDescent(), eta, START, 77, noise=noise(77))
        assert ending(path, 0.0) == pytest.approx(path.error[-7:, 0].mean(), rel=1e-12)
        assert float(header["runs"][i]["ends"]) == pytest.approx(ending(path, 0.0), rel=0.05)


def test_choosing_a_schedule_or_a_surface_brings_its_own_settings():
    app = schedules("schedule=linear&schedule.length=7&schedule.learning_rate=0.03")
    app.sidebar.selectbox(key="schedule").select("warm_up").run()
    assert inputs(fine(app))["schedule.length"] == WarmUp().length
    app.sidebar.selectbox(key="schedule").select("manual").run()
    app.sidebar.selectbox(key="surface").select("rosenbrock").run()
    assert inputs(fine(app))["constant.learning_rate"] == Rosenbrock().learning_rate
    assert inputs(app)["start.x"] == -1.2
    assert app.sidebar.text_area(key="schedule.points").value == "0:0.0007,50:0.0007,100:8e-05"
    app.sidebar.selectbox(key="schedule").select("step").run()
    assert inputs(fine(app))["schedule.learning_rate"] == Rosenbrock().learning_rate


@pytest.mark.parametrize("log", [True, False])
def test_the_axis_of_the_learning_rates_holds_them(log):
    for slug in discover_schedules():
        header, arrays = message(schedules(f"schedule={slug}&rates={'log' if log else 'linear'}"))
        low, high = header["rates"]["range"]
        etas = np.concatenate([arrays["rate.0"], arrays["rate.1"]])
        assert header["rates"]["log"] == log and low < high
        top = np.log10(etas.max()) if log else etas.max()
        assert low < top < high


@pytest.mark.parametrize(
    "query",
    [
        "surface=formula&surface.text=x%2By^2",
        "surface=formula&surface.text=x^3-3*x%2By^2&start.x=-1.9&start.y=1&steps=8",  # below the local minimum in view
        "surface=logistic_regression&data=own&data.table=x,t%0A1,0%0A2,0%0A3,1%0A4,1",
        "surface=neuron&data=two_gaussians",
    ],
)
def test_without_a_minimum_nothing_is_above_it(query):
    header, _ = message(fine(schedules(query + "&noise=0&schedule.learning_rate=0.02&constant.learning_rate=0.02")))
    assert header["verdict"]["sentence"].startswith("No lowest error is known here.")
    texts = [header["mean"], header["verdict"]["sentence"], header["curve"]["layout"]["yaxis"]["title"]["text"]]
    assert not any("min" in text.removeprefix("mean") for text in texts)


def test_errors_count_from_a_curve_of_minima():
    query = "surface=formula&surface.text=(x*y-1)^2%2B5&start.x=2&start.y=2&noise=0"
    header, _ = message(fine(schedules(query)))
    assert "above its minimum" in header["verdict"]["sentence"]
    assert not any(run["ends"].startswith("−") for run in header["runs"])
