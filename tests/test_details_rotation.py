"""The detail on rotation: its table, sentence and paths are those of the engine, and its slider asks nobody."""

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect
from spoken import NUMBER, agrees
from test_browser import frames_of, opened
from turning import steps_over_angles
from valleys import bowls, starts, valleys

from engine import discover_optimizers, run
from engine.parameter import four_digits
from engine.study import Entry
from engine.words import count
from surfaces.quadratic import Quadratic
from widgets.details import rotation
from widgets.details.picture import Picture
from widgets.live_figure import pack

RULES = discover_optimizers()
SURFACES = [
    Quadratic(),
    Quadratic(eigenvalue_1=30.0, eigenvalue_2=0.3, angle=-75.0, minimum_x=1.0),
    Quadratic(eigenvalue_1=2.0, eigenvalue_2=2.0),
    Quadratic(eigenvalue_1=0.0, eigenvalue_2=2.0),
    Quadratic(eigenvalue_1=-1.0, eigenvalue_2=5.0, angle=90.0),
    Quadratic(eigenvalue_1=-1.0, eigenvalue_2=-5.0),
    Quadratic(eigenvalue_1=0.0, eigenvalue_2=0.0),
]


def message(surface: Quadratic, slugs: list[str], start: Any, eta: float = 0.0) -> Any:
    """Return what the browser is told: name, header and arrays."""
    told: list[Any] = []
    entries = [
        Entry(letter, RULES[slug](), eta or RULES[slug].typical_learning_rate)
        for letter, slug in zip("abcdef", slugs, strict=False)
    ]
    drawn: Any = np.arange(151)
    with patch.object(rotation, "follow", lambda *given: told.extend(given)):
        rotation.draw(Picture(surface, entries, entries[0], start, 150, drawn=drawn))
    return SimpleNamespace(header=told[1], arrays=told[2], entries=entries)


@pytest.mark.parametrize("surface", SURFACES, ids=repr)
@pytest.mark.parametrize("start", [(-1.5, 1.0), (0.0, 0.0)])
@pytest.mark.parametrize("eta", [0.0, 1e4])
def test_counts_and_paths_are_the_engines(surface, start, eta):
    told = message(surface, ["adam", "momentum"], start, eta)
    header = told.header
    assert len(header["runs"]) == sum(cls.textbook for cls in RULES.values())
    assert len(pack({"ground": {}, **header}, told.arrays)) < 400_000
    error = float(surface.evaluate(np.array(start))[0])
    assert (header["why"] == "") == (surface.eigenvalues[0] >= 0.0 and error > 0.0)
    assert not re.search("nan|inf", header["sentence"])
    for item, described in zip(told.entries, header["runs"], strict=False):
        rule, rate = item.optimizer, item.learning_rate
        settled, first = steps_over_angles(surface, rule, rate, start, rotation.ANGLES, rotation.STEPS)
        wanted = settled if rule.steps_shrink else first
        expected = [None if np.isnan(value) else int(value) for value in wanted]
        assert described["counts"] == ([] if header["why"] else expected)
        for r in (0, 7, 30):
            there = replace(surface, angle=float(rotation.ANGLES[r]))
            begin = there.stationary_point + there.eigenvectors @ surface.modes(np.array(start))
            modes = there.modes(run(there, rule, rate, begin, 150).weights[:, 0])
            kept = np.isfinite(told.arrays[item.name][r]).all(axis=-1)
            assert kept[0] and (kept.all() or not kept[np.argmin(kept) :].any())
            np.testing.assert_allclose(told.arrays[item.name][r][kept], modes[kept], rtol=1e-4, atol=1e-6)


def test_the_sentence_says_what_was_counted():
    for slugs in (["adam"], ["adagrad", "momentum"], ["momentum", "rmsprop"], ["nesterov"]):
        told = message(SURFACES[0], slugs, (-1.5, 1.0))
        said = told.header["sentence"]
        runs = {re.split(" η", item["label"])[0]: item["counts"] for item in told.header["runs"]}
        title, many, few, times = re.search(
            r"to 45°, (.+) needs (\d+) steps instead of (\d+) .*: ([\d.]+) times", said
        ).groups()
        assert (int(many), int(few)) == (runs[title][15], runs[title][0])
        assert agrees(times, int(many) / int(few))
        for linear in ("Gradient descent", "Momentum", "Nesterov"):
            assert f"{linear} {runs[linear][0]}" in said and len(set(runs[linear])) == 1
        drawn = [item["label"].split(" η")[0] for item in told.header["runs"] if item["name"]]
        assert title in drawn or all(RULES[slug]().linear for slug in slugs)


STEPS = "(more than 2\u202f000|[\\d\u202f]+) steps?"
BOTH = re.compile(rf"To reach 10⁻⁶ of its error (.+?) needs {STEPS} both at 0° and at 45°\.")
MORE = re.compile(
    rf"Turned from 0° to 45°, (.+?) needs {STEPS} instead of (more than 2\u202f000|[\d\u202f]+) to reach 10⁻⁶ of its "
    rf"error(?:: ({NUMBER}) times as many)?\."
)


def counted(text: str) -> int | None:
    return None if text.startswith("more") else int(text.replace("\u202f", ""))


@settings(max_examples=100)
@given(
    st.one_of(bowls, valleys),
    st.lists(st.sampled_from(list(RULES)), min_size=1, max_size=3),
    starts,
    st.one_of(st.just(0.0), st.floats(-4.0, 1.0).map(lambda exponent: four_digits(10.0**exponent))),
)
def test_the_sentence_says_what_was_counted_on_any_valley(surface, slugs, start, eta):
    header = message(surface, slugs, start, eta).header
    if header["why"]:
        assert header["sentence"] == header["why"]
        return
    said, runs = header["sentence"], header["runs"]
    titles = [re.split(" η| β| δ| μ| with", item["label"])[0] for item in runs]
    assert not re.search(r"\b1 steps", said)
    both, more = BOTH.match(said), MORE.match(said)
    title = (both or more)[1]
    # of several runs of one optimizer the first is meant, the one under the sliders
    counts = next(item["counts"] for item, name in zip(runs, titles, strict=True) if name.startswith(title))
    flat, diagonal = counts[0], counts[rotation.DIAGONAL]
    if both:
        assert flat == diagonal == counted(both[2])
    else:
        assert (counted(more[2]), counted(more[3])) == (diagonal, flat) and flat != diagonal
        assert bool(more[4]) == (None not in (flat, diagonal))
        assert not more[4] or agrees(more[4], diagonal / flat)
    for item, name in zip(runs, titles, strict=True):
        if all(rule.title != name or not rule().linear for rule in RULES.values()):
            continue
        wanted = "more than 2\u202f000" if item["counts"][0] is None else count(item["counts"][0])
        same = len(set(item["counts"])) == 1
        assert same == any(f"{who} {wanted}" in said for who in (name, item["label"]))


def test_what_is_not_reached_is_said():
    said = message(SURFACES[0], ["momentum", "adam"], (-1.5, 1.0), eta=1e-8).header["sentence"]
    assert "Adam needs more than 2\u202f000 steps both" in said and "Momentum more than 2\u202f000" in said


DETAIL = ".st-key-detail-rotation .valley-detail"
PICTURES = f"() => [...document.querySelectorAll('{DETAIL} canvas')].map((canvas) => canvas.toDataURL())"


def test_the_slider_turns_the_valley_without_a_message_and_from_the_keyboard(page, server):
    frames = frames_of(page)
    opened(page, server, show="rotation", a="adam")
    slider = page.get_by_role("slider", name="Angle of the valley")
    expect(slider).to_have_attribute("aria-valuetext", "30°")
    table = page.locator(f"{DETAIL} table")
    settled, first = steps_over_angles(Quadratic(), RULES["adam"](), 0.1, (-1.5, 1.0), (0.0, 45.0, 33.0), 2000)
    count, before = len(frames), page.evaluate(PICTURES)
    height = page.locator(DETAIL).bounding_box()["height"]
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "33°")
    cells = table.locator("tr").nth(1).locator("td").all_inner_texts()
    assert [int(text) for text in cells[2:]] == first.astype(int).tolist()
    assert "*" in cells[1] and settled[0] >= first[0]
    after = page.evaluate(PICTURES)
    assert all(one != other for one, other in zip(before, after, strict=True))
    for key, angle in (("Home", "0°"), ("End", "90°")):
        page.keyboard.press(key)
        expect(slider).to_have_attribute("aria-valuetext", angle)
        assert page.locator(DETAIL).bounding_box()["height"] == pytest.approx(height, abs=1.0)
    assert len(frames) == count
    assert not re.search("NaN|undefined|Infinity|null", page.locator(DETAIL).inner_text())


def test_a_saddle_shows_paths_and_says_why_nothing_is_counted(page, server):
    opened(page, server, show="rotation", **{"surface.eigenvalue_1": -1.0})
    detail = page.locator(DETAIL)
    expect(detail).to_contain_text("A saddle has no smallest error")
    expect(detail.locator("table")).to_be_hidden()
    expect(detail.locator("canvas").nth(1)).to_be_visible()
