"""Worked calculations in a browser: the slider asks nobody, formulas are typeset, nothing moves, a phone has room."""

import pytest
from playwright.sync_api import Page, expect
from test_browser import IDLE, SECONDS, frames_of
from test_race_browser import WIDER

VIEWS = ("network", "examples")
HEIGHT = "document.querySelector('.valley-worked').getBoundingClientRect().height"


def open_view(page: Page, server: str, query: str) -> None:
    page.set_default_timeout(8 * SECONDS)
    page.goto(f"{server}/backpropagation?backpropagation={query}")
    expect(page.locator(".valley-worked .valley-formulas math").first).to_be_visible(timeout=60 * SECONDS)


@pytest.mark.parametrize("view", VIEWS)
def test_steps_follow_the_slider_without_a_message_and_in_place(page, server, view):
    sent = frames_of(page)
    open_view(page, server, view)
    page.wait_for_function(IDLE, timeout=30 * SECONDS)
    slider, said = page.locator(".valley-worked input[type=range]"), page.locator(".valley-worked .valley-says")
    count, texts, heights = len(sent), [], []
    slider.press("Home")
    last = int(slider.get_attribute("max"))
    for _ in range(last):
        texts.append(said.inner_text())
        heights.append(page.evaluate(HEIGHT))
        slider.press("ArrowRight")
    assert len(set(texts)) > last // 2 and len(set(heights)) == 1 and len(sent) == count
    assert page.locator(".valley-diagram .valley-node.valley-known").count() > 4


@pytest.mark.parametrize("query", ["network", "network&written=vectors&form=decoupled", "examples&example=hidden"])
def test_it_fits_a_phone(page, server, query):
    page.set_viewport_size({"width": 390, "height": 844})
    open_view(page, server, query)
    assert page.evaluate(WIDER) <= 0
    texts = page.locator(".valley-diagram text")
    boxes = [texts.nth(i).bounding_box() for i in range(texts.count())]
    assert all(box["x"] >= 0.0 and box["x"] + box["width"] <= 390.0 for box in boxes)


COVERED = """() => {
  const marks = 'circle, .valley-name, .valley-back, .valley-weight, .valley-arrow';
  const all = [...document.querySelectorAll(`.valley-diagram :is(${marks})`)];
  const boxes = all.map((each) => ({ each, weight: each.matches('.valley-weight'), ...boxOf(each) }));
  function boxOf(each) { const { x, y, width, height } = each.getBBox(); return { x, y, width, height }; }
  const across = (a, b) => Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const up = (a, b) => Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const covers = (a, b) => (a.weight || b.weight) && across(a, b) > 2 && up(a, b) > 2;
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => covers(a, b))
    .map((b) => `${a.each.textContent} on ${b.each.textContent}`));
}"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("form", ["pre", "post&written=vectors"])
def test_numbers_on_lines_keep_off_all_else(page, server, form, width):
    page.set_viewport_size({"width": width, "height": 900})
    open_view(page, server, f"network&form={form}")
    slider = page.locator(".valley-worked input[type=range]")
    slider.press("Home")
    for _ in range(int(slider.get_attribute("max"))):
        slider.press("ArrowRight")
        assert page.evaluate(COVERED) == []
        assert page.locator(".valley-diagram .valley-weight").count() == 20  # every line wears its weight, as is said


def test_on_a_phone_no_hole_is_left_below_formulas(page, server):
    page.set_viewport_size({"width": 390, "height": 844})
    open_view(page, server, "network")
    page.locator(".valley-worked input[type=range]").press("Home")
    words, caption = page.locator(".valley-aside, .valley-formulas"), page.locator(".valley-worked .valley-caption")
    ends = [box["y"] + box["height"] for i in range(words.count()) if (box := words.nth(i).bounding_box())]
    assert caption.bounding_box()["y"] - max(ends) < 40.0


def test_numbers_are_in_the_address_and_the_place_is_kept(page, server):
    open_view(page, server, "network")
    slider = page.locator(".valley-worked input[type=range]")
    for _ in range(3):
        slider.press("ArrowRight")
    page.get_by_text("margin").first.wait_for()
    page.get_by_role("spinbutton", name="margin").fill("2")
    page.get_by_role("spinbutton", name="margin").press("Enter")
    page.wait_for_function("location.search.includes('margin=2')")
    assert slider.input_value() == "3"
