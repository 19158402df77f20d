"""Pages of views in a browser: every view of lines is drawn, its slider asks nobody, and it fits a phone."""

import re

import pytest
from playwright.sync_api import Page, expect
from test_browser import IDLE, SECONDS, frames_of
from test_race_browser import WIDER

from widgets.navigation import entries
from widgets.views import found


def addresses() -> list[str]:
    """Every view of the pages whose views are all made of lines, as an address: page?key=view."""
    every = []
    for entry in entries():
        drawn = re.search(r"st\.fragment\((\w+)\)$", entry.path.read_text(encoding="utf-8"), re.MULTILINE)
        views = found(f"widgets.{drawn[1]}") if drawn else {}
        if drawn and views and all(hasattr(view, "lines") for view in views.values()):
            every += [f"{entry.path.stem}?{drawn[1]}={view}" for view in views]
    return every


ADDRESSES = addresses()


def open_view(page: Page, server: str, address: str) -> None:
    """Open an address, and wait until its first panel, its sentence and all that it asked for are there."""
    page.set_default_timeout(8 * SECONDS)
    page.goto(f"{server}/{address}")
    expect(page.locator(".valley-lines .valley-panel").first).to_be_visible(timeout=90 * SECONDS)
    expect(page.locator(".valley-lines .valley-says")).not_to_be_empty()
    page.wait_for_function(IDLE, timeout=30 * SECONDS)


def test_five_pages_are_made_of_views_of_lines():
    assert len({address.split("?")[0] for address in ADDRESSES}) >= 5 and len(ADDRESSES) >= 33


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_sentence_follows_the_slider_without_a_message(page, server, address):
    sent = frames_of(page)
    open_view(page, server, address)
    said, slider = page.locator(".valley-lines .valley-says"), page.locator(".valley-index input[type=range]")
    count, texts = len(sent), []
    for key in ("Home", "ArrowRight", "End"):
        slider.press(key)
        texts.append(said.inner_text())
    assert len(set(texts)) == 3 and len(sent) == count


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_fits_a_phone(page, server, address):
    page.set_viewport_size({"width": 390, "height": 844})
    open_view(page, server, address)
    assert page.evaluate(WIDER) <= 0
