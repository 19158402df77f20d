"""The detail on the modes, and the parts that all details share: what the browser computes is what the engine says."""

import math
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page
from spoken import agrees
from test_browser import drag_slider, frames_of, opened

from engine import discover_optimizers, theory, words
from surfaces.quadratic import Quadratic
from widgets.details.follow import parts
from widgets.live_figure import joined

LINEAR = {slug: cls for slug, cls in discover_optimizers().items() if cls(**{}).linear}


def evaluate(page: Page, name: str, code: str, argument: Any) -> Any:
    """Return what a function that sees the code of a detail gives for an argument."""
    return page.evaluate(f"(given) => {{ {joined(parts(name))}\nreturn ({code})(given); }}", argument)


def test_numbers_read_as_the_server_prints_them(page):
    random = np.random.default_rng(1)
    values = [0.0, 1.0, -1.0, 10.0, 99999.5, 1e-4, 9.9996e-5, 0.99995, 1e300, 5e-324, 123456.0, 0.5]
    values += (random.choice([-1, 1], 3000) * 10.0 ** random.uniform(-20, 20, 3000)).tolist()
    values += (1.0 + random.choice([-1, 1], 1000) * 10.0 ** random.uniform(-14, 0, 1000)).tolist()
    found = evaluate(
        page,
        "modes",
        "(values) => values.map((v) => [number(v), number(v, 2), number(v, 4), nearOne(v), percent(v)])",
        values,
    )
    for value, texts in zip(values, found, strict=True):
        expected = [words.number(value), words.number(value, 2), words.number(value, 4)]
        assert texts[:3] == expected, value
        if abs(value) < 1e6:  # shares and factors
            assert texts[3:] == [words.near_one(value), words.percent(value)], value


def cases(count: int) -> list[tuple[Any, float, np.ndarray]]:
    """Return random settings of every rule that keeps the modes apart: rule, learning rate, eigenvalues ascending."""
    random = np.random.default_rng(7)
    drawn = []
    for _ in range(count):
        for cls in LINEAR.values():
            lam = np.sort(random.choice([-1.0, 0.0, 1.0, 1.0, 1.0], 2) * 10.0 ** random.uniform(-3, 3, 2))
            mu = {name: round(random.uniform(0, 0.99), 3) for name in cls.parameters()}
            drawn.append(
                (cls(**mu), float(f"{10 ** random.uniform(-4, 0.5) / np.abs(lam).max(initial=1e-3):.4g}"), lam)
            )
    return drawn


def seen(rule: Any, eta: float, lam: np.ndarray) -> dict[str, Any]:
    """Return what a detail is told of a setting."""
    ends = rule.mode_polynomial(np.array([0.0, 1.0]), rule.pack()[:, None])
    return {"polynomial": ends.tolist(), "eta": eta, "eigenvalues": lam.tolist(), "labels": ["₁", "₂"]}


def test_roots_and_closed_form_are_those_of_the_theory(page):
    steps, drawn = 60, cases(60)
    found = evaluate(
        page,
        "modes",
        f"""(views) => views.map((view) => [0, 1].map((i) => [
          factors(view, i),
          Array.from({{ length: {steps + 1} }}, (_, k) => closedForm(factors(view, i), k)).map(String),
        ]))""",
        [seen(*case) for case in drawn],
    )
    for (rule, eta, lam), modes in zip(drawn, found, strict=True):
        factors = theory.mode_factors(rule, eta, lam)
        for i, (roots, closed) in enumerate(modes):
            larger = max(math.hypot(*root) for root in roots)
            assert larger == pytest.approx(abs(factors[i, 0]), rel=1e-9, abs=1e-12)
            path = theory.mode_path(rule, eta, lam[i], steps)
            scale = np.maximum.accumulate(np.abs(path))
            np.testing.assert_allclose(np.array(closed, dtype=float), path, rtol=0.0, atol=1e-9 * scale.max())


def test_the_sentence_on_the_roots_says_where_they_are(page):
    drawn = cases(40)
    found = evaluate(
        page,
        "modes",
        "(views) => views.map((view) => rootSentence([0, 1].map((i) => factors(view, i)), view.labels))",
        [seen(*case) for case in drawn],
    )
    for (rule, eta, lam), sentence in zip(drawn, found, strict=True):
        largest = np.abs(theory.mode_factors(rule, eta, lam)).max()
        if "neither" in sentence:
            assert largest == pytest.approx(1.0, abs=1e-9)
            continue
        assert ("inside" in sentence) == (largest < 1.0)
        text = next(word.rstrip(".,") for word in sentence.split() if word[0].isdigit())
        assert agrees(text, largest, slack=1e-9), (sentence, largest)


@pytest.mark.parametrize("query", [{"a": slug} for slug in discover_optimizers()] + [{"surface.eigenvalue_1": -1}])
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
    rule = LINEAR["momentum"](momentum=0.9)
    largest = words.near_one(float(np.abs(theory.mode_factors(rule, 0.02, Quadratic().eigenvalues)).max()))
    said.filter(has_text=largest).wait_for()
