"""The page in a browser: what a student drags, types and clicks, and what the address says afterwards."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from browser import serve
from playwright.sync_api import Browser, BrowserContext, Page, expect

SECONDS = 1000.0
DRAWN = """() => {
  const root = document.querySelector('.valley');
  const drawn = root?.figure?.drawn;
  return drawn?.length > 0 && drawn.every((run) => run.points.length > 1)
    && root.querySelector('.valley-plane').dataset.bands !== undefined
    && root.querySelector('.valley-verdict').textContent.length > 10;
}"""
PATH = """(name) => {
  const drawn = document.querySelector('.valley')?.figure?.drawn ?? [];
  const { path } = drawn.find((run) => run.name === name) ?? { path: { x: [], y: [] } };
  return [Array.from(path.x), Array.from(path.y)];
}"""
RANGES = """() => {
  const { xaxis, yaxis } = document.querySelector('.valley-ground')._fullLayout;
  return [[xaxis.range, yaxis.range].flat()];
}"""
PIXEL = """([x, y]) => {
  const ground = document.querySelector('.valley-ground');
  const { xaxis, yaxis } = ground._fullLayout;
  const box = ground.getBoundingClientRect();
  return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
}"""
RESTED = "() => window.valleySteps?.answering === false"  # what comes now is a step of its own
IDLE = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const figure = document.querySelector('.valley')?.figure;
  return app?.getAttribute('data-test-script-state') === 'notRunning'
    && app.getAttribute('data-test-connection-state') === 'CONNECTED'
    && (!figure || (figure.header && Object.keys(figure.header.families).length > 0
      && ![...figure.live, ...figure.shape].some((slider) => slider.ahead) && !figure.pendingStart));
}"""
CONTRAST = """(selector) => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const light = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll(selector)].filter((e) => e.textContent.trim()).map((element) => {
    let ground = element;
    const width = element.getBoundingClientRect().width;
    const clear = (e) => (numbers(getComputedStyle(e).backgroundColor)[3] ?? 1) === 0;
    const behind = (e) => !clear(e) && e.getBoundingClientRect().width >= width;
    while (ground && !behind(ground)) ground = ground.parentElement;
    const below = getComputedStyle(ground ?? document.body).backgroundColor;
    const pair = [getComputedStyle(element).color, below].map((colour) => light(numbers(colour)));
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  });
}"""


def opened(page: Page, server: str, **query: str | float) -> Page:
    page.set_default_timeout(8 * SECONDS)
    page.goto(f"{server}/valley?{urlencode(query)}" if query else server)
    page.wait_for_function(DRAWN, timeout=20 * SECONDS)
    page.wait_for_function(IDLE, timeout=8 * SECONDS)
    return page


def in_address(page: Page) -> dict[str, str]:
    return {key: values[-1] for key, values in parse_qs(urlsplit(page.url).query).items()}


def address_has(page: Page, **wanted: str | float | None) -> None:
    """Wait until the address says so; a number is compared as one."""

    def says(url: str) -> bool:
        found = {key: values[-1] for key, values in parse_qs(urlsplit(url).query).items()}
        for key, value in wanted.items():
            text = found.get(key)
            if value is None or text is None or isinstance(value, str):
                if text != value:
                    return False
            elif abs(float(text) - value) > 1e-9 * abs(value):
                return False
        return True

    page.wait_for_url(says, timeout=6 * SECONDS, wait_until="commit")


def settled(page: Page) -> None:
    page.wait_for_function(IDLE, timeout=8 * SECONDS)


def path(page: Page, run: str = "a") -> list[list[float]]:
    return page.evaluate(PATH, run)


def compact(page: Page, value: object) -> str:
    """Return a value as the browser's own JSON."""
    return page.evaluate("(value) => JSON.stringify(value)", value)


def moved_from(page: Page, before: list[list[float]], run: str = "a") -> None:
    """Wait until a run's path is another one."""
    page.wait_for_function(
        f"([name, before]) => ![before, '[[],[]]'].includes(JSON.stringify(({PATH})(name)))",
        arg=[run, compact(page, before)],
        timeout=6 * SECONDS,
    )


def verdict(page: Page) -> str:
    return page.locator(".valley-verdict").inner_text()


def slider(page: Page, name: str):
    return page.locator(".valley-slider", has_text=name).locator("input")


def shown(page: Page, name: str) -> float:
    """The value that a slider shows."""
    return page.evaluate(
        "(input) => Number(input.closest('.valley-slider').querySelector('output').textContent)",
        slider(page, name).element_handle(),
    )


def number_input(page: Page, key: str):
    return page.locator(f".st-key-{key.replace('.', '-')} input")


def handle(page: Page, name: str) -> tuple[float, float, float]:
    """Left end, width and height of a slider on the screen."""
    slider(page, name).scroll_into_view_if_needed()
    box = slider(page, name).bounding_box()
    return box["x"], box["width"], box["y"] + box["height"] / 2


def drag_slider(page: Page, name: str, first: float, last: float, moves: int = 8) -> None:
    """Press a slider at one share of its length and move to another, without letting go."""
    left, width, height = handle(page, name)
    page.mouse.move(left + first * width, height)
    page.mouse.down()
    page.mouse.move(left + last * width, height, steps=moves)


def point(page: Page, x: float, y: float) -> tuple[float, float]:
    page.locator(".valley-plane").scroll_into_view_if_needed()
    return tuple(page.evaluate(PIXEL, [x, y]))


def frames_of(page: Page) -> list[str]:
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append("frame")))
    return sent


@contextmanager
def another(browser, **options):
    """A page of a context with options of its own; uncaught errors fail."""
    errors: list[str] = []
    with browser.new_context(**options) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
    assert not errors


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """One visitor for all tests: the browser fetches and compiles the scripts once, not for every test."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        yield context


@pytest.fixture
def page(visitor: BrowserContext) -> Iterator[Page]:
    """A new tab; an uncaught error in it fails the test."""
    errors: list[str] = []
    with visitor.new_page() as tab:
        tab.on("pageerror", lambda error: errors.append(str(error)))
        yield tab
    assert not errors


# --- the first visit ---------------------------------------------------------------------------------------------


def test_the_bare_address_opens_the_valley_and_asks_no_other_host(page, server):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    opened(page, server)
    assert urlsplit(page.url).path == "/valley"
    assert len(path(page)[0]) > 100
    assert page.locator(".valley-plane[data-bands]").count() == 1
    assert {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))} == {
        urlsplit(server).netloc
    }
    expect(page.locator('[data-testid="stException"], [data-testid="stAlert"]')).to_have_count(0)


def test_a_deep_link_is_the_first_visit_of_a_fresh_server(page):
    with serve() as fresh:
        dialogs = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        opened(page, fresh, a="gradient_descent", **{"a.learning_rate": 0.05})
        assert not dialogs
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_text(re.compile("page not found", re.IGNORECASE))).to_have_count(0)
        assert shown(page, "learning rate") == 0.05
        page.goto("about:blank")


# --- live sliders ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "key"), [("learning rate", "a.learning_rate"), ("momentum", "a.momentum")])
def test_dragging_asks_nothing_of_the_server_and_letting_go_moves_the_address(page, server, name, key):
    sent = frames_of(page)
    opened(page, server)
    before, said, count = path(page), verdict(page), len(sent)
    assert count > 0
    drag_slider(page, name, 0.65, 0.97)
    moved_from(page, before)
    expect(page.locator(".valley-verdict")).not_to_have_text(said)
    assert len(sent) == count
    value = shown(page, name)
    page.wait_for_function(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
    )
    dragged = path(page)
    page.mouse.up()
    address_has(page, **{key: value})
    settled(page)
    assert path(page) == dragged and shown(page, name) == value
    expect(number_input(page, key)).to_have_value(re.compile(rf"^{re.escape(f'{value:.4g}')}0*$"))

    page.reload()
    page.wait_for_function(DRAWN, timeout=8 * SECONDS)
    settled(page)
    assert shown(page, name) == value
    for one, other in zip(path(page), dragged, strict=True):
        assert one == pytest.approx(other, rel=1e-5, abs=1e-6)


def test_the_verdict_turns_bad_beyond_the_limit(page, server):
    opened(page, server, a="gradient_descent", **{"a.learning_rate": 0.05})
    expect(page.locator(".valley-verdict")).to_have_attribute("data-status", "good")
    drag_slider(page, "learning rate", 0.85, 1.0)
    expect(page.locator(".valley-verdict")).to_have_attribute("data-status", "bad")
    expect(page.locator(".valley-verdict")).to_contain_text("above the limit 0.1")
    page.mouse.up()
    address_has(page, **{"a.learning_rate": 0.15})


@pytest.mark.parametrize("name", ["learning rate", "momentum"])
def test_ten_quick_arrow_presses_move_ten_stops(page, server, name):
    opened(page, server, **{"a.momentum": 0.5})
    key = f"a.{name.replace(' ', '_')}"
    slider(page, name).focus()
    before = int(slider(page, name).input_value())
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    assert int(slider(page, name).input_value()) == before - 10
    value = shown(page, name)
    address_has(page, **{key: value})
    settled(page)
    assert shown(page, name) == value


def test_back_and_forward_restore_value_slider_and_picture(page, server):
    opened(page, server, a="gradient_descent", **{"a.learning_rate": 0.04})
    seen = [(0.04, path(page))]
    for first, last in ((0.8, 0.86), (0.86, 0.93)):
        drag_slider(page, "learning rate", first, last)
        moved_from(page, seen[-1][1])
        value = shown(page, "learning rate")
        page.mouse.up()
        address_has(page, **{"a.learning_rate": value})
        settled(page)
        seen.append((value, path(page)))
    for move, (value, drawn) in ((page.go_back, seen[1]), (page.go_back, seen[0]), (page.go_forward, seen[1])):
        before = path(page)
        move(wait_until="commit")
        address_has(page, **{"a.learning_rate": value})
        moved_from(page, before)
        settled(page)
        assert shown(page, "learning rate") == value
        for one, other in zip(path(page), drawn, strict=True):
            assert one == pytest.approx(other, rel=1e-5, abs=1e-6)
        expect(number_input(page, "a.learning_rate")).to_have_value(re.compile(rf"^{value:.4g}"))


def test_the_layout_does_not_move_while_a_slider_does(page, server):
    opened(page, server, a="gradient_descent", **{"a.learning_rate": 0.05})
    page.evaluate(
        """() => { window.shift = 0; new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) window.shift += entry.value;
        }).observe({ type: 'layout-shift', buffered: false }); }"""
    )
    drag_slider(page, "learning rate", 0.85, 0.1, moves=12)
    left, width, height = handle(page, "learning rate")
    page.mouse.move(left + width, height, steps=12)
    expect(page.locator(".valley-verdict")).to_have_attribute("data-status", "bad")
    page.mouse.up()
    address_has(page, **{"a.learning_rate": 0.15})
    settled(page)
    assert page.evaluate("() => window.shift") < 0.02


def test_the_zoom_is_kept_while_a_slider_moves(page, server):
    opened(page, server, a="gradient_descent", **{"a.learning_rate": 0.05})
    before, first = page.evaluate(RANGES), path(page)
    page.mouse.move(*point(page, 0.5, 0.2))
    page.mouse.wheel(0, -400)
    page.wait_for_function(f"(before) => ({RANGES})().every((range, i) => range[0] > before[i][0] + 0.05)", arg=before)
    zoomed = page.evaluate(RANGES)
    drag_slider(page, "learning rate", 0.85, 0.93)
    moved_from(page, first)
    page.mouse.up()
    address_has(page, **{"a.learning_rate": shown(page, "learning rate")})
    settled(page)
    for found, expected in zip(page.evaluate(RANGES), zoomed, strict=True):
        assert found == pytest.approx(expected, rel=1e-9)


# --- inputs, buttons, runs ---------------------------------------------------------------------------------------


def type_in(page: Page, key: str, text: str) -> None:
    number_input(page, key).fill(text)
    number_input(page, key).press("Enter")


def test_typing_a_number_moves_slider_and_path(page, server):
    opened(page, server)
    before = path(page)
    type_in(page, "a.learning_rate", "0.0333")
    address_has(page, **{"a.learning_rate": 0.0333})
    moved_from(page, before)
    assert shown(page, "learning rate") == 0.0333


def test_an_overflowing_run_says_where_it_left_and_shows_no_nan(page, server):
    opened(page, server, a="gradient_descent")
    type_in(page, "a.learning_rate", "9999")
    address_has(page, **{"a.learning_rate": 9999.0})
    expect(page.locator(".valley-verdict")).to_contain_text("leaves the picture at step 1")
    assert not re.search(r"\b(nan|undefined|infinity|inf|null)\b", page.locator("body").inner_text(), re.IGNORECASE)


def test_the_best_setting_is_adopted_and_converges_quicker(page, server):
    opened(page, server, **{"a.learning_rate": 0.001})
    page.get_by_role("button", name="Best setting").click()
    page.wait_for_url(lambda url: "a.momentum" in url, wait_until="commit")
    settled(page)
    values = in_address(page)
    # Polyak's values for eigenvalues 1 and 20
    assert float(values["a.learning_rate"]) == pytest.approx(4 / (1 + 20**0.5) ** 2, rel=1e-3)
    assert float(values["a.momentum"]) == pytest.approx(((20**0.5 - 1) / (20**0.5 + 1)) ** 2, rel=1e-3)
    expect(page.locator(".valley-verdict")).to_have_attribute("data-status", "good")
    assert shown(page, "learning rate") == float(values["a.learning_rate"])


def test_presets_follow_each_other(page, server):
    opened(page, server)
    before = path(page)
    for title, status in (("Saddle", "bad"), ("With momentum", "good"), ("Exactly at it", "limit"), ("Zigzag", "good")):
        page.get_by_role("button", name=title, exact=True).click()
        moved_from(page, before)
        settled(page)
        expect(page.locator(".valley-verdict")).to_have_attribute("data-status", status)
        before = path(page)
    assert in_address(page) == {"a": "gradient_descent", "a.learning_rate": "0.09"}


def test_a_preset_is_one_step_back_however_much_it_changes(page, server):
    opened(page, server, **{"a.learning_rate": 0.03, "surface.angle": 10})
    before, first = in_address(page), path(page)
    page.wait_for_function(RESTED)
    entries = page.evaluate("() => history.length")
    page.get_by_role("button", name="First worse", exact=True).click()
    moved_from(page, first)
    settled(page)
    address_has(page, **{"start.x": "-0.2", "surface.angle": None})
    second = path(page)
    page.wait_for_function(RESTED)
    page.get_by_role("button", name="Zigzag", exact=True).click()
    moved_from(page, second)
    settled(page)
    assert in_address(page) == {"a": "gradient_descent", "a.learning_rate": "0.09"}
    assert page.evaluate("() => history.length") == entries + 2
    page.go_back()
    address_has(page, **{"start.x": "-0.2"})
    page.go_back()
    address_has(page, **{"start.x": None})
    settled(page)
    assert in_address(page) == before


def test_another_optimizer_is_one_step_back(page, server):
    opened(page, server, **{"a.learning_rate": 0.03, "a.momentum": 0.5})
    before, first, entries = in_address(page), path(page), page.evaluate("() => history.length")
    choose(page, "Optimizer a", "Adam")
    moved_from(page, first)
    settled(page)
    assert in_address(page) == {"a": "adam"}
    assert page.evaluate("() => history.length") == entries + 1
    page.go_back()
    address_has(page, a=None)
    settled(page)
    assert in_address(page) == before


def choose(page: Page, box: str, title: str) -> None:
    page.get_by_role("combobox", name=re.compile(box)).click()
    page.get_by_role("option", name=title, exact=True).click()


def test_a_second_optimizer_can_be_put_under_the_sliders(page, server):
    opened(page, server)
    choose(page, "Add an optimizer", "Adam")
    address_has(page, b="adam")
    expect(page.locator(".valley-run")).to_have_count(2)
    settled(page)
    page.locator(".valley-run", has_text="Adam").click()
    address_has(page, edit="b")
    expect(page.locator(".valley-run", has_text="Adam")).to_have_class(re.compile("valley-edited"))
    settled(page)
    before = path(page, "b")
    drag_slider(page, "learning rate", 0.5, 0.8)
    moved_from(page, before, "b")
    value = shown(page, "learning rate")
    page.mouse.up()
    address_has(page, **{"b.learning_rate": value, "a.learning_rate": None})


def test_six_runs_are_drawn_each_with_its_legend(page, server):
    opened(page, server, b="adam", c="nesterov", d="rmsprop", e="adagrad", f="gradient_descent")
    expect(page.locator(".valley-run")).to_have_count(6)
    for run in "abcdef":
        assert len(path(page, run)[0]) > 1
    expect(page.get_by_role("combobox", name="Add an optimizer")).to_have_count(0)


# --- the start ---------------------------------------------------------------------------------------------------


def test_dragging_the_start_moves_it_once_on_release(page, server):
    opened(page, server)
    before, entries = path(page), page.evaluate("() => history.length")
    page.mouse.move(*point(page, -1.5, 1.0))
    page.mouse.down()
    page.mouse.move(*point(page, 0.8, 1.1), steps=8)
    moved_from(page, before)
    assert "start" not in page.url
    page.mouse.up()
    page.wait_for_url(lambda url: "start.x" in url and "start.y" in url, wait_until="commit")
    settled(page)
    values = in_address(page)
    x, y = float(values["start.x"]), float(values["start.y"])
    assert (x, y) == (pytest.approx(0.8, abs=0.02), pytest.approx(1.1, abs=0.02))
    page.wait_for_function(
        f"([x, y]) => {{ const [[u], [v]] = ({PATH})('a'); return Math.abs(u - x) + Math.abs(v - y) < 1e-4; }}",
        arg=[x, y],
    )
    # both coordinates are one step back, though each is an input of its own
    assert page.evaluate("() => history.length") == entries + 1


def test_a_click_on_the_plane_moves_the_start(page, server):
    opened(page, server)
    before = path(page)
    page.mouse.click(*point(page, 1.0, -0.9))
    page.wait_for_url(lambda url: "start.x" in url and "start.y" in url, wait_until="commit")
    moved_from(page, before)
    values = in_address(page)
    assert float(values["start.x"]) == pytest.approx(1.0, abs=0.02)
    assert float(values["start.y"]) == pytest.approx(-0.9, abs=0.02)


# --- shape sliders -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "key", "first", "last"),
    [("eigenvalue λ₁", "surface.eigenvalue_1", 0.74, 0.82), ("angle", "surface.angle", 0.58, 0.7)],
)
def test_the_path_follows_a_shape_slider_before_it_is_let_go(page, server, name, key, first, last):
    opened(page, server, steps=100)
    before, ground = path(page), page.locator(".valley-plane").get_attribute("data-surface")
    drag_slider(page, name, first, last)
    moved_from(page, before)
    expect(page.locator(".valley-plane")).not_to_have_attribute("data-surface", ground)
    assert key not in in_address(page)
    text = slider(page, name).locator("..").locator("output").inner_text()
    page.mouse.up()
    address_has(page, **{key: float(text.rstrip("°"))})
    settled(page)
    released = path(page)
    drag_slider(page, "learning rate", 0.65, 0.97)
    moved_from(page, released)
    page.mouse.up()


def test_a_swipe_that_scrolls_the_page_leaves_shape_and_path_as_they_were(page, server):
    opened(page, server)
    before, address = path(page), page.url
    angle = slider(page, "angle")
    angle.dispatch_event("pointerdown")
    angle.evaluate("(input) => { input.value = Number(input.value) + 20; }")
    angle.dispatch_event("input")
    moved_from(page, before)
    angle.dispatch_event("pointercancel")
    page.wait_for_function(f"(before) => JSON.stringify(({PATH})('a')) === before", arg=compact(page, before))
    settled(page)
    assert page.url == address


# --- playback ----------------------------------------------------------------------------------------------------


def test_play_pause_steps_and_scrub(page, server):
    opened(page, server)
    step, scrub = page.locator(".valley-step"), page.get_by_role("slider", name="Step", exact=True)
    expect(step).to_have_text("step 150 / 150")
    page.get_by_role("button", name="To the start").click()
    expect(step).to_have_text("step 0 / 150")
    for _ in range(3):
        page.get_by_role("button", name="One step on").click()
    page.get_by_role("button", name="One step back").click()
    expect(step).to_have_text("step 2 / 150")
    page.wait_for_function("() => document.querySelector('.valley').figure.drawn[0].seen === 3")
    scrub.fill("40")
    expect(step).to_have_text("step 40 / 150")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => Number(document.querySelector('.valley-scrub').value) > 45")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    stopped = step.inner_text()
    page.evaluate(
        """() => new Promise((done) => {
          let frames = 20;
          const next = () => (frames-- ? requestAnimationFrame(next) : done());
          next();
        })"""
    )
    expect(step).to_have_text(stopped)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(step).to_have_text("step 150 / 150", timeout=20 * SECONDS)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


# --- shape and link ----------------------------------------------------------------------------------------------


def test_shape_by_condition_number_moves_the_eigenvalues(page, server):
    opened(page, server)
    page.get_by_role("radio", name="condition").click()
    address_has(page, shape="condition")
    expect(slider(page, "condition number")).to_be_visible()
    settled(page)
    before = path(page)
    slider(page, "condition number").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    kappa = shown(page, "condition number")
    assert kappa > 20.0
    page.wait_for_url(lambda url: "surface.eigenvalue_1" in url, wait_until="commit")
    moved_from(page, before)
    settled(page)
    assert float(in_address(page)["surface.eigenvalue_1"]) == pytest.approx(20.0 / kappa, rel=1e-3)
    assert shown(page, "condition number") == pytest.approx(kappa, rel=1e-3)


def test_turning_the_valley_turns_its_path(page, server):
    opened(page, server)
    before = path(page)
    drag_slider(page, "angle", 0.58, 0.7)
    page.mouse.up()
    value = page.evaluate("(input) => input.getAttribute('aria-valuetext')", slider(page, "angle").element_handle())
    address_has(page, **{"surface.angle": float(value.removesuffix("°"))})
    moved_from(page, before)
    settled(page)
    page.wait_for_function(
        "(text) => document.querySelector('.valley-plane').dataset.surface.includes(text)",
        arg=f"angle={value.removesuffix('°')}",
    )


def test_the_link_is_copied(browser, server):
    with another(browser, permissions=["clipboard-read", "clipboard-write"]) as page:
        opened(page, server, a="nesterov", **{"a.learning_rate": 0.03})
        page.get_by_role("button", name="Copy link").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("() => navigator.clipboard.readText()") == page.url


# --- themes, narrow screens, the keyboard ------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read_in_both_themes(browser, server, scheme):
    with another(browser, color_scheme=scheme, viewport={"width": 1280, "height": 800}) as page:
        opened(page, server, b="adam")
        ground = page.evaluate("() => getComputedStyle(document.querySelector('.stApp')).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", ground)[:3])) < 300) == (scheme == "dark")
        for selector in (
            ".valley-verdict",
            ".valley-fact dt",
            ".valley-fact dd",
            ".valley-badge",
            ".valley-slider span",
            ".valley-slider output",
            ".valley-run span",
            ".valley-gauge-words",
            ".valley-mark-label span",
            ".valley-mark-label b",
            ".valley-button:enabled",
        ):
            ratios = page.evaluate(CONTRAST, selector)
            assert ratios and min(ratios) >= 4.5, selector


def test_a_narrow_screen_shows_everything_without_scrolling_sideways(browser, server):
    with another(browser, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as page:
        opened(page, server, b="adam")
        assert page.evaluate("() => document.scrollingElement.scrollWidth <= window.innerWidth")
        for name in ("learning rate", "momentum", "angle"):
            slider(page, name).scroll_into_view_if_needed()
            box = slider(page, name).bounding_box()
            assert box["width"] > 100 and box["x"] >= 0 and box["x"] + box["width"] <= 390
        for name in ("Best setting", "Copy link", "Zigzag", "Play"):
            button = page.get_by_role("button", name=name, exact=True)
            button.scroll_into_view_if_needed()
            box = button.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= 390
        overflowing = page.evaluate(
            """() => [...document.querySelectorAll('.valley *')].filter((e) => !e.closest('svg') && e.clientWidth
              && e.getBoundingClientRect().right > window.innerWidth + 1).map((e) => e.className)"""
        )
        assert not overflowing


FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const labels = [...(element.labels ?? [])].map((label) => label.textContent).join(' ');
  const ids = (element.getAttribute('aria-labelledby') ?? '').split(' ');
  const by = ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
  const names = [element.getAttribute('aria-label'), by, labels, element.textContent, element.title];
  const name = names.find((text) => text?.trim()) ?? '';
  return [element.tagName, element.className.toString(), name, element.closest('.valley') !== null];
}"""


def test_every_control_is_reached_by_tab_and_has_a_name(page, server):
    opened(page, server, b="adam")
    expected = page.locator(".valley").locator("button:enabled, input").count()
    page.evaluate("() => document.body.focus()")
    inside, nameless, presets = 0, [], 0
    for _ in range(120):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if found is None:
            continue
        tag, classes, name, ours = found
        if not name and tag in ("BUTTON", "INPUT", "A", "SUMMARY"):
            nameless.append(classes)
        presets += "Zigzag" in name
        inside += ours and tag in ("BUTTON", "INPUT")
        if inside == expected:
            break
    assert inside == expected and presets >= 1
    assert not nameless


def test_who_asked_for_little_motion_sees_a_run_in_a_few_stills(page, server):
    page.emulate_media(reduced_motion="reduce")
    opened(page, server, steps=120)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => document.querySelector('.valley').figure.playback.at > 0")
    stride = -(-121 // 12)
    assert page.evaluate("() => document.querySelector('.valley').figure.playback.at") % stride == 0
    assert page.evaluate("() => getComputedStyle(document.querySelector('button')).transitionDuration") == "0s"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_name_of_the_app_is_on_every_page_and_leads_to_the_first(page, server, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{server}/schedules")
    name = page.get_by_test_id("stLogoLink").locator("visible=true").last
    expect(name).to_be_in_viewport()
    assert name.evaluate("(link) => getComputedStyle(link, '::after').content") == '"Valley"'
    name.click()
    page.wait_for_url("**/valley")


def test_while_a_slider_shapes_the_valley_nothing_jumps(page, server):
    opened(page, server)
    places = """() => ['.valley-curve', '.valley-facts', '.valley-actions', '[class*="st-key-show"]'].map(
      (name) => Math.round(document.querySelector(name).getBoundingClientRect().top + window.scrollY))"""
    slider = page.get_by_role("slider", name="eigenvalue λ₂")
    before = page.evaluate(places)
    slider.focus()
    for key in ("Home", "End"):  # a saddle, which has no best setting, and a steep valley
        slider.press(key)
        settled(page)
        assert page.evaluate(places) == before
