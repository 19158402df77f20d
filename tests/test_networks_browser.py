"""The page Networks in a browser: the network follows the scrubber, waits for a drag, and a seed is one click."""

from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Page
from scripted import scripted
from test_browser import DRAWN, IDLE, SECONDS, address_has, drag_slider, frames_of

from charts.network import network_message
from engine import discover_optimizers, run
from engine.optimizers.adam import Adam
from engine.schedules.on_plateau import OnPlateau
from engine.study import Entry
from engine.words import number
from surfaces.data import made
from surfaces.data.moons import Moons
from surfaces.mlp import Mlp
from widgets.network import HERE, told

FAMILIES = "(count) => Object.keys(document.querySelector('.valley').figure.header.families).length === count"
GO = "(k) => document.querySelector('.valley').figure.playback.go(k)"
RATE = "(({ eta, etaNow, limit }) => [eta, etaNow, limit])(document.querySelector('.valley').figure.view)"
WORDS = "[...document.querySelectorAll('.valley-detail p')].map((p) => p.innerText).join(' ')"
PIXELS = """() => {
  const canvas = document.querySelector('.valley-detail canvas');
  return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].reduce((a, b) => a + b, 0);
}"""


def opened(page: Page, server: str, **query: str | float) -> Page:
    page.set_default_timeout(15 * SECONDS)
    page.goto(f"{server}/networks?{urlencode({'a': 'adam', 'a.learning_rate': 0.05, 'steps': 120} | query)}")
    page.wait_for_function(DRAWN, timeout=40 * SECONDS)
    page.wait_for_function(FAMILIES, arg=2, timeout=40 * SECONDS)
    page.wait_for_function(f"() => {WORDS}.includes('At step')", timeout=20 * SECONDS)
    page.wait_for_function(IDLE, timeout=15 * SECONDS)
    return page


def test_the_network_follows_the_scrubber_without_a_message(page, server):
    frames = frames_of(page)
    opened(page, server)
    assert "At step 120 a training row costs" in page.evaluate(WORDS)
    count, before = len(frames), page.evaluate(PIXELS)
    page.evaluate(GO, 3)
    page.wait_for_function(f"() => {WORDS}.includes('At step 3 a training row costs')")
    assert page.evaluate(PIXELS) != before and len(frames) == count


def test_while_a_slider_is_away_the_network_waits(page, server):
    opened(page, server)
    drag_slider(page, "learning rate", 0.5, 0.3)
    page.wait_for_function(f"() => {WORDS}.includes('Let go to see the network')")
    page.mouse.up()
    page.wait_for_function(f"() => {WORDS}.includes('At step 120')")


def test_the_gauge_has_the_learning_rate_that_each_stop_makes_of_a_plateau(page, server):
    often = {"schedule": "on_plateau", "schedule.every": 1, "schedule.least_improvement": 0.1, "schedule.factor": 0.7}
    opened(page, server, **often)
    page.evaluate(GO, 90)
    training, _ = made(Moons()).split(0.7, 0)
    net, seen = Mlp(data=training), []
    for place in (0.65, 0.5, 0.3):
        drag_slider(page, "learning rate", 0.5, place)
        page.wait_for_function(f"() => {WORDS}.includes('Let go to see the network')")
        eta, now, limit = page.evaluate(RATE)
        alone = run(net, Adam(), OnPlateau(eta, 0.7, 3, 1, 0.1), net.initial(), 120)
        assert now == pytest.approx(float(alone.learning_rate[90, 0]), rel=1e-6) and not limit > 0.0
        assert f"Learning rate {number(now, 4)}." in page.locator(".valley-gauge").get_attribute("aria-label")
        seen.append(round(now / eta, 6))
        page.mouse.up()
        page.wait_for_function(f"() => {WORDS}.includes('At step 90')")
        page.wait_for_function(IDLE, timeout=15 * SECONDS)
        page.wait_for_function(FAMILIES, arg=2, timeout=15 * SECONDS)
        again, later, limit = page.evaluate(RATE)
        assert again == eta and later == pytest.approx(now, rel=1e-6) and limit > 0.0
    assert len(set(seen)) > 1 and max(seen) < 1.0


def test_a_click_on_a_dot_shows_that_run(page, server):
    opened(page, server, show="restarts", **{"surface.hidden": "3"})
    page.wait_for_function("() => document.querySelector('.st-key-detail-restarts canvas')", timeout=30 * SECONDS)
    page.wait_for_function(IDLE)
    found = "document.querySelector('.st-key-detail-restarts .valley-detail').follower.detail"
    page.locator(".st-key-detail-restarts canvas").scroll_into_view_if_needed()
    page.wait_for_function(f"() => {found}.spots?.length === 2 * (2 + 4 * 20)")
    name, *place = page.evaluate(
        f"(() => {{ const d = {found}; const box = d.chart.canvas.getBoundingClientRect();"
        " const { name, x, y } = d.spots.findLast((spot) => spot.name === 'gaussian');"
        " return [name, box.left + x, box.top + y]; })()"
    )
    page.mouse.move(*place)
    page.mouse.click(*place)
    address_has(page, **{"initial.scheme": name})


NET = Mlp(data=made(Moons(rows=40)).split(0.7, 0)[0], hidden=(3,))
KEPT = made(Moons(rows=40)).split(0.7, 0)[1]


@pytest.mark.parametrize("eta", [0.05, 0.5])
def test_every_number_that_is_said_is_that_of_the_step(browser, eta):
    entry = Entry("a", discover_optimizers()["adam"](), eta)
    weights, curves = told(NET, KEPT, entry, NET.start, 60)
    header, arrays = network_message(NET, KEPT, weights, np.arange(61), curves)
    header["arrays"] = {"told": arrays["told"].ravel().tolist()}
    code = """([header, k]) => {
      header.arrays.told = Float32Array.from(header.arrays.told);
      return networkWords({ steps: header.steps, runs: [{ seen: k + 1 }] }, header);
    }"""
    with scripted(browser, "network", code, HERE) as ask:
        for k in (0, 17, 60):
            words = ask([header, k])
            assert words.startswith(
                f"At step {k} a training row costs {number(float(np.float32(curves.training[k])))},"
            )
            assert f"; a validation row {number(float(np.float32(curves.validation[k])))}," in words
