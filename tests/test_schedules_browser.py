"""The page Schedules in a browser: points of a learning rate are drawn, by pointer and by keyboard, and stay drawn."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect

from engine import run
from engine.optimizers.gradient_descent import GradientDescent
from engine.schedules.manual import Manual
from surfaces.quadratic import Quadratic

SECONDS = 1000.0
FIGURE = "document.querySelector('.valley-schedules').figure"
READY = "document.querySelector('.valley-schedules')?.figure?.graphs.ready"
CANVAS = ".valley-rates canvas"
MANUAL = {"schedule": "manual", "noise": 0}


def figure(page, server, **query):
    page.goto(f"{server}/schedules?{urlencode(query)}")
    page.wait_for_function(f"() => {READY}", timeout=60 * SECONDS)


def points(page):
    return [tuple(point) for point in page.evaluate(f"{FIGURE}.rates.points")]


def place(page, step, eta):
    """Where a step and a learning rate are on the screen."""
    box = page.locator(CANVAS).bounding_box()
    x, y = page.evaluate(f"([a, b]) => [{FIGURE}.rates.chart.x(a), {FIGURE}.rates.chart.y(b)]", [step, eta])
    return box["x"] + x, box["y"] + y


def drag(page, start, end, release=True):
    page.mouse.move(*place(page, *start))
    page.mouse.down()
    page.mouse.move(*place(page, *end), steps=6)
    if release:
        page.mouse.up()


def address_holds(page, text):
    page.wait_for_function(
        "(text) => new URL(location).searchParams.get('schedule.points') === text", arg=text, timeout=20 * SECONDS
    )


def drawn_is_the_run_of(page, text):
    """The path in the picture is the engine's for these points."""
    page.wait_for_function(
        f"(text) => {FIGURE}.header.points.values.map(([a, b]) => `${{a}}:${{b}}`).join(',') === text",
        arg=text,
        timeout=20 * SECONDS,
    )
    path = run(Quadratic(), GradientDescent(), Manual.read(text), (-1.5, 1.0), 100)
    x, y = page.evaluate(
        f"(() => {{ const p = {FIGURE}.path({FIGURE}.header.runs[0]); return [[...p.x], [...p.y]]; }})()"
    )
    np.testing.assert_allclose(np.stack([x, y], axis=-1), path.weights[:, 0], rtol=1e-5, atol=1e-6)


def test_a_point_is_dragged_and_the_run_follows_before_and_after_the_release(page, server):
    figure(page, server, **MANUAL)
    assert points(page) == [(0, 0.09), (50, 0.09), (100, 0.01)]
    drag(page, (50, 0.09), (70, 0.03), release=False)
    moved = points(page)
    assert 68 <= moved[1][0] <= 72 and moved[1][1] == pytest.approx(0.03, rel=0.05)
    text = ",".join(f"{step}:{eta:g}" for step, eta in moved)
    drawn_is_the_run_of(page, text)
    assert "schedule.points" not in parse_qs(urlsplit(page.url).query)
    page.mouse.up()
    address_holds(page, text)
    expect(page.locator(".stSidebar textarea")).to_have_value(text, timeout=20 * SECONDS)
    drawn_is_the_run_of(page, text)
    page.reload()
    page.wait_for_function(f"() => {READY}", timeout=60 * SECONDS)
    assert points(page) == moved
    drawn_is_the_run_of(page, text)


def test_a_click_adds_a_point_and_a_double_click_takes_one_away(page, server):
    figure(page, server, **MANUAL)
    page.mouse.click(*place(page, 25, 0.03))
    page.wait_for_function(f"{FIGURE}.rates.points.length === 4")
    added = points(page)[1]
    assert 23 <= added[0] <= 27 and added[1] == pytest.approx(0.03, rel=0.05)
    address_holds(page, ",".join(f"{step}:{eta:g}" for step, eta in points(page)))
    page.wait_for_timeout(500)
    page.mouse.dblclick(*place(page, 50, 0.09))
    page.wait_for_function(f"{FIGURE}.rates.points.length === 3")
    address_holds(page, f"0:0.09,{added[0]}:{added[1]:g},100:0.01")


def test_points_are_moved_by_keyboard(page, server):
    figure(page, server, **MANUAL)
    canvas = page.locator(CANVAS)
    canvas.focus()
    canvas.press("PageDown")
    for _ in range(3):
        canvas.press("ArrowRight")
    canvas.press("ArrowDown")
    address_holds(page, "0:0.09,53:0.0818,100:0.01")
    expect(page.locator(".valley-handle")).to_have_text("point 2 of 3: step 53, η = 0.0818")
    canvas.press("Delete")
    address_holds(page, "0:0.09,100:0.01")
    drawn_is_the_run_of(page, "0:0.09,100:0.01")


def test_another_schedule_has_no_handles_and_the_scrubber_shows_both_runs(page, server):
    figure(page, server, schedule="step")
    expect(page.locator(CANVAS)).to_have_attribute("tabindex", "-1")
    assert points(page) == []
    page.mouse.click(*place(page, 40, 0.05))
    assert points(page) == []
    page.evaluate(f"{FIGURE}.playback.go(7)")
    expect(page.locator(".valley-step")).to_have_text(re.compile("step 7 / 100"))
    expect(page.locator(".valley-pair output")).to_have_count(2)


def test_the_start_can_be_dragged_here_too(page, server):
    figure(page, server, noise=0)
    box = page.locator(".valley-ground").bounding_box()

    def at(x, y):
        px, py = page.evaluate(f"([a, b]) => [{FIGURE}.graphs.groundInk.x(a), {FIGURE}.graphs.groundInk.y(b)]", [x, y])
        return box["x"] + px, box["y"] + py

    page.mouse.move(*at(-1.5, 1.0))
    page.mouse.down()
    page.mouse.move(*at(1.0, 0.5), steps=5)
    page.mouse.up()
    page.wait_for_function("new URL(location).searchParams.has('start.x')", timeout=20 * SECONDS)
    page.wait_for_function(f"Math.abs({FIGURE}.header.start.value[0] - 1) < 0.03", timeout=20 * SECONDS)
    x = page.evaluate(f"{FIGURE}.path({FIGURE}.header.runs[1]).x[0]")
    assert abs(x - 1.0) < 0.03
