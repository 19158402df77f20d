"""All details at once: nothing moves out of place, and no message is too large."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page
from test_browser import DRAWN, IDLE, SECONDS, address_has, drag_slider, handle, shown
from test_details_step import WHOLE

from widgets.details import found

SIZE = 400_000  # bytes a message
SHIFTS = """() => { window.shift = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shift += entry.value;
}).observe({ type: 'layout-shift', buffered: false }); }"""
FOLLOWED = (
    """(count) => [...document.querySelectorAll('.valley-detail')].filter((root) => root.follower).length >= count"""
)
FOLLOWING = len(found()) - 1  # all but the one that holds programs


def opened(page: Page, server: str, **query: str | float) -> None:
    page.set_default_timeout(8 * SECONDS)
    page.goto(f"{server}/valley?{urlencode([*query.items(), *(('show', name) for name in found())])}")
    page.wait_for_function(DRAWN, timeout=30 * SECONDS)
    page.wait_for_function(FOLLOWED, arg=FOLLOWING, timeout=30 * SECONDS)
    page.wait_for_function(WHOLE, timeout=30 * SECONDS)
    page.wait_for_function(IDLE, timeout=30 * SECONDS)


@pytest.mark.parametrize("slug", ["momentum", "adam"])
def test_nothing_moves_out_of_place_while_a_slider_does(page, server, slug):
    opened(page, server, a=slug)
    page.evaluate(SHIFTS)
    drag_slider(page, "learning rate", 0.66, 0.2, moves=10)
    left, width, height = handle(page, "learning rate")
    page.mouse.move(left + width, height, steps=10)
    value = shown(page, "learning rate")
    page.mouse.up()
    address_has(page, **{"a.learning_rate": value})
    page.wait_for_function(IDLE, timeout=30 * SECONDS)
    assert page.evaluate("() => window.shift") < 0.02


@pytest.mark.parametrize("query", [{"a": "adam", "b": "momentum", "c": "rmsprop", "d": "adagrad", "steps": 1000}, {}])
def test_no_message_is_larger_than_it_may_be(page, server, query):
    sizes: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sizes.append(len(frame))))
    opened(page, server, **query)
    assert 50_000 < max(sizes) <= SIZE
