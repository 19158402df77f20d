"""Along the gradient: what one plain step would do from here, against the engine's own error."""

import json
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect
from scripted import scripted
from spoken import NUMBER, agrees, said_after
from test_browser import drag_slider, frames_of, opened, settled
from valleys import bowls, settings_of, valleys

from charts.colours import PALETTES
from engine.parameter import four_digits
from engine.run import run
from surfaces.quadratic import Quadratic

DESCRIBE = """(views) => {
  document.body.replaceChildren();
  const detail = new Detail(document.body.appendChild(make("div", "")));
  return views.map((view) => {
    detail.draw(view);
    const { slope, best, uphill, sentence } = Detail.describe(view);
    return { slope, best, uphill, sentence, text: detail.root.innerText };
  });
}"""
BROKEN = re.compile(r"NaN|undefined|Infinity|∞|null|\[object")
RULE = {"slug": "momentum", "title": "Momentum", "linear": True, "lookAhead": False}


@pytest.fixture(scope="module")
def describe(browser):
    """Draw many points in one empty page."""
    with scripted(browser, "descent", DESCRIBE) as asked:
        yield lambda views: asked([{**view, "palette": PALETTES["light"]} for view in views])


def view_of(valley, eta, weights, k):
    """What the figure tells details; the distances come as float32."""
    with np.errstate(over="ignore"):
        modes = valley.modes(weights).astype(np.float32).astype(float)
    return {
        "eta": eta,
        "hyper": {"momentum": 0.5},
        "eigenvalues": valley.eigenvalues.tolist(),
        "axes": valley.eigenvectors.T.tolist(),
        "labels": list(valley.labels),
        "path": {"modes": modes.ravel().tolist()},
        "steps": list(range(len(weights))),
        "at": k,
        "rule": RULE,
        "colour": "#e04e06",
    }


@st.composite
def moments(draw, surfaces=valleys):
    """Return a valley, a learning rate, where a run of momentum is after some steps, and their number."""
    setting = draw(settings_of(["momentum"], surfaces, steps=st.integers(0, 40)))
    eta = draw(st.one_of(st.just(setting.eta), st.floats(-8.0, 4.0).map(lambda power: four_digits(10.0**power))))
    path = run(setting.surface, setting.rule, setting.eta, setting.start, setting.steps)
    weights = path.weights[np.isfinite(path.weights[:, 0]).all(axis=-1), 0]
    return setting.surface, eta, weights, len(weights) - 1


def change_of(valley, weights, eta):
    """Return g'g, g'Hg and the change of the error by one step -eta g, worked out in fractions from the surface's H."""
    h11, h12, h22, x, y = (Fraction(float(value)) for value in valley.pack())
    u, v = Fraction(float(weights[0])) - x, Fraction(float(weights[1])) - y
    g = (h11 * u + h12 * v, h12 * u + h22 * v)
    bend = h11 * g[0] ** 2 + 2 * h12 * g[0] * g[1] + h22 * g[1] ** 2
    square, eta = g[0] ** 2 + g[1] ** 2, Fraction(eta)
    return square, bend, -eta * square + eta * eta * bend / 2


@settings(max_examples=150)
@given(moments())
def test_the_numbers_are_those_of_a_real_step(describe, moment):
    valley, eta, weights, k = moment
    (said,) = describe([view_of(valley, eta, weights, k)])
    assert not BROKEN.search(said["text"]), said["text"]
    low, high = valley.eigenvalues
    parts = valley.eigenvalues * valley.modes(weights[k])
    if not np.any(parts) or "has arrived" in said["sentence"]:
        assert "gradient is zero" in said["sentence"] or np.abs(valley.modes(weights[k])).max() < 1e-30
        return
    # the weights are rounded at their size, which is all that is left of the gradient near a distant minimum
    if 1e-15 * (1.0 + np.abs(weights[k]).max()) * np.abs(valley.eigenvalues).max() > 1e-7 * np.abs(parts).max():
        return
    square, bend, real = change_of(valley, weights[k], eta)
    assert said["slope"] == pytest.approx(float(square), rel=1e-6)
    bends = valley.eigenvalues * parts**2
    if abs(bends.sum()) < 1e-5 * np.abs(bends).sum():  # seven digits do not tell which way it bends
        return
    check_sentence(said, eta, float(square), float(bend), float(real))
    if bend > 0:
        assert said["best"] >= (1.0 - 1e-9) / high
        assert low <= 0.0 or said["best"] <= (1.0 + 1e-9) / low
        assert ("between" in said["text"]) == (low > 0.0)


def check_sentence(said, eta, square, bend, real):
    sentence = said["sentence"]
    assert agrees(said_after(sentence, "predicts a change of"), -eta * square)
    if bend <= 0.0:
        assert said["best"] is None and "no upper limit" in sentence
        assert agrees(said_after(sentence, "the real one is"), real)
        return
    best, share = square / bend, eta * bend / (2.0 * square)
    assert [said["best"], said["uphill"]] == pytest.approx([best, 2.0 * best], rel=1e-6)
    if "stays the same" in sentence:
        assert share == pytest.approx(1.0, abs=2e-6)
        return
    assert ("goes uphill" in sentence) == (real > 0.0)
    # where the two parts nearly cancel, their difference has fewer digits than they, which have seven at most
    shown = said_after(sentence, "the real one is +" if real > 0.0 else "the real one is")
    assert agrees(shown, real, slack=2e-6 * eta * square)
    if real > 0.0:
        assert agrees(said_after(sentence, "is longer than"), 2.0 * best)
        return
    assert agrees(re.search(rf"({NUMBER}) % of it", sentence)[1], 100.0 * (1.0 - share), slack=2e-4)
    assert ("beyond the best" in sentence) == (share > 0.5) or abs(share - 0.5) < 2e-6


@settings(max_examples=100)
@given(moments(bowls))
def test_the_best_step_is_the_lowest_and_the_uphill_one_leads_back_to_the_same_error(describe, moment):
    valley, eta, weights, k = moment
    (said,) = describe([view_of(valley, eta, weights, k)])
    if said["best"] is None:
        assert "gradient is zero" in said["sentence"] or "has arrived" in said["sentence"]
        return
    low, best, high = (change_of(valley, weights[k], share * said["best"])[2] for share in (0.99, 1.0, 1.01))
    assert best < min(low, high)
    assert abs(change_of(valley, weights[k], said["uphill"])[2]) <= 1e-6 * abs(best)


@pytest.mark.parametrize(
    ("values", "start", "words"),
    [
        ((1.0, 20.0), (0.0, 0.0), "gradient is zero"),
        ((0.0, 0.0), (1.0, 1.0), "gradient is zero"),
        ((0.0, 3.0), (1.0, 0.0), "gradient is zero"),
        ((-1.0, 1.0), (1.0, 1.0), "does not bend"),
        ((-1.0, 1.0), (1.0, 0.0), "no upper limit"),
        ((-3.0, -1.0), (1.0, 1.0), "no upper limit"),
        ((2.0, 2.0), (1.0, 1.0), "predicts"),
        ((1.0, 20.0), (1e-25, 0.0), "predicts"),
        ((1e3, 1e3), (1e38, 1e38), "predicts"),
        ((1e3, 1e3), (1e200, 0.0), "too large"),
    ],
)
def test_edges_say_what_holds_instead(describe, values, start, words):
    valley = Quadratic(*values, angle=0.0)
    (said,) = describe([view_of(valley, 0.05, np.array([start]), 0)])
    assert words in said["sentence"]
    assert not BROKEN.search(json.dumps(said["text"], ensure_ascii=False))


def test_where_the_run_has_arrived_it_says_so(describe):
    weights = np.array([[1.0, 1.0], [1e-31, 0.0]])
    (said,) = describe([view_of(Quadratic(angle=0.0), 0.05, weights, 1)])
    assert "has arrived" in said["sentence"]


@pytest.mark.parametrize("slug", ["gradient_descent", "adam"])
def test_a_drag_is_followed_without_a_message(page, server, slug):
    frames = frames_of(page)
    opened(page, server, show="gradient", a=slug)
    settled(page)
    detail = page.locator(".st-key-detail-gradient .valley-detail")
    expect(detail).to_contain_text("At step 0")
    assert ("need not be the step" in detail.inner_text()) == (slug == "adam")
    before, height, count = detail.inner_text(), detail.bounding_box()["height"], len(frames)
    drag_slider(page, "learning rate", 0.6, 0.95)
    page.wait_for_function(
        "(before) => document.querySelector('.st-key-detail-gradient .valley-detail').innerText !== before",
        arg=before,
    )
    assert len(frames) == count
    assert detail.bounding_box()["height"] == pytest.approx(height, abs=1.0)
    expect(detail).to_contain_text("Where the run starts")
    page.evaluate("() => document.querySelector('.valley').figure.playback.go(6)")
    expect(detail).to_contain_text("At step 6.")
    expect(detail).not_to_contain_text("Where the run starts")  # the picture shows this step too
    assert detail.bounding_box()["height"] == pytest.approx(height, abs=1.0)
    assert not BROKEN.search(detail.inner_text())
    page.mouse.up()
