"""The page Race in a browser: the race is watched, the scoreboard follows, a link is the same picture."""

import re
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from spoken import agrees
from test_browser import DRAWN, IDLE, SECONDS, address_has, drag_slider, frames_of, handle, in_address, shown

from engine import discover_optimizers, run
from engine.race import Terms, lane
from engine.settling import first_hit
from surfaces.quadratic import Quadratic
from surfaces.two_minima import TwoMinima
from widgets.race.fair import everyone

RULES = discover_optimizers()
START = (-1.5, 1.0)
BOARD = ".valley-board tbody tr"
PAIR = {"a": "momentum", "a.learning_rate": 0.06, "a.momentum": 0.5, "b": "gradient_descent", "b.learning_rate": 0.09}
PLAYBACK = "document.querySelector('.valley').figure.playback"
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def together(page: Page, server: str, **query: str | float) -> None:
    page.set_default_timeout(8 * SECONDS)
    page.goto(f"{server}/race?{urlencode(query)}")
    page.wait_for_function(DRAWN, timeout=30 * SECONDS)
    page.wait_for_function(IDLE, timeout=30 * SECONDS)
    expect(page.locator(BOARD).first).to_be_visible()


def figure(page: Page, server: str, **query: str | float) -> None:
    page.set_default_timeout(8 * SECONDS)
    page.goto(f"{server}/race?{urlencode(query)}")
    expect(page.locator(".valley-lines .valley-panel").first).to_be_visible(timeout=60 * SECONDS)


def rows(page: Page) -> list[list[str]]:
    """Place, title and the four columns of every row, from the top."""
    texts = []
    for row in page.locator(BOARD).all():
        cells = row.locator("td").all_inner_texts()
        texts.append([cells[0], cells[1].split("\n")[0], *cells[2:]])
    return texts


def hit(slug: str, eta: float, **settings: float) -> int:
    path = run(Quadratic(), RULES[slug](**settings), eta, START, 150)
    return int(first_hit(path.error, 1e-6)[0])


def test_the_scoreboard_ranks_by_the_first_to_arrive(page, server):
    together(page, server, **PAIR)
    momentum, plain = hit("momentum", 0.06, momentum=0.5), hit("gradient_descent", 0.09)
    assert momentum < plain
    assert [row[:3] for row in rows(page)] == [["1", "Momentum", str(momentum)], ["2", "Gradient descent", str(plain)]]
    assert rows(page)[0][4] == str(momentum)  # one gradient a step
    says = page.locator(".valley-board-says").inner_text()
    assert says.startswith(f"Momentum is first at 10⁻⁶ of its error, after {momentum} steps")
    assert f"Gradient descent follows after {plain}" in says and "this start and these settings" in says


def test_one_click_starts_the_race_and_all_runs_move_until_the_winner_is_named(page, server):
    together(page, server, **PAIR)
    page.get_by_role("button", name="Start the race").click()
    page.wait_for_function(f"{PLAYBACK}.timer && {PLAYBACK}.at > 3")
    expect(page.locator(".valley-board-says")).to_contain_text("leads")
    seen = page.evaluate("() => document.querySelector('.valley').figure.drawn.map((run) => run.seen)")
    assert len(seen) == 2 and seen[0] == seen[1] < 151
    page.get_by_role("button", name="Pause").nth(0).click()
    page.wait_for_function(f"!{PLAYBACK}.timer")
    page.evaluate(f"{PLAYBACK}.go(148)")
    expect(page.locator(".valley-board-says")).to_contain_text("Momentum has arrived")
    page.evaluate(f"{PLAYBACK}.go(Infinity)")
    expect(page.locator(".valley-board-says")).to_contain_text("is first")


def test_the_error_now_is_that_of_the_scrubbed_step(page, server):
    together(page, server, **PAIR)
    page.evaluate(f"{PLAYBACK}.go(7)")
    path = run(Quadratic(), RULES["momentum"](momentum=0.5), 0.06, START, 150)
    told = next(row for row in rows(page) if row[1] == "Momentum")
    assert float(told[5]) == pytest.approx(path.error[7, 0] / path.error[0, 0], rel=0.1)
    assert told[2:5] == ["–", "–", "–"]


def test_the_scoreboard_follows_the_live_slider_without_a_message(page, server):
    frames = frames_of(page)
    together(page, server, **PAIR)
    count = len(frames)
    drag_slider(page, "learning rate", 0.6, 0.75)
    page.wait_for_timeout(300)
    eta = shown(page, "learning rate")
    told = next(row for row in rows(page) if row[1] == "Momentum")
    path = run(Quadratic(), RULES["momentum"](momentum=0.5), eta, START, 150)
    expected = first_hit(path.error, 1e-6)[0]
    assert told[2] == ("–" if np.isnan(expected) else str(int(expected)))
    assert 0 < count == len(frames)
    page.mouse.up()
    address_has(page, **{"a.learning_rate": eta})


def test_dragging_the_valley_keeps_the_scoreboard_with_the_picture(page, server):
    together(page, server, **PAIR)
    before = rows(page)
    drag_slider(page, "eigenvalue λ₂", 0.6, 0.75)
    page.wait_for_function(
        "(before) => document.querySelector('.valley-board tbody').innerText !== before", arg=str(before)
    )
    left, width, height = handle(page, "eigenvalue λ₂")
    page.mouse.move(left + 0.7 * width, height)
    page.mouse.up()
    page.wait_for_function(IDLE, timeout=30 * SECONDS)
    value = shown(page, "eigenvalue λ₂")
    path = run(Quadratic(eigenvalue_2=value), RULES["gradient_descent"](), 0.09, START, 150)
    expected = first_hit(path.error, 1e-6)[0]
    expected = "–" if np.isnan(expected) else str(int(expected))
    expect(page.locator(BOARD, has_text="Gradient descent").locator("td").nth(2)).to_have_text(expected)


def test_a_run_that_diverges_is_said_to(page, server):
    together(page, server, **{**PAIR, "b.learning_rate": 0.5})
    told = rows(page)[1]
    assert told[1:] == ["Gradient descent", "–", "–", "–", "diverged"]


def test_a_race_over_a_pass_is_one_click_away_and_follows_the_sliders_of_its_surface(page, server):
    together(page, server, **PAIR)
    page.get_by_role("button", name="Over a pass").click()
    says = page.locator(".valley-board-says")
    expect(says).to_contain_text("Momentum is first at 10⁻⁶ of its error, after 99 steps; nobody else arrives.")
    page.wait_for_function(IDLE, timeout=30 * SECONDS)
    expect(page.locator(".valley-detail-quiet")).to_contain_text("A run that ends at a higher one has not arrived.")
    told = next(row for row in rows(page) if row[1] == "Gradient descent")
    surface = TwoMinima()
    path = run(surface, RULES["gradient_descent"](), 0.1, (-2.175, 0.45), 150)
    assert float(told[5]) == pytest.approx(path.error[-1, 0] / path.error[0, 0], rel=0.1)
    drag_slider(page, "depth Δ", 0.25, 0.4)
    page.mouse.up()
    page.wait_for_function(IDLE, timeout=30 * SECONDS)
    depth = shown(page, "depth Δ")
    assert depth != surface.depth
    path = run(TwoMinima(depth=depth), RULES["momentum"](), 0.1, (-2.175, 0.45), 150)
    expected = first_hit(path.error, 1e-6)[0]
    expected = "–" if np.isnan(expected) else str(int(expected))
    expect(page.locator(BOARD, has_text="Momentum").locator("td").nth(2)).to_have_text(expected)
    address_has(page, surface="two_minima", **{"surface.depth": depth})


def test_a_run_that_is_far_away_but_bounded_does_not_diverge(page, server):
    swinging = {"a.learning_rate": 0.199, "a.momentum": 0.99, "b": "rmsprop", "b.learning_rate": 400}
    together(page, server, a="momentum", **swinging)
    told = {row[1]: row[5] for row in rows(page)}
    for title, rule, eta in (
        ("Momentum", RULES["momentum"](momentum=0.99), 0.199),
        ("RMSProp", RULES["rmsprop"](), 400.0),
    ):
        path = run(Quadratic(), rule, eta, START, 150)
        assert path.diverged_at[0] == -1
        share = float(path.error[-1, 0] / path.error[0, 0])
        assert agrees(told[title], share, slack=0.05 * share)


def test_the_nearest_of_a_long_race_is_the_nearest_of_all_steps_not_of_those_drawn(page, server):
    swinging = {"a.learning_rate": 0.0002, "a.momentum": 0.999}
    together(page, server, a="momentum", b="gradient_descent", steps=1000, **swinging, **{"b.learning_rate": 0.0015})
    share = {}
    for title, rule, eta in (
        ("Momentum", RULES["momentum"](momentum=0.999), 0.0002),
        ("Gradient descent", RULES["gradient_descent"](), 0.0015),
    ):
        error = run(Quadratic(), rule, eta, START, 1000).error
        share[title] = float(error.min() / error[0, 0])
    assert 1e-6 < share["Momentum"] < share["Gradient descent"]
    assert [row[1] for row in rows(page)] == ["Momentum", "Gradient descent"]
    says = page.locator(".valley-board-says")
    assert agrees(re.search(r"Momentum comes nearest, to (\S+) of it", says.inner_text())[1], share["Momentum"])
    page.evaluate(f"{PLAYBACK}.go(100)")
    expect(says).to_contain_text(re.compile(r"leads, of the \d+ steps drawn"))


def test_from_view_to_view_the_runs_stay_and_the_address_holds_no_more_than_the_view(page, server):
    together(page, server, **PAIR)
    view = page.locator(".st-key-race")
    view.get_by_text("fair", exact=True).click()
    expect(page.locator(".valley-lines .valley-panel").first).to_be_visible(timeout=60 * SECONDS)
    address_has(page, race="fair", a=None, b=None)
    view.get_by_text("tuning", exact=True).click()
    address_has(page, race="tuning")
    view.get_by_text("together", exact=True).click()
    address_has(page, race=None, a="momentum", b="gradient_descent")
    page.reload()
    page.wait_for_function(DRAWN, timeout=30 * SECONDS)
    expect(page.locator(".stAlert")).to_have_count(0)


def test_the_fair_race_is_drawn_and_its_settings_can_be_watched(page, server):
    figure(page, server, race="fair", **{"fair.budget": 8, "fair.steps": 120})
    panels = page.locator(".valley-lines .valley-panel")
    expect(panels).to_have_count(2)
    expect(panels.nth(0).locator("canvas")).to_have_attribute("aria-label", re.compile("a row for every optimizer"))
    expect(panels.nth(1).locator(".valley-names li")).to_have_count(len(everyone()))
    assert page.evaluate("() => document.querySelector('.valley-lines canvas').getContext('2d') !== null")
    page.get_by_role("button", name="Watch them from one start").click()
    expect(page.locator(BOARD).first).to_be_visible(timeout=30 * SECONDS)
    terms = Terms(8, 120, 1e-6, True)
    found = lane(Quadratic(), START, RULES[in_address(page)["b"]], terms).found
    address_has(page, race=None, **{"b.learning_rate": found.learning_rate})


def test_a_long_race_shows_how_far_it_is_and_can_be_stopped(page, server):
    page.set_default_timeout(8 * SECONDS)
    query = {"race": "fair", "fair.noise": 0.31, "fair.steps": 2000, "fair.budget": 128}
    page.goto(f"{server}/race?{urlencode(query)}")
    stop = page.get_by_role("button", name="Stop", exact=True)
    expect(stop).to_be_visible(timeout=60 * SECONDS)
    stop.click()
    expect(page.locator(".stAlert")).to_contain_text("Stopped while computing the race")
    expect(page.get_by_role("button", name="Compute it after all")).to_be_visible()


def test_the_searches_share_one_landscape_and_a_seed_draws_again(page, server):
    figure(page, server, race="tuning", **{"tuning.early": "yes"})
    panels = page.locator(".valley-lines .valley-panel")
    assert panels.count() >= 3
    expect(panels.nth(1)).to_contain_text("Random, linear")
    expect(panels.nth(2)).to_contain_text("gradients")
    before = panels.nth(2).inner_text()
    page.get_by_role("button", name="Draw again").click()
    address_has(page, **{"tuning.seed": 2.0})
    page.wait_for_function("(before) => document.querySelectorAll('.valley-panel')[2].innerText !== before", arg=before)


@pytest.mark.parametrize("view", ["together", "fair", "tuning"])
def test_nothing_is_wider_than_a_phone(page, server, view):
    page.set_viewport_size({"width": 390, "height": 844})
    if view == "together":
        together(page, server)
    else:
        figure(page, server, race=view)
    assert page.evaluate(WIDER) <= 0
    for canvas in page.locator(".valley-lines canvas").all():
        assert canvas.bounding_box()["width"] <= 390.0
