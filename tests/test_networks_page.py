"""The page Networks without a browser: presets, data and losses, what travels, hostile addresses."""

import re
import time
from dataclasses import replace
from urllib.parse import parse_qsl

import numpy as np
import pytest
from browser import ROOT
from visit import components, decode, presets, said, visit, warned

from charts.live import live_message
from charts.network import LEVELS, SIDE, answers, looked_at, scale_of, window
from engine import discover_optimizers, run
from engine.cut import Cut
from engine.sampling import batches
from engine.schedules.linear import Linear
from engine.schedules.on_plateau import OnPlateau
from engine.shadow import random_walk_ends
from engine.study import Entry, study
from engine.words import number, percent
from surfaces.data import discover_data, made
from surfaces.data.moons import Moons
from surfaces.mlp import Mlp
from widgets.live_figure import pack

PAGE = ROOT / "app_pages" / "networks" / "networks.py"
OPTIMIZERS = discover_optimizers()
SIZE = 400_000  # bytes a message


def at(query="", **more):
    return visit(dict(parse_qsl(query)) | more, PAGE)


def told(app):
    """Header and arrays of the live figure and of the network."""
    messages = components(app)
    assert all(len(data) < SIZE for data in messages)
    found = [decode(data) for data in messages]
    (figure,) = (item for item in found if "frame" in item[0])
    (network,) = (item for item in found if "spans" in item[0])
    return figure, network


def quiet(app):
    assert not app.exception and not app.warning and not app.error
    return told(app)


def shades(network):
    header, arrays = network
    size = len(header["steps"]) * SIDE * SIDE
    return arrays["shades"].view(np.uint8)[:size].reshape(-1, SIDE * SIDE)


@pytest.mark.parametrize("slug", [slug for slug, cls in discover_data().items() if not Mlp.misfit(made(cls()))])
def test_every_set_is_learned(slug):
    (header, _), (network, arrays) = quiet(at(data=slug, **{"data.scaling": "scaled"}))
    assert header["frame"]["section"] and said(header)["sentence"]
    assert network["validated"] and len(arrays["told"]) == 4 * len(network["steps"])
    assert ("curve" in arrays) == (len(network["inputs"]) == 1)


@pytest.mark.parametrize("share", [0.3, 0.7, 1.0])
def test_rows_held_out_are_scaled_by_those_that_train(share):
    data = made(discover_data()["house_prices"]())
    _, (_, arrays) = quiet(at(data="house_prices", share=str(share), steps="20", **{"data.scaling": "scaled"}))
    table = np.reshape(arrays["points"], (-1, 4))
    training, validation = data.split(share, 0) if share < 1.0 else (data, None)
    mean, spread = training.inputs.mean(axis=0), training.inputs.std(axis=0)
    for which, rows in enumerate([training, validation] if validation else [training]):
        expected = (rows.inputs - mean) / spread
        np.testing.assert_allclose(table[table[:, 3] == which, :2], expected, rtol=1e-5, atol=1e-6)
    if validation:
        assert np.abs(table[table[:, 3] == 1, :2].mean(axis=0)).max() > 0.1


def test_what_is_drawn_is_the_network_at_every_step():
    app = at("a=adam&a.learning_rate=0.05&steps=60&surface.hidden=6")
    _, (header, arrays) = quiet(app)
    training, validation = made(Moons()).split(0.7, 0)
    net = Mlp(data=training, hidden=(6,))
    path = run(net, OPTIMIZERS["adam"](), 0.05, net.initial(), 60)
    steps = np.array(header["steps"])
    spans = window(training, validation)
    low, high, border = scale_of(net)
    expected = answers(net, path.weights[steps, 0], looked_at(training, spans))
    np.testing.assert_allclose(shades((header, arrays)) / LEVELS * (high - low) + low, expected, atol=0.51 / LEVELS)
    assert border == header["border"] == 0.5
    table = np.reshape(arrays["told"], (-1, 4))
    for column, rows in ((0, training), (1, validation)):
        errors, shares = net.judged(path.weights[steps, 0], rows)
        np.testing.assert_allclose(table[:, column], errors, rtol=1e-5)
        np.testing.assert_allclose(table[:, 2 + column], shares, rtol=1e-6)
    points = np.reshape(arrays["points"], (-1, 4))
    np.testing.assert_allclose(points[points[:, 3] == 0][:, :2], training.inputs, rtol=1e-6)
    np.testing.assert_array_equal(points[points[:, 3] == 1][:, 2], validation.labels)


def test_a_curve_is_what_the_network_answers():
    _, (header, arrays) = quiet(at("data=noisy_line&a=momentum&steps=50&share=1"))
    assert not header["validated"] and header["border"] is None and header["classes"] == []
    assert np.isnan(np.reshape(arrays["told"], (-1, 4))[:, 1]).all()
    curve = np.reshape(arrays["curve"], (len(header["steps"]), -1))
    assert curve.shape == (51, header["line"]) and np.isfinite(curve).all()


@pytest.mark.parametrize("loss", Mlp.choices()["loss"].options)
@pytest.mark.parametrize("more", ["", "surface.normalisation=batch", "surface.normalisation=layer&surface.hidden=5,4"])
def test_every_loss_and_normalisation_is_drawn(loss, more):
    (header, _), _ = quiet(at(f"surface.loss={loss}&a=adam&a.learning_rate=0.02&steps=40&{more}"))
    assert "nan" not in said(header)["sentence"]


@pytest.mark.parametrize("plane", ["weights", "random", "run", "eigenvectors"])
@pytest.mark.parametrize("place", ["start", "end"])
def test_every_plane_is_laid(plane, place):
    query = {"plane": plane} | ({"plane.at": place} if plane != "run" and place != "end" else {})
    (header, _), _ = quiet(at("steps=40", **query))
    assert header["start"]["fixed"] == (plane == "run" or place == "end")


def curves(app):
    """Header and arrays of the learning curves."""
    return next(item for item in map(decode, components(app)) if "patience" in item[0])


def test_several_optimizers_have_each_their_own_curves():
    app = at("a=adam&a.learning_rate=0.05&b=momentum&c=rmsprop&edit=b&steps=40&show=curves")
    quiet(app)
    header, arrays = curves(app)
    assert header["edited"] == "b" and {"told.a", "told.b", "told.c"} <= arrays.keys()
    first = [np.reshape(arrays[f"told.{name}"], (-1, 2))[0, 0] for name in "abc"]
    assert first[0] == first[1] == first[2]


@pytest.mark.parametrize("name", ["local", "points", "danger", "3-D", "words", "code"])
def test_every_detail_opens(name):
    quiet(at(f"show={name}&steps=30&surface.hidden=3"))


def test_a_network_without_hidden_units_that_has_two_weights_is_shown_whole():
    (header, _), _ = quiet(at("data=noisy_line&surface.hidden=none&steps=30"))
    assert header["frame"]["section"] is None


# of the run under the sliders, a row for each drawn step: training and validation error, shares told rightly
CLAIMS = {
    "Two moons": lambda table: table[-1, 2] == 1.0 and table[0, 2] < 0.9,
    "Exclusive or": lambda table: (table[-1, 2:] == 1.0).all() and table[0, 2] < 0.6,
    "No hidden units": lambda table: table[-1, 2] < 0.95,
    "All weights equal": lambda table: table[-1, 2] < 0.8,
    "Too many units, few rows": lambda table: (
        table[-1, 2] == 1.0 and table[-1, 3] < 0.9 and table[-1, 1] > 3.0 * table[:, 1].min()
    ),
    "Luck of the draw": lambda table: table[-1, 2] < 0.8,
    "A curve": lambda table: table[-1, 0] < 0.2 * table[0, 0] and table[-1, 1] > table[:, 1].min(),
}


@pytest.mark.parametrize("title", presets(PAGE))
def test_a_preset_is_what_its_name_says_and_so_is_its_address(title):
    _, (header, arrays) = quiet(at(presets(PAGE)[title]))
    table = np.reshape(arrays["told"], (-1, 4))
    assert CLAIMS[title](table), table[[0, -1]]
    other = at("data=xor&steps=20&surface.hidden=2&initial.seed=3")
    next(button for button in other.button if button.label == title).click()
    other.run()
    _, (again, numbers) = quiet(other)
    assert again["surface"] == header["surface"]
    np.testing.assert_array_equal(numbers["told"], arrays["told"])


def test_luck_of_the_draw_has_two_ends_and_the_plane_goes_through_both():
    (figure, points), (_, arrays) = quiet(at(presets(PAGE)["Luck of the draw"]))
    _, (_, other) = quiet(at(presets(PAGE)["Luck of the draw"] + "&edit=b"))
    rates = [np.reshape(found["told"], (-1, 4))[-1, 2] for found in (arrays, other)]
    assert rates[0] < 0.8 and rates[1] == 1.0
    assert [run["label"].endswith("seed 3") for run in figure["runs"]] == [False, True]
    ends = [np.reshape(points[f"run.{name}"], (-1, 4))[-1, :2] for name in "ab"]
    np.testing.assert_allclose(ends[0], 0.0, atol=1e-5)
    assert ends[1][0] > 1.0 and abs(ends[1][1]) < 1e-4 and figure["start"]["fixed"]
    hidden = np.reshape(points["shadow"], (-1, 2))
    assert hidden[0, 0] == 0.0 and hidden[-1, 0] == 0.0 and hidden[:, 0].max() > 0.1
    _, (_, alone) = quiet(
        at("a=adam&steps=30&initial.seed=3&surface.hidden=2&data=xor&data.noise=0.3&a.learning_rate=0.05")
    )
    np.testing.assert_array_equal(alone["told"][:20], other["told"][:20])


def test_a_plane_through_ends_is_compared_with_a_walk_whose_ends_are_in_it():
    (figure, _), _ = quiet(at(presets(PAGE)["Luck of the draw"]))
    explained = figure["frame"]["section"]["explained"]
    mean, most = (percent(round(share, 3)) for share in random_walk_ends(301, 9))
    assert f"of a random walk of as many steps one through both its ends holds {mean}" in explained
    assert f"less than {most}." in explained and "laid at random" not in explained


def test_a_plane_through_ends_needs_two_runs():
    assert "plane" in warned(at("plane=ends&steps=20"), "plane")


def test_mini_batches_are_run_named_and_drawn_behind():
    app = at("batch=7&sampling=in_order&batch.seed=3&a=adam&a.learning_rate=0.05&steps=60&show=curves")
    (figure, points), (header, _) = quiet(app)
    training, _ = made(Moons()).split(0.7, 0)
    net = Mlp(data=training)
    path = run(net, OPTIMIZERS["adam"](), 0.05, net.initial(), 60, batch_size=7, sampling="in_order", seed=3)
    steps = np.array(header["steps"])
    table = np.reshape(points["run.a"], (-1, 4))
    np.testing.assert_allclose(table[:, 2], path.error[steps, 0], rtol=1e-5)
    assert figure["runs"][0]["label"].endswith("batches of 7") and said(figure)["label"].endswith("batches of 7")
    np.testing.assert_allclose(curves(app)[1]["batch"], path.batch_error[:, 0], rtol=1e-5)


def test_a_batch_of_more_rows_than_there_are_is_all_of_them():
    app = at("batch=500&steps=20")
    quiet(app)
    assert any("There are 70 rows for training" in item.value for item in app.sidebar.caption)


def test_a_rule_that_looks_about_takes_all_rows():
    (figure, _), _ = quiet(at("batch=5&a=newton&b=adam&steps=10"))
    labels = [item["label"] for item in figure["runs"]]
    assert "batches" not in labels[0] and "batches of 5" in labels[1]


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("batch", "-1"),
        ("batch", "2.5"),
        ("data", "nothing"),
        ("share", "2"),
        ("share", "nan"),
        ("surface.activation", "step"),
        ("surface.loss", "zero_one"),
        ("surface.penalty", "-1"),
        ("initial.scheme", "best"),
        ("initial.seed", "1.5"),
        ("initial.scale", "1e999"),
        ("plane", "flat"),
        ("steps", "100000"),
    ],
)
def test_what_does_not_fit_is_named_and_replaced(key, raw):
    warned(at(**{key: raw}), key)


def test_a_loss_for_classes_is_named_where_there_are_none():
    assert "surface.loss" in warned(at("data=noisy_line", **{"surface.loss": "softmax"}), "surface.loss")


@pytest.mark.parametrize("hidden", ["8,8,8,8,8", "0", "-3", "1e3", "eight", "<b>", "100,100,100,100", "1.5"])
def test_hidden_layers_that_cannot_be_are_said_in_a_sentence(hidden):
    app = at(**{"surface.hidden": hidden})
    assert not app.exception and app.warning and told(app)


def test_a_run_that_is_lost_is_drawn_and_told():
    (header, _), (_, arrays) = quiet(
        at("surface.loss=sum_of_squares&surface.activation=relu&a=momentum&a.learning_rate=1000&steps=50")
    )
    assert said(header)["status"] == "bad" and "nan" not in said(header)["sentence"]
    assert not np.isfinite(np.reshape(arrays["told"], (-1, 4))[-1, 0])


def test_a_schedule_scales_the_learning_rate_of_every_run_and_is_named():
    app = at("a=adam&a.learning_rate=0.05&b=momentum&schedule=linear&schedule.last_learning_rate=0.2&schedule.length=30"
             "&steps=40")  # fmt: skip
    (figure, points), _ = quiet(app)
    training, _ = made(Moons()).split(0.7, 0)
    net, schedule = Mlp(data=training), Linear(1.0, 0.2, 30)
    for name, rule, eta in (("a", "adam", 0.05), ("b", "momentum", 0.2)):
        path = run(net, OPTIMIZERS[rule](), Linear(eta, 0.2 * eta, 30), net.initial(), 40)
        steps = np.array(figure["steps"])
        np.testing.assert_allclose(np.reshape(points[f"run.{name}"], (-1, 4))[:, 2], path.error[steps, 0], rtol=1e-5)
    assert figure["runs"][0]["label"] == "Adam η = 0.05, β₁ = 0.9, β₂ = 0.999, δ = 10⁻⁸, Linear η_K = 0.2 η, K = 30"
    np.testing.assert_allclose(figure["pace"][:-1], schedule(40), rtol=1e-12)
    assert figure["pace"][-1] == pytest.approx(0.2)
    assert "η = 0.01" in str(said(figure))  # that of the last step
    assert quiet(at("steps=20"))[0][0]["pace"] is None


@pytest.mark.parametrize("slug", ["chebyshev", "nothing"])
def test_a_schedule_that_cannot_be_scaled_is_not_offered(slug):
    warned(at(f"steps=10&schedule={slug}"), "schedule")


@pytest.mark.parametrize("slug", ["cosine", "step", "warm_up", "one_cycle", "power"])
def test_every_other_schedule_is_run(slug):
    (figure, _), _ = quiet(at(f"steps=60&schedule={slug}&a=adam&a.learning_rate=0.02"))
    assert len(figure["pace"]) == len(figure["steps"]) and max(figure["pace"]) <= 1.0 + 1e-12


def plateau(net, eta, steps, held, batch, k):
    """Momentum whose learning rate is halved after 3 times k steps without an error lower by a hundredth."""
    rows = len(net.rows())
    judged = held or net
    order = batches(rows, batch, steps) if batch else np.tile(np.arange(rows), (steps, 1))
    w = net.initial()
    change, best, waited, etas, path = np.zeros_like(w), np.inf, 0, [], [w]
    for step in range(steps):
        if step % k == 0:
            error = float(judged.evaluate(w)[0])
            lower = step == 0 or error < 0.99 * best
            best, waited = (error, 0) if lower else (best, waited + 1)
            if waited == 3:
                eta, waited = 0.5 * eta, 0
        part = replace(net, data=net.dataset.taken(order[step][order[step] >= 0]))
        change = 0.9 * change - eta * part.evaluate(w)[1]
        w = w + change
        etas.append(eta)
        path.append(w)
    return np.array(path), np.array(etas)


@pytest.mark.parametrize(("error", "batch", "k"), [("training", 10, 10), ("validation", 10, 10), ("validation", 0, 3)])
def test_on_a_plateau_every_run_follows_the_error_that_is_asked_for(error, batch, k):
    query = {"schedule": "on_plateau", "schedule.error": error, "batch": str(batch), "schedule.every": str(k)}
    app = at(
        "a=momentum&a.learning_rate=0.5&b=momentum&b.learning_rate=1.5&c=newton&surface.penalty=0.01&steps=120", **query
    )
    (figure, points), _ = quiet(app)
    training, validation = made(Moons()).split(0.7, 0)
    net = Mlp(data=training, penalty=0.01)
    held = Mlp(data=validation) if error == "validation" else None
    steps = np.array(figure["steps"])
    said_once = f"On a plateau f = 0.5, p = 3, k = {k}, b = 0.01{', by validation error' if held else ''}"
    for run_, name, eta in zip(figure["runs"], "ab", (0.5, 1.5), strict=False):
        path, etas = plateau(net, eta, 120, held, batch, k)
        table = np.reshape(points[f"run.{name}"], (-1, 5))
        assert figure["frame"]["columns"][4] == "pace" and said_once in run_["label"]
        np.testing.assert_allclose(table[:, 2], net.evaluate(path[steps])[0], rtol=1e-4)
        np.testing.assert_allclose(table[:, 4], etas[np.minimum(steps, 119)] / eta, rtol=1e-6)
        if name == "a":
            falls = np.flatnonzero(np.diff(etas)) + 1
            assert figure["pace"] == table[:, 4].tolist()
            fact = said(figure)["facts"][-3:]
            assert fact[:2] == ["η now", number(etas[-1], 4)]
            assert fact[2].endswith(f"first at step {falls[0]}" if len(falls) else "no plateau")
    assert "plateau" not in figure["runs"][2]["label"]
    assert (np.reshape(points["run.c"], (-1, 5))[:, 4] == 1.0).all()
    app = at("a=momentum&a.learning_rate=0.5&steps=120&show=code", **query)
    program = "".join(item.value for item in app.code)
    assert ("held_out_error" in program) == bool(held) and "eta, waited = 0.5 * eta, 0" in program


@pytest.mark.parametrize("more", ["share=1", "surface.normalisation=batch"])
def test_where_no_validation_error_can_be_watched_the_page_says_so(more):
    app = at(f"schedule=on_plateau&schedule.error=validation&steps=20&{more}")
    (figure, _), _ = quiet(app)
    assert any(item.value.endswith("the error of the run is watched.") for item in app.sidebar.caption)
    assert "validation" not in figure["runs"][0]["label"]


def test_a_plateau_waits_out_a_warm_up():
    query = {
        "schedule": "warm_up",
        "schedule.length": "30",
        "then": "on_plateau",
        "then.every": "1",
        "then.error": "validation",
    }
    (figure, _), _ = quiet(at("a=adam&a.learning_rate=0.05&steps=60", **query))
    assert "then On a plateau f = 0.5, p = 3, k = 1, b = 0.01, by validation error" in figure["runs"][0]["label"]
    steps, pace = np.array(figure["steps"]), np.array(figure["pace"])
    np.testing.assert_allclose(pace[steps < 30], 0.1 + 0.9 * steps[steps < 30] / 30, rtol=1e-12)
    assert pace[steps == 30] == 1.0 and warned(at("schedule=on_plateau&schedule.error=test&steps=10"), "schedule.error")


def test_every_stop_of_a_slider_follows_its_own_error():
    training, validation = made(Moons()).split(0.7, 0)
    net = Mlp(data=training)
    schedule = OnPlateau(1.0, every=3, validation=net.judging(validation))
    entry = Entry("a", OPTIMIZERS["momentum"](), 0.5, schedule=schedule)
    plane = Cut("run").lay(net, entry, net.start, 90)
    for setting in ("learning_rate", "momentum"):
        result = study(net, [entry], entry, net.start, 90, plane, families=setting)
        header, arrays = live_message(net, result, [], {"start": {}}, ground=False)
        family = header["families"][setting]
        assert len(pack(header, arrays)) < SIZE
        table, ends = np.reshape(arrays[family["array"]], (-1, 5)), family["offsets"]
        steps, found = np.array(header["steps"]), set()
        for r in range(0, len(ends) - 1, 9):
            rule, eta = result.families[0].family.optimizers[r], float(result.families[0].family.learning_rates[r])
            alone = run(net, rule, replace(schedule, learning_rate=eta), net.start, 90)
            pace = alone.learning_rate[np.minimum(steps, 89), 0] / eta
            drawn = table[ends[r] : ends[r + 1], 4]
            np.testing.assert_allclose(drawn, pace[: len(drawn)], rtol=1e-6)
            found.add(tuple(pace))
        assert len(found) >= 3  # they fall at other steps


def test_runs_may_begin_with_other_schemes_and_two_of_one_optimizer_are_told_apart():
    app = at("a=momentum&b=momentum&c=momentum&initial.b.scheme=he&initial.c.scheme=equal&steps=30")
    (figure, points), _ = quiet(app)
    training, _ = made(Moons()).split(0.7, 0)
    net = Mlp(data=training)
    for name, scheme in (("a", "xavier"), ("b", "he"), ("c", "equal")):
        first = net.evaluate(net.initial(scheme))[0]
        assert np.reshape(points[f"run.{name}"], (-1, 4))[0, 2] == pytest.approx(float(first), rel=1e-5)
    styles = figure["runs"]
    assert len({item["dash"] for item in styles}) == 3 and len({item["colour"] for item in styles}) == 1
    assert [item["letter"] for item in styles] == ["a", "b", "c"]
    assert [item["label"].rsplit(", ", 1)[1] for item in styles] == ["μ = 0.9", "He", "all equal"]
    (other, _), _ = quiet(at("a=momentum&b=adam&steps=20"))
    assert [item["letter"] for item in other["runs"]] == ["", ""]
    assert [item["dash"] for item in other["runs"]] == ["solid", "longdash"]


def test_the_first_picture_bends_its_boundary():
    (figure, _), (_, arrays) = quiet(at())
    table = np.reshape(arrays["told"], (-1, 4))
    assert table[-1, 2] == 1.0 and table[-1, 3] > 0.95 and table[0, 2] < 0.7
    short = figure["frame"]["section"]["short"]
    assert re.fullmatch(
        r"This plane holds 9\d(\.\d)? % of the run's movement; a random walk's would hold 7\d %\.", short
    )


def test_inputs_that_saturate_are_said():
    app = at("data=insurance&steps=20")
    assert any("hidden units saturate" in item.value for item in app.sidebar.caption)
    app = at("data=insurance&steps=20", **{"data.scaling": "scaled"})
    assert not any("hidden units saturate" in item.value for item in app.sidebar.caption)
    ends = []
    for scaled in (False, True):
        data = made(discover_data()["insurance"]())
        net = Mlp(data.scaled() if scaled else data)
        ends.append(run(net, OPTIMIZERS["momentum"](), 0.2, net.start, 300).error[-1, 0])
    assert ends[1] < 0.1 * ends[0]


def test_long_runs_wait_beside_a_bar_and_can_be_stopped(monkeypatch):
    monkeypatch.setattr("widgets.patience.SHORT", 0.0)
    monkeypatch.setattr("engine.study.LONG", 0)
    app = at("steps=50&b=adam")
    if not components(app) or not any("frame" in decode(data)[0] for data in components(app)):
        assert any(button.label == "Stop" for button in app.button)
    for _ in range(40):
        if any("frame" in decode(data)[0] for data in components(app)):
            break
        time.sleep(0.1)
        app.run()
    told(app)
    assert not app.exception


LARGE = "surface.hidden=20,10&data.rows=400&a=adam&a.learning_rate=0.01&steps=40"


def has_picture(app):
    return any("frame" in decode(data)[0] for data in components(app))


def waited(app):
    """Look again and again until the picture is there."""
    for _ in range(600):
        if has_picture(app):
            return app
        assert not app.exception
        time.sleep(0.1)
        app.run()
    raise AssertionError("no picture")


@pytest.mark.parametrize("more", ["", "&plane=random&plane.at=start&start.x=0.3", "&initial.seed=7"])
def test_all_that_takes_long_of_a_picture_is_done_before_it_is_drawn(monkeypatch, more):
    monkeypatch.setattr("widgets.patience.SHORT", 0.0)
    app = at(LARGE + more)
    assert has_picture(app) or any(button.label == "Stop" for button in app.button)
    header, _ = decode(next(data for data in components(waited(app)) if "frame" in decode(data)[0]))
    assert header["slow"] and not header["preview"]
    looks, times = [], Mlp.times
    monkeypatch.setattr(Mlp, "times", lambda net, w, v: looks.append(w) or times(net, w, v))
    app.run()
    assert not looks  # limits along the path and curvatures of the plane are kept


def test_families_that_would_take_seconds_are_not_to_be_had():
    app = at("steps=300&surface.hidden=90&a=adam&a.learning_rate=0.01&data.rows=1000")
    (figure, _), _ = quiet(waited(app))
    assert figure["heavy"] and not figure["families"]
    assert not quiet(at("steps=30"))[0][0]["heavy"]


ROWS = "5,6,1\n7,8,0\n2,2,1\n"
FAULTS = {  # what is wrong, and what the sentence names
    "a,b,t\n1,2,3\n1,x,4\n5,6,7\n8,9,1\n": "row 3, column 2",
    "a,b,t\n1,2,0\n1,4,1\n1,4,0\n1,5,1\n": "a",
    "a,b,t\n1,2,0\n3,4,0\n5,4,0\n6,1,0\n": "0",
    "a,b,t\n1,2\n" + ROWS: "row 2",
    "a,b,t\n1,nan,0\n" + ROWS: "nan",
    "1\n2\n3\n4\n": "column",
    "": "empty",
    "a,t\n" + "1,2\n" * 5000: "5,000 rows",
}


@pytest.mark.parametrize("table", FAULTS)
def test_a_table_that_cannot_be_used_is_said_in_a_sentence_and_the_page_stays(table):
    app = at("data=own&steps=20")
    app.session_state["data.table"] = table
    app.run()
    assert not app.exception and app.sidebar.warning
    assert any(FAULTS[table] in item.value.replace("\\", "").lower() for item in app.sidebar.warning), [
        item.value[:200] for item in app.sidebar.warning
    ]
    told(app)


def test_a_loss_that_does_not_fit_other_data_is_said_where_they_are_chosen():
    app = at("steps=20", **{"surface.loss": "softmax"})
    quiet(app)
    app.selectbox(key="data").select("noisy_line").run()
    assert not app.exception
    assert any("needs classes" in item.value for item in app.sidebar.caption)
    told(app)


def test_what_is_not_used_is_said_above_the_picture_too():
    app = at(**{"surface.hidden": "40, 40", "batch": "500"})
    (warning,) = app.sidebar.warning
    plain = warning.value.replace("\\", "")
    assert plain == "A network may have 500 weights, hidden = (40, 40) makes 1801. One hidden layer of 8 is shown."
    told = [item.value for item in app.main.markdown]
    assert warning.value in told
    assert "There are 70 rows for training: every step receives them all." in told
    assert "500 weights" not in "".join(item.value for item in at().main.markdown)


def test_a_fault_names_the_setting_as_its_input_does():
    (warning,) = at(**{"surface.hidden": "eight"}).sidebar.warning
    assert warning.value.replace("\\", "").startswith("Hidden units must be at most 4 whole numbers")


def test_a_schedule_drawn_by_hand_holds_shares_of_every_learning_rate():
    app = at("a=adam&a.learning_rate=0.05&b=momentum&schedule=manual&steps=40", **{"schedule.points": "0:1,20:0.1"})
    (figure, _), _ = quiet(app)
    assert "Drawn by hand, 2 points" in figure["runs"][0]["label"]
    np.testing.assert_allclose([figure["pace"][k] for k in (0, 10, 20, 40)], [1.0, 0.1**0.5, 0.1, 0.1], rtol=1e-12)
    box = app.selectbox(key="schedule")
    assert "Chebyshev" in box.help and "On a plateau" in box.options
    bad = at("schedule=manual&steps=20", **{"schedule.points": "0:1;3"})
    assert not bad.exception and bad.sidebar.warning[0].value.startswith("Points must be like")
