"""The detail on the modes, and the parts that all details share: what the browser computes is what the engine says."""

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scripted import scripted
from spoken import agrees
from test_browser import drag_slider, frames_of, opened
from valleys import LINEAR, OPTIMIZERS, Setting, settings_of

from engine import theory, words
from surfaces.quadratic import Quadratic


@pytest.fixture(scope="module")
def printed(browser):
    code = "(values) => values.map((v) => [number(v), number(v, 2), number(v, 4), nearOne(v), percent(v)])"
    with scripted(browser, "modes", code) as asked:
        yield asked


sizes = st.floats(-20.0, 20.0).map(lambda exponent: 10.0**exponent)
halves = st.integers(-(10**6), 10**6).map(lambda count: count / 64.0)  # some lie exactly between two roundings
near_1 = st.floats(-14.0, 0.0).map(lambda exponent: 1.0 + 10.0**exponent)


@settings(max_examples=100)
@given(st.lists(st.one_of(st.floats(allow_infinity=False, allow_nan=False), sizes, halves, near_1), max_size=40))
@example([1.125, -1.125, 0.5, 2.5, 99999.5, 1e-4, 9.9996e-5, 0.99995, 1e300, 5e-324, 123456.0, 0.0, -0.0])
def test_numbers_read_as_the_server_prints_them(printed, values):
    values = [*values, *(-value for value in values)]
    for value, texts in zip(values, printed(values), strict=True):
        expected = [words.number(value), words.number(value, 2), words.number(value, 4)]
        assert texts[:3] == expected, value
        if abs(value) < 1e6:  # shares and factors
            assert texts[3:] == [words.near_one(value), words.percent(value)], value


def seen(setting: Setting) -> dict[str, Any]:
    """Return what a detail is told of a setting."""
    ends = setting.rule.mode_polynomial(np.array([0.0, 1.0]), setting.rule.pack()[:, None])
    low = setting.surface.eigenvalues.tolist()
    return {"polynomial": ends.tolist(), "eta": setting.eta, "eigenvalues": low, "labels": list(setting.surface.labels)}


def doubt(factors: np.ndarray) -> float:
    """How far rounding may move the roots of one direction: where they nearly meet, by the root of its size."""
    scale = np.abs(factors).max() + 1e-300
    apart = np.abs(factors[0] - factors[-1]) / scale if len(factors) == 2 else 1.0
    return float(scale * min(3e-15 / max(apart, 1e-300), 1e-7)) + 1e-14


STEPS = 60
ROOTS = f"""(view) => [0, 1].map((i) => [
  factors(view, i),
  Array.from({{ length: {STEPS + 1} }}, (_, k) => closedForm(factors(view, i), k)).map(String),
  rootSentence([0, 1].map((i) => factors(view, i)), view.labels),
])"""


@pytest.fixture(scope="module")
def roots(browser):
    with scripted(browser, "modes", ROOTS) as asked:
        yield asked


@settings(max_examples=150)
@given(settings_of(LINEAR))
def test_roots_and_closed_form_are_those_of_the_theory(roots, setting):
    rule, eta, lam = setting.rule, setting.eta, setting.surface.eigenvalues
    factors = theory.mode_factors(rule, eta, lam)
    for i, (pair, closed, _) in enumerate(roots(seen(setting))):
        larger = max(math.hypot(*root) for root in pair)
        assert larger == pytest.approx(abs(factors[i, 0]), rel=1e-12, abs=doubt(factors[i]))
        path = theory.mode_path(rule, eta, lam[i], STEPS)
        scale = np.maximum.accumulate(np.abs(path))
        np.testing.assert_allclose(np.array(closed, dtype=float), path, rtol=0.0, atol=1e-9 * scale.max())


@settings(max_examples=150)
@given(settings_of(LINEAR))
def test_the_sentence_on_the_roots_says_where_they_are(roots, setting):
    (_, _, sentence), _ = roots(seen(setting))
    factors = theory.mode_factors(setting.rule, setting.eta, setting.surface.eigenvalues)
    sizes, unsure = np.abs(factors).max(axis=1), max(doubt(pair) for pair in factors)
    named = setting.surface.labels.index(re.search("along u([₁₂])", sentence)[1])
    assert sizes[named] >= sizes.max() - unsure
    if "neither" in sentence:
        assert sizes.max() == pytest.approx(1.0, abs=1e-9 + unsure)
        return
    assert ("inside" in sentence) == (sizes.max() < 1.0)
    text = next(word.rstrip(".,") for word in sentence.split() if word[0].isdigit())
    assert agrees(text, sizes.max(), slack=1e-9 + unsure), (sentence, sizes)


@pytest.mark.parametrize(
    "query", [{"a": slug} for slug, cls in OPTIMIZERS.items() if cls.has_learning_rate] + [{"surface.eigenvalue_1": -1}]
)
def test_the_detail_follows_a_drag_without_a_message(page, server, query):
    sent = frames_of(page)
    opened(page, server, show="modes", **query)
    words_of = page.locator(".st-key-detail-modes .valley-detail")
    words_of.wait_for()
    page.wait_for_function("() => document.querySelector('.valley-detail').follower?.header")
    count, before = len(sent), page.evaluate(PICTURE)
    drag_slider(page, "learning rate", 0.65, 0.97)
    page.wait_for_function(f"(before) => ({PICTURE})() !== before", arg=before)
    assert len(sent) == count
    page.mouse.up()
    assert not {"NaN", "undefined", "Infinity"} & set(words_of.inner_text().split())


PICTURE = "() => document.querySelector('.st-key-detail-modes canvas').toDataURL()"


def test_the_default_valley_stands_where_the_theory_puts_it(page, server):
    opened(page, server, show="modes", a="momentum", **{"a.learning_rate": 0.02, "a.momentum": 0.9})
    said = page.locator(".st-key-detail-modes .valley-detail-quiet")
    rule = OPTIMIZERS["momentum"](momentum=0.9)
    largest = words.near_one(float(np.abs(theory.mode_factors(rule, 0.02, Quadratic().eigenvalues)).max()))
    said.filter(has_text=largest).wait_for()
