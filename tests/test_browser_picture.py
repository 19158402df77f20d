"""What can be taken away from the page, the picture as a file and the run in words; and the page without a mouse."""

import re
import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from browser import ROOT
from playwright.sync_api import Browser, Page, expect
from spoken import value_of
from test_browser import address_has, another, drag_slider, frames_of, moved_from, opened, point, settled, shown, slider
from test_browser import path as drawn_path

from charts.plane import LEVELS
from engine import discover_optimizers, run
from surfaces.quadratic import Quadratic

SVG = "{http://www.w3.org/2000/svg}"
FIGURE = ROOT / "widgets" / "live_figure"
PAPER = {"light": "#ffffff", "dark": "#10171e"}
FOUR = {"b": "adam", "c": "gradient_descent", "d": "nesterov", "b.learning_rate": 0.2}
DRAWN_RUNS = """() => document.querySelector('.valley').figure.drawn.map((run) => {
  const known = document.querySelector('.valley').figure.header.runs.find((other) => other.name === run.name);
  return [run.label, known.colour, run.seen];
})"""


def saved(page: Page, kind: str, folder: Path) -> Path:
    """Save the picture and return the file, under the name that the page gave it."""
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Picture as {kind}").click()
    place = folder / download.value.suggested_filename
    download.value.save_as(place)
    return place


def vector(page: Page, folder: Path) -> ET.Element:
    return ET.parse(saved(page, "SVG", folder)).getroot()


def points(line: ET.Element) -> int:
    """How many points a line goes through; 0 for what has curves."""
    path = line.get("d", "")
    return 0 if "A" in path or "C" in path else len(re.findall("[ML]", path))


def texts(picture: ET.Element) -> list[str]:
    return ["".join(element.itertext()) for element in picture.iter(f"{SVG}text")]


def verdict(page: Page) -> str:
    return page.locator(".valley-verdict").inner_text()


# --- the picture as a file ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_vector_picture_holds_every_path_point_for_point(browser: Browser, server, tmp_path, scheme):
    with another(browser, color_scheme=scheme, viewport={"width": 1280, "height": 800}) as page:
        opened(page, server, **FOUR)
        picture = vector(page, tmp_path)
        assert [file.name for file in tmp_path.iterdir()] == ["valley-momentum.svg"]
        lines = list(picture.iter(f"{SVG}path"))
        for label, colour, seen in page.evaluate(DRAWN_RUNS):
            assert any(line.get("stroke") == colour and points(line) == seen for line in lines), label
            assert label in texts(picture)
        bands = [line.get("fill") for line in lines if line.get("fill", "none").startswith("rgb(")]
        assert len(set(bands)) > LEVELS / 2  # the theme's five colours and what lies between them
        ids = [element.get("id") for element in picture.iter() if element.get("id")]
        assert len(set(ids)) == len(ids)
        assert {"start", "w*", "−∇E"} <= set(texts(picture))
        assert picture.find(f"{SVG}rect").get("fill") == PAPER[scheme]
        said = verdict(page)
    assert any(text.endswith(".") and said.startswith(text) for text in texts(picture))
    assert not list(picture.iter(f"{SVG}image")) and not list(picture.iter(f"{SVG}foreignObject"))
    for element in picture.iter():
        for name, value in element.attrib.items():
            assert not name.endswith("href") and "var(" not in value
            assert not re.search(r"url\((?!['\"]?#)", value), value


def test_a_picture_shows_the_step_and_the_zoom_of_the_screen(page, server, tmp_path):
    opened(page, server, a="gradient_descent", **{"a.learning_rate": 0.09})
    page.mouse.move(*point(page, 0.5, 0.2))
    page.mouse.wheel(0, -400)
    page.get_by_role("slider", name="Step", exact=True).fill("4")
    page.wait_for_function("() => document.querySelector('.valley').figure.drawn[0].seen === 5")
    picture = vector(page, tmp_path)
    ((_, colour, seen),) = page.evaluate(DRAWN_RUNS)
    assert seen == 5 and any(line.get("stroke") == colour and points(line) == 5 for line in picture.iter(f"{SVG}path"))
    ticks = page.locator(".valley-ground .xtick text").all_text_contents()
    assert set(ticks) <= set(texts(picture)) and "4" in texts(picture)


def test_a_picture_in_pixels_is_twice_as_large_as_on_the_screen(page, server, tmp_path):
    opened(page, server, a="adam")
    place = saved(page, "PNG", tmp_path)
    assert place.name == "valley-adam.png"
    data = place.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) > 30_000
    width, height = struct.unpack(">II", data[16:24])
    box = page.locator(".valley-plane").bounding_box()
    assert width == pytest.approx(2 * box["width"], abs=2)
    assert 2 * box["height"] + 40 < height < 2 * box["height"] + 400


def test_the_figure_offers_neither_half_a_picture_nor_a_cloud(page, server):
    opened(page, server)
    titles = page.locator(".valley-ground .modebar-btn").evaluate_all("(all) => all.map((e) => e.dataset.title)")
    assert "Zoom in" in titles and not [title for title in titles if "Share" in title or "Download" in title]


def test_nothing_in_a_label_becomes_markup(page, server, tmp_path):
    opened(page, server, b="adam")
    label = """</text><image href="https://example.org"/> & 'b' "c" <script>"""
    page.evaluate(
        """(label) => {
          const { figure } = document.querySelector('.valley');
          figure.header.runs.find((run) => run.name === 'b').label = label;
        }""",
        label,
    )
    picture = vector(page, tmp_path)
    assert label in texts(picture)
    assert not list(picture.iter(f"{SVG}image")) and not list(picture.iter(f"{SVG}script"))


def test_a_picture_can_be_drawn_with_every_stroke_that_the_pens_use():
    drawing = ("pen.js", "ink.js", "main.js", "picture.js")
    used = "".join((FIGURE / name).read_text(encoding="utf-8") for name in drawing)
    sheet = (FIGURE / "svg_context.js").read_text(encoding="utf-8")
    methods = set(re.findall(r"\bpen\.(\w+)\(", used))
    assert len(methods) > 12
    assert methods <= set(re.findall(r"^  (\w+)\(", sheet, re.MULTILINE))
    assert set(re.findall(r"\bpen\.(\w+) = ", used)) <= set(re.findall(r'^  "(\w+)",$', sheet, re.MULTILINE))


# --- the run in words --------------------------------------------------------------------------------------------

STEP = re.compile(r"^Step (\d+)(?:, the start)?: w = \((.+), (.+)\), E − E\(w\*\) = (\S+)", re.MULTILINE)
NO_NUMBER = re.compile(r"nan|undefined|infinity|null|\[object|_\{", re.IGNORECASE)


def told(page: Page) -> str:
    return page.locator(".valley-narration").inner_text()


def opened_in_words(page: Page, server: str, **query: str | float) -> Page:
    opened(page, server, show="words", **query)
    expect(page.locator(".valley-narration")).to_contain_text("Surface: ")
    return page


def agrees(text: str, surface: Quadratic, slug: str, eta: float, start: tuple[float, float], steps: int) -> list[int]:
    """Compare every step that is told with what the engine computes; return those steps."""
    path = run(surface, discover_optimizers()[slug](), eta, start, steps)
    found = STEP.findall(text)
    for step, x, y, error in found:
        weights = path.weights[int(step), 0]
        for word, expected in ((x, weights[0]), (y, weights[1]), (error, path.error[int(step), 0])):
            assert value_of(word) == pytest.approx(expected, rel=6e-3, abs=1e-6), (step, word)
    return [int(step) for step, *_ in found]


def test_the_words_follow_a_slider_that_is_being_dragged(page, server):
    sent = frames_of(page)
    opened_in_words(page, server)
    before, count = told(page), len(sent)
    assert "λ₁ = 1, λ₂ = 20, condition number 20; u₁ stands at 30°" in before
    assert agrees(before, Quadratic(), "momentum", 0.02, (-1.5, 1.0), 150) == [0, 1, 2, 5, 10, 20, 50, 100, 150]
    drag_slider(page, "learning rate", 0.65, 0.8)
    expect(page.locator(".valley-narration")).not_to_have_text(before)
    dragged, value = told(page), shown(page, "learning rate")
    assert value != 0.02 and f"η = {value:.4g}" in dragged
    agrees(dragged, Quadratic(), "momentum", value, (-1.5, 1.0), 150)
    assert len(sent) == count
    page.mouse.up()
    address_has(page, **{"a.learning_rate": value})
    settled(page)
    assert told(page) == dragged


@pytest.mark.parametrize(
    ("slug", "query", "surface", "eta", "wanted"),
    [
        ("gradient_descent", {}, Quadratic(), 9999.0, "too far away to be drawn"),
        ("adam", {"surface.eigenvalue_1": -1.0}, Quadratic(eigenvalue_1=-1.0), 0.1, "a saddle"),
        ("gradient_descent", {"surface.eigenvalue_1": 0.0}, Quadratic(eigenvalue_1=0.0), 0.05, "a flat floor"),
        ("gradient_descent", {"surface.eigenvalue_1": 20.0}, Quadratic(eigenvalue_1=20.0), 0.05, "below 10⁻⁸⁰"),
    ],
)
def test_the_words_hold_on_every_kind_of_surface(page, server, slug, query, surface, eta, wanted):
    opened_in_words(page, server, a=slug, b="rmsprop", steps=40, **{"a.learning_rate": eta}, **query)
    text = told(page)
    assert wanted in text and not NO_NUMBER.search(text)
    assert agrees(text, surface, slug, eta, (-1.5, 1.0), 40)[0] == 0
    assert verdict(page).replace("\n", "") in text
    (other,) = re.findall("^Also drawn: RMSProp.* = (\\S+) at step 40", text, re.MULTILINE)
    rmsprop = discover_optimizers()["rmsprop"]
    path = run(surface, rmsprop(), rmsprop.typical_learning_rate, (-1.5, 1.0), 40)
    assert value_of(other) == pytest.approx(path.error[40, 0], rel=6e-3)


def test_the_words_tell_the_step_that_is_shown_and_read_out_once_it_is_quiet(page, server):
    opened_in_words(page, server)
    status = page.locator(".valley-detail [role=status]")
    region = page.get_by_role("region", name="The run in words")
    expect(region).to_have_attribute("aria-live", "off")
    expect(status).to_have_text("")
    scrub = page.get_by_role("slider", name="Step", exact=True)
    for step in ("3", "6", "7"):
        scrub.fill(step)
    assert re.search(r"^Step 7: .* \(shown now\)$", told(page), re.MULTILINE)
    expect(status).to_have_text("")
    expect(status).to_contain_text("Step 7: ", timeout=3000)


def test_the_words_can_be_copied(browser, server):
    with another(browser, permissions=["clipboard-read", "clipboard-write"]) as page:
        opened_in_words(page, server, b="adam")
        page.get_by_role("button", name="Copy text").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("() => navigator.clipboard.readText()").strip() == told(page).strip()


# --- without a mouse ---------------------------------------------------------------------------------------------

RING = """() => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const ours = element.closest('.valley') !== null;
  return [ours, outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2, element.ariaLabel ?? element.textContent];
}"""


def test_the_focus_can_be_seen_on_everything_in_the_figure(page, server):
    opened(page, server, b="adam")
    page.get_by_role("button", name="x² + 4y²").focus()
    found = []
    while len(found) < 60:
        page.keyboard.press("Tab")
        ours, ringed, name = page.evaluate(RING)
        if not ours:
            break
        found.append(name)
        assert ringed, name
    assert {"Zoom in", "learning rate η", "angle θ", "Play", "Step", "Picture as SVG", "Picture as PNG"} <= set(found)


@pytest.mark.parametrize(("name", "key"), [("momentum", "a.momentum"), ("angle", "surface.angle")])
def test_sliders_go_to_their_ends_by_the_keyboard(page, server, name, key):
    opened(page, server)
    handle = slider(page, name)
    handle.focus()
    for press, place in (("Home", "0"), ("End", handle.get_attribute("max"))):
        page.keyboard.press(press)
        assert handle.input_value() == place
    text = handle.get_attribute("aria-valuetext").rstrip("°")
    address_has(page, **{key: float(text)})
    settled(page)
    expect(handle).to_be_focused()


def test_the_start_is_moved_by_the_keyboard(page, server):
    opened(page, server)
    before = drawn_path(page)
    page.get_by_role("spinbutton", name="start w₁").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    address_has(page, **{"start.x": -1.4})
    moved_from(page, before)
    assert drawn_path(page)[0][0] == pytest.approx(-1.4, abs=1e-6)


def test_a_run_taken_under_the_sliders_by_the_keyboard_keeps_the_focus(page, server):
    opened(page, server, b="adam")
    run_b = page.locator(".valley-run", has_text="Adam")
    run_b.focus()
    page.keyboard.press("Enter")
    address_has(page, edit="b")
    expect(run_b).to_have_attribute("aria-pressed", "true")
    settled(page)
    expect(run_b).to_be_focused()
