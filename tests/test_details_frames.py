"""The detail of the two frames: its numbers and sentences against the engine, its handles, and how it follows."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect
from scripted import scripted
from spoken import agrees, value_of
from test_browser import address_has, drag_slider, frames_of, in_address, moved_from, opened, path, settled
from valleys import OPTIMIZERS, Setting, settings_of

from charts.live import live_message
from engine import Plane, run
from engine.optimizers.gradient_descent import GradientDescent
from engine.study import Entry, study
from surfaces.quadratic import Quadratic

WORDS = """(view) => ({
  ...Detail.words(view),
  points: Detail.frames(view).map((frame) => frame.of(view.probe)),
  back: Detail.frames(view)[0].back(Detail.frames(view)[0].of(view.probe)),
})"""
PIXEL = """([i, x, y]) => {
  const { charts } = document.querySelector('.st-key-detail-frames .valley-detail').follower.detail;
  const box = charts[i].canvas.getBoundingClientRect();
  return [box.left + charts[i].x(x), box.top + charts[i].y(y)];
}"""
TEXT = "() => document.querySelector('.st-key-detail-frames').innerText"


def view_of(valley: Quadratic, rule, eta: float, start: tuple[float, float], steps: int, seen: int) -> dict:
    """What the figure hands to a detail."""
    entry = Entry("a", rule, eta)
    result = study(valley, [entry], entry, start, steps, Plane.of(valley, include=start), families=False)
    words = {"start": {"keys": [], "value": start}}
    header, arrays = live_message(valley, result, [], words)
    known = header["rule"]
    modes = arrays["run.a"].ravel()
    frame = header["frame"]
    return {
        **frame,
        "header": {"runs": header["runs"]},
        "rule": {name: known[name] for name in ("title", "linear", "adaptive")},
        "eta": eta,
        "polynomial": known["polynomials"]["learning_rate"][0] if rule.linear else None,
        "path": {"modes": modes.tolist()},
        "steps": header["steps"],
        "runs": [{"name": "a", "seen": min(seen, len(modes) // 2)}],
        "start": list(start),
        "probe": [0.7, -1.3],
    }


@pytest.fixture
def detail(page: Page, server: str) -> Page:
    return opened(page, server, show="frames", a="gradient_descent", **{"a.learning_rate": 0.05})


@pytest.fixture(scope="module")
def words(browser):
    with scripted(browser, "frames", WORDS) as asked:
        yield asked


@settings(max_examples=150)
@example(Setting(Quadratic(0.0, 4.0, 45.0), OPTIMIZERS["adam"](), 0.1, (-1.5, 1.0), 60), 20)
@given(settings_of(list(OPTIMIZERS), steps=st.sampled_from([1, 7, 60, 150])), st.integers(1, 151))
def test_numbers_and_sentences_are_the_engines(words, setting, seen):
    valley, rule, eta, start, steps = setting
    view = view_of(*setting, seen)
    said = words(view)
    path = run(valley, rule, learning_rate=eta, start=start, steps=steps)
    modes = valley.modes(path.weights[:, 0])[:, [valley.labels.index(low) for low in "₁₂"]]
    head, *rows = said["table"]
    step = view["steps"][view["runs"][0]["seen"] - 1]
    assert head[-1] == f"at step {step}"
    floor = 1e-15 * (1.0 + float(np.abs(modes[step]).max()) + float(np.hypot(*valley.stationary_point)))
    for i, (name, eigenvalue, first, now) in enumerate(rows):
        assert name == f"α{'₁₂'[i]}"
        assert value_of(eigenvalue.split("= ")[1]) == [valley.eigenvalue_1, valley.eigenvalue_2][i]
        assert value_of(first) == pytest.approx(modes[0, i], rel=6e-3, abs=floor)
        assert value_of(now) == pytest.approx(modes[step, i], rel=6e-3, abs=floor)
    check_turn(valley, said)
    check_apart(valley, rule, eta, start, steps, said["apart"])
    assert not any(bad in str(said) for bad in ("NaN", "undefined", "Infinity", "null"))


def check_turn(valley: Quadratic, said: dict) -> None:
    weights, alpha = np.array(said["points"])
    away = complex(*(weights - valley.stationary_point))
    assert said["back"] == pytest.approx(alpha.tolist())
    assert valley.modes(weights)[[valley.labels.index(low) for low in "₁₂"]] == pytest.approx(alpha)
    text = said["turned"]
    degrees = value_of(text.split("turned by ")[1].split("°")[0]) if "turned by" in text else 0.0
    turned = away * np.exp(1j * math.radians(degrees if "anticlockwise" in text else -degrees))
    assert [turned.real, turned.imag] == pytest.approx(alpha.tolist(), abs=1e-9)


def minds(valley: Quadratic, rule, eta, start, steps) -> bool:
    """Move the start along one eigenvector and see whether the distance along the other minds."""
    order = [valley.labels.index(low) for low in "₁₂"]
    u = valley.eigenvectors[:, order]

    def modes(begin) -> np.ndarray:
        return valley.modes(run(valley, rule, learning_rate=eta, start=begin, steps=steps).weights[:, 0])[:, order]

    one = modes(start)
    others = [modes(np.array(start) + 0.8 * u[:, 1 - i]) for i in range(2)]
    # what the larger distance leaves to rounding is not mixing; a run that overflowed holds nan
    most = np.abs(one).max(axis=1) + np.maximum.reduce([np.abs(other).max(axis=1) for other in others])
    # nor is that of the weights, at their size
    rounding = 1e-9 * most + 1e-13 * (1.0 + np.hypot(*valley.stationary_point))
    return any(np.any(np.abs(one[:, i] - others[i][:, i]) > rounding) for i in range(2))


def check_apart(valley: Quadratic, rule, eta, start, steps, text: str) -> None:
    if valley.eigenvalue_1 == valley.eigenvalue_2 == 0.0:
        path = run(valley, rule, learning_rate=eta, start=start, steps=steps).weights
        decays = getattr(rule, "weight_decay", 0.0) > 0.0  # it moves the weights without a gradient
        assert "flat" in text and (decays or np.all(path == path[0]))
    elif "not known here" in text:
        assert not rule.linear and not rule.adaptive
    elif "mix" in text:
        # a start may by chance be one from which they stay apart, and with little memory it goes by the signs alone
        elsewhere = [valley.stationary_point + place for place in ((0.37, -0.81), (-0.37, 0.81), (-0.51, -0.43))]
        assert rule.adaptive and any(minds(valley, rule, eta, place, 60) for place in elsewhere)
    else:
        assert not minds(valley, rule, eta, start, steps), text
    if "w₁ and w₂ go each by itself" in text:
        assert valley.eigenvalue_1 == valley.eigenvalue_2
    if "multiplies" in text:
        parts = text.rstrip(".").split("multiplies ")[1].split(" and ")
        for part, value in zip(parts, (valley.eigenvalue_1, valley.eigenvalue_2), strict=True):
            assert agrees(part.split(" by ")[1], 1.0 - eta * value, slack=1e-12)
    else:
        assert not isinstance(rule, GradientDescent) or "flat" in text


@pytest.mark.parametrize("pair", [(1, 20), (20, 1), (3, 3), (-1, 20), (5, -40), (0, 4), (-2, 0), (-3, -1), (0, 0)])
def test_contours_are_level_and_evenly_spaced_in_the_root(browser, pair):
    with scripted(browser, "frames", "(pair) => contours(pair, 3)") as asked:
        curves = asked(list(pair))
    roots = set()
    for curve in curves:
        a, b = np.array(curve).T
        error = 0.5 * (pair[0] * a**2 + pair[1] * b**2)
        assert np.ptp(error) <= 1e-9 * (1.0 + np.abs(error).max()) * (1 + max(a.max(), b.max())) ** 2
        roots.add(round(float(np.sign(error[0]) * np.sqrt(np.abs(error.mean()))) * (abs(error.mean()) > 1e-9), 6))
    if pair == (0, 0):
        assert not curves
        return
    gaps = np.diff(sorted(roots))
    assert len(roots) >= 5
    unit = gaps.min()
    assert gaps / unit == pytest.approx(np.round(gaps / unit), abs=1e-4)


@pytest.mark.parametrize("place", [0, 1])
def test_the_ring_moves_the_start_in_either_picture(detail, place):
    detail.locator(".st-key-detail-frames canvas").first.scroll_into_view_if_needed()
    valley = Quadratic()
    start, target = np.array([-1.5, 1.0]), np.array([0.9, -0.4])
    turn = (lambda w: valley.modes(w).tolist()) if place else (lambda w: w.tolist())
    before = path(detail)
    detail.mouse.move(*detail.evaluate(PIXEL, [place, *turn(start)]))
    detail.mouse.down()
    # where the target lies is asked for while the ring is held: the scale stands still until it is let go
    detail.mouse.move(*detail.evaluate(PIXEL, [place, *turn(target)]), steps=6)
    moved_from(detail, before)
    assert "start" not in detail.url
    detail.mouse.up()
    detail.wait_for_url(lambda url: "start.x" in url and "start.y" in url, wait_until="commit")
    settled(detail)
    values = in_address(detail)
    assert [float(values["start.x"]), float(values["start.y"])] == pytest.approx(target.tolist(), abs=0.03)
    assert all(len(values[key].lstrip("-").replace(".", "").lstrip("0")) <= 4 for key in ("start.x", "start.y"))


def test_a_drag_of_the_learning_rate_is_followed_without_a_message(page, server):
    sent = frames_of(page)
    opened(page, server, show="frames", a="gradient_descent", **{"a.learning_rate": 0.05})
    before, said = len(sent), page.evaluate(TEXT)
    height = page.locator(".st-key-detail-frames").first.bounding_box()["height"]
    drag_slider(page, "learning rate", 0.85, 0.99)
    page.wait_for_function(f"(said) => ({TEXT})() !== said", arg=said)
    assert len(sent) == before
    assert page.locator(".st-key-detail-frames").first.bounding_box()["height"] == height
    page.mouse.up()
    address_has(page, **{"a.learning_rate": float(page.locator(".valley-slider output").first.inner_text())})


def test_it_follows_the_scrubbed_step(detail):
    detail.get_by_role("button", name="To the start").click()
    cells = detail.locator(".st-key-detail-frames table")
    expect(cells).to_contain_text("at step 0")
    detail.get_by_role("slider", name="Step", exact=True).fill("7")
    expect(cells).to_contain_text("at step 7")
