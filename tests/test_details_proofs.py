"""The detail that derives the page's numbers: what it prints against theory and runs."""

import json
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect
from scripted import scripted
from test_browser import drag_slider, frames_of, opened, settled
from test_details_modes import doubt
from valleys import LINEAR, OPTIMIZERS, Setting, bowls, settings_of

from charts.thin import drawn_steps
from engine import run, theory
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nesterov import Nesterov
from surfaces.quadratic import Quadratic

OPEN = "() => document.querySelectorAll('.valley-proof').forEach((item) => { item.open = true; })"
PROVE = """([views, angle]) => views.map((view) => Detail.proofs.map((proof) => {
  const { head, lines } = proof(view, angle);
  return [head, ...lines];
}))"""
SETTLED = "() => document.querySelectorAll('.valley-proof').length === 5"
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


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


@pytest.fixture(scope="module")
def prove(browser):
    """Return what the proofs say of one view, or of several."""
    with scripted(browser, "proofs", PROVE) as asked:
        yield lambda *views, angle=30.0: asked([views, angle])


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


def near(found, expected, digits=4, slack=0.0):
    """As printed: equal to within a unit of the last of so many digits."""
    unit = 0.0 if expected == 0.0 else 10.0 ** (math.floor(math.log10(abs(expected))) - digits + 1)
    return abs(found - expected) <= 0.51 * unit + 1e-12 + slack


def sized(found, expected, slack=0.0):
    """As ``nearOne`` prints: with more digits the nearer it is to 1; ``slack`` is what rounding leaves open."""
    gap = abs(1.0 - abs(expected))
    digits = 2 - math.floor(math.log10(gap)) if 1e-12 < gap < 0.1 else 4 if gap >= 0.1 else 3
    return near(found, expected, digits, slack)


@pytest.fixture(scope="module")
def detail(browser, server):
    """One page for every test that only asks what would be said."""
    with browser.new_page() as page:
        opened(page, server, show="proofs", a="momentum")
        page.wait_for_function(SETTLED)
        yield page


@settings(max_examples=150)
@given(settings_of(LINEAR))
def test_limit_factors_and_effective_rates_are_those_of_the_theory(prove, setting):
    surface, rule, eta, *_ = setting
    (proofs,) = prove(view_of(*setting))
    said, spectrum = names(proofs), surface.eigenvalues
    positive = spectrum[spectrum > 0.0]
    assert ("limit" in said) == bool(len(positive))
    if len(positive):
        assert near(said["limit"], theory.stability_limit(rule, positive))
    all_factors = theory.mode_factors(rule, eta, spectrum)
    assert sized(said["rate"], theory.rate(rule, eta, spectrum), max(doubt(factors) for factors in all_factors))
    for label, factors in zip(surface.labels, all_factors, strict=True):
        assert sized(said[f"factor-{'₁₂'.index(label) + 1}"], np.abs(factors).max(), doubt(factors))
    mu = getattr(rule, "momentum", 0.0)
    assert near(said["effective-constant"], eta / (1.0 - mu))
    assert near(said.get("effective-alternating", eta), eta / (1.0 + mu) if mu else eta)
    if "sum-constant-10" in said:
        assert near(said["sum-constant-10"], sum(mu**k for k in range(10)))
        assert near(said["sum-alternating-10"], sum((-mu) ** k for k in range(10)))
    if "limit-effective" in said:
        assert near(said["limit-effective"], 2.0 / positive.max())


@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("cls", [Momentum, Nesterov])
def test_what_is_said_to_be_gradient_descents_limit_is_it_at_the_limit(prove, cls, mu):
    surface, rule = Quadratic(angle=0.0), cls(momentum=mu)
    eta = float(theory.stability_limit(rule, surface.eigenvalues))
    (proofs,) = prove(view_of(surface, rule, eta, (0.0, 1.0), 20))
    (line,) = (
        line
        for proof in proofs
        for line in proof
        if any(isinstance(part, dict) and part.get("name") == "limit-effective" for part in line)
    )
    place = next(i for i, part in enumerate(line) if isinstance(part, dict) and part.get("name") == "limit-effective")
    formula = "".join(line[place - 2]["math"]).replace(")η", ")*η").replace("2μ", "2*μ")
    assert eval(formula, {"η": eta, "μ": mu}) == pytest.approx(0.1)
    assert near(value(line[place]["text"]), 0.1)


@st.composite
def at_their_best(draw):
    """A bowl and a rule at its best setting for it, where two roots meet."""
    surface, rule, _, start, steps = draw(settings_of(LINEAR, bowls))
    best = theory.optimal(type(rule), surface.eigenvalues)
    return Setting(surface, best.optimizer, best.learning_rate, start, steps)


@settings(max_examples=200)
@given(st.one_of(settings_of(LINEAR, steps=st.integers(3, 400)), at_their_best()))
def test_what_is_measured_in_a_run_agrees_to_the_digits_shown(prove, setting):
    surface, rule, eta, *_ = setting
    (proofs,) = prove(view_of(*setting))
    sizes = np.abs(theory.mode_factors(rule, eta, surface.eigenvalues)).max(axis=1)
    for line in (line for proof in proofs for line in proof):
        for i, part in enumerate(line):
            if not (isinstance(part, dict) and "measured" in part.get("name", "")):
                continue
            name = part["name"]
            which = 1 if name == "limit-measured" else "₁₂".index(surface.labels[0]) != int(name[-1]) - 1
            assert sizes[int(which)] > 1e-14, line  # or it is rounding that was measured
            unit = 10.0 ** (math.floor(math.log10(sizes[int(which)])) - part["digits"] + 1)
            assert abs(value(part["text"]) - sizes[int(which)]) <= 1.01 * unit, (line, sizes)
            if name == "limit-measured":
                limit = theory.stability_limit(rule, surface.eigenvalues[1:])
                assert eta <= limit or "below 1" not in line[i + 1]
                assert eta >= limit or "above 1" not in line[i + 1]


@pytest.mark.parametrize("rule", [GradientDescent(), Momentum(momentum=0.5), Nesterov(momentum=0.5)], ids=repr)
def test_both_directions_of_a_common_run_are_measured(prove, rule):
    (proofs,) = prove(view_of(Quadratic(), rule, 0.03, (-1.5, 1.0), 60))
    assert {"measured-1", "measured-2", "limit-measured"} <= names(proofs).keys()


@settings(max_examples=100)
@given(settings_of(LINEAR, bowls))
def test_the_best_setting_is_that_of_the_theory_and_its_roots_agree(prove, setting):
    surface, rule, *_ = setting
    (proofs,) = prove(view_of(*setting))
    said, best = names(proofs), theory.optimal(type(rule), surface.eigenvalues)
    assert near(said["best-eta"], best.learning_rate)
    if rule.parameters():
        assert sized(said["best-mu"], best.optimizer.momentum)
    assert sized(said["best-rate"], best.rate)
    for name in ("best-root-1", "best-root-2"):  # of roots that meet: rounding moves them by the root of its size
        assert sized(said[name], best.rate, slack=1e-7)


def test_no_best_setting_without_positive_curvature_everywhere(prove):
    rules = [OPTIMIZERS[slug]() for slug in LINEAR]
    cases = [(Quadratic(low, 5.0), rule, 0.01, (1.0, 1.0), 10) for low in (0.0, -1.0) for rule in rules]
    for proofs in prove(*(view_of(*case) for case in cases)):
        assert "best-eta" not in names(proofs)
        assert "so none is best" in words(proofs) or "no setting brings" in words(proofs)


@settings(max_examples=150)
@given(settings_of(LINEAR), st.integers(0, 180), st.integers(0, 150))
def test_the_exercises_agree_with_the_hessian(prove, setting, angle, at):
    surface, view = setting.surface, view_of(*setting, at=at)
    v = np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
    (proofs,) = prove(view, angle=angle)
    said, h = names(proofs), surface.hessian(np.zeros(2))
    d = np.array(view["path"]["modes"][2 * view["at"] :][:2]) @ np.array(view["axes"])
    scale = np.abs(surface.eigenvalues).max()
    for name in ("curvature", "curvature-sum"):
        assert near(said[name], v @ h @ v) or abs(said[name] - v @ h @ v) < 1e-11 * scale
    for name in ("error-whole", "error-sum"):
        assert near(said[name], 0.5 * d @ h @ d) or abs(said[name] - 0.5 * d @ h @ d) < 1e-11 * scale * (d @ d)
    assert (said["lowest"], said["highest"]) == pytest.approx(surface.eigenvalues, rel=1e-3)


def test_nothing_unspeakable_is_said_at_the_edges(prove):
    """Every optimizer, at the minimum, on an eigenvector, on planes, after one step, far beyond the limit."""
    views, rules = [], OPTIMIZERS.values()
    shapes = [(1, 20), (5, 5), (0, 3), (0, 0), (-2, 3), (-3, 0), (-3, -1), (20, 1), (1e-3, 1e3)]
    for rule in rules:
        for shape in shapes:
            surface = Quadratic(*shape, angle=0.0)
            for start, eta, steps in (((0, 0), 0.1, 5), ((1, 0), 0.1, 1), ((1, 1), 0.05, 400), ((1, 1), 9.0, 60)):
                views.append(view_of(surface, rule(), eta, start, steps, at=steps))
            views[-1]["limit"] = 0.02
    for proofs in prove(*views):
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
