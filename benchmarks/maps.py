"""Maps: how soon a map is painted after a change, and whether another student's slider waits for a long one."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from playwright.sync_api import Browser, Page

from benchmarks.clock import new_page, settle
from benchmarks.session import Session
from benchmarks.table import Line, spread
from tests.browser import serve

TIMES = 8
LIMIT = 1000.0  # ms from a change to the map on the screen
SLIDER_TIMES = 40
PAUSE = 0.02  # seconds between two of them
SLIDER_LIMIT = 2.0  # times what a slider takes with nothing else under way
CHANGES = {
    "momentum and Nesterov": ("maps?cells=120&steps=300", "surface-angle"),
    "Adam": ("maps?a=adam&cells=120&steps=300", "a-decay_2"),
}
VALUES = {"surface-angle": (40.0, 1.0), "a-decay_2": (0.9, 0.005)}  # the first, and how far it is to the next
LONG = {"a": "adam", "cells": 400, "steps": 10_000}
PAINTED = """(before) => new Promise((done) => {
  const look = () => {
    const now = document.querySelector('.valley-map')?.dataset.drawn;
    if (!now || now === before) return requestAnimationFrame(look);
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now());
    requestAnimationFrame(() => channel.port2.postMessage(0));
  };
  look();
})"""


def measure(browser: Browser) -> list[Line]:
    """Return the lines on maps."""
    with serve() as address:
        lines = [_painted(browser, address, name, *change) for name, change in CHANGES.items()]
        alone, beside = _sliders(address)
    ratio = median(beside) / median(alone)
    text = f"{spread(beside)} ms, {spread(alone)} ms without it"
    return [
        *lines,
        Line(
            "slider of another session during a long map",
            f"≤ {SLIDER_LIMIT:g} × without",
            text,
            f"{ratio:.2f}",
            ratio <= SLIDER_LIMIT,
        ),
    ]


def _painted(browser: Browser, address: str, name: str, path: str, key: str) -> Line:
    """Type values that make another map each; return how long until it is on the screen."""
    page = new_page(browser)
    page.goto(f"{address}/{path}")
    page.wait_for_selector(".valley-map[data-drawn]")
    settle(page)
    first, step = VALUES[key]
    took = [_change(page, key, first + step * i) for i in range(TIMES + 1)][1:]
    page.context.close()
    ratio = median(took) / LIMIT
    claim = f"map of 120 x 120 cells x 300 steps painted, {name}"
    return Line(claim, f"median ≤ {LIMIT:g} ms", f"{spread(took)} ms", f"{ratio:.2f}", ratio <= 1.0)


def _change(page: Page, key: str, value: float) -> float:
    field = page.locator(f".st-key-{key} input")
    field.fill(f"{value:.4g}")
    before = page.evaluate("document.querySelector('.valley-map').dataset.drawn")
    page.evaluate(
        f"(before) => {{ window.painted = ({PAINTED})(before); window.pressed = performance.now(); }}", before
    )
    field.press("Enter")
    took: float = page.evaluate("window.painted.then((at) => at - window.pressed)")
    settle(page)
    page.wait_for_timeout(300)
    return took


def _sliders(address: str) -> tuple[list[float], list[float]]:
    """Return the ms of reruns of one session on the page Valley, alone and while another computes a long map."""
    with Session(address) as session:
        _reruns(session)
        alone = _reruns(session)
        with Session(address, LONG, page="maps") as other, ThreadPoolExecutor(1) as pool:
            stop = threading.Event()
            busy = pool.submit(_keep_busy, other, stop)
            beside = _reruns(session)
            stop.set()
            assert busy.result() > 0, "no map was under way while the sliders were measured"
    return alone, beside


def _reruns(session: Session) -> list[float]:
    took = []
    for i in range(SLIDER_TIMES):
        took.append(session.enter("a.learning_rate", float(f"{0.01 + 0.0005 * i:.4g}")).seconds * 1e3)
        time.sleep(PAUSE)
    return took


def _keep_busy(session: Session, stop: threading.Event) -> int:
    """Ask for the map again and again, as an open page does, and for another one once it is there, until told to stop.

    Return how many times it was still under way.
    """
    waiting = 0
    i = 0
    while not stop.wait(0.1):
        i += 1
        answer = session.enter("a.learning_rate", float(f"{0.1 + 0.001 * i:.4g}"))
        if any(b"valley_map_settings" in payload for payload in answer.payloads):
            session.enter("surface.angle", float(i % 90))
        else:
            waiting += 1
    return waiting
