"""Every page for those who read, see or move otherwise: axe-core, the keyboard alone, little motion, a projector."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from test_browser import CONTRAST, DRAWN, IDLE, SECONDS, drag_slider, verdict

from widgets.navigation import entries

PAGES = [entry.path.stem for entry in entries()]
FIGURES = ".valley, .valley-lines, .valley-map, .valley-graph, .valley-worked"
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
# Rule and selector of what is Streamlit's own markup, which no page can change.
THEIRS = {
    # the menu of a phone has a div between its ul and its li, one for each section
    "list": '[data-testid="stSidebarNavItems"]',
    "listitem": '[data-testid="stSidebarNavItems"] li',
}
DREW = f"""() => {{
  const app = document.querySelector('[data-testid="stApp"]');
  const figures = [...document.querySelectorAll('{FIGURES}')].filter((figure) => figure.clientWidth > 0);
  const fresh = !document.querySelector('[data-stale="true"]');
  return app?.getAttribute('data-test-script-state') === 'notRunning' && fresh && figures.length > 0
    && [...document.querySelectorAll('.valley')].every((root) => root.dataset.drawn !== undefined)
    && [...document.querySelectorAll('.valley-lines canvas, .valley-map canvas')].every((sheet) => sheet.width > 300);
}}"""

# and so it stays for a moment: a figure may still ask for more of itself
QUIET = f"""() => {{
  if (!({DREW})()) window.quiet = 0;
  else window.quiet ||= performance.now();
  return window.quiet && performance.now() - window.quiet > 800;
}}"""
FOLDED = "() => document.querySelector('.stSidebar')?.dataset.collapsed !== 'false'"


@pytest.fixture(scope="module", params=PAGES)
def opened(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Page]:
    """Each page, opened once for all that is looked at."""
    with browser.new_context(viewport=WIDE, color_scheme="light", reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(f"{server}/{request.param}")
        page.wait_for_function(QUIET, timeout=120 * SECONDS)
        yield page


@pytest.fixture
def at_rest(opened: Page) -> Page:
    """The page as it was when it was opened."""
    opened.set_viewport_size(WIDE)
    opened.emulate_media(color_scheme="light", reduced_motion="reduce")
    opened.wait_for_function(DREW, timeout=30 * SECONDS)
    return opened


def faults(page: Page) -> list[str]:
    """Return what axe-core finds serious or critical, one line an element."""
    rules = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['html'][:160]} {node['failureSummary']}"
        for rule in rules
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
        if not theirs(page, rule["id"], node["target"][0])
    ]


def theirs(page: Page, rule: str, target: str) -> bool:
    """Tell whether a finding is one that only Streamlit could mend."""
    matches = "([target, selector]) => document.querySelector(target)?.matches(selector)"
    return rule in THEIRS and bool(page.evaluate(matches, [target, THEIRS[rule]]))


THEME = "(dark) => getComputedStyle(document.querySelector('.stApp')).colorScheme.includes(dark ? 'dark' : 'light')"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_serious(at_rest, scheme, size):
    at_rest.set_viewport_size(size)
    at_rest.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    at_rest.wait_for_function(THEME, arg=scheme == "dark")
    if size == PHONE:
        at_rest.wait_for_function(FOLDED, timeout=10 * SECONDS)
    at_rest.wait_for_function(DREW, timeout=30 * SECONDS)
    found = faults(at_rest)
    assert not found, "\n".join(found)


# every control that is seen; of radio buttons the one at which Tab stops
CONTROLS = """() => {
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility({ visibilityProperty: true }) && !element.closest('[inert]') && box.width > 0;
  };
  const kinds = 'a[href], button, input, textarea, select, summary, [tabindex]';
  return [...document.querySelectorAll(kinds)].filter((element) => element.tabIndex >= 0 && !element.disabled
    && seen(element) && (element.type !== 'radio' || element.checked));
}"""
LISTEN = f"""() => {{
  const look = (element) => {{
    const near = [element, ...element.querySelectorAll('*')].slice(0, 8);
    for (let one = element, k = 0; one && k < 4; one = one.parentElement, k += 1)
      near.push(one, ...(one.parentElement?.children ?? []));
    return near.slice(0, 60).map((one) => {{
      const style = getComputedStyle(one);
      const looks = ['outlineStyle', 'outlineWidth', 'boxShadow', 'borderColor', 'backgroundColor', 'color', 'opacity'];
      return looks.map((name) => style[name]).join();
    }}).join('|');
  }};
  document.activeElement?.blur?.();
  const controls = ({CONTROLS})();
  window.tabbed = {{ controls, before: new Map(controls.map((one) => [one, look(one)])), order: [], dull: [] }};
  window.tabbed.hear = ({{ target }}) => {{
    const {{ before, order, dull }} = window.tabbed;
    order.push(target);
    if (before.has(target) && look(target) === before.get(target)) dull.push(target);
  }};
  document.addEventListener('focusin', window.tabbed.hear);
}}"""
TABBED = """() => {
  const { controls, order, dull, hear } = window.tabbed;
  document.removeEventListener('focusin', hear);
  const name = (element) => element.outerHTML.slice(0, 300);
  const reached = new Set(order);
  return {
    count: controls.length,
    missed: controls.filter((element) => element.isConnected && !reached.has(element)).map(name),
    dull: dull.map(name),
    stuck: order.filter((element, k) => k && element === order[k - 1]).map(name),
  };
}"""
# how many more members a group has within which arrow keys move; -1 once Tab has come round
ARROWS = """() => {
  const { order } = window.tabbed;
  if (new Set(order).size < order.length) return -1;
  const group = document.activeElement.closest('[role=radiogroup], [role=toolbar], [role=group]:has(> [data-variant])');
  return document.activeElement.dataset.variant && group ? group.querySelectorAll('[data-variant]').length - 1 : 0;
}"""


def test_tab_reaches_every_control_and_shows_where_it_is(at_rest):
    at_rest.evaluate(LISTEN)
    count = at_rest.evaluate("window.tabbed.controls.length")
    for _ in range(2 * count + 20):
        at_rest.keyboard.press("Tab")
        members = at_rest.evaluate(ARROWS)
        if members < 0:
            break
        for _ in range(members):
            at_rest.keyboard.press("ArrowRight")
    told = at_rest.evaluate(TABBED)
    assert told["count"] > 8
    for fault in ("missed", "dull", "stuck"):
        assert not told[fault], f"{fault}:\n" + "\n".join(told[fault])


def settled(page: Page) -> None:
    page.wait_for_function(DRAWN, timeout=60 * SECONDS)
    page.wait_for_function(IDLE, timeout=30 * SECONDS)


# of every picture that is seen: its name, and the words that stand beside it
NAMED = """() => [...document.querySelectorAll('[role=img], [role=figure], [role=application], .valley-lines')]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.clientWidth > 0)
  .map((element) => {
    const figure = element.closest('.valley, .valley-lines, .valley-map, .valley-graph, .valley-worked');
    const said = figure?.querySelector('.valley-verdict, .valley-says, .valley-map-read b');
    const gauge = element.classList.contains('valley-gauge');
    const name = element.getAttribute('aria-label') ?? '';
    return { name, said: gauge ? '' : (said?.textContent ?? ''), kind: element.className };
  })"""


def test_every_picture_is_named_by_what_it_finds(at_rest):
    pictures = at_rest.evaluate(NAMED)
    assert pictures
    for picture in pictures:
        assert len(picture["name"]) > 20 and picture["said"] in picture["name"], picture
        assert not {"_{", "undefined", "NaN", "null"} & {*picture["name"].split()} and "_{" not in picture["name"]


DETAILS = """() => [...document.querySelectorAll('.valley-detail :is(canvas[role=img], [role=figure])')]
  .filter((element) => element.checkVisibility())
  .map((element) => element.getAttribute('aria-label'))"""


def test_pictures_of_details_without_words_of_their_own_say_what_the_run_does(page, server):
    page.goto(f"{server}/valley?show=frames&show=modes&show=3-D&a.learning_rate=0.3")
    settled(page)
    page.wait_for_function(f"() => ({DETAILS})().length >= 4", timeout=20 * SECONDS)
    names, said = page.evaluate(DETAILS), verdict(page)
    assert any(name.startswith("The surface in 3-D. ") for name in names)
    assert "diverges" in said.lower() and all(said in name for name in names), names


MOVING = """() => [...document.querySelectorAll('*')].filter((element) => {
  const { transitionDuration, transitionProperty } = getComputedStyle(element);
  return transitionProperty !== 'none' && transitionDuration.split(',').some((time) => parseFloat(time) > 0.01);
}).length + document.getAnimations().filter(({ playState }) => playState === 'running').length"""


def test_little_motion_where_little_is_asked_for(at_rest):
    expect(at_rest.locator("[aria-label=Pause]")).to_have_count(0)
    at_rest.wait_for_function(f"() => ({MOVING})() === 0", timeout=10 * SECONDS)


SCRUB = "() => [...document.querySelectorAll('.valley-scrub')].map(({ value, max }) => [Number(value), Number(max)])[0]"


def test_play_goes_from_picture_to_picture_where_little_motion_is_asked_for(page, server):
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server}/valley?steps=200")
    settled(page)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => Number(document.querySelector('.valley-scrub').value) > 0", timeout=10 * SECONDS)
    at, last = page.evaluate(SCRUB)
    assert at >= last / 12
    page.get_by_role("button", name="Pause", exact=True).click()


PLANE = "() => document.querySelector('.valley-plane').getAttribute('aria-label')"
CURVE = "() => document.querySelector('.valley-curve').getAttribute('aria-label')"


def test_names_follow_a_drag_and_say_why_it_diverges(page, server):
    page.goto(f"{server}/valley?a=gradient_descent&a.learning_rate=0.05&start.x=-1&start.y=0.8")
    settled(page)
    before = page.evaluate(PLANE)
    assert verdict(page) in before
    drag_slider(page, "learning rate", 0.5, 0.95)
    after = page.evaluate(PLANE)
    assert "is above the limit 0.1" in after and "above the limit" not in before
    assert after.count(verdict(page)) == 1 and verdict(page) in page.evaluate(CURVE)
    page.mouse.up()


def test_names_of_panels_follow_their_slider(page, server):
    page.goto(f"{server}/activations")
    page.wait_for_function(DREW, timeout=60 * SECONDS)
    group = page.locator(".valley-lines")
    before = group.get_attribute("aria-label") or ""
    page.locator(".valley-scrub").press("Home")
    said = page.locator(".valley-says").inner_text()
    after = group.get_attribute("aria-label") or ""
    assert after != before and after.count(said) == 1
    assert said in (page.locator(".valley-lines canvas").first.get_attribute("aria-label") or "")


LETTERS = """() => {
  const figure = document.querySelector('.valley').figure;
  return [
    parseFloat(getComputedStyle(document.querySelector('.valley-verdict')).fontSize),
    document.querySelector('.valley-ground')._fullLayout.font.size,
    document.querySelector('.valley-ground .xtick text').getBoundingClientRect().height,
    figure.graphs.groundInk.unit * parseFloat(figure.graphs.groundInk.size.font),
  ];
}"""


START = """() => {
  const { start, graphs } = document.querySelector('.valley').figure;
  const { left, top } = graphs.ground.getBoundingClientRect();
  const { groundInk: ink } = graphs;
  return [left + ink.unit * ink.x(start[0]), top + ink.unit * ink.y(start[1])];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_projector_makes_letters_large_and_contrasts_strong(page, server, scheme):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{server}/valley")
    settled(page)
    small, quiet = page.evaluate(LETTERS), min(page.evaluate(CONTRAST, ".valley-gauge-words, .valley-fact dt"))
    page.locator(".st-key-projector-switch label").click()
    page.wait_for_function("() => getComputedStyle(document.documentElement).fontSize === '20px'", timeout=10 * SECONDS)
    page.wait_for_function(
        "() => document.querySelector('.valley-ground')._fullLayout.font.size > 15", timeout=10 * SECONDS
    )
    page.wait_for_function(QUIET, timeout=20 * SECONDS)
    large = page.evaluate(LETTERS)
    assert all(after >= 1.2 * before for before, after in zip(small, large, strict=True)), (small, large)
    assert min(page.evaluate(CONTRAST, ".valley-gauge-words, .valley-fact dt")) > max(7.0, quiet)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert "projector=true" in page.url
    # the start is still grasped where it is seen
    x, y = page.evaluate(START)
    page.mouse.move(x - 40, y)
    page.mouse.move(x, y)
    expect(page.locator(".valley-ground.valley-grab")).to_have_count(1)


def test_a_projector_stays_on_from_page_to_page_and_through_presets(page, server):
    page.goto(f"{server}/valley?projector=true")
    settled(page)
    page.get_by_role("button", name="Zigzag").click()
    page.wait_for_url("**a.learning_rate=0.09**", timeout=10 * SECONDS)
    assert "projector=true" in page.url
    page.get_by_role("navigation").get_by_role("button", name="Inside").click()
    page.get_by_role("menuitem", name="Activations").click()
    page.wait_for_url("**/activations?**projector=true**", timeout=10 * SECONDS)
    expect(page.get_by_role("switch", name="Projector")).to_be_checked()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"


def test_what_is_no_projector_is_said_in_one_sentence(page, server):
    page.goto(f"{server}/activations?projector=often")
    page.wait_for_function(DREW, timeout=60 * SECONDS)
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(page.get_by_role("alert")).to_contain_text("projector = often")
