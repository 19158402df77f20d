"""The page Maps in a browser: pointing, clicking, keys, long maps, and what the address says afterwards."""

import itertools
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect
from test_browser import CONTRAST, SECONDS, address_has, another, drag_slider, frames_of, in_address, settled

from engine import theory
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nesterov import Nesterov
from engine.words import number, percent

MAP = ".valley-map[data-drawn]"
LABEL = "() => document.querySelector('.valley')?.figure?.drawn?.at(-1).label ?? ''"
CELL = """([k, i, j]) => {
  const { heat } = document.querySelector('.valley-map').figure.maps[k];
  const { left, top, width, height } = heat.box;
  const box = heat.canvas.getBoundingClientRect();
  const x = box.left + left + ((i + 0.5) / heat.xs.length) * width;
  return [x, box.top + top + (1 - (j + 0.5) / heat.ys.length) * height];
}"""
VALUES = """([k, i, j]) => {
  const { heat } = document.querySelector('.valley-map').figure.maps[k];
  const four = (value) => Number(value.toPrecision(4));
  return [four(heat.xs[i]), four(heat.ys[j]), heat.values[j * heat.xs.length + i]];
}"""


def opened(page: Page, server: str, run: bool = True, **query: str | float) -> Page:
    page.set_default_timeout(8 * SECONDS)
    page.goto(f"{server}/maps?{urlencode(query)}")
    page.wait_for_selector(MAP, timeout=60 * SECONDS)
    if run:
        page.wait_for_function(f"({LABEL})() !== ''", timeout=20 * SECONDS)
    settled(page)
    return page


def cell(page: Page, k: int, i: int, j: int) -> list[float]:
    """Point at a cell and return its values."""
    x, y = page.evaluate(CELL, [k, i, j])
    page.mouse.move(x, y)
    values: list[float] = page.evaluate(VALUES, [k, i, j])
    said(page, 0, number(values[0], 4))
    return values


def said(page: Page, line: int, words: str | re.Pattern) -> str:
    place = page.locator(".valley-map-read p").nth(line)
    expect(place).to_contain_text(words)
    return place.inner_text()


def opens(page: Page, label: str) -> None:
    page.wait_for_function(f"(label) => ({LABEL})() === label", arg=label, timeout=8 * SECONDS)


def pick(page: Page, view: str) -> None:
    page.get_by_role("radio", name=view, exact=True).or_(
        page.get_by_role("button", name=view, exact=True)
    ).first.click()
    settled(page)
    page.wait_for_function(
        """(key) => {
          const map = document.querySelector('.valley-map')?.figure?.maps[0]?.heat;
          return map?.box && map.spec.keys.x === key;
        }""",
        arg=ACROSS[view],
        timeout=20 * SECONDS,
    )


ACROSS = {"settings": "a.learning_rate", "mode": "mode.eta_lambda", "basins": "start.x"}  # whose values a map has


def test_pointing_asks_nothing_of_the_server_and_says_what_a_cell_is(page, server):
    frames = frames_of(page)
    opened(page, server)
    assert frames
    before = len(frames)
    for i, j in ((12, 30), (40, 60), (80, 50), (110, 10)):
        eta, mu, _steps = cell(page, 0, i, j)
        for k, cls in enumerate((Momentum, Nesterov)):
            *_, value = page.evaluate(VALUES, [k, i, j])
            rule = cls(momentum=mu)
            text = said(page, k + 1, cls.title)
            if value >= 0:
                assert f"there after {value:.0f} steps" in text
            place = theory.slowest_mode(rule, eta, [1.0, 20.0])
            name = theory.REGIMES[theory.regime(rule, eta, [1.0, 20.0])[place]]
            assert name.capitalize() in text
            rate, limit = theory.rate(rule, eta, [1.0, 20.0]), theory.stability_limit(rule, [1.0, 20.0])
            assert f"Limit η = {number(limit)}" in text
            if rate < 1.0:
                assert f"keeps {percent(rate)} a step; best {percent(theory.optimal(cls, [1.0, 20.0]).rate)}" in text
            else:
                assert "diverges" in text or "not within" in text
    assert len(frames) == before


READ = """() => {
  const { maps: [{ heat }], reader } = document.querySelector('.valley-map').figure;
  const four = (value) => Number(value.toPrecision(4));
  return Array.from(heat.values, (value, place) => {
    const [i, j] = [place % heat.xs.length, Math.floor(place / heat.xs.length)];
    const [x, y] = [heat.xs[i], heat.ys[j]];
    return [four(x), four(y), reader.line({ heat, spec: heat.spec, i, j, place, x, y, value })[1]];
  });
}"""


@pytest.mark.parametrize("up", ["eigenvalue_1", "eigenvalue_2"])
@pytest.mark.parametrize("cls", [GradientDescent, Momentum])
def test_every_direction_is_called_by_its_name_where_the_steeper_one_changes(page, server, up, cls):
    slug = "gradient_descent" if cls is GradientDescent else "momentum"
    opened(page, server, a=slug, up=f"surface.{up}", cells=11, steps=60, beside="one")
    kinds = set()
    for eta, value, text in page.evaluate(READ):
        lam = [value, 20.0] if up == "eigenvalue_1" else [1.0, value]
        does = [theory.REGIMES[place] for place in theory.regime(cls(), eta, lam)]
        sizes = abs(theory.mode_factors(cls(), eta, lam)[:, 0])
        if abs(sizes[0] - sizes[1]) < 1e-6 or min(abs(sizes - 1.0)) < 1e-4:
            continue
        lead, words = int(sizes.argmax()), text.lower()
        kinds.add((*does, lead))
        if does[0] == does[1]:
            assert words.startswith(f"{does[0]} along both; {'u₁u₂'[2 * lead :][:2]}"), text
        else:
            assert words.startswith(f"{does[lead]} along {'u₁u₂'[2 * lead :][:2]}"), text
            assert f"{does[1 - lead]} along {'u₂u₁'[2 * lead :][:2]}" in words
        assert ("slowest" in text) == (max(sizes) < 1.0), text
    assert {lead for *_, lead in kinds} == {0, 1}


def test_a_click_opens_that_very_run_and_back_brings_the_one_before(page, server):
    opened(page, server)
    first = page.evaluate(LABEL)
    eta, mu, _ = cell(page, 1, 30, 50)
    page.mouse.click(*page.evaluate(CELL, [1, 30, 50]))
    nesterov = Nesterov(momentum=mu).label(eta)
    opens(page, nesterov)
    address_has(page, a="nesterov", **{"a.learning_rate": eta, "a.momentum": mu})
    settled(page)
    other = cell(page, 0, 60, 70)
    page.mouse.click(*page.evaluate(CELL, [0, 60, 70]))
    opens(page, Momentum(momentum=other[1]).label(other[0]))
    address_has(page, a=None, **{"a.learning_rate": other[0], "a.momentum": other[1]})
    settled(page)
    for label in (nesterov, first):
        page.go_back(wait_until="commit")
        opens(page, label)
        settled(page)


def test_a_link_to_a_cell_opens_its_run(page, server):
    opened(page, server, a="nesterov", **{"a.learning_rate": 0.05, "a.momentum": 0.6})
    opens(page, Nesterov(momentum=0.6).label(0.05))


def test_arrow_keys_move_the_cross_hair_and_enter_opens_the_run(page, server):
    opened(page, server)
    canvas = page.locator(".valley-map canvas").first
    canvas.focus()
    assert "steps over learning rate and momentum" in (canvas.get_attribute("aria-label") or "")
    where = "() => { const { i, j } = document.querySelector('.valley-map').figure.cross; return [i, j]; }"
    page.keyboard.press("ArrowRight")
    i, j = page.evaluate(where)
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowDown"):
        page.keyboard.press(key)
    assert page.evaluate(where) == [i + 2, j - 11]
    eta, mu, _ = page.evaluate(VALUES, [0, i + 2, j - 11])
    said(page, 0, number(eta, 4))
    page.keyboard.press("Enter")
    opens(page, Momentum(momentum=mu).label(eta))
    page.keyboard.press("Escape")
    said(page, 0, "the open run")
    said(page, 0, number(eta, 4))  # the run's own setting; that of the middle of its cell stands beside it


def test_what_is_said_of_no_cell_names_the_setting_of_the_run_below(page, server):
    opened(page, server)
    told = page.locator(".valley-map-read p").first
    expect(told.locator("b")).to_have_text("η = 0.02, μ = 0.9")
    expect(told.locator("span")).to_contain_text("the open run, its cell at (0.01979, 0.8983)")


def test_the_ring_follows_the_live_slider(page, server):
    opened(page, server)
    ring = "() => document.querySelector('.valley-map').figure.chosen.x"
    before = page.evaluate(ring)
    page.locator(".valley-live input").first.scroll_into_view_if_needed()
    drag_slider(page, "learning rate", 0.5, 0.7)
    page.wait_for_function(f"(before) => ({ring})() !== before", arg=before)
    assert page.evaluate(ring) == page.evaluate("() => document.querySelector('.valley').figure.view.eta")
    page.mouse.up()


def test_each_view_has_its_own_address_and_the_run_survives_the_way_there_and_back(page, server):
    opened(page, server, **{"a.learning_rate": 0.04, "cells": 30})
    label = page.evaluate(LABEL)
    pick(page, "mode")
    address_has(page, map="mode", cells=None, **{"a.learning_rate": None})
    assert set(in_address(page)) == {"map"}
    page.mouse.click(*page.evaluate(CELL, [1, 40, 70]))
    address_has(page, **{"mode.eta_lambda": 1.0, "mode.momentum": 0.6993})
    pick(page, "basins")
    opens(page, label)
    address_has(page, map="basins", **{"a.learning_rate": 0.04, "mode.momentum": None})
    page.mouse.click(*page.evaluate(CELL, [0, 120, 30]))
    x, y, _ = page.evaluate(VALUES, [0, 120, 30])
    address_has(page, **{"start.x": x, "start.y": y})
    pick(page, "settings")
    opens(page, label)
    address_has(page, map=None, cells=30, **{"a.learning_rate": 0.04, "start.x": x})


def test_the_run_opens_on_the_page_valley(page, server):
    opened(page, server, a="nesterov", **{"a.momentum": 0.7, "surface.angle": -20})
    label = page.evaluate(LABEL)
    page.get_by_text("Open this run on the page Valley").click()
    page.wait_for_url("**/valley?**")
    address_has(page, a="nesterov", **{"a.momentum": 0.7, "surface.angle": -20})
    opens(page, label)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_a_cell_of_any_surface_opens_its_run_and_the_page_landscapes(page, server):
    query = {"surface": "himmelblau", "start.x": 0, "start.y": 0, "a": "momentum", "a.learning_rate": 0.01}
    opened(page, server, **query, cells=40)
    for k, cls in enumerate((Momentum, Nesterov)):
        eta, mu, value = cell(page, k, 20, 25)
        steps = f"there after {number(value, 5)} steps" if value >= 0 else re.compile("not within|diverges")
        told = said(page, k + 1, steps)
        tops = 80.55  # of the flattest of the four minima
        limit = {Momentum: (2 + 2 * mu) / tops, Nesterov: (2 + 2 * mu) / ((1 + 2 * mu) * tops)}[cls]
        found = re.search(r"Local limit at w\*: η = ([\d.]+)\.", told)
        assert found and float(found[1]) == pytest.approx(limit, rel=0.01)
    page.mouse.click(*page.evaluate(CELL, [1, 20, 25]))
    label = Nesterov(momentum=mu).label(eta)
    opens(page, label)
    address_has(page, surface="himmelblau", a="nesterov", **{"a.learning_rate": eta, "a.momentum": mu})
    settled(page)
    page.get_by_text("Open this run on the page Landscapes").click()
    page.wait_for_url("**/landscapes?**")
    address_has(page, surface="himmelblau", a="nesterov", **{"a.learning_rate": eta})
    opens(page, label)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_the_optimizer_goes_along_to_another_page_and_back_brings_the_one_before(page, server):
    opened(page, server, a="adam", cells=20)
    label = page.evaluate(LABEL)
    page.get_by_text("Quadratics", exact=True).click()
    page.get_by_text("Valley", exact=True).last.click()
    page.wait_for_url("**/valley?**")
    address_has(page, a="adam")
    opens(page, label)
    page.get_by_role("button", name="Zigzag").click()
    address_has(page, a="gradient_descent")
    settled(page)
    page.get_by_text("Families", exact=True).click()
    page.get_by_text("Maps", exact=True).last.click()
    page.wait_for_selector(MAP)
    address_has(page, a="gradient_descent")
    expect(page.locator(".valley-map-title").first).to_have_text("Gradient descent")


def test_one_mode_is_drawn_from_its_recurrence(page, server):
    opened(page, server, run=False, map="mode")
    x, mu, _ = cell(page, 0, 100, 40)
    drawn: Any = page.evaluate(
        "() => document.querySelector('.valley-map').figure.reader.paths.map((p) => Array.from(p))"
    )
    for cls, found in zip((Momentum, Nesterov), drawn, strict=True):
        expected = theory.mode_path(cls(momentum=mu), x, 1.0, 60)
        assert found == pytest.approx(expected.tolist(), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("view", ["settings", "mode", "basins"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read_in_both_themes_and_on_a_narrow_screen(browser, server, scheme, view):
    with another(browser, color_scheme=scheme, viewport={"width": 390, "height": 844}) as page:
        opened(page, server, run=view != "mode", map=view, cells=40) if view == "settings" else opened(
            page, server, run=view != "mode", map=view
        )
        for selector in (".valley-map-read p *", ".valley-map-key span", ".valley-map-title"):
            ratios = page.evaluate(CONTRAST, selector)
            assert ratios and min(ratios) >= 4.5, selector
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390
        boxes = [item.bounding_box() for item in page.locator(".valley-map canvas[tabindex]").all()]
        assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
        assert all(one["y"] + one["height"] <= other["y"] for one, other in itertools.pairwise(boxes))


@pytest.mark.parametrize(("width", "beside"), [(1700, True), (1280, False), (390, False)])
def test_on_a_wide_screen_the_open_run_stands_beside_its_map(page, server, width, beside):
    page.set_viewport_size({"width": width, "height": 1000})
    opened(page, server, cells=11)
    page.wait_for_selector(".valley-verdict")
    tops = page.evaluate(
        "() => ['.valley-map', '.valley'].map((name) => document.querySelector(name).getBoundingClientRect().top)"
    )
    assert (abs(tops[0] - tops[1]) < 40.0) == beside and (tops[1] > tops[0] + 200.0) != beside
