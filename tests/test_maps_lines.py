"""Three views of the page Maps, spectrum, growth and rotation: what they send is the engine's, whatever the address."""

import math
import re

import numpy as np
import pytest
from browser import ROOT
from playwright.sync_api import Page, expect
from spoken import agrees
from test_browser import CONTRAST, frames_of
from turning import steps_over_angles
from visit import _elements, decode, visit

from engine import discover_optimizers, theory
from engine.growth import FIRST_WORSE, horizon, worst_path
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.residual import residual, worst_case
from engine.rotation import tuned_over_angles
from engine.schedules.chebyshev import Chebyshev
from engine.spectrum import LAWS, PowerLaw, typed
from surfaces.quadratic import Quadratic
from widgets.maps import rotation

PAGE = ROOT / "app_pages" / "families" / "maps.py"
RULES = discover_optimizers()
BEST = {slug: cls for slug, cls in RULES.items() if cls.best(1.0, 2.0) is not None}
SECONDS = 1000.0


def figure(query: str | dict[str, str]):
    """Return what the lines of a view are told: header and arrays, and the app."""
    app = visit(query, PAGE)
    assert not app.exception and not app.error
    for item in _elements(app.main):
        if item.type == "bidi_component":
            header, arrays = decode(item.proto.bytes)
            if "panels" in header:
                assert len(item.proto.bytes) < 400_000
                everything = str({key: value for key, value in header.items() if key != "palettes"})
                assert not re.search(r"\bnan\b|\binf\b|None of|Traceback", everything)
                return header, arrays, app
    raise AssertionError("no lines on the page")


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("kind", [*LAWS, "list", "valley"])
def test_polynomials_and_bounds_are_the_engines(kind, log):
    query = f"map=spectrum&spectrum.kind={kind}&spectrum.steps=20&spectrum.axes={'log' if log else 'linear'}"
    header, arrays, _ = figure(query)
    eigenvalues, x = arrays["eigenvalues"].astype(float), arrays["x"].astype(float)
    expected = {
        "list": typed("1, 2, 3, 10, 20"),
        "valley": np.array([1.0, 20.0]),
    }
    expected |= {slug: cls().eigenvalues for slug, cls in LAWS.items()}
    np.testing.assert_allclose(eigenvalues, expected[kind], rtol=1e-6)
    low, high = expected[kind][0], expected[kind][-1]
    polynomials, bars = header["panels"]
    for i, cls in enumerate(BEST.values()):
        best = theory.optimal(cls, [low, high])
        wanted = residual(best.optimizer, best.learning_rate, x, 20)
        found = arrays[f"p{i}"].reshape(21, -1)
        np.testing.assert_allclose(found, np.abs(wanted) if log else wanted, atol=2e-6, rtol=1e-4)
        assert polynomials["curves"][i]["label"] == best.optimizer.label(best.learning_rate)
    inside = (x >= low) & (x <= high * (1.0 + 1e-7))
    planned = arrays[f"p{len(BEST)}"].reshape(21, -1)
    for k in (1, 7, 20):
        schedule = Chebyshev(smallest_eigenvalue=low, largest_eigenvalue=high, cycle=k)
        path = residual(GradientDescent(), schedule, x[inside], k)[-1]
        np.testing.assert_allclose(planned[k][inside], np.abs(path) if log else path, atol=1e-5)
        bound = worst_case(low, high, k)
        assert np.abs(planned[k][inside]).max() == pytest.approx(bound, rel=1e-3)
        assert polynomials["marks"][1]["y"][k] == pytest.approx(bound)
    summed = arrays["bands"].reshape(21, -1)
    assert summed.shape[1] == len(bars["bars"]["bands"]) and summed[0].sum() == pytest.approx(1.0)


@pytest.mark.parametrize("start", ["error", "distance"])
@pytest.mark.parametrize("slug", [*BEST, "chebyshev"])
def test_what_is_said_of_the_modes_is_so(slug, start):
    header, arrays, _ = figure(f"map=spectrum&spectrum.kind=power_law&spectrum.rule={slug}&spectrum.start={start}")
    eigenvalues = PowerLaw().eigenvalues
    low, high, n = eigenvalues[0], eigenvalues[-1], len(eigenvalues)
    squares = 2.0 / (n * eigenvalues) if start == "error" else np.full(n, 2.0 / eigenvalues.sum())
    assert f"all {n} modes have the same {start}" in header["says"][0]
    for k in (1, 3, 10, 30):
        if slug == "chebyshev":
            schedule = Chebyshev(smallest_eigenvalue=low, largest_eigenvalue=high, cycle=k)
            left = residual(GradientDescent(), schedule, eigenvalues, k)[k]
        else:
            best = theory.optimal(BEST[slug], [low, high])
            left = residual(best.optimizer, best.learning_rate, eigenvalues, k)[k]
        errors = 0.5 * eigenvalues * squares * left**2
        said = header["says"][k]
        percent, times = re.search(
            r"steps? (\S+) % of the error is left|error is (\S+) times the start's", said
        ).groups()
        assert agrees(percent or times, errors.sum() * (100.0 if percent else 1.0))
        assert arrays["bands"].reshape(31, -1)[k].sum() == pytest.approx(errors.sum(), rel=1e-4)
        held = np.zeros(n, dtype=bool)
        for many, which in re.findall(r"the (?:(\d+) )?(smallest|largest), ", said.split("Between")[0]):
            count = int(many or 1)
            held[:count] |= which == "smallest"
            held[n - count :] |= which == "largest"
        if held.any():
            assert errors[held].sum() >= 0.9 * errors.sum() * (1.0 - 1e-9)
        else:
            assert "spread over all modes" in said
        reaches, least = re.search(r"reaches (\S+); no such rule stays below (\S+)\.$", said).groups()
        assert agrees(least, worst_case(low, high, k))
        assert float(np.abs(left).max()) <= worst_case(low, high, k) * 1.001 or slug != "chebyshev"
        assert reaches


def test_a_setting_that_is_typed_and_diverges():
    header, _, _ = figure(
        "map=spectrum&spectrum.setting=typed&spectrum.rule=momentum&spectrum.learning_rate=0.2&spectrum.momentum=0.5"
    )
    assert "Momentum η = 0.2, μ = 0.5" in [curve["label"] for curve in header["panels"][0]["curves"]]
    assert "times the start's" in header["says"][-1] and "λ = 20" in header["says"][-1]
    header, _, _ = figure("map=spectrum&spectrum.setting=typed&spectrum.learning_rate=1e4&spectrum.steps=60")
    assert "diverges" in header["says"][-1]


def test_shares_of_what_is_left_add_up():
    _, arrays, _ = figure("map=spectrum&spectrum.bars=share&spectrum.kind=marchenko_pastur")
    np.testing.assert_allclose(arrays["bands"].reshape(31, -1).sum(axis=1), 1.0, rtol=1e-5)


def test_flat_directions_are_said():
    header, arrays, _ = figure("map=spectrum&spectrum.kind=marchenko_pastur&spectrum.ratio=2")
    assert (arrays["eigenvalues"] == 0.0).sum() == 20
    assert "20 of 40 eigenvalues are zero: nothing moves along them" in header["caption"]
    assert "all 20 modes" in header["says"][0]
    header, _, _ = figure({"map": "spectrum", "spectrum.kind": "list", "spectrum.list": "0 5"})
    assert "1 of 2 eigenvalues is zero: nothing moves along it" in header["caption"]
    assert "λ = 5 holds it all" in header["says"][1] or "nothing of the error" in header["says"][1]


HOSTILE = {
    "50 kB": "9" * 50_000,
    "many": ",".join(["1"] * 1001),
    "nan": "nan",
    "huge": "1, 1e999",
    "negative": "1,-3",
    "markup": "<script>alert(1)</script>",
    "markdown": "`x` **b** [a](http://b) :red[x] $y$ ![](http://c)",
    "code": "__import__('os').system('ls')",
    "empty": " ",
    "nul": "1\x002",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_bad_list_gives_one_sentence_and_the_first_list(text):
    _, arrays, app = figure({"map": "spectrum", "spectrum.kind": "list", "spectrum.list": text})
    (warning,) = app.warning
    assert warning.value.endswith("1, 2, 3, 10, 20 is used.") and len(warning.value) < 250
    assert not set("<>[]()$*!") & set(re.sub(r"in \[0\.001, 1000\]", "", warning.value))
    assert warning.value.count("`") == 2
    assert arrays["eigenvalues"].tolist() == [1, 2, 3, 10, 20]


@pytest.mark.parametrize(
    "query",
    [
        "map=spectrum&spectrum.kind=nonsense&spectrum.rule=%3Cb%3E&spectrum.count=1e9&spectrum.steps=0",
        "map=spectrum&spectrum.low=nan&spectrum.high=1e999&spectrum.axes=x&spectrum.start=y&spectrum.bars=z",
        "map=spectrum&spectrum.setting=typed&spectrum.learning_rate=-1&spectrum.momentum=2",
        "map=growth&surface.eigenvalue_1=nan&surface.eigenvalue_2=1e999",
        "map=rotation&surface.angle=nan&start.x=1e999&surface.eigenvalue_1=%3Cscript%3E",
    ],
)
def test_a_bad_address_gives_one_sentence(query):
    _, _, app = figure(query)
    (warning,) = app.warning
    assert warning.value.startswith("Ignored from the address: ")


def test_a_spectrum_that_is_too_wide_says_so():
    _, arrays, app = figure("map=spectrum&spectrum.kind=marchenko_pastur&spectrum.ratio=1&spectrum.count=1000")
    assert "at most 5·10⁶ times the smallest" in app.warning[0].value.replace("`", "")
    assert len(arrays["eigenvalues"]) == 40
    _, _, app = figure("map=spectrum&spectrum.kind=valley&surface.eigenvalue_1=-2")
    assert "Every eigenvalue must be zero or positive" in app.warning[0].value


def test_a_thousand_eigenvalues():
    header, arrays, app = figure("map=spectrum&spectrum.kind=power_law&spectrum.count=1000&spectrum.exponent=2")
    assert len(arrays["eigenvalues"]) == 1000 and len(header["panels"][1]["bars"]["bands"]) == 8
    values = ", ".join(f"{value:.4g}" for value in np.geomspace(0.01, 900.0, 1000))
    _, arrays, app = figure({"map": "spectrum", "spectrum.kind": "list", "spectrum.list": values})
    assert len(arrays["eigenvalues"]) == 1000 and not app.warning


def test_growth_that_is_hardly_any_is_told_from_one():
    header, *_ = figure("map=growth&surface.eigenvalue_1=1&surface.eigenvalue_2=5.83")
    said = header["says"][header["index"]["at"]]
    (times,) = re.findall(r"up to (.+) times as large", said)
    assert agrees(times, (worst_path(Momentum, 5.83, 20) ** 2).max()) and times != "1"


def test_a_single_eigenvalue_is_gone_in_one_step_without_a_residue():
    for given, strokes in (("49", "the stroke on the axis is its eigenvalue."), ("5 5 5", "are the 3 eigenvalues.")):
        for slug in BEST:
            header, arrays, _ = figure(f"map=spectrum&spectrum.kind=list&spectrum.list={given}&spectrum.rule={slug}")
            assert strokes in header["caption"]
            assert "nothing of the error is left" in header["says"][1] and "its |p| reaches 0;" in header["says"][1]
            assert not arrays["bands"].reshape(31, -1)[1:].any()


def test_growth_is_the_engines():
    header, arrays, _ = figure("map=growth&surface.eigenvalue_1=0.5&surface.eigenvalue_2=50")
    at = header["index"]["at"]
    assert header["index"]["texts"][at] == "κ = 100"
    left, _ = header["panels"]
    stops = left["rest"]
    errors = arrays["error0"].reshape(len(stops), -1)
    steps = arrays["steps"].reshape(len(stops), -1).astype(int)
    for s in (0, at, len(stops) // 2, len(stops) - 1):
        path = worst_path(Momentum, stops[s], 8 * horizon(stops[s])) ** 2
        np.testing.assert_allclose(errors[s], path[steps[s]], rtol=1e-5, atol=1e-30)
        said = header["says"][s]
        if stops[s] <= FIRST_WORSE:
            assert "no start gets worse" in said and path.max() <= 1.0 + 1e-12
        else:
            times, step, back = re.search(
                r"up to (.+) times as large, at step (.+), and only from step (.+) on", said
            ).groups()
            assert agrees(times, path.max()) and agrees(step, float(path.argmax()))
            after = np.nonzero(path > 1.0)[0].max() + 1
            assert agrees(back, float(after)) and path[after:].max() <= 1.0
    for i in range(len(BEST)):
        peaks, squares = arrays[f"peak{i}"], arrays[f"square{i}"]
        np.testing.assert_allclose(peaks**2, squares, rtol=1e-5)
        assert i == 0 or squares.max() == pytest.approx(1.0)
    assert arrays["square0"][-1] == pytest.approx(arrays["whole"][-1], rel=1e-2)
    assert left["marks"][0]["x"] == pytest.approx((1.0 + math.sqrt(2.0)) ** 2)


def test_growth_of_a_saddle_marks_no_valley():
    header, _, _ = figure("map=growth&surface.eigenvalue_1=-1")
    assert "A valley has a κ where both" in header["caption"] and "this valley" not in str(header["panels"])


def test_rotation_is_the_engines_and_linear_lines_are_flat():
    surface, start = Quadratic(eigenvalue_1=1.0, eigenvalue_2=50.0, angle=45.0), (-1.0, 0.7)
    header, arrays, _ = figure("map=rotation&surface.eigenvalue_2=50&surface.angle=45&start.x=-1&start.y=0.7")
    angles = rotation.ANGLES
    at = header["index"]["at"]
    assert header["index"]["texts"][at] == "45°"
    for i, cls in enumerate(cls for cls in RULES.values() if cls.textbook):
        settled, first = steps_over_angles(surface, cls(), cls.typical_learning_rate, start, angles, rotation.STEPS)
        np.testing.assert_array_equal(arrays[f"untuned{i}"], settled if cls.steps_shrink else first)
        tuned = tuned_over_angles(surface, cls, start, angles, rotation.STEPS)
        np.testing.assert_array_equal(arrays[f"tuned{i}"], tuned.counts)
        untuned_label, tuned_label = (panel["curves"][i]["label"] for panel in header["panels"])
        assert untuned_label[0].startswith(cls().label(cls.typical_learning_rate))
        assert len(tuned_label) == len(angles) and f"η = {tuned.learning_rate[at]:.4g}" in tuned_label[at]
        assert all(label.endswith(" *") != cls.steps_shrink for label in [*untuned_label, *tuned_label])
        if cls().linear:
            diverges = cls.typical_learning_rate >= theory.stability_limit(cls(), [1.0, 50.0])
            assert (header["panels"][0]["curves"][i]["absent"] == "diverges") == diverges
            for counts in (arrays[f"tuned{i}"], arrays[f"untuned{i}"]):
                assert len(set(counts)) == 1 or np.isnan(counts).all()
            told = header["says"][at].split("do not see the angle")
            assert cls.title in told[0] and f"{tuned.counts[0]:.0f}" in told[1]
        elif match := re.search(rf"{cls.title} (\d+) instead of (\d+)", header["says"][at]):
            assert [int(text) for text in match.groups()] == [tuned.counts[at], tuned.counts[0]]
    assert "AdaGrad" in header["says"][at] and "κ = 50" in header["panels"][0]["title"]


@pytest.mark.parametrize("query", ["surface.eigenvalue_1=-1", "start.x=0&start.y=0"])
def test_nothing_to_turn(query):
    app = visit(f"map=rotation&{query}", PAGE)
    assert not app.exception and not app.warning
    assert "no steps to count" in app.info[0].value


LINES = ".valley-lines"
READY = f"() => document.querySelector('{LINES}')?.lines?.panels[0]?.chart?.box !== undefined"
PICTURES = f"() => [...document.querySelectorAll('{LINES} canvas')].map((canvas) => canvas.toDataURL())"


def at_view(page: Page, server: str, query: str) -> Page:
    page.set_default_timeout(10 * SECONDS)
    page.goto(f"{server}/maps?{query}")
    page.wait_for_function(READY, timeout=30 * SECONDS)
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
    return page


@pytest.mark.parametrize("view", ["spectrum", "growth", "rotation"])
def test_the_slider_draws_and_speaks_without_a_message(page, server, view):
    frames = frames_of(page)
    at_view(page, server, f"map={view}")
    sentence, scrub = page.locator(".valley-says"), page.locator(f"{LINES} .valley-scrub")
    before, said, count = page.evaluate(PICTURES), sentence.inner_text(), len(frames)
    height = page.locator(LINES).bounding_box()["height"]
    scrub.focus()
    page.keyboard.press("End")
    expect(sentence).not_to_have_text(said)
    assert page.evaluate(PICTURES) != before
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    assert page.locator(LINES).bounding_box()["height"] == pytest.approx(height, abs=60.0)
    assert len(frames) == count
    assert not re.search("NaN|undefined|Infinity|null", page.locator(LINES).inner_text())


@pytest.mark.parametrize("view", ["spectrum", "growth", "rotation"])
def test_the_keyboard_reads_the_picture(page, server, view):
    at_view(page, server, f"map={view}")
    canvas = page.locator(f"{LINES} canvas").first
    assert "arrow keys" in canvas.get_attribute("aria-label")
    assert len(page.locator(LINES).get_attribute("aria-label")) > 60
    canvas.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    shown = page.evaluate(
        """() => {
          const { panels, header } = document.querySelector('.valley-lines').lines;
          const [panel] = panels;
          const curve = panel.curves.find(({ label }) => label);
          const y = panel.row(curve.y)[panel.pointed];
          return [panel.places[panel.pointed], y, panel.legend.list.querySelector('output').textContent];
        }"""
    )
    x, y, said = shown
    assert agrees(said, y)
    head = page.locator(".valley-read").first.inner_text()
    assert agrees(head.split(" = ")[1].removesuffix("°"), x)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")


def test_the_pointer_reads_the_bars_and_play_runs(page, server):
    at_view(page, server, "map=spectrum")
    bars = page.locator(f"{LINES} canvas").nth(1)
    box = bars.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 100)
    expect(page.locator(".valley-read").nth(1)).to_have_text(re.compile(r"^k = [01]$"))
    page.get_by_role("button", name="To the start").click()
    expect(page.locator(".valley-says")).to_contain_text("At the start all 40 modes")
    page.get_by_role("button", name="Play").click()
    expect(page.locator(f"{LINES} .valley-step")).to_have_text("k = 30 / 30", timeout=15 * SECONDS)


def test_choosing_to_type_begins_with_the_best_setting(page, server):
    at_view(page, server, "map=spectrum&spectrum.rule=nesterov")
    page.get_by_text("typed", exact=True).click()
    best = theory.optimal(RULES["nesterov"], [1.0, 20.0])
    box = page.get_by_role("spinbutton", name="learning rate")
    expect(box).to_have_value(f"{best.learning_rate:.4g}")
    page.wait_for_url(
        re.compile("spectrum.setting=typed.*spectrum.learning_rate=|spectrum.learning_rate=.*spectrum.setting=typed")
    )


def test_a_list_is_typed_and_stands_in_the_address(page, server):
    at_view(page, server, "map=spectrum&spectrum.kind=list")
    box = page.get_by_role("textbox", name="Eigenvalues, one after another")
    box.fill("1, 5, abc")
    box.press("Control+Enter")
    expect(page.get_by_text("Eigenvalue 3 must be zero or a number")).to_be_visible()
    box.fill("1, 5, 40")
    box.press("Control+Enter")
    expect(page.locator(f"{LINES} .valley-caption")).to_contain_text("κ = 40")
    page.reload()
    page.wait_for_function(READY, timeout=30 * SECONDS)
    expect(page.locator(f"{LINES} .valley-caption")).to_contain_text("κ = 40")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", ["spectrum", "growth", "rotation"])
def test_it_fits_a_phone_and_can_be_read(page, server, view, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 800})
    at_view(page, server, f"map={view}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = page.evaluate(
        f"() => [...document.querySelectorAll('{LINES} *')].filter((e) => e.getBoundingClientRect().right > 391).length"
    )
    assert wide == 0
    words = ".valley-says, .valley-caption, .valley-read, .valley-name, .valley-panel-title, .valley-lines .valley-step"
    assert min(page.evaluate(CONTRAST, words)) >= 4.5
