"""The detail that derives the page's numbers: what it prints against theory and runs."""

import json
import math
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from test_browser import drag_slider, frames_of, opened, settled

from charts.thin import drawn_steps
from engine import discover_optimizers, run, theory
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nesterov import Nesterov
from surfaces.quadratic import Quadratic

OPEN = "() => document.querySelectorAll('.valley-proof').forEach((item) => { item.open = true; })"
PROVE = """([views, angle]) => {
  const { proofs } = document.querySelector('.valley-detail').follower.detail.constructor;
  return views.map((view) => proofs.map((proof) => {
    const { head, lines } = proof(view, angle);
    return [head, ...lines];
  }));
}"""
SETTLED = "() => document.querySelectorAll('.valley-proof').length === 5"
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
LINEAR = (GradientDescent, Momentum, Nesterov)


def view_of(surface, rule, eta, start, steps, at=0):
    """What the figure hands to a detail, its distances rounded to float32 as on their way to the browser."""
    trajectory = run(surface, rule, learning_rate=eta, start=start, steps=steps)
    shown = drawn_steps(steps)
    weights = trajectory.weights[shown, 0]
    finite = np.isfinite(weights).all(axis=1)
    count = len(finite) if finite.all() else int(finite.argmin())
    modes = surface.modes(weights[:count]).astype(np.float32).astype(float)
    placed = surface.stationary_point + modes @ surface.eigenvectors.T
    ends = np.array([0.0, 1.0])
    return {
        "eta": eta,
        "hyper": {name: getattr(rule, name) for name in rule.parameters()},
        "polynomial": rule.mode_polynomial(ends, rule.pack()[:, None]).tolist() if rule.linear else None,
        "eigenvalues": surface.eigenvalues.tolist(),
        "labels": list(surface.labels),
        "axes": surface.eigenvectors.T.tolist(),
        "origin": surface.stationary_point.tolist(),
        "path": {"x": placed[:, 0].tolist(), "y": placed[:, 1].tolist(), "modes": modes.ravel().tolist()},
        "steps": shown.tolist(),
        "at": min(at, count - 1),
        "limit": None,
        "rule": {
            "slug": type(rule).__module__.rpartition(".")[2],
            "title": rule.title,
            "linear": rule.linear,
            "adaptive": rule.adaptive,
        },
    }


def proved(page, views, angle=30.0):
    return page.evaluate(PROVE, [views, angle])


def value(text):
    """Return what a printed number says: 0.02, −3·10⁻⁵, 10⁶."""
    mantissa, power = re.fullmatch(r"(−?[\d.]*?)(?:·?10([⁻⁰¹²³⁴-⁹]+))?", text).groups()
    ten = 10.0 ** int((power or "0").translate(SUPERSCRIPTS))
    return ten * float(mantissa.replace("−", "-") + "1" * (mantissa in ("", "−")))


def names(proofs):
    return {
        part["name"]: value(part["text"])
        for proof in proofs
        for line in proof
        for part in line
        if isinstance(part, dict) and "name" in part
    }


def words(proofs):
    return json.dumps(proofs, ensure_ascii=False)


def near(found, expected, digits=4):
    """As printed: equal to within a unit of the last of so many digits."""
    unit = 0.0 if expected == 0.0 else 10.0 ** (math.floor(math.log10(abs(expected))) - digits + 1)
    return abs(found - expected) <= 0.51 * unit + 1e-12


def sized(found, expected):
    """As ``nearOne`` prints: with more digits the nearer it is to 1."""
    gap = abs(1.0 - abs(expected))
    return near(found, expected, 2 - math.floor(math.log10(gap)) if 1e-12 < gap < 0.1 else 4 if gap >= 0.1 else 3)


def random_case(rng, positive=False):
    sizes = 10.0 ** rng.uniform(-1.0, 2.0, 2)
    signs = np.ones(2) if positive else rng.choice([1.0, 1.0, 1.0, -1.0, 0.0], 2)
    surface = Quadratic(*(sizes * signs), angle=rng.uniform(-180, 180), minimum_x=rng.uniform(-1, 1))
    rule = LINEAR[rng.integers(3)]
    rule = rule() if rule is GradientDescent else rule(momentum=float(rng.choice([0.0, 0.3, 0.7, 0.9, 0.99])))
    eta = float(rng.uniform(0.02, 1.3)) / sizes.max()
    return surface, rule, eta, tuple(rng.uniform(-2, 2, 2)), int(rng.choice([3, 20, 60, 150, 1000]))


@pytest.fixture(scope="module")
def detail(browser, server):
    """One page for every test that only asks what would be said."""
    with browser.new_page() as page:
        opened(page, server, show="proofs", a="momentum")
        page.wait_for_function(SETTLED)
        yield page


def test_limit_factors_and_effective_rates_are_those_of_the_theory(detail):
    rng = np.random.default_rng(7)
    cases = [random_case(rng) for _ in range(60)]
    measured = 0
    for (surface, rule, eta, *_), proofs in zip(cases, proved(detail, [view_of(*case) for case in cases]), strict=True):
        said, spectrum = names(proofs), surface.eigenvalues
        positive = spectrum[spectrum > 0.0]
        assert ("limit" in said) == bool(len(positive))
        if len(positive):
            assert near(said["limit"], theory.stability_limit(rule, positive))
        assert sized(said["rate"], theory.rate(rule, eta, spectrum))
        for label, factors in zip(surface.labels, theory.mode_factors(rule, eta, spectrum), strict=True):
            index = "₁₂".index(label) + 1
            size = np.abs(factors).max()
            assert sized(said[f"factor-{index}"], size)
            measured += f"measured-{index}" in said
        mu = getattr(rule, "momentum", 0.0)
        assert near(said["effective-constant"], eta / (1.0 - mu))
        assert near(said.get("effective-alternating", eta), eta / (1.0 + mu) if mu else eta)
        if "sum-constant-10" in said:
            assert near(said["sum-constant-10"], sum(mu**k for k in range(10)))
            assert near(said["sum-alternating-10"], sum((-mu) ** k for k in range(10)))
        if "limit-effective" in said:
            assert near(said["limit-effective"], 2.0 / positive.max())
    assert measured > 70


def test_what_is_measured_in_a_run_agrees_to_the_digits_shown(detail):
    rng = np.random.default_rng(8)
    cases = [random_case(rng, positive=bool(i % 2)) for i in range(120)]
    for i in range(30):
        surface, rule = random_case(rng, positive=True)[0], LINEAR[i % 3]
        best = theory.optimal(rule, surface.eigenvalues)
        cases.append((surface, best.optimizer, best.learning_rate, (1.0, 1.3), 100))
    seen = 0
    for (surface, rule, eta, *_), proofs in zip(cases, proved(detail, [view_of(*case) for case in cases]), strict=True):
        sizes = np.abs(theory.mode_factors(rule, eta, surface.eigenvalues)).max(axis=1)
        for line in (line for proof in proofs for line in proof):
            for i, part in enumerate(line):
                if not (isinstance(part, dict) and "measured" in part.get("name", "")):
                    continue
                name = part["name"]
                which = 1 if name == "limit-measured" else "₁₂".index(surface.labels[0]) != int(name[-1]) - 1
                unit = 10.0 ** (math.floor(math.log10(sizes[int(which)])) - part["digits"] + 1)
                assert abs(value(part["text"]) - sizes[int(which)]) <= 1.01 * unit, (
                    surface,
                    rule,
                    eta,
                    line,
                )
                seen += 1
                if name == "limit-measured":
                    limit = theory.stability_limit(rule, surface.eigenvalues[1:])
                    assert eta <= limit or "below 1" not in line[i + 1]
                    assert eta >= limit or "above 1" not in line[i + 1]
    assert seen > 150


def test_the_best_setting_is_that_of_the_theory_and_its_roots_agree(detail):
    rng = np.random.default_rng(9)
    cases = []
    for i in range(36):
        low, ratio = 10.0 ** rng.uniform(-2, 0), 10.0 ** rng.uniform(0, 3) if i % 6 else 1.0
        rule = LINEAR[i % 3]()
        cases.append((Quadratic(low, low * ratio), rule, 0.1 / low, (1.0, 1.0), 10))
    for (surface, rule, *_), proofs in zip(cases, proved(detail, [view_of(*case) for case in cases]), strict=True):
        said, best = names(proofs), theory.optimal(type(rule), surface.eigenvalues)
        assert near(said["best-eta"], best.learning_rate)
        if rule.parameters():
            assert sized(said["best-mu"], best.optimizer.momentum)
        for name in ("best-rate", "best-root-1", "best-root-2"):
            assert sized(said[name], best.rate) or best.rate < 1e-7


def test_no_best_setting_without_positive_curvature_everywhere(detail):
    cases = [(Quadratic(low, 5.0), rule(), 0.01, (1.0, 1.0), 10) for low in (0.0, -1.0) for rule in LINEAR]
    for proofs in proved(detail, [view_of(*case) for case in cases]):
        assert "best-eta" not in names(proofs)
        assert "so none is best" in words(proofs) or "no setting brings" in words(proofs)


def test_the_exercises_agree_with_the_hessian(detail):
    rng = np.random.default_rng(10)
    for angle in (0.0, 17.0, 90.0, 143.0, 180.0):
        cases = [(*random_case(rng), 3) for _ in range(8)]
        views = [view_of(*case) for case in cases]
        v = np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
        for (surface, *_), view, proofs in zip(cases, views, proved(detail, views, angle), strict=True):
            said, h = names(proofs), surface.hessian(np.zeros(2))
            d = np.array(view["path"]["modes"][2 * view["at"] :][:2]) @ np.array(view["axes"])
            scale = np.abs(surface.eigenvalues).max()
            for name in ("curvature", "curvature-sum"):
                assert near(said[name], v @ h @ v) or abs(said[name] - v @ h @ v) < 1e-11 * scale
            for name in ("error-whole", "error-sum"):
                assert near(said[name], 0.5 * d @ h @ d) or abs(said[name] - 0.5 * d @ h @ d) < 1e-11 * scale * (d @ d)
            assert (said["lowest"], said["highest"]) == pytest.approx(surface.eigenvalues, rel=1e-3)


def test_nothing_unspeakable_is_said_at_the_edges(detail):
    """Every optimizer, at the minimum, on an eigenvector, on planes, after one step, far beyond the limit."""
    views, rules = [], discover_optimizers().values()
    shapes = [(1, 20), (5, 5), (0, 3), (0, 0), (-2, 3), (-3, 0), (-3, -1), (20, 1), (1e-3, 1e3)]
    for rule in rules:
        for shape in shapes:
            surface = Quadratic(*shape, angle=0.0)
            for start, eta, steps in (((0, 0), 0.1, 5), ((1, 0), 0.1, 1), ((1, 1), 0.05, 400), ((1, 1), 9.0, 60)):
                views.append(view_of(surface, rule(), eta, start, steps, at=steps))
            views[-1]["limit"] = 0.02
    for proofs in proved(detail, views):
        said = words(proofs)
        assert len(proofs) == 5 and not re.search("NaN|undefined|Infinity|∞|null", said)


def test_a_drag_changes_the_proofs_and_asks_nothing_of_the_server(page, server):
    sent = frames_of(page)
    opened(page, server, show="proofs", a="momentum", **{"a.momentum": 0.5})
    page.wait_for_function(SETTLED)
    page.evaluate(OPEN)
    items = page.locator(".valley-proof")
    expect(items.nth(0).locator("[data-name=limit]")).to_have_text("0.15")
    expect(items.nth(1).locator("summary [data-name=rate]")).to_be_visible()
    settled(page)
    before, count = items.nth(1).inner_text(), len(sent)
    drag_slider(page, "learning rate", 0.65, 0.97)
    expect(items.nth(1)).not_to_have_text(before)
    assert len(sent) == count > 0
    page.mouse.up()
    settled(page)
    drag_slider(page, "momentum", 0.5, 0.2)
    expect(items.nth(0).locator("[data-name=limit]")).not_to_have_text("0.15")
    text = page.locator(".valley-detail").inner_text()
    assert not re.search("NaN|undefined|Infinity", text)
    page.mouse.up()


def test_the_items_fold_by_the_keyboard_and_v_turns(detail):
    items = detail.locator(".valley-proof")
    assert [items.nth(i).evaluate("(item) => item.open") for i in range(5)] == [True, False, False, False, False]
    items.nth(4).locator("summary").focus()
    detail.keyboard.press("Enter")
    expect(items.nth(4).locator("[data-name=curvature]")).to_be_visible()
    seen = items.nth(4).locator("[data-name=curvature]").inner_text()
    items.nth(4).locator("input").focus()
    detail.keyboard.press("ArrowRight")
    expect(items.nth(4).locator("[data-name=curvature]")).not_to_have_text(seen)
