"""Along the gradient: what one plain step would do from here, against the engine's own error."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from test_browser import drag_slider, frames_of, opened, settled

from charts.colours import PALETTES
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.run import run
from engine.words import number
from surfaces.quadratic import Quadratic
from widgets.details.follow import parts
from widgets.live_figure import joined

SCRIPT = joined(parts("descent"))
DESCRIBE = f"""(views) => {{
  {SCRIPT}
  document.body.replaceChildren();
  const detail = new Detail(document.body.appendChild(make("div", "")));
  return views.map((view) => {{
    detail.draw(view);
    const {{ slope, best, uphill, sentence }} = Detail.describe(view);
    return {{ slope, best, uphill, sentence, text: detail.root.innerText }};
  }});
}}"""
BROKEN = re.compile(r"NaN|undefined|Infinity|∞|null|\[object")
RULE = {"slug": "momentum", "title": "Momentum", "linear": True, "lookAhead": False}


@pytest.fixture(scope="module")
def describe(browser):
    """Draw many points in one empty page."""
    with browser.new_context() as context:
        page = context.new_page()
        yield lambda views: page.evaluate(DESCRIBE, [{**view, "palette": PALETTES["light"]} for view in views])


def view_of(valley, eta, weights, k):
    return {
        "eta": eta,
        "hyper": {"momentum": 0.5},
        "eigenvalues": valley.eigenvalues.tolist(),
        "axes": valley.eigenvectors.T.tolist(),
        "labels": list(valley.labels),
        "path": {"modes": valley.modes(weights).ravel().tolist()},
        "steps": list(range(len(weights))),
        "at": k,
        "rule": RULE,
        "colour": "#e04e06",
    }


def examples(count, seed):
    """Random valleys of any curvature, learning rates and runs on them."""
    generator = np.random.default_rng(seed)
    for _ in range(count):
        values = generator.choice([-1.0, 1.0, 1.0, 1.0], 2) * np.exp(generator.uniform(-3.0, 4.0, 2))
        values[generator.random(2) < 0.15] = 0.0
        one, two = (float(f"{value:.4g}") for value in values)
        valley = Quadratic(one, two, angle=round(generator.uniform(-180.0, 180.0), 1), minimum_y=0.5)
        top = max(abs(valley.eigenvalues).max(), 1e-3)
        eta = float(f"{generator.uniform(0.05, 5.0) / top:.4g}")
        start = generator.normal(size=2)
        path = run(valley, Momentum(momentum=0.5), 0.4 / top, start, 6)
        yield valley, eta, path, int(generator.integers(0, 7))


def test_the_numbers_are_those_of_a_real_step_of_the_engine(describe):
    found = list(examples(60, 1))
    told = describe([view_of(valley, eta, path.weights[:, 0], k) for valley, eta, path, k in found])
    for (valley, eta, path, k), said in zip(found, told, strict=True):
        assert not BROKEN.search(said["text"]), said["text"]
        w, g = path.weights[k, 0], path.gradient[k, 0]
        square = float(g @ g)
        if not square:
            assert "gradient is zero" in said["sentence"]
            continue
        bend = float(g @ valley.hessian(w) @ g)
        real = np.diff(run(valley, GradientDescent(), eta, w, 1).error[:, 0])[0]
        assert said["slope"] == pytest.approx(square, rel=1e-9)
        if bend <= 0.0:
            assert said["best"] is None and "no upper limit" in said["sentence"]
        else:
            assert said["best"] == pytest.approx(square / bend, rel=1e-6)
            assert said["uphill"] == pytest.approx(2.0 * square / bend, rel=1e-6)
            low, high = valley.eigenvalues
            assert said["best"] >= (1.0 - 1e-12) / high
            assert low <= 0.0 or said["best"] <= (1.0 + 1e-12) / low
            assert ("between" in said["text"]) == (low > 0.0)
            assert ("goes uphill" in said["sentence"]) == (real > 0.0)
        assert f"predicts a change of {number(-eta * square)};" in said["sentence"]
        if abs(real) > 1e-9 * eta * square:
            assert f"real one is {'+' if real > 0.0 else ''}{number(real)}" in said["sentence"]


def test_the_best_step_is_the_lowest_and_the_uphill_one_leads_back_to_the_same_error(describe):
    found = [item for item in examples(40, 2) if item[0].eigenvalues[0] > 0.0]
    told = describe([view_of(valley, eta, path.weights[:, 0], k) for valley, eta, path, k in found])
    for (valley, _, path, k), said in zip(found, told, strict=True):
        w = path.weights[k, 0]
        near = np.array([0.99, 1.0, 1.01]) * said["best"]
        after = run(valley, GradientDescent(), near, w, 1).error[1]
        assert after[1] == min(after)
        before, back = run(valley, GradientDescent(), said["uphill"], w, 1).error[:, 0]
        assert back == pytest.approx(before, rel=1e-6)


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
    assert not BROKEN.search(detail.inner_text())
    page.mouse.up()
