"""The detail on effective learning rates: what the browser says of a run is what the engine did."""

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page
from spoken import agrees
from test_browser import drag_slider, frames_of, opened
from test_details_modes import evaluate

from engine import discover_optimizers, run
from engine.optimizers.momentum import Momentum
from surfaces.quadratic import Quadratic

RULES = discover_optimizers()
NUMBER = r"−?(?:[\d.]*·?10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|[\d.]+\d|\d)"
SENTENCES = "(view) => [0, 1].map((i) => directionWords(view, i, travelled(view, i)))"


def view(cls: Any, surface: Quadratic, start: Any, eta: float, steps: int, **hyper: float) -> dict[str, Any]:
    """Return what the figure tells a detail of a run, every step of it, with the run itself."""
    rule = cls(**hyper)
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
        "run": path,
    }


def cases(slugs: list[str], count: int, seed: int) -> list[dict[str, Any]]:
    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(count):
        for slug in slugs:
            values = random.choice([-1.0, 0.0, 1.0, 1.0, 1.0, 1.0], 2) * 10.0 ** random.uniform(-1, 1, 2)
            surface = Quadratic(*values, random.uniform(-180, 180), *random.uniform(-1, 1, 2))
            alpha = random.normal(size=2) * random.choice([1.0, 1.0, 1.0, 1.0, 0.0], 2)
            start = surface.stationary_point + surface.eigenvectors @ alpha
            scale = max(float(np.abs(values).max()), 0.1) if RULES[slug]().linear else 1.0
            hyper = {"momentum": random.choice([0.0, *random.uniform(0.2, 0.99, 3).round(3)])}
            hyper = hyper if "momentum" in RULES[slug].parameters() else {}
            eta = 10.0 ** random.uniform(-2, 0.4) / scale
            drawn.append(view(RULES[slug], surface, start, eta, int(random.choice([1, 60, 150, 150])), **hyper))
            drawn[-1]["surface"] = surface
    return drawn


def sent(views: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in one.items() if name not in ("run", "surface")} for one in views]


def done(one: dict[str, Any], i: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Return along one direction every step and the gradient it was given, and the start's distance."""
    weights, surface = one["run"].weights[:, 0], one["surface"]
    count = len(one["path"]["x"])
    modes = surface.modes(weights[:count])
    gradient = one["run"].used_gradient[: count - 1, 0] @ surface.eigenvectors
    return np.diff(modes[:, i]), gradient[:, i], float(np.linalg.norm(modes[0]))


LINEAR = [slug for slug, cls in RULES.items() if cls().linear]


def test_the_rate_of_every_step_is_that_of_the_run(page):
    views = cases(LINEAR, 12, 3)
    found = evaluate(page, "rates", "(views) => views.map((v) => [0, 1].map((i) => travelled(v, i)))", sent(views))
    compared = 0
    for one, runs in zip(views, found, strict=True):
        for i, seen in enumerate(runs):
            change, gradient, reach = done(one, i)
            far = np.abs(one["path"]["modes"]).max() + 2.0  # 2.0: the minimum's place
            for dot in seen:
                k = dot["step"]
                slack = 1e-10 * far * (1.0 + abs(dot["ratio"] * one["eigenvalues"][i]))
                assert abs(change[k] + dot["ratio"] * gradient[k]) <= 1e-6 * abs(change[k]) + slack
                compared += 1
            if one["eigenvalues"][i] and abs(one["path"]["modes"][i]) > 1e-6 * reach > 0.0:
                assert seen and seen[0]["ratio"] == pytest.approx(one["eta"], rel=1e-9)
    assert compared > 1000


def test_what_is_said_of_each_direction_was_measured(page):
    views = cases(["momentum", "nesterov"], 60, 5)
    found = evaluate(page, "rates", f"(views) => views.map({SENTENCES})", sent(views))
    kinds = {"at step": 0, "changes its sign": 0, "flat": 0, "zero from": 0, "one step is": 0}
    for one, sentences in zip(views, found, strict=True):
        eta, mu = one["eta"], one["hyper"]["momentum"]
        for i, said in enumerate(sentences):
            kind = next(kind for kind in kinds if kind in said)
            kinds[kind] += 1
            change, gradient, reach = done(one, i)
            if kind == "flat":
                assert one["eigenvalues"][i] == 0.0
            elif kind == "zero from":
                assert abs(one["path"]["modes"][i]) <= 1e-8 * max(reach, 1e-300)
            if abs(one["path"]["modes"][i]) <= 1e-8 * reach or kind in ("flat", "zero from", "one step is"):
                continue
            numbers = re.findall(NUMBER, said.partition(" the gradient ")[2])
            if kind == "at step":
                k = int(re.search(r"at step (\d+)", said)[1])
                assert agrees(numbers[0], gradient[k] / gradient[k - 1], slack=1e-5)
                assert agrees(numbers[1], -change[k] / gradient[k], slack=1e-5 * eta)
                assert gradient[k] * gradient[k - 1] > 0.0 or "η/(1 + μ)" in said
                assert gradient[k] * gradient[k - 1] < 0.0 or "η/(1 − μ)" in said
            else:
                turns, of = int(numbers[0]), int(numbers[1])
                assert 0 < turns <= of
                fit = -(change[: of + 1] @ gradient[: of + 1]) / (gradient[: of + 1] @ gradient[: of + 1])
                assert agrees(numbers[2], fit, slack=1e-5 * abs(fit))
            if "η/(1" in said:
                limit = eta / (1.0 + mu) if "η/(1 + μ)" in said else eta / (1.0 - mu)
                assert agrees(numbers[-1], limit)
    assert kinds["at step"] > 20 and kinds["changes its sign"] > 20, kinds
    assert kinds["flat"] and kinds["zero from"]


@pytest.mark.parametrize("slug", ["momentum", "nesterov"])
def test_constant_and_alternating_gradients_give_the_two_limits(slug):
    """Not on a quadratic: dw = -eta g + mu dw with the gradients as they are handed in, wherever they were taken."""
    rule, eta, mu = RULES[slug](momentum=0.9), 0.02, 0.9
    for sign, limit in ((1.0, eta / (1.0 - mu)), (-1.0, eta / (1.0 + mu))):
        w, state, hyper = np.zeros((1, 1)), np.zeros((1, 1, 1)), rule.pack()[:, None]
        for k in range(400):
            before, g = w.copy(), np.full((1, 1), sign**k)
            rule.update(w, g, state, np.array([eta]), hyper, k + 1.0)
        assert (before - w)[0, 0] / g[0, 0] == pytest.approx(limit, rel=1e-9)


def test_the_peak_that_is_expected_is_the_one_that_is_run(page):
    kappas = [1.0, 2.0, 5.8, 5.9, 7.0, 20.0, 100.0, 1234.0, 1e4, 1e6]
    views = [{"eigenvalues": [0.01, 0.01 * kappa], "labels": ["₁", "₂"]} for kappa in kappas]
    found = evaluate(
        page, "rates", "(vs) => vs.map((v) => [bestPeak(v.eigenvalues[1] / 0.01), expectedWords(v)])", views
    )
    for kappa, (peak, said) in zip(kappas, found, strict=True):
        best = Momentum.best(1.0, kappa)
        surface = Quadratic(eigenvalue_1=0.001, eigenvalue_2=0.001 * kappa, angle=0.0)
        path = run(surface, best.optimizer, best.learning_rate / 0.001, (0.0, 1.0), 700)
        reached = np.abs(path.weights[:, 0, 1])
        assert peak["times"] == pytest.approx(reached.max(), rel=1e-4)
        assert reached[peak["step"]] == pytest.approx(reached.max(), rel=1e-4)
        assert ("never" in said) == (kappa <= 5.83)
        if kappa > 5.83:
            assert f"at step {peak['step']}," in said
            assert agrees(re.findall(NUMBER, said.partition("|α₂| to ")[2])[0], reached.max())
    low = evaluate(page, "rates", "(vs) => vs.map(expectedWords)", [{"eigenvalues": [-1, 3], "labels": ["₂", "₁"]}])
    assert "λ₂ = −1 is not" in low[0]


def test_the_runs_own_peak_is_its_largest_distance(page):
    views = cases(list(RULES), 12, 11)
    found = evaluate(page, "rates", "(views) => views.map((v) => [largest(v), ownWords(v, largest(v))])", sent(views))
    for one, (own, said) in zip(views, found, strict=True):
        modes = np.array(one["path"]["modes"]).reshape(-1, 2)
        assert not re.search("NaN|undefined|Infinity", said)
        if abs(modes[0, 1]) <= 1e-8 * np.linalg.norm(modes[0]):
            assert own is None or own["times"] >= 1.0
            continue
        times = np.abs(modes[:, 1] / modes[0, 1])
        assert own["times"] == pytest.approx(times.max(), rel=1e-6)
        assert ("never" in said) == (times.max() < 1.0005)
        if "never" not in said:
            assert agrees(re.findall(NUMBER, said.partition("| to ")[2])[0], times.max())


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
    if RULES[query.get("a", "momentum")]().linear:
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
