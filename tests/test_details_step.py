"""The anatomy of a step: its parts, its sentences and what the server sends, against the engine."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect
from scripted import scripted
from spoken import agrees, said_after
from test_browser import DRAWN, address_has, drag_slider, frames_of, opened, settled, shown
from valleys import ADAPTIVE, LINEAR, OPTIMIZERS, settings_of

from charts.live import _rule
from charts.thin import drawn_steps
from engine import Plane, run
from engine.study import Entry, study
from engine.words import number
from surfaces.himmelblau import Himmelblau
from surfaces.quadratic import Quadratic
from widgets.details.anatomy import explained, sent
from widgets.details.follow import HERE, parts
from widgets.details.picture import Picture
from widgets.live_figure import joined, pack

TEXTBOOK = [slug for slug in ADAPTIVE if OPTIMIZERS[slug].textbook]
DESCRIBE = "(cases) => cases.flatMap(([views, header]) => views.map((view) => Detail.describe(view, header)))"
SIZE = 400_000  # bytes a message
BROKEN = re.compile(r"NaN|undefined|Infinity|∞|null|\[object")


def picture_of(surface, rule, eta, start, steps):
    return Picture(surface, [entry := Entry("a", rule, eta)], entry, start, steps, drawn_steps(steps))


def example(slug, one=1.0, two=20.0, start=(-1.23, 0.87), steps=12, **fields):
    """Return the picture of a run on one valley."""
    surface = Quadratic(eigenvalue_1=one, eigenvalue_2=two, angle=31.4, minimum_x=0.35)
    rule = OPTIMIZERS[slug](**{name: value for name, value in fields.items() if name in OPTIMIZERS[slug].parameters()})
    return picture_of(surface, rule, 0.9 / max(abs(one), abs(two), 1.0) if rule.linear else 0.1, start, steps)


def view_of(picture, k, digits=np.float64):
    """Return what the figure tells details when the step k is scrubbed; on its way to the page it is a float32."""
    rule, eta = picture.edited.optimizer, picture.edited.learning_rate
    plane = Plane.of(picture.surface, include=picture.start)
    known = _rule(study(picture.surface, picture.entries, picture.edited, picture.start, picture.steps, plane, False))
    path = run(picture.surface, rule, eta, picture.start, picture.steps)
    shown = path.weights[picture.drawn, 0]
    reached = shown[np.isfinite(shown).all(axis=-1)]
    modes = picture.surface.modes(reached).astype(digits).astype(float)
    return {
        "eta": eta,
        "hyper": known["hyper"],
        "polynomial": known["polynomials"]["learning_rate"][0] if rule.linear else None,
        "eigenvalues": picture.surface.eigenvalues.tolist(),
        "axes": picture.surface.eigenvectors.T.tolist(),
        "origin": picture.surface.stationary_point.tolist(),
        "labels": list(picture.surface.labels),
        "path": {"x": reached[:, 0].tolist(), "y": reached[:, 1].tolist(), "modes": modes.ravel().tolist()},
        "steps": picture.drawn.tolist(),
        "at": min(k, len(reached) - 1),
        "rule": known,
        "palette": {},
        "colour": "",
        "header": {
            "surface": repr(picture.surface),
            "start": {"value": list(picture.start)},
            "steps": picture.drawn.tolist(),
        },
    }, path


def header_of(picture, *settings):
    """Return what the browser has once it was sent the present run and the families of some settings."""
    header, arrays = sent(picture)
    for setting in settings:
        more, others = sent(picture, setting)
        header["families"] |= more["families"]
        arrays |= others
    return {**header, "arrays": {name: np.float32(values).ravel().tolist() for name, values in arrays.items()}}


@pytest.fixture(scope="module")
def describe(browser):
    with scripted(browser, "anatomy", DESCRIBE) as asked:
        yield asked


def check_words(told):
    text = json.dumps([told["heading"], told["sentence"], told["note"], told["rows"], told["formulas"]])
    assert not BROKEN.search(text), text


# the step that is looked at, as a share of those that are drawn; the last one is special
moments = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0))


def looked_at(picture, share, digits=np.float64):
    """Return the view of a moment, the run and the step that begins there, or at the end of the run led there."""
    view, path = view_of(picture, round(share * (len(picture.drawn) - 1)), digits)
    step = int(picture.drawn[view["at"]])
    return view, path, step - 1 if step == picture.steps else step


@settings(max_examples=150)
@given(settings_of(LINEAR), moments)
def test_the_parts_of_a_linear_step_are_those_of_the_engine(describe, setting, share):
    picture = picture_of(*setting)
    view, path, k = looked_at(picture, share)
    (told,) = describe([[[view], {}]])
    check_words(told)
    rule, eta = setting.rule, setting.eta
    assert told["step"] == k
    weights, used = path.weights[:, 0], path.used_gradient[:, 0]
    if not np.isfinite(weights[k + 1]).all():
        return
    change = weights[k] - weights[k - 1] if k else np.zeros(2)
    # both add up the same numbers, in another frame: rounding, of the largest there were, over all steps so far
    near = {"rtol": 1e-7, "atol": 1e-11 * (1.0 + np.abs(weights[: k + 2]).max())}
    np.testing.assert_allclose(told["whole"], weights[k + 1] - weights[k], **near)
    np.testing.assert_allclose(told["gradient"], -eta * used[k], **near)
    np.testing.assert_allclose(told["kept"], getattr(rule, "momentum", 0.0) * change, **near)
    says_what_happened(picture, path, k, told["sentence"])


def says_what_happened(picture, path, k, sentence):
    """Compare the numbers in a sentence with parts worked out from the engine's arrays alone."""
    rule, eta = picture.edited.optimizer, picture.edited.learning_rate
    surface, weights, used = picture.surface, path.weights[:, 0], path.used_gradient[:, 0]
    axes, mu = surface.eigenvectors, getattr(rule, "momentum", 0.0)
    gradient = -eta * used[k] @ axes
    kept = mu * (weights[k] - weights[k - 1]) @ axes if k else np.zeros(2)
    sizes = np.abs(gradient) + np.abs(kept)
    noise = 1e-11 * (1.0 + np.abs(weights[: k + 2]).max())
    if max(sizes) < 1e3 * noise:  # what is left is rounding
        return
    if mu and k == 0:
        assert "From rest" in sentence
        return
    (named,) = set(re.findall("u([₁₂])", sentence))
    i = surface.labels.index(named)
    assert sizes[i] >= max(sizes) - 1e3 * noise
    if not mu:
        check_length(eta * surface.eigenvalues[i], sentence)
    elif min(abs(gradient[i]), abs(kept[i])) > 1e3 * noise:
        check_parts(gradient[i], kept[i], used[k - 1 : k + 1] @ axes[:, i], mu, sentence)


def check_length(x, sentence):
    """Of gradient descent: which share of the distance a step covers, and where it lands."""
    if x < 0.0:
        assert agrees(said_after(sentence, "w* grows"), 1.0 - x)
    elif abs(x - 1.0) < 1e-8:
        assert "covers exactly" in sentence or abs(x - 1.0) > 1e-10
    elif x < 1.0:
        assert agrees(said_after(sentence, "it covers"), 100.0 * x)
    elif abs(x - 2.0) < 1e-8:
        assert "exactly as far" in sentence or abs(x - 2.0) > 1e-10
    elif x < 2.0:
        assert "other side" in sentence and agrees(said_after(sentence, "nearer:"), x - 1.0)
    else:
        assert agrees(said_after(sentence, "farther away:"), x - 1.0)


def check_parts(a, b, slopes, mu, sentence):
    """Of rules with momentum: whether the gradient's part a and momentum's part b help or cancel each other."""
    share = min(abs(a), abs(b)) / max(abs(a), abs(b))
    if a * b > 0.0:
        assert "same way" in sentence
        assert agrees(said_after(sentence, "made the step"), (a + b) / a)
        assert agrees(said_after(sentence, "1/(1 − μ) ="), 1.0 / (1.0 - mu))
        return
    assert ("changed sign" in sentence) == (slopes[0] * slopes[1] < 0.0) or abs(slopes[0]) < 1e-6 * abs(slopes[1])
    if "cancel exactly" in sentence:
        assert share > 1.0 - 1e-6
        return
    assert agrees(said_after(sentence, "cancelled"), 100.0 * share)
    assert ("of the momentum" in sentence) == (abs(b) > abs(a)) or share > 1.0 - 1e-6
    if "in the long run" in sentence:
        assert agrees(said_after(sentence, "μ/(1 + μ) ="), 100.0 * mu / (1.0 + mu))


@settings(max_examples=150)
@given(settings_of(TEXTBOOK), moments)
def test_an_adaptive_step_has_the_averages_rates_and_move_of_the_engine(describe, setting, share):
    picture = picture_of(*setting)
    view, path, k = looked_at(picture, share, np.float32)
    (told,) = describe([[[view], header_of(picture)]])
    check_words(told)
    rule, eta = setting.rule, setting.eta
    assert not told.get("stale") and told["step"] == k
    if "has arrived" in told["sentence"]:
        assert np.abs(setting.surface.modes(path.weights[k, 0])).max() < 1e-30
        return
    state = {slot: values[k + 1, 0] for slot, values in path.state.items()}
    move = path.weights[k + 1, 0] - path.weights[k, 0]
    rate = eta / rule.preconditioner(state)
    each = told["each"]
    np.testing.assert_allclose([item["rate"] for item in each], rate, rtol=1e-6)
    # the weights are rounded at their own size, the move is their difference
    rounding = 1e-15 * (1.0 + np.abs(path.weights[k, 0]).max())
    np.testing.assert_allclose([item["move"] for item in each], move, rtol=2e-6, atol=rounding)
    # with a mean, the gradient is only shown, worked out from distances of seven digits
    slack = 2e-7 * np.abs(setting.surface.eigenvalues * setting.surface.modes(path.weights[k, 0])).max() + 1e-44
    np.testing.assert_allclose([item["gradient"] for item in each], path.gradient[k, 0], rtol=2e-7, atol=slack)
    for slot in set(state) & {"mean", "squares"}:
        np.testing.assert_allclose([item[slot] for item in each], state[slot], rtol=1e-6, atol=1e-30)
    check_rates(told["sentence"], rate, move, path.gradient[k, 0], rounding, slack)


def check_rates(sentence, rate, move, gradient, rounding, slack):
    if "times the learning rate" in sentence:
        assert agrees(said_after(sentence, "moves with"), rate.max() / rate.min())
        assert sentence.startswith(f"w{'₁₂'[int(np.argmax(rate))]}")
    # an angle is only as good as both directions
    if np.linalg.norm(move) < 1e3 * rounding or np.linalg.norm(gradient) < 1e3 * slack:
        return
    cosine = -move @ gradient / np.linalg.norm(move) / np.linalg.norm(gradient)
    if "points" in sentence and "less than" not in sentence:
        shown, angle = said_after(sentence, "points"), np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
        # near 0 and 180 degrees the cosine hides what is below 0.02
        assert agrees(shown, angle, slack=0.1 + 0.01 * angle)
        assert ("uphill" in sentence) == (cosine < -1e-3) or abs(cosine) < 2e-3


@pytest.mark.parametrize("slug", sorted(OPTIMIZERS))
def test_edges_say_something_true_and_whole(describe, slug):
    cases = []
    edges = [
        {"one": 0.0, "two": 0.0},
        {"one": 0.0},
        {"one": -2.0, "two": -3.0},
        {"one": 4.0, "two": 4.0},
        {"momentum": 0.0},
        {"start": (0.0, 0.0)},
        {"start": (1.0, 0.0), "one": 1e-3, "two": 1e3},
        {"steps": 1},
        {"steps": 160, "one": -1.0},
        {"steps": 200, "momentum": 0.0},
    ]
    for edge in edges:
        picture = example(slug, **edge)
        view, _ = view_of(picture, 0)
        last = len(view["path"]["x"]) - 1
        moments = [{**view, "at": k} for k in (0, min(1, last), last // 2, last)]
        cases.append([moments, header_of(picture)])
    for told in describe(cases):
        check_words(told)
        assert len(told["sentence"]) > 15


def test_a_rule_of_another_kind_shows_its_change_and_claims_nothing(describe):
    picture = example("adam", steps=160)
    cases = []
    for k in (0, 7, len(picture.drawn) - 1, 120):
        view, path = view_of(picture, k)
        view["rule"] = {**view["rule"], "adaptive": False, "slug": "new", "title": "Something new"}
        cases.append([[view], {"slug": "new"}])
    for told in describe(cases):
        check_words(told)
        k = told["step"]
        np.testing.assert_allclose(told["whole"], np.diff(path.weights[k : k + 2, 0], axis=0)[0], rtol=1e-9)
        assert "moved by" in told["sentence"]


@pytest.mark.parametrize("change", ["surface", "start", "eta", "hyper", "slug"])
def test_what_does_not_belong_to_the_picture_is_not_told(describe, change):
    picture = example("adam")
    view, _ = view_of(picture, 3)
    header = header_of(picture)
    if change == "eta":
        view["eta"] *= 1.0000001
    elif change == "hyper":
        view["hyper"] = {**view["hyper"], "decay_2": 0.5}
    elif change == "start":
        view["header"]["start"]["value"][0] += 0.01
    else:
        header[change] = "another"
    (told,) = describe([[[view], header]])
    assert told["stale"] and "Let go" in told["sentence"]


@pytest.mark.parametrize("steps", [12, 150, 1000])
@pytest.mark.parametrize("slug", TEXTBOOK)
def test_what_is_sent_is_what_every_drawn_step_used_and_fits_into_a_message(slug, steps):
    picture = example(slug, steps=steps)
    rule, eta = picture.edited.optimizer, picture.edited.learning_rate
    code = len(joined([*parts("anatomy"), HERE / "parts" / "follow.js"]).encode())
    after = np.minimum(picture.drawn + 1, steps)
    first, arrays = sent(picture)
    assert list(first["families"]) == ["present"] and len(pack(first, arrays)) < 10_000
    for setting in first["live"]:
        header, arrays = sent(picture, setting)
        assert {**header, "families": {}} == {**first, "families": {}}
        assert list(header["families"]) == ["present", setting] and len(pack(header, arrays)) + code < SIZE
        values = header["families"][setting]
        assert (eta if setting == "learning_rate" else getattr(rule, setting)) in values
        learning = setting == "learning_rate"
        rules = rule if learning else [replace(rule, **{setting: value}) for value in values]
        whole = run(picture.surface, rules, np.array(values) if learning else eta, picture.start, steps)
        alone = run(picture.surface, rule, eta, picture.start, steps)
        assert set(header["slots"]) == {"squares", "mean" if slug == "adam" else "gradient"}
        for name, path in ((setting, whole), ("present", alone)):
            used = {"squares": np.sqrt(path.state["squares"]), "mean": path.state.get("mean")}
            used["gradient"] = np.concatenate([path.gradient[:1], path.gradient[:-1]])
            for slot in header["slots"]:
                np.testing.assert_array_equal(arrays[f"{name}.{slot}"], used[slot][after].transpose(1, 0, 2))


@pytest.mark.parametrize("wanted", ["momentum", "", None, 3, {"families": True}, ["learning_rate"], "stabiliser"])
def test_what_is_no_live_slider_of_the_rule_is_answered_with_the_present_run(wanted):
    picture = example("adam")
    assert sent(picture, wanted)[0] == sent(picture)[0]


def test_on_another_surface_only_the_present_run_is_sent():
    surface = Himmelblau()
    picture = picture_of(surface, OPTIMIZERS["adam"](), 0.05, surface.start, 60)
    header, _ = sent(picture, "learning_rate")
    assert header["live"] == [] and list(header["families"]) == ["present"]


MOVES = """([views, header]) => views.map((view) => view.steps.map((_, at) => {
  const { stale, step, whole } = Detail.describe({ ...view, at }, header);
  return { stale: Boolean(stale), step, whole };
}))"""


@pytest.mark.parametrize("steps", [150, 1000])
def test_every_drawn_step_of_both_families_is_explained(browser, steps):
    picture = example("adam", steps=steps)
    entry, header = picture.edited, header_of(picture, "learning_rate", "decay_1")
    entries = [entry._replace(learning_rate=eta) for eta in header["families"]["learning_rate"]]
    rules = [replace(entry.optimizer, decay_1=value) for value in header["families"]["decay_1"]]
    entries += [entry._replace(optimizer=rule) for rule in rules]
    views = [view_of(picture._replace(edited=one), 0) for one in entries[::8]]
    with scripted(browser, "anatomy", MOVES) as moves:
        told = moves([[view for view, _ in views], header])
    for (_, path), moments in zip(views, told, strict=True):
        weights = path.weights[:, 0]
        assert [item["step"] for item in moments] == [*picture.drawn[:-1], steps - 1]
        assert not any(item["stale"] for item in moments)
        for item in moments:
            if item["whole"]:  # not where it has arrived
                k = item["step"]
                moved, near = weights[k + 1] - weights[k], 1e-13 * np.abs(weights[k]).max()
                np.testing.assert_allclose(item["whole"], moved, rtol=2e-6, atol=near)


@pytest.mark.parametrize("slug", TEXTBOOK)
def test_a_formula_that_does_not_explain_the_run_is_not_told(slug):
    picture = example(slug)
    plane = Plane.of(picture.surface, include=picture.start)
    found = study(picture.surface, picture.entries, picture.edited, picture.start, picture.steps, plane, False)
    family = found.present.family
    assert explained(picture.surface, family, 0)
    assert not explained(picture.surface, replace(family, learning_rates=1.001 * family.learning_rates), 0)


def test_another_form_of_a_rule_is_not_told_by_this_formula():
    flat, rule = Quadratic(eigenvalue_1=0.0, eigenvalue_2=0.0), OPTIMIZERS["rmsprop"](stabiliser_place="inside")
    for surface in (flat, Quadratic()):
        entry = Entry("a", rule, 0.05)
        header, arrays = sent(Picture(surface, [entry], entry, (-1.5, 1.0), 12, drawn_steps(12)))
        assert header == {"slug": "rmsprop"} and not arrays


def test_linear_rules_need_nothing_from_the_server():
    header, arrays = sent(example("momentum"))
    assert header == {"slug": "momentum"} and not arrays


DETAIL = ".st-key-detail-step .valley-detail"
RECEIVED = f"document.querySelector('{DETAIL}')?.follower?.detail.received.header"
WHOLE = f"() => ({RECEIVED})?.slug && (({RECEIVED}).live ?? []).every((name) => name in ({RECEIVED}).families)"


@pytest.mark.parametrize("slug", ["momentum", "adam"])
def test_a_drag_is_followed_without_a_message(page, server, slug):
    frames = frames_of(page)
    opened(page, server, show="step", a=slug)
    page.wait_for_function(WHOLE)
    settled(page)
    detail = page.locator(DETAIL)
    page.evaluate("() => document.querySelector('.valley').figure.playback.go(6)")
    expect(detail).to_contain_text("Step 6 → 7")
    before, height, count = detail.inner_text(), detail.bounding_box()["height"], len(frames)
    drag_slider(page, "learning rate", 0.6, 0.9)
    page.wait_for_function(f"(before) => document.querySelector('{DETAIL}').innerText !== before", arg=before)
    assert len(frames) == count
    assert detail.get_attribute("data-stale") == "false"
    assert detail.bounding_box()["height"] == pytest.approx(height, abs=1.0)
    assert not BROKEN.search(detail.inner_text())
    page.mouse.up()
    page.wait_for_url("**a.learning_rate=**", wait_until="commit")
    settled(page)
    expect(detail).to_have_attribute("data-stale", "false")


@pytest.mark.parametrize("steps", [150, 1000])
def test_families_come_one_by_one_and_stay_while_the_picture_is_the_same(page, server, steps):
    sizes: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: sizes.append(len(data))))
    opened(page, server, show="step", a="adam", steps=steps)
    page.wait_for_function(WHOLE)
    settled(page)
    assert len([size for size in sizes if size > 200_000]) >= 3  # the figure's families, and both of the detail
    assert max(sizes) <= SIZE
    page.evaluate(f"() => {{ window.kept = ({RECEIVED}).arrays; }}")
    # the page runs again for another reason
    page.get_by_role("button", name="words", exact=True).click()
    expect(page.locator(".valley-narration")).to_contain_text("Surface: ")
    settled(page)
    for name in ("learning_rate.mean", "decay_1.squares"):
        assert page.evaluate(f"(name) => ({RECEIVED}).arrays[name] === window.kept[name]", name)


def test_drags_before_the_families_are_there_end_right(page, server):
    page.set_default_timeout(8000)
    page.goto(f"{server}/valley?show=step&a=adam")
    page.wait_for_function(DRAWN, timeout=20_000)
    shares = [(0.6, 0.85), (0.85, 0.3), (0.3, 0.72), (0.72, 0.55)]
    for first, last in shares:
        drag_slider(page, "learning rate", first, last, moves=3)
        page.mouse.up()
    drag_slider(page, "decay", 0.9, 0.5, moves=3)
    page.mouse.up()
    settled(page)
    page.wait_for_function(WHOLE, timeout=30_000)  # what got lost is asked for after 1, 2, 4 and 8 s
    settled(page)
    eta, decay = shown(page, "learning rate"), shown(page, "decay")
    address_has(page, **{"a.learning_rate": eta, "a.decay_1": decay})
    detail = page.locator(DETAIL)
    expect(detail).to_have_attribute("data-stale", "false")
    page.evaluate("() => document.querySelector('.valley').figure.playback.go(9)")
    expect(detail).to_contain_text("Step 9 → 10")
    path = run(Quadratic(), OPTIMIZERS["adam"](decay_1=decay), eta, (-1.5, 1.0), 10)
    move = path.weights[10, 0] - path.weights[9, 0]
    rows = detail.locator("tr", has_text="Δw").locator("td").all_inner_texts()
    assert rows == [number(value) for value in move]
