"""Planes through many weights in a browser: what follows a drag, what waits for the release, where the start can go."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect
from test_browser import DRAWN, IDLE, SECONDS, address_has, drag_slider, frames_of, in_address, path

FAMILIES = "(count) => Object.keys(document.querySelector('.valley').figure.header.families).length === count"
CUT = "(document.querySelector('.valley-cut')?.textContent ?? '')"
GO = "(k) => document.querySelector('.valley').figure.playback.go(k)"
CENTRE = """([x, y]) => {
  const { _fullLayout: layout, parentElement } = document.querySelector('.valley-ground');
  const box = parentElement.getBoundingClientRect();
  return [box.left + layout.xaxis._offset + layout.xaxis.d2p(x), box.top + layout.yaxis._offset + layout.yaxis.d2p(y)];
}"""


def opened(page: Page, server: str, **query: str | float) -> Page:
    page.set_default_timeout(12 * SECONDS)
    page.goto(f"{server}/landscapes?{urlencode({'surface': 'convex_rosenbrock', 'a': 'momentum'} | query)}")
    page.wait_for_function(DRAWN, timeout=30 * SECONDS)
    page.wait_for_function(FAMILIES, arg=2, timeout=30 * SECONDS)
    page.wait_for_function(IDLE, timeout=12 * SECONDS)
    return page


def test_the_words_follow_the_scrubber_and_wait_while_a_slider_is_away(page, server):
    frames = frames_of(page)
    opened(page, server, plane="run", **{"a.learning_rate": 0.2})
    assert "At step 150 the run is 0 from the plane" in page.evaluate(CUT)
    page.evaluate(GO, 20)
    assert "At step 20 the run is" in page.evaluate(CUT)
    gauge = page.locator(".valley-gauge")
    assert "local limit 0.9" in gauge.get_attribute("aria-label")
    count = len(frames)
    drag_slider(page, "learning rate", 0.6, 0.2)
    page.wait_for_function(f"() => {CUT}.includes('Let go')")
    assert "local limit 0" not in gauge.get_attribute("aria-label") and len(frames) == count
    page.mouse.up()
    page.wait_for_function(f"() => {CUT}.includes('At step 20')")
    page.wait_for_function(FAMILIES, arg=2)
    assert "local limit 0.9" in gauge.get_attribute("aria-label")


@pytest.mark.parametrize("kind", ["weights", "random"])
def test_the_start_is_dragged_within_the_plane(page, server, kind):
    opened(page, server, plane=kind)
    before = path(page)
    page.mouse.move(*page.evaluate(CENTRE, [0, 0]))
    page.mouse.down()
    page.mouse.move(*page.evaluate(CENTRE, [0.5, -0.3]), steps=8)
    page.mouse.up()
    page.wait_for_url("**start.x=*")
    page.wait_for_function(IDLE)
    x, y = (float(in_address(page)[key]) for key in ("start.x", "start.y"))
    assert x == pytest.approx(0.5, abs=0.05) and y == pytest.approx(-0.3, abs=0.05)
    assert path(page) != before
    page.evaluate(GO, 0)
    page.wait_for_function(f"() => {CUT}.includes('At step 0 the run is 0 from the plane')")


def test_in_a_plane_of_the_run_the_start_stays(page, server):
    opened(page, server, plane="run")
    before, address = path(page), page.url
    x, y = page.evaluate("document.querySelector('.valley').figure.header.start.value")
    page.mouse.move(*page.evaluate(CENTRE, [x, y]))
    page.mouse.down()
    page.mouse.move(*page.evaluate(CENTRE, [x + 0.4, y]), steps=5)
    page.mouse.up()
    page.mouse.click(*page.evaluate(CENTRE, [x + 0.5, y - 0.3]))
    page.wait_for_timeout(600)
    assert page.url == address and page.evaluate("document.querySelector('.valley').figure.pendingStart") is None
    assert path(page) == before


def test_another_plane_is_one_click_and_stands_in_the_address(page, server):
    opened(page, server)
    page.get_by_role("radio", name="run").or_(page.get_by_role("button", name="run", exact=True)).first.click()
    address_has(page, plane="run")
    page.wait_for_function(f"() => {CUT}.includes('random walk')")
    expect(page.locator(".st-key-start-x")).to_have_count(0)
