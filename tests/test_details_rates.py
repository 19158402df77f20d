"""The detail on effective learning rates: what the browser says of a run is what the engine did."""

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page
from scripted import scripted
from spoken import NUMBER, agrees, said_after
from test_browser import drag_slider, frames_of, opened
from valleys import LINEAR, OPTIMIZERS, Setting, settings_of

from engine import run
from engine.optimizers.momentum import Momentum
from engine.trajectory import Trajectory
from surfaces.quadratic import Quadratic


def view(setting: Setting) -> tuple[dict[str, Any], Trajectory]:
    """Return what the figure tells a detail of a run, every step of it, and the run itself."""
    surface, rule, eta, start, steps = setting
    path = run(surface, rule, eta, start, steps)
    alive = np.isfinite(path.weights[:, 0]).all(axis=-1)
    modes = surface.modes(path.weights[alive, 0])
    known: dict[str, Any] = {"linear": rule.linear, "adaptive": rule.adaptive, "lookAhead": rule.look_ahead}
    polynomial = rule.mode_polynomial(np.array([0.0, 1.0]), rule.pack()[:, None]).tolist() if rule.linear else None
    return {
        "eta": eta,
        "hyper": {name: getattr(rule, name) for name in rule.parameters()},
        "polynomial": polynomial,
        "eigenvalues": surface.eigenvalues.tolist(),
        "labels": list(surface.labels),
        "path": {"x": modes[:, 0].tolist(), "modes": modes.ravel().tolist()},
        "steps": list(range(steps + 1)),
        "rule": {"title": rule.title, **known},
    }, path


def in_its_own_frame(setting: Setting, told: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return distances and gradients of the same run along the eigenvectors, where rounding does not mix the two."""
    low, high = setting.surface.eigenvalues
    begin = np.array(told["path"]["modes"][:2])
    # of a millionth of the size, exactly, it does not end where a run counts as having diverged
    path = run(Quadratic(low, high, 0.0), setting.rule, setting.eta, begin * 2.0**-20, len(told["path"]["x"]) - 1)
    return path.weights[:, 0] * 2.0**20, path.used_gradient[:-1, 0] * 2.0**20


@pytest.fixture(scope="module")
def dots(browser):
    with scripted(browser, "rates", "(view) => [0, 1].map((i) => travelled(view, i))") as asked:
        yield asked


@pytest.fixture(scope="module")
def sentences(browser):
    with scripted(
        browser, "rates", "(view) => [0, 1].map((i) => directionWords(view, i, travelled(view, i)))"
    ) as asked:
        yield asked


@settings(max_examples=100)
@given(settings_of(LINEAR))
def test_the_rate_of_every_step_is_that_of_the_run(dots, setting):
    told, path = view(setting)
    weights = path.weights[: len(told["path"]["x"]), 0]
    change = np.diff(setting.surface.modes(weights), axis=0)
    gradient = path.used_gradient[:, 0] @ setting.surface.eigenvectors
    # of a step and of a gradient, all their sums rounded at the size of the weights and growing with the run
    noise = 1e-12 * (1.0 + np.abs(weights).max())
    for i, seen in enumerate(dots(told)):
        value = setting.surface.eigenvalues[i]
        for dot in seen:
            k = dot["step"]
            slack = noise * (1.0 + abs(dot["ratio"]) * np.abs(setting.surface.eigenvalues).max())
            assert abs(change[k, i] + dot["ratio"] * gradient[k, i]) <= 1e-6 * abs(change[k, i]) + slack
        if value and abs(told["path"]["modes"][i]) > 1e-6 * np.hypot(*told["path"]["modes"][:2]) > 0.0:
            assert seen and seen[0]["ratio"] == pytest.approx(setting.eta, rel=1e-9)


@settings(max_examples=200)
@given(settings_of(["momentum", "nesterov"]))
def test_what_is_said_of_each_direction_was_measured(sentences, setting):
    told, _ = view(setting)
    (distances, gradients), reach = in_its_own_frame(setting, told), np.hypot(*told["path"]["modes"][:2])
    for i, said in enumerate(sentences(told)):
        assert not re.search("NaN|undefined|Infinity|∞", said)
        distance, gradient = distances[:, i], gradients[:, i]
        change = np.diff(distance)
        if setting.surface.eigenvalues[i] == 0.0:
            assert "floor is flat" in said
        elif "zero from" in said:
            assert np.abs(distance[:150]).max() <= 2e-9 * reach
        else:
            faded = np.maximum(np.abs(distance[:-1]), np.abs([0.0, *change[:-1]])) <= 1e-9 * reach
            there = np.flatnonzero(~faded & (gradient != 0.0))
            check_direction(said, setting, change, gradient, there[there < 150])


def check_direction(said, setting, change, gradient, there):
    """Compare what is said of a direction with the run at the steps that count."""
    eta, mu = setting.eta, setting.rule.momentum
    pairs = [k for k in there if k - 1 in there]
    if not pairs:
        assert ("one step is seen, from rest" in said) == (there[0] == 0) and ("no two" in said) == (there[0] > 0)
        return
    turns = sum(gradient[k] * gradient[k - 1] < 0.0 for k in pairs)
    numbers = re.findall(NUMBER, said.partition(" the gradient ")[2])
    if "at step" in said:
        k = pairs[-1]
        assert f"at step {k} " in said and turns in (0, len(pairs))
        assert agrees(numbers[0], gradient[k] / gradient[k - 1], slack=1e-9)
        assert agrees(numbers[1], -change[k] / gradient[k], slack=1e-9 * eta)
        assert ("η/(1 + μ)" in said) == (turns > 0) and ("η/(1 − μ)" in said) == (turns == 0)
    else:
        assert [int(text) for text in numbers[:2]] == [turns, len(pairs)] and 0 < turns < len(pairs)
        fit = -(change[there] @ gradient[there]) / (gradient[there] @ gradient[there])
        assert agrees(numbers[2], fit, slack=1e-6 * abs(fit))
    if "η/(1" in said:
        limit = eta / (1.0 + mu) if "η/(1 + μ)" in said else eta / (1.0 - mu)
        assert agrees(numbers[-1], limit)


@pytest.mark.parametrize("slug", ["momentum", "nesterov"])
def test_constant_and_alternating_gradients_give_the_two_limits(slug):
    """Not on a quadratic: dw = -eta g + mu dw with the gradients as they are handed in, wherever they were taken."""
    rule, eta, mu = OPTIMIZERS[slug](momentum=0.9), 0.02, 0.9
    for sign, limit in ((1.0, eta / (1.0 - mu)), (-1.0, eta / (1.0 + mu))):
        w, state, hyper = np.zeros((1, 1)), np.zeros((1, 1, 1)), rule.pack()[:, None]
        for k in range(400):
            before, g = w.copy(), np.full((1, 1), sign**k)
            rule.update(w, g, state, np.array([eta]), hyper, k + 1.0)
        assert (before - w)[0, 0] / g[0, 0] == pytest.approx(limit, rel=1e-9)


@pytest.fixture(scope="module")
def plain(browser):
    with scripted(browser, "rates", "(view) => plainWords(view, kindOf(view))") as asked:
        yield asked


def test_a_rate_just_above_the_limit_is_not_printed_as_another(plain):
    told, _ = view(Setting(Quadratic(), OPTIMIZERS["gradient_descent"](), 0.1005, (-1.5, 1.0), 20))
    assert "η = 0.1005 times the gradient" in plain(told)


@pytest.mark.parametrize("mu", [0.3, 0.7, 0.9])
def test_a_step_that_is_nothing_but_rounding_is_printed_as_zero(sentences, mu):
    told, _ = view(Setting(Quadratic(), OPTIMIZERS["nesterov"](momentum=mu), 0.05, (-1.5, 1.0), 20))
    told["path"]["modes"] = np.float32(told["path"]["modes"]).tolist()  # as on their way to the browser
    assert "and the step 0 times the gradient" in sentences(told)[1]


@pytest.fixture(scope="module")
def expected(browser):
    code = "(view) => [bestPeak(view.eigenvalues[1] / view.eigenvalues[0]), expectedWords(view)]"
    with scripted(browser, "rates", code) as asked:
        yield asked


@settings(max_examples=60)
@given(st.floats(0.0, 6.0).map(lambda power: 10.0**power))
@example(1.0)
@example(5.8)
@example(5.9)
def test_the_peak_that_is_expected_is_the_one_that_is_run(expected, kappa):
    peak, said = expected({"eigenvalues": [0.01, 0.01 * kappa], "labels": ["₁", "₂"]})
    best = Momentum.best(1.0, kappa)
    surface = Quadratic(eigenvalue_1=0.001, eigenvalue_2=0.001 * kappa, angle=0.0)
    path = run(surface, best.optimizer, best.learning_rate / 0.001, (0.0, 1.0), 700)
    reached = np.abs(path.weights[:, 0, 1])
    assert peak["times"] == pytest.approx(reached.max(), rel=1e-4)
    assert reached[peak["step"]] == pytest.approx(reached.max(), rel=1e-4)
    assert ("never" in said) == (kappa <= 3.0 + 2.0 * 2.0**0.5) or abs(kappa - 5.828427) < 1e-5
    if "never" not in said:
        assert f"at step {peak['step']}," in said
        assert agrees(re.findall(NUMBER, said.partition("|α₂| to ")[2])[0], reached.max(), slack=1e-4 * reached.max())
        assert agrees(
            re.findall(NUMBER, said.partition("the error to ")[2])[0], reached.max() ** 2, 2e-4 * peak["times"]
        )


def test_without_two_positive_eigenvalues_no_peak_is_expected(expected):
    _, said = expected({"eigenvalues": [-1, 3], "labels": ["₂", "₁"]})
    assert "λ₂ = −1 is not" in said


@pytest.fixture(scope="module")
def own_peak(browser):
    with scripted(browser, "rates", "(view) => [largest(view), ownWords(view, largest(view))]") as asked:
        yield asked


@settings(max_examples=150)
@given(settings_of(list(OPTIMIZERS)))
def test_the_runs_own_peak_is_its_largest_distance(own_peak, setting):
    told, _ = view(setting)
    own, said = own_peak(told)
    assert not re.search("NaN|undefined|Infinity", said)
    modes = np.array(told["path"]["modes"]).reshape(-1, 2)
    if setting.rule.linear:
        modes, _ = in_its_own_frame(setting, told)
    if abs(modes[0, 1]) <= 1e-8 * np.linalg.norm(modes[0]):
        assert own is None or own["times"] >= 1.0
        return
    times = np.abs(modes[:, 1] / modes[0, 1])
    assert own["times"] == pytest.approx(times.max(), rel=1e-6)
    assert ("never" in said) == (times.max() < 1.0005) or abs(times.max() - 1.0005) < 1e-6
    if "never" not in said:
        assert agrees(said_after(said, "| to"), times.max())
        assert times[int(re.search(r"at step (\d+)", said)[1])] == pytest.approx(times.max(), rel=1e-6)


TEXT = "() => document.querySelector('.st-key-detail-rates .valley-detail').innerText"


def ready(page: Page) -> Any:
    detail = page.locator(".st-key-detail-rates .valley-detail")
    detail.wait_for()
    page.wait_for_function(f"() => ({TEXT})().includes('κ')")
    return detail


@pytest.mark.parametrize("query", [{"a": "nesterov"}, {"a": "adam"}, {"surface.eigenvalue_1": -1, "steps": 1}])
def test_the_detail_follows_a_drag_without_a_message(page, server, query):
    frames = frames_of(page)
    opened(page, server, show="rates", **query)
    detail = ready(page)
    count, before = len(frames), page.evaluate(TEXT)
    drag_slider(page, "learning rate", 0.65, 0.97)
    page.wait_for_function("() => document.querySelector('.valley').figure.view.eta > 0")
    if OPTIMIZERS[query.get("a", "momentum")]().linear:
        page.wait_for_function(f"(before) => ({TEXT})() !== before", arg=before)
    assert len(frames) == count
    page.mouse.up()
    assert not re.search(r"NaN|undefined|Infinity|∞", detail.inner_text())


def test_the_two_limits_follow_the_momentum_and_nothing_jumps(page, server):
    opened(page, server, show="rates", a="momentum")
    detail = ready(page)
    assert re.search(r"0\.2\s+times it", detail.inner_text()) and "0.0105" in detail.inner_text()
    height = detail.bounding_box()["height"]
    drag_slider(page, "momentum", 0.9, 0.0)
    page.wait_for_function("() => document.querySelector('.valley').figure.view.hyper.momentum === 0")
    page.wait_for_function(f"() => /settle at.*\\s*0\\.02/s.test(({TEXT})())")
    assert detail.bounding_box()["height"] == pytest.approx(height, abs=1.0)
    page.mouse.up()
