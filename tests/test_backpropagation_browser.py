"""The page Backpropagation in a browser: what is dragged asks nobody, what is released is in the address."""

import pytest
from playwright.sync_api import Page, expect
from test_browser import IDLE, SECONDS, frames_of
from test_race_browser import WIDER


def open_view(page: Page, server: str, query: str = "") -> None:
    page.set_default_timeout(8 * SECONDS)
    page.goto(f"{server}/backpropagation?{query}")
    expect(page.locator(".valley-graph svg, .valley-lines .valley-panel").first).to_be_visible(timeout=60 * SECONDS)
    page.wait_for_function(IDLE, timeout=30 * SECONDS)


def test_the_recursion_is_stepped_through_without_a_message(page, server):
    sent = frames_of(page)
    open_view(page, server)
    count, rows = len(sent), page.locator("p.valley-graph-row")
    expect(page.locator(".valley-graph-passed", has_text="S₁ = −2.07")).to_be_visible()
    page.get_by_role("button", name="To the start").click()
    expect(page.locator(".valley-graph-passed", has_text="S")).to_have_count(0)
    for step in range(1, 5):
        page.get_by_role("button", name="One step on").click()
        expect(rows.nth(step - 1)).to_have_class("valley-graph-row valley-graph-now")
        expect(page.locator(".valley-graph-passed", has_text="S")).to_have_count(step)
    expect(rows.nth(3)).to_contain_text("1 · (−0.991) + 1 · 0.13= −0.861")
    assert len(sent) == count


def test_dragging_w_asks_nobody_and_its_release_is_in_the_address(page, server):
    sent = frames_of(page)
    open_view(page, server)
    count, slider = len(sent), page.locator(".valley-graph .valley-slider input")
    slider.evaluate("input => { input.value = 0; input.dispatchEvent(new Event('input')) }")
    expect(page.locator(".valley-graph .valley-says")).to_contain_text("At w = −3, dy/dw = 7.939")
    assert len(sent) == count
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_url("**paths.w=-2.9*")
    expect(page.get_by_label("w", exact=True).first).to_have_value("-2.9")
    expect(page.locator(".valley-graph .valley-says")).to_contain_text("At w = −2.9")


def test_a_path_is_shown_in_the_graph_by_the_keyboard(page, server):
    open_view(page, server)
    row = page.locator("button.valley-graph-row").first
    row.press("Enter")
    expect(row).to_have_attribute("aria-pressed", "true")
    faint = "els => els.filter(el => el.getAttribute('opacity') !== '1').length"
    assert page.locator(".valley-graph-slope").evaluate_all(faint) == 2
    row.press("Enter")
    assert page.locator(".valley-graph-slope").evaluate_all(faint) == 0


def test_what_is_typed_is_drawn(page, server):
    open_view(page, server)
    line = page.get_by_role("textbox", name="y =")
    line.fill("w*w")
    line.press("Enter")
    expect(page.locator(".valley-graph-name")).to_have_text(["y₁ = w", "y₂ = w · w"])
    page.wait_for_url("**paths.y=w*w*")


@pytest.mark.parametrize("query", ["", "backpropagation=depth&depth.width=4"])
def test_it_fits_a_phone(page, server, query):
    page.set_viewport_size({"width": 390, "height": 844})
    open_view(page, server, query)
    assert page.evaluate(WIDER) <= 0


def test_a_list_of_paths_that_goes_on_shows_it(page, server):
    open_view(page, server, "backpropagation=paths&paths.y=((w*w)*(w*w))*((w*w)*(w*w))")
    rows = page.locator(".valley-graph-rows").first
    assert rows.evaluate("(list) => list.scrollHeight > list.clientHeight + 20")
    rows.scroll_into_view_if_needed()
    x, bottom = rows.evaluate("(list) => [list.getBoundingClientRect().x, list.getBoundingClientRect().bottom]")
    page.add_style_tag(content=".valley-graph-rows > * { visibility: hidden; }")
    edge = {"x": x + 9, "y": bottom - 4, "width": 4, "height": 3}
    shaded = page.screenshot(clip=edge)
    rows.evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
    assert page.screenshot(clip=edge) != shaded  # nothing is below: no shade
