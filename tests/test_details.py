"""All details at once: nothing moves out of place, and no message is too large."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page
from test_browser import DRAWN, IDLE, SECONDS, address_has, drag_slider, handle, shown
from test_details_step import WHOLE

from surfaces.himmelblau import Himmelblau
from surfaces.quadratic import Quadratic
from widgets.details import offered

SIZE = 400_000  # bytes a message
SHIFTS = """() => { window.shift = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shift += entry.value;
}).observe({ type: 'layout-shift', buffered: false }); }"""
FOLLOWED = (
    """(count) => [...document.querySelectorAll('.valley-detail')].filter((root) => root.follower).length >= count"""
)
PLACES = {"valley": Quadratic(), "landscapes": Himmelblau()}


def opened(page: Page, server: str, place: str = "valley", **query: str | float) -> None:
    names = offered(PLACES[place])
    followers = [name for name, detail in names.items() if hasattr(detail, "follow")]
    page.set_default_timeout(8 * SECONDS)
    page.goto(f"{server}/{place}?{urlencode([*query.items(), *(('show', name) for name in names)])}")
    page.wait_for_function(DRAWN, timeout=30 * SECONDS)
    page.wait_for_function(FOLLOWED, arg=len(followers), timeout=30 * SECONDS)
    page.wait_for_function(WHOLE, timeout=30 * SECONDS)
    page.wait_for_function(IDLE, timeout=30 * SECONDS)


HIMMELBLAU = {"surface": "himmelblau", "start.x": -0.3, "start.y": -0.95, "a.learning_rate": 0.01}
LANDSCAPE = ("landscapes", {**HIMMELBLAU, "a": "momentum"})


@pytest.mark.parametrize(("place", "query"), [("valley", {"a": "momentum"}), ("valley", {"a": "adam"}), LANDSCAPE])
def test_nothing_moves_out_of_place_while_a_slider_does(page, server, place, query):
    opened(page, server, place, **query)
    page.evaluate(SHIFTS)
    drag_slider(page, "learning rate", 0.66, 0.2, moves=10)
    left, width, height = handle(page, "learning rate")
    page.mouse.move(left + width, height, steps=10)
    value = shown(page, "learning rate")
    page.mouse.up()
    address_has(page, **{"a.learning_rate": value})
    page.wait_for_function(IDLE, timeout=30 * SECONDS)
    assert page.evaluate("() => window.shift") < 0.02


EVERYTHING = {"a": "adam", "b": "momentum", "c": "rmsprop", "d": "adagrad", "steps": 1000}


@pytest.mark.parametrize(
    ("place", "query"),
    [("valley", EVERYTHING), ("valley", {}), ("landscapes", EVERYTHING | HIMMELBLAU), ("landscapes", HIMMELBLAU)],
)
def test_no_message_is_larger_than_it_may_be(page, server, place, query):
    sizes: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sizes.append(len(frame))))
    opened(page, server, place, **query)
    assert 50_000 < max(sizes) <= SIZE
