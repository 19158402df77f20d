"""The page Normalisation in a browser: every view is drawn, its slider asks nobody, and it fits a phone."""

import pytest
from playwright.sync_api import Page, expect
from test_browser import IDLE, SECONDS, frames_of
from test_race_browser import WIDER

from widgets.views import found

VIEWS = list(found("widgets.normalisation"))


def open_view(page: Page, server: str, query: str) -> None:
    page.set_default_timeout(8 * SECONDS)
    page.goto(f"{server}/normalisation?{query}")
    expect(page.locator(".valley-lines .valley-panel").first).to_be_visible(timeout=60 * SECONDS)
    expect(page.locator(".valley-lines .valley-says")).not_to_be_empty()


@pytest.mark.parametrize("view", VIEWS)
def test_the_sentence_follows_the_slider_without_a_message(page, server, view):
    sent = frames_of(page)
    open_view(page, server, f"normalisation={view}")
    page.wait_for_function(IDLE, timeout=30 * SECONDS)
    said, slider = page.locator(".valley-lines .valley-says"), page.locator(".valley-index input[type=range]")
    count, texts = len(sent), []
    for key in ("Home", "ArrowRight", "End"):
        slider.press(key)
        texts.append(said.inner_text())
    assert len(set(texts)) == 3 and len(sent) == count


@pytest.mark.parametrize("view", VIEWS)
def test_it_fits_a_phone(page, server, view):
    page.set_viewport_size({"width": 390, "height": 844})
    open_view(page, server, f"normalisation={view}")
    assert page.evaluate(WIDER) <= 0


def test_a_preset_is_in_the_address_and_back_again(page, server):
    open_view(page, server, "")
    page.wait_for_function(IDLE, timeout=30 * SECONDS)
    page.get_by_role("button", name="Next year's rows").click()
    expect(page.locator(".valley-lines .valley-says")).to_contain_text("rows held out", timeout=30 * SECONDS)
    page.wait_for_function(IDLE, timeout=30 * SECONDS)
    assert "normalisation=validation" in page.url and "validation.drift=1" in page.url
    page.go_back()
    expect(page.locator(".valley-lines .valley-says")).to_contain_text("Mean 3, deviation 1", timeout=30 * SECONDS)


def test_what_is_typed_is_where_the_slider_stands(page, server):
    open_view(page, server, "normalisation=inputs")
    box = page.get_by_role("spinbutton", name="mean m")
    box.fill("4.2")
    box.press("Enter")
    expect(page.locator(".valley-lines .valley-says")).to_contain_text("Mean 4.2, deviation 1", timeout=30 * SECONDS)
    assert "inputs.mean=4.2" in page.url
