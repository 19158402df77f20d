"""The anatomy of a step: its parts, its sentences and what the server sends, against the engine."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect
from test_browser import drag_slider, frames_of, opened, settled

from charts.live import _rule
from charts.thin import drawn_steps
from engine import Plane, discover_optimizers, run
from engine.study import Entry, study
from surfaces.quadratic import Quadratic
from widgets.details.anatomy import MOST, explained, sent
from widgets.details.follow import parts
from widgets.details.picture import Picture
from widgets.live_figure import joined

OPTIMIZERS = discover_optimizers()
LINEAR = ["gradient_descent", "momentum", "nesterov"]
ADAPTIVE = [slug for slug, rule in OPTIMIZERS.items() if rule().adaptive and rule.textbook]
SCRIPT = joined(parts("anatomy"))
DESCRIBE = f"""(cases) => {{
  {SCRIPT}
  return cases.flatMap(([views, header]) => views.map((view) => Detail.describe(view, header)));
}}"""
BROKEN = re.compile(r"NaN|undefined|Infinity|∞|null|\[object")


def example(slug, generator, steps=12, **fields):
    """Return a random valley, the run on it and the picture of both."""
    values = generator.choice([-1.0, 1.0, 1.0, 1.0], 2) * np.exp(generator.uniform(-2.0, 3.0, 2))
    values[generator.random(2) < 0.1] = 0.0
    one, two = (float(f"{value:.4g}") for value in values)
    valley = Quadratic(
        eigenvalue_1=fields.pop("one", one),
        eigenvalue_2=fields.pop("two", two),
        angle=round(generator.uniform(-180.0, 180.0), 1),
        minimum_x=round(generator.uniform(-1.0, 1.0), 2),
    )
    rule = OPTIMIZERS[slug]()
    if "momentum" in rule.parameters():
        rule = replace(rule, momentum=fields.pop("momentum", round(generator.uniform(0.0, 0.95), 2)))
    top = max(abs(valley.eigenvalues).max(), 1e-3)
    eta = float(f"{generator.uniform(0.1, 2.2) / top if rule.linear else generator.uniform(0.02, 0.5):.4g}")
    start = tuple(np.round(generator.normal(size=2), 2).tolist())
    start = fields.pop("start", start)
    return Picture(valley, [entry := Entry("a", rule, eta)], entry, start, steps, drawn_steps(steps))


def view_of(picture, k):
    """Return what the figure tells details when the step k is scrubbed, with all digits."""
    rule, eta = picture.edited.optimizer, picture.edited.learning_rate
    plane = Plane.of(picture.surface, include=picture.start)
    known = _rule(study(picture.surface, picture.entries, picture.edited, picture.start, picture.steps, plane, False))
    path = run(picture.surface, rule, eta, picture.start, picture.steps)
    shown = path.weights[picture.drawn, 0]
    reached = shown[np.isfinite(shown).all(axis=-1)]
    modes = picture.surface.modes(reached)
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


def header_of(picture):
    header, arrays = sent(picture)
    return {**header, "arrays": {name: np.float32(values).ravel().tolist() for name, values in arrays.items()}}


def number_after(text, before):
    found = re.search(re.escape(before) + r" ?([−\d.]+(?:·10[⁻⁰-⁹¹²³]+)?)", text)
    assert found, text
    return float(found[1].replace("−", "-"))


@pytest.fixture(scope="module")
def describe(browser):
    """Describe many steps in one empty page."""
    with browser.new_context() as context:
        page = context.new_page()
        yield lambda cases: page.evaluate(DESCRIBE, cases)


def check_words(told):
    text = json.dumps([told["heading"], told["sentence"], told["note"], told["rows"], told["formulas"]])
    assert not BROKEN.search(text), text


def test_the_parts_of_a_linear_step_are_those_of_the_engine(describe):
    generator, cases, wanted = np.random.default_rng(5), [], []
    for slug in LINEAR * 14:
        picture = example(slug, generator)
        k = int(generator.integers(0, picture.steps + 1))
        view, path = view_of(picture, k)
        cases.append([[view], {}])
        wanted.append((picture, path, min(view["at"], picture.steps - 1)))
    for (picture, path, k), told in zip(wanted, describe(cases), strict=True):
        check_words(told)
        rule, eta = picture.edited.optimizer, picture.edited.learning_rate
        assert told["step"] == k
        weights, used = path.weights[:, 0], path.used_gradient[:, 0]
        if not np.isfinite(weights[k + 1]).all():
            continue
        change = weights[k] - weights[k - 1] if k else np.zeros(2)
        near = {"rtol": 1e-7, "atol": 1e-11 * (1.0 + np.abs(weights[: k + 2]).max())}
        np.testing.assert_allclose(told["whole"], weights[k + 1] - weights[k], **near)
        np.testing.assert_allclose(told["gradient"], -eta * used[k], **near)
        np.testing.assert_allclose(told["kept"], getattr(rule, "momentum", 0.0) * change, **near)
        says_what_happened(picture, path, k, told["sentence"])


def says_what_happened(picture, path, k, sentence):
    """Compare the numbers in a sentence with parts worked out from the engine's arrays alone."""
    rule, eta = picture.edited.optimizer, picture.edited.learning_rate
    axes, weights, used = picture.surface.eigenvectors, path.weights[:, 0], path.used_gradient[:, 0]
    mu = getattr(rule, "momentum", 0.0)
    gradient = -eta * used[k] @ axes
    kept = mu * (weights[k] - weights[k - 1]) @ axes if k else np.zeros(2)
    i = int(np.argmax(np.abs(gradient) + np.abs(kept)))
    if max(abs(gradient[i]), abs(kept[i])) < 1e-9:
        return
    u = f"u{picture.surface.labels[i]}"
    if mu and k == 0:
        assert "From rest" in sentence
        return
    assert u in sentence
    a, b = gradient[i], kept[i]
    if not mu:
        x = eta * picture.surface.eigenvalues[i]
        if 0.0 < x < 0.99:
            assert number_after(sentence, "it covers") == pytest.approx(100.0 * x, rel=6e-3)
        elif 1.01 < x < 1.99:
            assert "other side" in sentence and number_after(sentence, "nearer:") == pytest.approx(x - 1.0, rel=6e-3)
        elif x > 2.01:
            assert number_after(sentence, "farther away:") == pytest.approx(x - 1.0, rel=6e-3)
        elif x < 0.0:
            assert number_after(sentence, "w* grows") == pytest.approx(1.0 - x, rel=6e-3)
    elif "same way" in sentence:
        assert a * b > 0.0
        assert number_after(sentence, "made the step") == pytest.approx((a + b) / a, rel=6e-3)
        assert number_after(sentence, "1/(1 − μ) =") == pytest.approx(1.0 / (1.0 - mu), rel=6e-3)
    elif "cancelled" in sentence:
        share = min(abs(a), abs(b)) / max(abs(a), abs(b))
        assert a * b < 0.0 and ("of the momentum" in sentence) == (abs(b) > abs(a))
        assert number_after(sentence, "cancelled") == pytest.approx(100.0 * share, rel=6e-3)
        assert ("changed sign" in sentence) == ((used[k] @ axes)[i] * (used[k - 1] @ axes)[i] < 0.0)


def test_an_adaptive_step_has_the_averages_rates_and_move_of_the_engine(describe):
    generator, cases, wanted = np.random.default_rng(6), [], []
    for slug in ADAPTIVE * 4:
        picture = example(slug, generator)
        k = int(generator.integers(0, picture.steps + 1))
        view, path = view_of(picture, k)
        cases.append([[view], header_of(picture)])
        wanted.append((picture, path, min(k, picture.steps - 1)))
    for (picture, path, k), told in zip(wanted, describe(cases), strict=True):
        check_words(told)
        assert not told.get("stale") and told["step"] == k
        rule, eta = picture.edited.optimizer, picture.edited.learning_rate
        state = {slot: values[k + 1, 0] for slot, values in path.state.items()}
        move = path.weights[k + 1, 0] - path.weights[k, 0]
        rate = eta / rule.preconditioner(state)
        each = told["each"]
        np.testing.assert_allclose([item["rate"] for item in each], rate, rtol=1e-6)
        np.testing.assert_allclose([item["move"] for item in each], move, rtol=2e-6, atol=1e-12)
        np.testing.assert_allclose([item["gradient"] for item in each], path.gradient[k, 0], rtol=1e-9, atol=1e-12)
        for slot in set(state) & {"mean", "squares"}:
            np.testing.assert_allclose([item[slot] for item in each], state[slot], rtol=1e-6, atol=1e-30)
        sentence = told["sentence"]
        if "times the learning rate" in sentence:
            assert number_after(sentence, "moves with") == pytest.approx(rate.max() / rate.min(), rel=6e-3)
            assert sentence.startswith(f"w{'₁₂'[int(np.argmax(rate))]}")
        slope = -path.gradient[k, 0]
        if "points" in sentence and "less than" not in sentence:
            cosine = move @ slope / np.linalg.norm(move) / np.linalg.norm(slope)
            assert number_after(sentence, "points") == pytest.approx(np.degrees(np.arccos(cosine)), rel=1e-2, abs=0.02)
            assert ("uphill" in sentence) == (cosine < -1e-3) or abs(cosine) < 2e-3


@pytest.mark.parametrize("slug", sorted(OPTIMIZERS))
def test_edges_say_something_true_and_whole(describe, slug):
    generator, cases = np.random.default_rng(7), []
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
        picture = example(slug, generator, **edge)
        view, _ = view_of(picture, 0)
        last = len(view["path"]["x"]) - 1
        moments = [{**view, "at": k} for k in (0, min(1, last), last // 2, last)]
        cases.append([moments, header_of(picture)])
    for told in describe(cases):
        check_words(told)
        assert len(told["sentence"]) > 15


def test_a_rule_of_another_kind_shows_its_change_and_claims_nothing(describe):
    picture = example("adam", np.random.default_rng(8), steps=160)
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
    picture = example("adam", np.random.default_rng(9))
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


@pytest.mark.parametrize("steps", [12, 1000])
@pytest.mark.parametrize("slug", ADAPTIVE)
def test_the_state_is_that_after_every_drawn_step_and_fits_into_a_message(slug, steps):
    picture = example(slug, np.random.default_rng(3), steps=steps, one=1.0, two=20.0)
    header, arrays = sent(picture)
    assert sum(4 * values.size for values in arrays.values()) <= MOST
    path = run(
        picture.surface,
        picture.edited.optimizer,
        np.array(header["families"]["learning_rate"]["values"]),
        picture.start,
        steps,
    )
    after = np.minimum(picture.drawn + 1, steps)
    for slot in header["slots"]:
        values = np.sqrt(path.state[slot]) if slot == "squares" else path.state[slot]
        np.testing.assert_array_equal(arrays[f"learning_rate.{slot}"], values[after].transpose(1, 0, 2))


@pytest.mark.parametrize("slug", ADAPTIVE)
def test_a_formula_that_does_not_explain_the_run_is_not_told(slug):
    picture = example(slug, np.random.default_rng(4), one=1.0, two=20.0)
    plane = Plane.of(picture.surface, include=picture.start)
    found = study(picture.surface, picture.entries, picture.edited, picture.start, picture.steps, plane, False)
    family = found.present.family
    assert explained(picture.surface, family, 0)
    assert not explained(picture.surface, replace(family, learning_rates=1.001 * family.learning_rates), 0)


def test_linear_rules_need_nothing_from_the_server():
    header, arrays = sent(example("momentum", np.random.default_rng(1)))
    assert header == {"slug": "momentum"} and not arrays


@pytest.mark.parametrize("slug", ["momentum", "adam"])
def test_a_drag_is_followed_without_a_message(page, server, slug):
    frames = frames_of(page)
    opened(page, server, show="step", a=slug)
    detail = page.locator(".st-key-detail-step .valley-detail")
    page.evaluate("() => document.querySelector('.valley').figure.playback.go(6)")
    expect(detail).to_contain_text("Step 6 → 7")
    before, height, count = detail.inner_text(), detail.bounding_box()["height"], len(frames)
    drag_slider(page, "learning rate", 0.6, 0.9)
    page.wait_for_function(
        "(before) => document.querySelector('.st-key-detail-step .valley-detail').innerText !== before", arg=before
    )
    assert len(frames) == count
    assert detail.get_attribute("data-stale") == "false"
    assert detail.bounding_box()["height"] == pytest.approx(height, abs=1.0)
    assert not BROKEN.search(detail.inner_text())
    page.mouse.up()
    settled(page)
    page.wait_for_url("**a.learning_rate=**", wait_until="commit")
    expect(detail).to_have_attribute("data-stale", "false")
