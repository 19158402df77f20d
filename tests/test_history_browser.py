"""Back and Forward in a browser: every change of an input is one step, with all that vanishes or follows with it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from test_browser import IDLE, SECONDS, address_has, in_address, number_input

LENGTH = "() => history.length"


def opened(page: Page, address: str, seen: str) -> Page:
    page.set_default_timeout(15 * SECONDS)
    page.goto(address)
    expect(page.locator(seen).first).to_be_visible(timeout=60 * SECONDS)
    settled(page)
    return page


def settled(page: Page) -> None:
    page.wait_for_function("() => window.valleySteps?.answering === false", timeout=40 * SECONDS)
    page.wait_for_function(IDLE, timeout=40 * SECONDS)


def type_in(page: Page, key: str, value: str) -> None:
    number_input(page, key).fill(value)
    number_input(page, key).press("Enter")
    address_has(page, **{key: float(value)})
    settled(page)


def one_step(page: Page, act: Callable[[], object], **wanted: str | float | None) -> None:
    before = page.evaluate(LENGTH)
    act()
    address_has(page, **wanted)
    settled(page)
    assert page.evaluate(LENGTH) == before + 1


def gone(page: Page, move: Callable[..., object], **wanted: str | float | None) -> None:
    move(wait_until="commit")
    address_has(page, **wanted)
    settled(page)


def test_numbers_that_are_typed_are_a_step_each(page, server):
    opened(page, f"{server}/networks?steps=60&data.rows=40", ".valley-plane[data-bands]")
    one_step(page, lambda: type_in(page, "a.learning_rate", "0.02"))
    one_step(page, lambda: type_in(page, "a.learning_rate", "0.04"))
    one_step(page, lambda: type_in(page, "initial.seed", "3") if in_sight(page) else None)
    gone(page, page.go_back, **{"initial.seed": None, "a.learning_rate": 0.04})
    gone(page, page.go_back, **{"a.learning_rate": 0.02})
    expect(number_input(page, "a.learning_rate")).to_have_value("0.02")
    gone(page, page.go_back, **{"a.learning_rate": None})
    assert in_address(page) == {"steps": "60", "data.rows": "40"}
    gone(page, page.go_forward, **{"a.learning_rate": 0.02})
    expect(number_input(page, "a.learning_rate")).to_have_value("0.02")


def in_sight(page: Page) -> bool:
    page.get_by_text(re.compile("^Initial weights")).click()
    expect(number_input(page, "initial.seed")).to_be_visible()
    settled(page)
    return True


def test_another_view_is_one_step_though_settings_vanish_with_it(page, server):
    opened(page, f"{server}/noise", ".valley-lines .valley-panel")
    one_step(page, lambda: type_in(page, "valley.eigenvalue_2", "5"))
    view = page.locator(".st-key-noise")
    one_step(page, view.get_by_text("sorted", exact=True).click, noise="sorted", **{"valley.eigenvalue_2": None})
    gone(page, page.go_back, noise=None, **{"valley.eigenvalue_2": 5.0})
    expect(number_input(page, "valley.eigenvalue_2")).to_have_value("5")
    gone(page, page.go_back, **{"valley.eigenvalue_2": None})
    assert in_address(page) == {}


def test_words_and_details_are_steps_too(page, server):
    opened(page, f"{server}/networks?steps=60&data.rows=40", ".valley-plane[data-bands]")
    details = page.locator(".st-key-show")
    one_step(page, details.get_by_text("curves", exact=True).click, show="curves")
    expect(page.locator(".st-key-detail-curves").first).to_be_visible()
    scaling = page.locator(".st-key-data-scaling")
    one_step(page, scaling.get_by_text("scaled", exact=True).click, **{"data.scaling": "scaled"})
    gone(page, page.go_back, show="curves", **{"data.scaling": None})
    gone(page, page.go_back, show=None)
    expect(page.locator(".st-key-detail-curves")).to_have_count(0)


def test_another_page_is_one_step(page, server):
    opened(page, f"{server}/networks?steps=60&data.rows=40", ".valley-plane[data-bands]")
    page.get_by_test_id("stHeader").get_by_text("Networks", exact=True).click()
    one_step(page, page.locator("a[href$='/noise']").first.click, steps=None)
    expect(page.locator(".valley-lines .valley-panel").first).to_be_visible(timeout=40 * SECONDS)
    gone(page, page.go_back, steps="60")
    assert in_address(page) == {"steps": "60", "data.rows": "40"}


FOCUSED = """() => {
  const { left, right, width } = document.activeElement.getBoundingClientRect();
  return document.activeElement === document.body || (right > 0 && left < window.innerWidth && width >= 0);
}"""


@pytest.mark.parametrize("name", ["networks", "noise"])
def test_on_a_phone_the_keyboard_does_not_walk_through_a_folded_sidebar(page, server, name):
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, f"{server}/{name}", ".valley-plane[data-bands], .valley-lines .valley-panel")
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUSED)
        reached.add(page.evaluate("() => document.activeElement.type ?? document.activeElement.tagName"))
    assert "range" in reached
    assert not page.locator(".stSidebar input").first.is_visible()
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.locator(".stSidebar input").first).to_be_visible()


def test_on_a_phone_what_is_not_used_is_said_while_the_sidebar_is_folded(page, server):
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, f"{server}/networks?steps=40&surface.hidden=eight", ".valley-plane[data-bands]")
    said = page.locator(".st-key-notices").first
    expect(said).to_contain_text("Hidden units must be at most 4 whole numbers")
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(said).to_be_hidden()


def test_a_preset_writes_whole_numbers_without_a_point(page, server):
    opened(page, f"{server}/networks?steps=40", ".valley-plane[data-bands]")
    button = page.get_by_role("button", name="Luck of the draw", exact=True)
    one_step(page, button.click, **{"initial.seed": "2", "initial.b.seed": "1"})
    assert in_address(page)["initial.seed"] == "2"
