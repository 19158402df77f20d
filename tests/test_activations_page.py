"""The page Activations without a browser: its views, links and hostile addresses, what it says held against runs."""

import re
from urllib.parse import parse_qsl

import numpy as np
import pytest
from browser import ROOT
from visit import HUGE, components, inputs, picture, presets, visit, warned

from charts.activations import LOOKS
from engine import discover_optimizers, run
from engine.remembered import remembered
from engine.study import Entry
from engine.words import number, whole
from surfaces.data.moons import Moons
from surfaces.fitting.activation import derivative, edges
from surfaces.fitting.idle import idle
from surfaces.mlp import ACTIVATIONS, Mlp
from widgets.activations import centred, death, identity, planes, rates, shapes, units
from widgets.views import found

pytestmark = pytest.mark.usefixtures("patient")
PAGE = ROOT / "app_pages" / "inside" / "activations.py"
VIEWS = list(found("widgets.activations"))


def opened(**query):
    return visit(query, PAGE)


# ---- views


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_by_its_address_and_begins_with_its_sentence(view):
    app = opened(activations=view)
    header, _ = picture(app)
    assert not app.warning and not app.info
    assert app.main.markdown[0].value == f"**{found('widgets.activations')[view].TITLE}**"
    says = header["says"] if isinstance(header["says"], list) else [header["says"]]
    assert all(said and "nan" not in said and "inf" not in said for said in says)
    assert sum(len(data) for data in components(app)) < 400_000


def test_views_are_in_order():
    orders = [view.ORDER for view in found("widgets.activations").values()]
    assert orders == sorted(orders) and len(set(orders)) == len(orders)
    assert VIEWS[0] == "shapes" and all(name.isalpha() and name.islower() for name in VIEWS)


def test_every_activation_of_the_network_has_its_look():
    assert list(LOOKS) == list(ACTIVATIONS)
    looks = [(look.colour, look.dash) for look in LOOKS.values()]
    assert len(set(looks)) == len(looks)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("bad", ["", "nan", "inf", "-1", "1e999", "0", "two", "<b>", HUGE, "-9" * 20])
def test_no_address_breaks_a_view(view, bad):
    app = opened(activations=view)
    keys = [item.key for item in [*app.sidebar.number_input, *app.sidebar.selectbox, *app.sidebar.text_input]]
    app = visit({"activations": view, "functions": bad, **dict.fromkeys(keys, bad)}, PAGE)
    assert len(app.warning) <= 4
    picture(app)


def test_an_unknown_view_is_said_and_the_first_drawn():
    assert "activations" in warned(opened(activations="nothing"), "activations")
    picture(opened(activations="nothing"))


@pytest.mark.parametrize("view", VIEWS)
def test_inputs_at_their_ends_give_a_picture(view):
    app = opened(activations=view)
    for item in list(app.sidebar.number_input):
        for value in (item.min, item.max):
            if item.key in ("a.learning_rate", "data.rows"):  # which have tests of their own, and pages
                continue
            end = visit({"activations": view, item.key: str(value)}, PAGE)
            assert not end.exception and not end.error, (item.key, value)
            header, _ = picture(end)
            assert all("nan" not in said and "inf" not in said for said in header["says"])
            assert sum(len(data) for data in components(end)) < 400_000


@pytest.mark.parametrize("title", presets(PAGE))
def test_every_preset_is_what_its_address_is(title):
    query = presets(PAGE)[title]
    app = opened()
    app = next(button for button in app.button if button.label == title).click().run()
    by_click, by_link = picture(app), picture(visit(query, PAGE))
    assert not app.warning
    assert by_click[0]["says"] == by_link[0]["says"] and by_click[0]["caption"] == by_link[0]["caption"]
    asked = dict(parse_qsl(query))
    assert app.main.markdown[0].value == f"**{found('widgets.activations')[asked['activations']].TITLE}**"


def test_inputs_of_one_name_are_the_same_in_every_view():
    seen = {}
    for view in VIEWS:
        for item in opened(activations=view).sidebar.number_input:
            assert seen.setdefault(item.key, (item.min, item.max, item.step)) == (item.min, item.max, item.step)


# ---- shapes and centred


def test_functions_are_picked_by_the_address_and_others_are_named():
    app = visit({"activations": "shapes", "functions": ["softsign", "relu"]}, PAGE)
    _, arrays = picture(app)
    assert not app.warning and {"softsign.value", "relu.value"} <= set(arrays) and "tanh.value" not in arrays
    assert "functions" in warned(opened(functions="swish"), "functions")
    app.sidebar.button_group(key="functions").set_value(["tanh", "linear"]).run()
    assert app.query_params["functions"] == ["linear", "tanh"]
    assert "tanh.value" in picture(app)[1] and "relu.value" not in picture(app)[1]
    app.sidebar.button_group(key="functions").set_value([]).run()
    assert "functions" not in app.query_params and {"sigmoid.value", "relu.value"} <= set(picture(app)[1])


def test_what_is_counted_is_what_is_predicted():
    for name in ACTIVATIONS:
        shape = shapes.shape(name, 0.05, 0.25)
        spread = np.sqrt(np.maximum(shape.share * (1.0 - shape.share), 1e-6) / shapes.DRAWN)
        assert (np.abs(shape.counted - shape.share) < 5.0 * spread).all()
        # outputs are at most as spread as inputs
        assert (np.abs(shape.measured - shape.mean) < 5.0 * shapes.DEVIATIONS / np.sqrt(shapes.DRAWN)).all()


def test_the_sentence_on_shapes_holds_the_numbers():
    header, _ = picture(opened(activations="shapes", flat="0.05"))
    said = header["says"][shapes.FIRST_DEVIATION]
    assert "sigmoid gives 0.5" in said and "tanh gives 0 and is flat for 2.9 %" in said
    assert "ReLU gives 0.4 and is flat for 50 %" in said
    assert f"tanh beyond ±{number(edges('tanh', 0.05)[1])}" in header["caption"] and "ReLU below 0" in header["caption"]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_measured_next_layer_is_about_as_long_as_the_predicted_one(name):
    valley = centred.valley(name)
    np.testing.assert_allclose(
        valley.measured, valley.condition, rtol=0.35
    )  # 32 equal eigenvalues spread on 10,000 rows
    assert (valley.condition >= valley.centred * (1.0 - 1e-12)).all()
    # of the two eigenvalues that the mean m moves, the product stays the variance v, and m^2 of every unit is added
    # to their sum 1 + v: so sqrt(kappa) + 1/sqrt(kappa) = sum/sqrt(v) grows by M m^2/sqrt(v)
    now, centred_one = (np.sqrt(kappa) + 1.0 / np.sqrt(kappa) for kappa in (valley.condition, valley.centred))
    np.testing.assert_allclose(now, centred_one + centred.UNITS * valley.mean**2 / np.sqrt(valley.variance), rtol=1e-10)


# ---- units


def sentence_of(app, step):
    header, arrays = picture(app)
    return header["says"][int(np.flatnonzero(arrays["step"] == step)[0])]


@pytest.mark.parametrize("activation", ["relu", "tanh", "hard_tanh"])
def test_the_sentence_on_units_is_that_of_the_run(activation):
    query = {"surface.activation": activation, "surface.hidden": "6, 5", "a": "adam", "a.learning_rate": "0.5"}
    app = opened(activations="units", steps="60", **query, **{"initial.scheme": "he"})
    net = Mlp(data="moons", hidden=(6, 5), activation=activation)
    rule = discover_optimizers()["adam"]()
    path = remembered(net, rule, 0.5, tuple(net.initial("he").tolist()), 60)
    layers = idle(net, path.weights[:, 0], 0.05)
    for step in (0, 7, 60):
        said = sentence_of(app, step)
        for k, each in enumerate(layers):
            dead, saturated = int(each.dead[step].sum()), int(each.saturated(0.9)[step].sum())
            assert f"{dead} of {(6, 5)[k]} units in layer {k + 1} dead, {saturated} saturated" in said
        assert f"E = {number(float(path.error[step, 0]))}" in said
        assert ("into dead units the largest gradient is 0." in said) == any(each.dead[step].any() for each in layers)


def test_the_bars_of_the_units_add_up():
    _, arrays = picture(opened(activations="units", **{"surface.hidden": "8, 4"}))
    bands = arrays["bands"].reshape(len(arrays["step"]), 12, 4)
    np.testing.assert_allclose(bands.sum(axis=2), 1.0, atol=1e-6)
    assert (np.diff(arrays["step"]) > 0).all() and arrays["step"][-1] == 200


def test_gradients_of_dead_units_are_0_at_every_step_of_a_run():
    net = Mlp(data="moons", hidden=(8, 8), activation="relu")
    entry = Entry("a", discover_optimizers()["adam"](), 0.5, start=tuple(net.initial("he", seed=1).tolist()))
    lived = units.live(net, entry, 150, 0.05, 0.9)
    assert max(each.dead.sum() for each in lived.layers) > 0
    assert (lived.gradient == 0.0).all()


def test_how_flat_normal_weights_are_at_first_is_predicted():
    app = opened(
        activations="units", **{"initial.scheme": "gaussian", "initial.scale": "3", "surface.activation": "tanh"}
    )
    caption = picture(app)[0]["caption"]
    measured, unsure, told = re.search(
        r"At first ([\d.]+) ± ([\d.]+) of rows.* ([\d.]+) is predicted", caption
    ).groups()
    assert abs(float(measured) - float(told)) < 5.0 * float(unsure)
    assert "predicted" not in picture(opened(activations="units"))[0]["caption"]


def test_no_hidden_units_are_said_and_eight_drawn():
    app = opened(activations="units", **{"surface.hidden": "none"})
    assert "One hidden layer of 8 is shown" in app.sidebar.warning[0].value
    picture(app)


def test_a_lost_run_is_said():
    app = opened(activations="units", a="gradient_descent", **{"a.learning_rate": "10000", "data": "noisy_line"})
    says = picture(app)[0]["says"]
    assert any("lost" in said for said in says) and not any("nan" in said for said in says)


@pytest.mark.parametrize("rule", discover_optimizers())
def test_any_optimizer_can_be_looked_at(rule):
    for view in ("units", "planes"):
        picture(opened(activations=view, a=rule, steps="10", **{"surface.hidden": "4"}))


# ---- rates


def test_what_is_said_of_rates_is_what_single_runs_do():
    rule, seeds = discover_optimizers()["adam"](), 4
    (got,) = rates.ends(["relu"], rule, 0.05, 0.9, seeds)
    data = Moons(rows=rates.ROWS).dataset()
    net, k, j = Mlp(data=data, activation="relu", hidden=rates.HIDDEN), 3, 9
    dead, both, errors = [], [], []
    for seed in range(seeds):
        start = net.initial(scale=rates.SCALES[k], seed=seed)
        last = run(net, rule, rates.ETAS[j], start, rates.STEPS, record=()).weights[-1, 0]
        (layer,) = idle(net, last, 0.05)
        dead.append(layer.dead.mean())
        both.append(layer.dead.mean() + layer.saturated(0.9).mean())
        errors.append(float(net.evaluate(last)[0]))
    assert got.dead[k, j] == pytest.approx(np.mean(dead))
    assert got.lost[k, j] == pytest.approx(np.mean(both))
    assert got.unsure[k, j] == pytest.approx(np.std(both, ddof=1) / np.sqrt(seeds))
    assert got.error[k, j] == pytest.approx(sorted(errors)[(seeds - 1) // 2], rel=1e-6)


@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh"])
def test_large_learning_rates_cost_units(name):
    (got,) = rates.ends([name], discover_optimizers()["adam"](), 0.05, 0.9, rates.SEEDS.default)
    assert got.lost[rates.FIRST, -1] > got.lost[rates.FIRST, 0] + 4.0 * got.unsure[rates.FIRST].max()
    assert (got.dead == 0.0).all() == (name != "relu")


def test_runs_that_diverge_are_no_numbers_and_are_said():
    (got,) = rates.ends(["linear"], discover_optimizers()["momentum"](), 0.05, 0.9, 2)
    assert np.isnan(got.lost[:, -1]).any() and np.isfinite(got.unsure).all()
    header, _ = picture(visit({"activations": "rates", "functions": ["linear"], "rates.seeds": "2"}, PAGE))
    assert any("all diverge" in said for said in header["says"])


# ---- planes


def test_all_planes_are_one_plane_from_one_start():
    net = Mlp(data="moons", activation="tanh")
    start = tuple(net.initial().tolist())
    entry = Entry("a", discover_optimizers()["momentum"](), 0.2)
    for along in (planes.RUNS, planes.RANDOM, "relu"):
        got = planes.compared(net, entry, start, 100, along, 3, lambda _: None)
        plane, shown, each = got.plane, got.steps, got.siblings
        assert [item.name for item in each] == list(ACTIVATIONS)
        points = plane.grid(planes.GRID)[2]
        for item in each:
            np.testing.assert_allclose(item.feet[0], 0.0, atol=1e-12)
            sibling = planes.siblings(net)[item.name]
            at = planes.as_sibling(sibling, points[7, 30])
            assert item.heights[7, 30] == pytest.approx(float(sibling.evaluate(at)[0]), rel=1e-12)
            assert item.below[0] == pytest.approx(item.error[0], rel=1e-9)
            assert 0.0 < item.held <= 1.0
        assert len(shown) == len(each[0].error)
    with_leak = {item.name: item for item in each}
    assert with_leak["relu"].held > 0.9  # the plane is its own run's


def test_the_sentence_on_planes_names_the_lowest_and_the_highest():
    header, arrays = picture(opened(activations="planes"))
    last = {name: float(arrays[f"{name}.E"][-1]) for name in ACTIVATIONS}
    least, most = min(last, key=last.get), max(last, key=last.get)
    assert (
        f"lowest is {LOOKS[least].title}, " in header["says"][-1]
        and f"highest {LOOKS[most].title}, " in header["says"][-1]
    )


def test_steps_stand_beside_the_condition_number_they_belong_to():
    header, _ = picture(opened(activations="centred"))
    for k, said in enumerate(header["says"]):
        for name in ("sigmoid", "tanh", "relu"):
            found = centred.valley(name)
            steps = whole(float(np.ceil(found.steps[k]))) if found.steps[k] > 1.0 else "1"
            kappa = re.escape(number(float(found.condition[k])))
            wanted = rf"{LOOKS[name].title} {kappa}, {steps} steps? \({re.escape(number(found.centred))} if centred\)"
            assert re.search(wanted, said), (name, said)


def test_no_median_error_leaves_the_picture_and_starts_are_called_so():
    app = opened(activations="rates")
    header, arrays = picture(app)
    panel = header["panels"][2]
    top = max(np.nanmax(arrays[f"{name}.error"]) for name in ("sigmoid", "tanh", "relu"))
    assert "median" in panel["title"] and panel["y"]["range"][1] > np.log10(top)
    assert next(item.label for item in app.sidebar.number_input if item.key == "rates.seeds") == "starts"


def test_below_a_small_plane_stand_both_errors_in_words():
    header, _ = picture(opened(activations="planes", steps="20"))
    for panel in header["panels"][:-1]:
        (said,) = (curve["label"] for curve in panel["curves"] if "label" in curve)
        assert all(re.match(r"E of the run .+, in the plane .+$", each) for each in said)


# ---- death and identity


@pytest.mark.parametrize("start", [(2.5, 1.0), (3.0, 2.0), (-0.5, 1.5)])
def test_runs_die_where_the_first_step_is_predicted_to_kill(start):
    lives = death.live(death.of_rows("relu", 1), start, 0.05)
    first, last = lives.deadly
    killed = (first <= lives.etas) & (lives.etas <= last)
    np.testing.assert_array_equal(killed, lives.dead & (lives.died == 1))
    assert (lives.gradient[lives.dead] == 0.0).all() and (lives.error[lives.dead, -1] > 0.1).all()
    stays = lives.weights[lives.dead]
    for weights, died in zip(stays, lives.died[lives.dead], strict=True):
        assert (weights[died:] == weights[died]).all()


@pytest.mark.parametrize(
    "activation", [name for name in ACTIVATIONS if (derivative(name, np.linspace(-30.0, 30.0, 601)) != 0.0).all()]
)
def test_others_do_not_die(activation):
    assert not death.live(death.of_rows(activation, 1), (2.5, 1.0), 0.05).dead.any()


def test_the_title_on_a_leaky_unit_holds():
    """Where a ReLU would stay for ever a leaky one comes back."""
    relu, leaky = (death.live(death.of_rows(name, 1), (2.5, 1.0), 0.05) for name in ("relu", "leaky_relu"))
    k = int(np.argmin(np.abs(relu.etas - 0.889)))
    assert relu.dead[k] and leaky.error[k, -1] < 0.1 * relu.error[k, -1]
    assert "leaky one can come back" in death.TITLE and "no gradient" not in death.TITLE


def test_a_tanh_is_a_sigmoid_to_the_last_bits_and_learns_otherwise():
    header, arrays = picture(opened(activations="identity"))
    assert arrays["ulp"].max() <= 4.0
    twins = identity.twins(0.5, 0)
    assert twins.outputs < 1e-14 and twins.tanh[0] == pytest.approx(twins.sigmoid[0], rel=1e-13)
    assert abs(twins.tanh[-1] - twins.sigmoid[-1]) > 0.01
    assert "2σ(2a) − 1 is tanh a" in header["says"][-1] and header["index"]["texts"][-1] == "2σ(2a) − 1"


def test_inputs_are_in_the_address_under_these_names():
    assert set(inputs(opened(activations="death"))) == {"death.w", "death.b", "flat", "seed"}
    assert set(inputs(opened(activations="shapes"))) == {"flat"}
    learned = inputs(visit({"activations": "shapes", "functions": "prelu", "shapes.slope": "0.5"}, PAGE))
    assert learned == {"flat": 0.05, "shapes.slope": 0.5}


@pytest.mark.parametrize("z", [-2.0, 0.5])
def test_the_slip_of_the_notes_in_the_sigmoid_is_told_whole(z):
    """What they print is off by the sign and by a factor 1 + e^-z."""
    printed, slope = -np.exp(-z) / (1.0 + np.exp(-z)), float(derivative("sigmoid", np.array(z)))
    assert printed == pytest.approx(-slope * (1.0 + np.exp(-z)))
    assert "with the wrong sign and the square left out" in shapes.SLIPS
