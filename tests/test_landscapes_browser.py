"""Landscapes in a browser: families one by one, drags without messages, what details draw on the picture."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect
from test_browser import (
    DRAWN,
    IDLE,
    SECONDS,
    address_has,
    drag_slider,
    frames_of,
    in_address,
    moved_from,
    number_input,
    path,
    point,
    settled,
    shown,
    slider,
    verdict,
)

FAMILIES = "(count) => Object.keys(document.querySelector('.valley').figure.header.families).length === count"
BASINS = {"surface": "himmelblau", "start.x": -0.3, "start.y": -0.95, "a": "momentum", "a.learning_rate": 0.01}
INK = """() => {
  const canvas = document.querySelector('.valley-ground ~ .valley-ink');
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let sum = 0;
  for (let i = 3; i < data.length; i += 4) sum += data[i] > 0;
  return sum;
}"""
LIMIT = "() => document.querySelector('.valley-gauge').getAttribute('aria-label')"
OPACITY = "getComputedStyle(document.querySelector('.stVerticalBlock.st-key-detail-local .valley-detail')).opacity"
ROSENBROCK = "() => document.querySelector('.valley').dataset.drawn?.startsWith('Rosenbrock')"
PIXEL = """([x, y]) => {
  const { ground, groundInk } = document.querySelector('.valley').figure.graphs;
  const { left, top } = ground.getBoundingClientRect();
  return [left + groundInk.x(x), top + groundInk.y(y)];
}"""
GO = "(k) => document.querySelector('.valley').figure.playback.go(k)"


def opened(page: Page, server: str, families: int = 2, **query: str | float) -> Page:
    page.set_default_timeout(12 * SECONDS)
    page.goto(f"{server}/landscapes?{urlencode(BASINS | query, doseq=True)}")
    page.wait_for_function(DRAWN, timeout=30 * SECONDS)
    page.wait_for_function(FAMILIES, arg=families, timeout=30 * SECONDS)
    page.wait_for_function(IDLE, timeout=12 * SECONDS)
    return page


@pytest.mark.parametrize(("name", "key"), [("learning rate", "a.learning_rate"), ("momentum", "a.momentum")])
def test_dragging_asks_nothing_and_letting_go_moves_the_address(page, server, name, key):
    frames = frames_of(page)
    opened(page, server)
    before, count, words = path(page), len(frames), verdict(page)
    drag_slider(page, name, 0.65, 0.2)
    moved_from(page, before)
    assert len(frames) == count and verdict(page) != words
    value = shown(page, name)
    page.mouse.up()
    address_has(page, **{key: value})
    page.wait_for_function(FAMILIES, arg=2)


def test_the_gauge_follows_the_path(page, server):
    opened(page, server)
    page.evaluate(GO, 3)
    near_the_top = page.evaluate(LIMIT)
    page.evaluate(GO, 110)
    in_the_bowl = page.evaluate(LIMIT)
    assert "there is no local limit" in near_the_top
    assert re.search(r"local limit 0\.0\d+", in_the_bowl)


def test_dragging_the_start_moves_path_and_verdict(page, server):
    opened(page, server)
    before = path(page)
    page.mouse.move(*point(page, -0.3, -0.95))
    page.mouse.down()
    page.mouse.move(*point(page, 1.0, 1.0), steps=6)
    moved_from(page, before)
    page.mouse.up()
    page.wait_for_url(lambda url: "start.x=1" in url or "start.x=0.9" in url, wait_until="commit")
    settled(page)
    expect(page.locator(".valley-verdict")).to_contain_text("Settles at the minimum (3, 2)")


def test_the_danger_map_is_drawn_live_on_the_picture(page, server):
    frames = frames_of(page)
    opened(page, server, show="danger")
    detail = page.locator(".stVerticalBlock.st-key-detail-danger")
    expect(detail).to_contain_text("Hatched is")
    share = detail.inner_text()
    count, ink = len(frames), page.evaluate(INK)
    drag_slider(page, "learning rate", 0.8, 0.99)
    expect(detail).not_to_have_text(share)
    page.wait_for_function(f"(ink) => ({INK})() > 1.2 * ink", arg=ink)
    assert len(frames) == count
    page.mouse.up()


@pytest.mark.parametrize("rule", ["adam", "rmsprop"])
def test_the_danger_map_of_an_adaptive_rule_follows_its_averages(page, server, rule):
    opened(page, server, show="danger", a=rule, **{"a.learning_rate": 0.5})
    detail = page.locator(".stVerticalBlock.st-key-detail-danger")
    page.evaluate(GO, 5)
    expect(detail).to_contain_text("with the averages of step 5")
    page.evaluate(GO, 60)
    expect(detail).to_contain_text("with the averages of step 60")


def test_the_local_quadratic_follows_the_scrubber_and_greys_while_a_slider_is_away(page, server):
    opened(page, server, show="local")
    detail = page.locator(".stVerticalBlock.st-key-detail-local")
    page.evaluate(GO, 6)
    expect(detail).to_contain_text("At step 6.")
    expect(detail).to_contain_text("curves down in all directions")
    page.evaluate(GO, 110)
    expect(detail).to_contain_text("curves up in all directions")
    drag_slider(page, "learning rate", 0.8, 0.5)
    page.wait_for_function(f"() => {OPACITY} < 0.5")
    page.mouse.up()
    page.wait_for_function(f"() => {OPACITY} > 0.9")


def test_a_click_picks_the_point_that_is_looked_at(page, server):
    opened(page, server, show="local", look="point")
    expect(page.locator(".stVerticalBlock.st-key-detail-local")).to_contain_text("At (0, 0).")
    page.mouse.click(*point(page, 3.0, 3.0))
    page.wait_for_url(lambda url: "look.x" in url, wait_until="commit")
    values = in_address(page)
    assert abs(float(values["look.x"]) - 3.0) < 0.1 and float(values["start.x"]) == -0.3
    expect(page.locator(".stVerticalBlock.st-key-detail-local")).to_contain_text(
        re.compile(r"At \((3|2\.9\d+|3\.0\d+), ")
    )


def test_a_wide_list_of_points_scrolls_inside_its_box_on_a_phone(page, server):
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, server, show="points")
    place = page.locator(".st-key-detail-points .stMarkdown", has=page.locator("table"))
    expect(place).to_be_visible()
    inside, table = place.evaluate("(e) => [e.clientWidth, e.querySelector('table').offsetWidth]")
    assert inside < 390 < table
    assert place.evaluate("(e) => getComputedStyle(e).overflowX") == "auto"


def test_what_a_detail_drew_goes_with_it(page, server):
    opened(page, server)
    without = page.evaluate(INK)
    page.get_by_role("button", name="danger").click()
    page.wait_for_function(f"(ink) => ({INK})() > 1.2 * ink", arg=without)
    page.get_by_role("button", name="danger").click()
    page.wait_for_function(f"(ink) => ({INK})() < 1.05 * ink", arg=without)


def test_another_surface_brings_its_own_settings_and_one_step_back_takes_them_away(page, server):
    opened(page, server)
    before, entries = page.url, page.evaluate("() => history.length")
    page.get_by_role("combobox", name="Surface").click()
    page.get_by_role("option", name="Rosenbrock", exact=True).click()
    page.wait_for_function(ROSENBROCK)
    settled(page)
    values = in_address(page)
    assert values["surface"] == "rosenbrock" and "start.x" not in values and "a.learning_rate" not in values
    assert shown(page, "learning rate") == pytest.approx(0.0007)  # the first value there, which a link leaves out
    assert page.evaluate("() => history.length") == entries + 1
    expect(slider(page, "learning rate")).to_be_visible()
    page.go_back()
    page.wait_for_function("() => document.querySelector('.valley').dataset.drawn?.startsWith('Himmelblau')")
    settled(page)
    assert in_address(page) == {key: values[0] for key, values in parse_qs(urlsplit(before).query).items()}


def test_a_rate_that_is_not_the_first_on_its_surface_stays_in_the_link(page, server):
    page.goto(f"{server}/landscapes?surface=rosenbrock")
    page.wait_for_function(DRAWN, timeout=30 * SECONDS)
    page.wait_for_function(ROSENBROCK, timeout=30 * SECONDS)
    assert shown(page, "learning rate") == pytest.approx(0.0007)
    number_input(page, "a.learning_rate").fill("0.02")  # the first value on the Valley page
    number_input(page, "a.learning_rate").press("Enter")
    address_has(page, **{"a.learning_rate": 0.02})
    page.reload()
    page.wait_for_function(DRAWN, timeout=30 * SECONDS)
    assert shown(page, "learning rate") == pytest.approx(0.02)


def test_a_reload_shows_the_same_surface(page, server):
    opened(page, server, families=2, surface="rosenbrock", **{"a.learning_rate": 0.001})
    page.wait_for_function(ROSENBROCK)
    page.reload()
    page.wait_for_function(DRAWN, timeout=30 * SECONDS)
    page.wait_for_function(ROSENBROCK)


def test_of_one_weight_the_start_stays_on_the_curve_and_the_pointer_reads_one_number(page, server):
    page.goto(f"{server}/landscapes?surface=piecewise_quadratic&start.x=3.3&a=gradient_descent&a.learning_rate=0.02")
    page.wait_for_function("() => document.querySelector('.valley')?.figure?.drawn?.length > 0", timeout=30 * SECONDS)
    page.wait_for_function(IDLE, timeout=12 * SECONDS)
    start = "() => document.querySelector('.valley').figure.start"
    ring = page.evaluate(PIXEL, page.evaluate(start))
    page.mouse.move(*ring)
    page.mouse.down()
    page.mouse.move(ring[0] - 60, ring[1] - 40, steps=4)
    x, y = page.evaluate(start)
    assert x < 3.0 and y == pytest.approx(12.5 * x * x - 24.0 * x + 36.0, rel=0.02)
    page.mouse.up()
    address_has(page, **{"start.x": x})
    settled(page)
    page.mouse.move(*page.evaluate(PIXEL, page.evaluate(start)))
    assert re.search(r"step 0, w = [\d.]+$", page.locator(".valley-tip").inner_text())
