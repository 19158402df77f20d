"""The page Initialisation in a browser: every view is drawn, its slider asks nobody, and it fits a phone."""

import pytest
from playwright.sync_api import Page, expect
from test_browser import IDLE, SECONDS, frames_of
from test_race_browser import WIDER

from widgets.views import found

VIEWS = list(found("widgets.initialisation"))


def open_view(page: Page, server: str, view: str) -> None:
    page.set_default_timeout(8 * SECONDS)
    page.goto(f"{server}/initialisation?initialisation={view}")
    expect(page.locator(".valley-lines .valley-panel").first).to_be_visible(timeout=60 * SECONDS)
    expect(page.locator(".valley-lines .valley-says")).not_to_be_empty()


@pytest.mark.parametrize("view", VIEWS)
def test_the_sentence_follows_the_slider_without_a_message(page, server, view):
    sent = frames_of(page)
    open_view(page, server, view)
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
    open_view(page, server, view)
    assert page.evaluate(WIDER) <= 0


def test_what_lies_between_two_curves_is_shaded(page, server):
    open_view(page, server, "signal")
    painted = page.evaluate(
        """() => {
          const { chart } = document.querySelector('.valley-lines').lines.panels[0];
          const dense = window.devicePixelRatio || 1;
          const at = (x, y) => [...chart.pen.getImageData(chart.x(x) * dense, chart.y(y) * dense, 1, 1).data];
          return [at(45.4, 0.17), at(0.4, 0.17)];
        }"""
    )
    assert painted[0] != painted[1]  # inside the band of single networks, and outside
