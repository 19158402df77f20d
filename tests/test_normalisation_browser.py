"""The page Normalisation in a browser: presets, and a typed value and the slider."""

from playwright.sync_api import expect
from test_browser import IDLE, SECONDS
from test_views_browser import open_view


def test_a_preset_is_in_the_address_and_back_again(page, server):
    open_view(page, server, "normalisation?")
    page.wait_for_function(IDLE, timeout=30 * SECONDS)
    page.get_by_role("button", name="Next year's rows").click()
    expect(page.locator(".valley-lines .valley-says")).to_contain_text("rows held out", timeout=30 * SECONDS)
    page.wait_for_function(IDLE, timeout=30 * SECONDS)
    assert "normalisation=validation" in page.url and "validation.drift=1" in page.url
    page.go_back()
    expect(page.locator(".valley-lines .valley-says")).to_contain_text("Mean 3, deviation 1", timeout=30 * SECONDS)


def test_what_is_typed_is_where_the_slider_stands(page, server):
    open_view(page, server, "normalisation?normalisation=inputs")
    box = page.get_by_role("spinbutton", name="mean m")
    box.fill("4.2")
    box.press("Enter")
    expect(page.locator(".valley-lines .valley-says")).to_contain_text("Mean 4.2, deviation 1", timeout=30 * SECONDS)
    assert "inputs.mean=4.2" in page.url
