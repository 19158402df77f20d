"""The page Edge of stability without a browser: its views, its links, hostile addresses, and what it says."""

import numpy as np
import pytest
from browser import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from spoken import agrees, said_after, value_of
from visit import HUGE, components, picture, presets, visit, warned

from charts.edge_beyond import beyond_message
from charts.edge_known import known_message
from charts.edge_rates import LATE
from charts.edge_training import limit_words, story_of
from engine import discover_optimizers, run
from engine.edge import Edge, spectrum_along
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from engine.study import Entry
from engine.take_away import csv_of_edge
from engine.thrown import growth, measured_growth
from surfaces.mlp import Mlp
from surfaces.sharpness import Sharpness
from widgets.edge import beyond, inputs, known, rates, training
from widgets.edge import rules as rules_view
from widgets.views import found

pytestmark = pytest.mark.usefixtures("patient")
PAGE = ROOT / "app_pages" / "inside" / "edge_of_stability.py"
VIEWS = list(found("widgets.edge"))
NETS = [view for view in VIEWS if view != "known"]
SMALL = {
    **{"steps": "200", "rates.steps": "1000", "beyond.before": "500", "beyond.steps": "50"},
    **{"data.rows": "20", "surface.hidden": "3"},
}
NET = Mlp("noisy_line", hidden=(8,), loss="sum_of_squares")


PRESETS = presets(PAGE)


def opened(view, **query):
    asked = {key: value for key, value in SMALL.items() if key.split(".")[0] in KEYS[view]}
    return visit({"edge": view, **asked, **query}, PAGE)


KEYS = {
    "training": {"steps", "data", "surface"},
    "known": set(),
    "rates": {"rates", "data", "surface"},
    "beyond": {"beyond", "data", "surface"},
    "rules": {"steps", "data", "surface"},
}


# ---- views


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_by_its_address_and_begins_with_its_sentence(view):
    app = visit({"edge": view}, PAGE)
    header, _ = picture(app)
    assert not app.warning and not app.info
    assert app.main.markdown[0].value == f"**{found('widgets.edge')[view].TITLE}**"
    assert all(said and "nan" not in said and "inf" not in said for said in header["says"])
    assert len(header["says"]) == len(header["index"]["texts"])
    assert sum(len(data) for data in components(app)) < 400_000


def test_views_are_in_order_and_the_first_is_training():
    orders = [view.ORDER for view in found("widgets.edge").values()]
    assert orders == sorted(orders) and len(set(orders)) == len(orders)
    assert VIEWS[0] == "training" and set(VIEWS) == set(KEYS)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("bad", ["", "nan", "-1", "1e999", "two", "<b>", HUGE])
def test_no_address_breaks_a_view(view, bad):
    keys = [item.key for item in opened(view).sidebar.number_input]
    app = visit({**SMALL, "edge": view, **dict.fromkeys(keys, bad)}, PAGE)
    assert not app.exception and not app.error
    assert app.info or components(app)


@pytest.mark.parametrize("view", VIEWS)
def test_inputs_at_their_ends_give_a_picture_or_a_sentence(view):
    app = opened(view)
    own = [item for item in app.sidebar.number_input if not item.key.startswith("data.")]
    for item in own:
        for value in (item.min, item.max):
            if item.key in ("steps", "rates.steps", "beyond.before", "beyond.steps") and value == item.max:
                continue  # only longer
            end = opened(view, **{item.key: str(value)})
            assert not end.exception and not end.error, (item.key, value)
            assert bool(end.info) != bool(components(end)), (item.key, value)
            if components(end):
                header, _ = picture(end)
                assert all("nan" not in said and "inf" not in said for said in header["says"]), (item.key, value)


def test_an_unknown_view_is_said_and_the_first_drawn():
    app = opened("training", edge="nothing")
    assert warned(app, "edge")
    picture(app)


def test_a_net_of_too_many_weights_is_said():
    app = opened("training", **{"surface.hidden": "60"})
    assert not components(app) and "at most 100" in app.info[0].value


@pytest.mark.parametrize("view", NETS)
@pytest.mark.parametrize(
    "query",
    [
        {"initial.scheme": "zero"},
        {"initial.scheme": "equal"},
        {"initial.scale": "100"},
        {"surface.activation": "relu"},
        {"surface.reduction": "sum"},
        {"data": "moons", "surface.loss": "max_margin"},
        {"data": "moons", "surface.loss": "softmax", "surface.normalisation": "batch"},
        {"data": "house_prices"},
    ],
)
def test_any_net_gives_a_picture_or_a_sentence(view, query):
    app = opened(view, **query)
    assert not app.exception and not app.error
    assert bool(app.info) != bool(components(app))
    if components(app):
        header, _ = picture(app)
        assert all(said and "nan" not in said and "inf" not in said for said in header["says"])


@pytest.mark.parametrize("slug", inputs.rules(discover_optimizers()))
def test_every_rule_that_is_offered_gives_a_picture(slug):
    header, arrays = picture(opened("training", rule=slug))
    assert limit_words(discover_optimizers()[slug]()) in header["says"][-1].replace("\u202f", " ")
    assert np.isfinite(arrays["top.0"][1:]).all()


def test_every_rate_of_the_page_is_one_of_a_rule():
    offered = inputs.rules(discover_optimizers())
    assert set(inputs.RATES) == set(offered)
    for slug, cls in offered.items():
        assert isinstance(inputs.rate_of(slug, cls), Parameter)


def test_an_unknown_key_is_said():
    assert warned(opened("training", nothing="1"), "nothing")


@pytest.mark.parametrize("title", PRESETS)
def test_every_preset_is_an_address_that_is_taken(title):
    app = visit(PRESETS[title], PAGE)
    assert not app.warning and not app.info
    picture(app)


def test_presets_show_what_their_names_say():
    def story(title):
        return picture(visit(PRESETS[title], PAGE))[0]["says"][-1]

    assert "meets it at step" in story("Up to the edge")
    assert "never meets its limit" in story("Never there")
    assert "(2 + 2μ)/η" in story("Momentum") and "meets it" in story("Momentum")
    assert "(2 + 2β₁)/((1 − β₁) η)" in story("Adam") and "meets it" in story("Adam")
    left = said_after(story("Probabilities leave it"), "at the end at")
    assert value_of(left) < 20.0


# ---- what is said of a run


def test_the_story_holds_the_numbers_of_the_run():
    header, arrays = picture(visit("rule.learning_rate=0.1", PAGE))
    path = run(NET, GradientDescent(), 0.1, NET.start, 2000)
    exact = np.linalg.eigvalsh(NET.hessian(path.weights[:, 0]))[:, -1]
    error = path.error[:, 0]
    np.testing.assert_allclose(arrays["top.0"], exact, rtol=1e-6)
    meets = int(np.argmax(exact >= 20.0))
    near = int((np.abs(exact[meets + 1 :] / 20.0 - 1.0) <= 0.1).sum())
    rises = int((np.diff(error[meets:]) > 0.0).sum())
    said = header["says"][0].replace("\u202f", "")
    assert agrees(said_after(said, "From"), 100.0 * exact[0] / 20.0)
    assert f"2/η = 20 the sharpness grows and meets it at step {meets}." in said
    assert agrees(said_after(said, "of it at"), 100.0 * near / (2000 - meets)) and "times the limit" not in said
    assert max(len(sentence.split()) for sentence in said.split(". ")) < 25
    assert f"never rose before, rises {rises} times" in said
    assert (np.diff(error[: meets + 1]) < 0.0).all()
    for k, text in zip((int(t.split()[1]) for t in header["index"]["texts"]), header["says"], strict=True):
        assert agrees(said_after(text.replace("\u202f", ""), "the sharpness is"), float(exact[k])), k
        if k < 2000:
            assert f"{'raises' if error[k + 1] > error[k] else 'lowers'} the error" in text


def told(edge):
    return story_of(edge, "2/η").replace("\u00a0", " ")


def edge_of(ratio, error, limit=2.0, lost=-1):
    return Edge(limit, limit * np.asarray(ratio)[:, None], np.asarray(error, dtype=float), lost)


def test_every_case_has_its_sentence():
    assert "never meets its limit 2/η = 2: at most, at step 1, it is 1, 50 % of it. The error never rises." in told(
        edge_of([0.4, 0.5, 0.3], [3, 2, 1])
    )
    grown = told(edge_of([0.5, 1.02, 1.3, 0.95], [4, 2, 3, 1]))
    assert "From 50 % of its limit 2/η = 2 the sharpness grows and meets it at step 1." in grown
    assert (
        "at 50 % of the steps, at the end at 95 %." in grown and "never rose before, rises once, and yet goes" in grown
    )
    begun = told(edge_of([1.5, 0.95, 1.0], [4, 5, 6]))
    assert "begins beyond its limit 2/η = 2, at 150 % of it, and is first below it at step 1." in begun
    assert "rises 2 times, and goes from 4 to 6" in begun
    lost = told(edge_of([1.5, 9.0, np.nan], [4, 5, np.nan], lost=1))
    assert lost.endswith("is lost: at step 1 it has diverged.")
    assert "nowhere" in told(edge_of([np.nan, np.nan], [1, np.nan], lost=1))
    assert "meets it at step 1." in told(edge_of([0.5, 1.0], [2, 1]))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), steps=st.integers(1, 40), high=st.floats(0.1, 3.0))
def test_no_run_of_numbers_breaks_the_story(seed, steps, high):
    random = np.random.default_rng(seed)
    edge = edge_of(high * random.random(steps + 1), random.random(steps + 1))
    said = story_of(edge, "2/η")
    assert said.endswith(".") and "nan" not in said
    places = training.stops(edge)
    assert (np.diff(places) >= 0).all() and places[0] == 0 and places[-1] == edge.last


def test_the_numbers_can_be_taken_away():
    edge = edge_of([0.5, 1.02, np.nan], [4, 2, np.nan], lost=2)
    assert csv_of_edge(edge) == "step,error,limit,eigenvalue_1\n0,4.0,2.0,1.0\n1,2.0,2.0,2.04\n"
    assert opened("training").main.download_button[0].label == "Numbers (CSV)"


# ---- known


def test_where_it_can_stay_is_drawn_and_said():
    header, arrays = picture(opened("known"))
    etas = arrays["eta"]
    held = np.stack([arrays["held.x"], arrays["held.y"]], axis=-1).reshape(len(etas), -1, 2)
    for r, eta in enumerate(etas):
        points = held[r][np.isfinite(held[r, :, 0])]
        if len(points):
            np.testing.assert_allclose(points.prod(axis=-1), 1.0, rtol=1e-5)
            assert np.square(points).sum(axis=-1).max() <= 2.0 / eta * (1.0 + 1e-6)
        else:
            assert eta > 0.99
    end, most = arrays["end"], arrays["bound"]
    known_ends = np.isfinite(end)
    assert known_ends.sum() > 20 and (end[known_ends] <= most[known_ends] * (1.0 + 1e-4)).all()
    np.testing.assert_allclose(end[known_ends], arrays["told"][known_ends], rtol=1e-4)
    assert any("diverges" in said for said in header["says"]) and any("within that" in said for said in header["says"])


@settings(max_examples=15, deadline=None)
@given(a=st.floats(-6.0, 6.0), b=st.floats(-6.0, 6.0))
def test_the_bound_holds_from_every_start(a, b):
    ends = known.followed(Sharpness(), (a, b))
    header, _ = known_message(ends, GradientDescent.colour, Sharpness.view, 3)
    assert all(said and "nan" not in said for said in header["says"])
    moving = ends.settled & (ends.error[0] > 1e-9)
    assert (ends.end[moving] <= ends.most[moving] * (1.0 + 1e-3)).all()


@pytest.mark.parametrize(
    ("start", "words"),
    [((2.0, 0.5), "exactly 0"), ((2.0, -2.0), "no minimum:"), ((0.0, 0.0), "saddle"), ((0.0, 2.0), "can stay only")],
)
def test_special_starts_are_said(start, words):
    header, _ = picture(opened("known", **{"known.a": str(start[0]), "known.b": str(start[1])}))
    assert all(words in said or "no minimum can hold" in said for said in header["says"])


def test_a_run_from_opposite_weights_is_said_to_end_where_it_does():
    """a <- (1 - eta (1 + a^2)) a: from 3 below eta = 0.2 it shrinks, there it swings, above it is lost."""
    ends = known.followed(Sharpness(), (3.0, -3.0))
    header, _ = known_message(ends, GradientDescent.colour, Sharpness.view, 3)
    for eta, said in zip(ends.etas, header["says"], strict=True):
        a = 3.0
        for _ in range(50):
            a = (1.0 - eta * (1.0 + a * a)) * a if abs(a) < 1e9 else np.inf
        assert ("leads to the saddle" in said) == (eta < 0.2) and ("diverges" in said) == (not np.isfinite(a))


# ---- rates, beyond, rules


def test_the_final_sharpness_is_the_lower_of_flow_and_limit():
    limit = inputs.limit_at(NET, NET.start)
    swept = rates.swept(NET, NET.start, rates.stops(limit), rates.STEPS.default)
    kept = np.isfinite(swept.final)
    assert kept.sum() >= 10
    off = np.abs(swept.final[kept] / swept.predicted[kept] - 1.0)
    assert (off < 0.12).all() and (off[:-1] < 0.02).all()  # the last is hardly held
    flat = swept.predicted == swept.flow
    assert 2 <= flat.sum() <= 6 and (np.abs(swept.final[flat] / swept.flow - 1.0) < 0.02).all()
    for each, eta in zip(swept.runs, swept.etas, strict=True):
        if each.diverged_at < 0:
            assert each.time[-1] == pytest.approx(swept.time, rel=0.05), eta


def test_late_steps_that_are_looked_at_give_the_mean_of_all_of_them():
    limit = inputs.limit_at(NET, NET.start)
    swept = rates.swept(NET, NET.start, rates.stops(limit), 1000)
    for eta, final in zip(swept.etas.tolist(), swept.final.tolist(), strict=True):
        count = round(swept.time / eta)
        path = run(NET, GradientDescent(), eta, NET.start, count)
        if path.diverged_at[0] < 0:
            late = path.step >= (1.0 - LATE) * count
            whole = spectrum_along(NET, GradientDescent(), path)[late, 0].mean()
            assert final == pytest.approx(whole, rel=0.015), eta


def test_a_run_is_thrown_out_and_lands_flatter():
    found_ = beyond.thrown(NET, NET.start, 4000, 100)
    for r, share in enumerate(found_.shares):
        rises = (np.diff(found_.error[:, r]) > 0.0).any()
        if share < 1.0:
            assert found_.error[-1, r] < found_.error[0, r]
            assert abs(found_.ratio[-1, r] / share - 1.0) < 0.03  # it stays
        elif share >= 1.1:
            assert rises and found_.diverged_at[r] < 0
            assert found_.sharpness[-1, r] < found_.rest  # flatter than where it was
            assert found_.lands(r) > 0
        grown = measured_growth(found_.error[:, r], found_.least)
        if share > 1.1 and np.isfinite(grown):
            assert grown == pytest.approx(growth(found_.etas[r], found_.rest), rel=0.1), share
        if share > 1.0:
            close = found_.told[:, r] - found_.error[0, r] < 0.1 * found_.error[0, r]
            early = slice(0, max(2, int(np.argmin(close))))
            np.testing.assert_allclose(found_.told[early, r], found_.error[early, r], rtol=0.05)


def test_where_a_run_lands_is_told_beside_rest_and_limit():
    found_ = beyond.thrown(NET, NET.start, 4000, 100)
    header, _ = beyond_message(found_, "#000000", NET.dim, 1e-3, 0)
    assert (found_.ratio[-1, found_.shares > 1.0] > 1.0).any() and (found_.ratio[-1, found_.shares > 1.0] < 1.0).any()
    for r, said in enumerate(header["says"]):
        if found_.shares[r] < 1.0 or found_.diverged_at[r] >= 0 or found_.lands(r) < 0:
            continue
        sharp, limit = float(found_.sharpness[-1, r]), 2.0 / found_.etas[r]
        assert "flatter than at rest" in said and ("no flatter" in said) == (sharp >= found_.rest)
        assert ("above the limit" in said and "still on its way" in said) == (sharp > limit), said
        assert ("below the limit, " in said and "steps fit" in said) == (sharp < limit), said


def both_ways(limit, share, steps):
    chosen = rules_view.settings(limit, share)
    return rules_view.lanes(NET, NET.start, chosen, steps), chosen


def test_every_rule_comes_to_its_own_limit():
    limit = inputs.limit_at(NET, NET.start)
    for lane in rules_view.lanes(NET, NET.start, rules_view.settings(limit, 0.4), 2000):
        assert lane.edge.meets > 0, lane.label
        assert 0.85 < np.nanmedian(lane.edge.ratio[-300:]) < 1.1, lane.label


@pytest.mark.parametrize("steps", [1000, 3000])
@pytest.mark.parametrize("share", [0.05, 0.4, 0.45, 0.7, 1.0])
def test_steps_that_are_left_out_hide_no_meeting_of_the_limit(share, steps):
    limit = inputs.limit_at(NET, NET.start)
    for lane, (rule, eta) in zip(*both_ways(limit, share, steps), strict=True):
        whole = training.followed(NET, Entry("a", rule, eta, start=NET.start), steps)
        edge, known = lane.edge, lane.edge.known
        assert (edge.every, whole.every, len(known) < steps / 2) == (steps // rules_view.LOOKS, 1, True), lane.label
        np.testing.assert_array_equal(edge.ratio[known], whole.ratio[known])
        assert (edge.first, edge.meets, edge.last) == (whole.first, whole.meets, whole.last), lane.label
        if edge.beyond_at_first:
            assert edge.falls_below == whole.falls_below
        assert abs(edge.hovers - whole.hovers) < 0.05


def test_a_stopped_computation_is_none():
    def never(share):
        return False

    limit = inputs.limit_at(NET, NET.start)
    assert rates.swept(NET, NET.start, rates.stops(limit), 1000, never) is None
    assert beyond.thrown(NET, NET.start, 500, 50, never) is None
    assert rules_view.lanes(NET, NET.start, rules_view.settings(limit, 0.4), 300, never) is None


def test_spectra_of_single_runs_are_those_of_many():
    path = run(NET, GradientDescent(), np.array([0.05, 0.1]), NET.start, 40)
    alone = run(NET, GradientDescent(), 0.1, NET.start, 40)
    both = spectrum_along(NET, GradientDescent(), path, run=1)
    assert (both == spectrum_along(NET, GradientDescent(), alone)).all()
