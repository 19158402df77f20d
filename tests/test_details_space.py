"""The 3-D detail: paths on the surface, a camera that stays, and what it costs while a slider is dragged."""

import json

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from test_browser import SECONDS, another, drag_slider, frames_of, moved_from, opened, path, settled, shown, slider

from surfaces.quadratic import Quadratic

DETAIL = "document.querySelector('.st-key-detail-3-D .valley-detail').follower.detail"
CAMERA = f"() => JSON.stringify({DETAIL}.graph._fullLayout.scene._scene.getCamera())"
QUIET = f"() => {{ const d = {DETAIL}; return Boolean(d.built) && !d.busy; }}"
LINE = f"""() => {{
  const {{ x, y, z }} = {DETAIL}.graph._fullLayout.scene._scene.traces[{DETAIL}.graph._fullData[1].uid].data;
  return [x, y, z].map((values) => Array.from(values, (value) => (Number.isFinite(value) ? value : null)));
}}"""


@pytest.fixture
def space(page: Page, server: str) -> Page:
    return in_space(page, server, a="gradient_descent", **{"a.learning_rate": 0.05})


def in_space(page: Page, server: str, **query: str | float) -> Page:
    opened(page, server, show="3-D", **query)
    page.locator(".st-key-detail-3-D button").last.scroll_into_view_if_needed()
    at_rest(page)
    return page


def at_rest(page: Page) -> None:
    page.wait_for_function(QUIET, timeout=20 * SECONDS)


def button(page: Page, name: str):
    return page.locator(".st-key-detail-3-D").get_by_role("button", name=name, exact=True)


def eye(page: Page) -> dict[str, float]:
    return json.loads(page.evaluate(CAMERA))["eye"]


def check_on_the_surface(page: Page, valley: Quadratic, root: bool) -> None:
    x, y, z = (np.array(values, float) for values in page.evaluate(LINE))
    drawn = np.isfinite(x)
    error, _ = valley.evaluate(np.stack([x[drawn], y[drawn]], axis=-1))
    height = np.sign(error) * np.sqrt(np.abs(error)) if root else error
    lift = z[drawn] - height
    low, high = page.evaluate(f"() => {DETAIL}.graph._fullLayout.scene.zaxis.range")
    assert np.ptp(lift) < 1e-4 * (high - low)
    assert 0.0 < lift.mean() < 0.03 * (high - low)
    ranges = page.evaluate(
        "() => ['xaxis', 'yaxis'].map((a) => document.querySelector('.valley-ground').layout[a].range)"
    )
    for values, (first, last) in zip((x[drawn], y[drawn]), ranges, strict=True):
        assert values.min() >= first - 1e-9 and values.max() <= last + 1e-9


@pytest.mark.parametrize(
    ("one", "two", "angle", "eta", "z"),
    [(1.0, 20.0, 30.0, 0.105, "√E"), (-1.0, 20.0, 30.0, 0.045, "±√|E|"), (-3.0, -1.0, 70.0, 0.3, "−√|E|")],
)
def test_the_path_lies_on_the_surface_inside_the_view(page, server, one, two, angle, eta, z):
    valley = Quadratic(one, two, angle)
    shape = {"surface.eigenvalue_1": one, "surface.eigenvalue_2": two, "surface.angle": angle}
    in_space(page, server, a="gradient_descent", **{"a.learning_rate": eta}, **shape)
    check_on_the_surface(page, valley, root=True)
    assert page.evaluate(f"() => {DETAIL}.graph._fullLayout.scene.zaxis.title.text") == z
    button(page, "height E").click()
    page.wait_for_function(f"() => {DETAIL}.graph._fullLayout.scene.zaxis.title.text === 'E'")
    at_rest(page)
    check_on_the_surface(page, valley, root=False)
    text = page.locator(".st-key-detail-3-D").inner_text()
    assert not any(bad in text for bad in ("NaN", "undefined", "Infinity"))


def test_the_camera_outlives_drags_a_new_surface_and_the_theme(space):
    at_first = space.evaluate(CAMERA)
    box = space.locator(".st-key-detail-3-D canvas").first.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    space.mouse.move(*middle)
    space.mouse.down()
    space.mouse.move(middle[0] + 90, middle[1] - 30, steps=6)
    space.mouse.up()
    space.wait_for_function(f"(before) => ({CAMERA})() !== before", arg=at_first)
    # plotly's camera glides to where it was turned to
    space.wait_for_function(
        f"() => {{ const now = ({CAMERA})(), before = window.glided; window.glided = now; return now === before; }}",
        polling=400,
    )
    turned = json.loads(space.evaluate(CAMERA))

    def kept() -> None:
        space.locator(".st-key-detail-3-D button").last.scroll_into_view_if_needed()
        at_rest(space)
        for part in ("eye", "center", "up"):
            assert json.loads(space.evaluate(CAMERA))[part] == pytest.approx(turned[part], abs=1e-6)

    before = path(space)
    drag_slider(space, "learning rate", 0.85, 0.95)
    space.mouse.up()
    moved_from(space, before)
    settled(space)
    kept()
    built = space.evaluate(f"() => {DETAIL}.built")
    slider(space, "angle").focus()
    for _ in range(5):
        space.keyboard.press("ArrowRight")
    space.wait_for_url(lambda url: "surface.angle" in url, wait_until="commit")
    settled(space)
    kept()
    assert space.evaluate(f"() => {DETAIL}.built") != built
    built = space.evaluate(f"() => {DETAIL}.built")
    space.emulate_media(color_scheme="dark")
    space.wait_for_function(f"(built) => {DETAIL}.built !== built", arg=built, timeout=20 * SECONDS)
    kept()


def test_a_drag_of_the_learning_rate_moves_the_path_alone(page, server):
    sent = frames_of(page)
    in_space(page, server, a="gradient_descent", **{"a.learning_rate": 0.05})
    page.evaluate("""() => {
      window.reacted = 0;
      const { react } = Plotly;
      Plotly.react = (...given) => { window.reacted += 1; return react(...given); };
    }""")
    before, line = len(sent), page.evaluate(f"() => JSON.stringify(({LINE})())")
    drag_slider(page, "learning rate", 0.85, 0.95)
    value = shown(page, "learning rate")
    page.locator(".st-key-detail-3-D button").last.scroll_into_view_if_needed()
    page.wait_for_function(f"(line) => JSON.stringify(({LINE})()) !== line", arg=line)
    at_rest(page)
    assert len(sent) == before and value != 0.05
    assert page.evaluate("() => window.reacted") == 0
    check_on_the_surface(page, Quadratic(), root=True)
    page.mouse.up()


def test_the_buttons_turn_the_camera(space):
    valley = Quadratic()
    for name, axis in (("along u₁", 0), ("along u₂", 1)):
        button(space, name).focus()
        space.keyboard.press("Enter")
        u = valley.eigenvectors[:, axis]
        space.wait_for_function(
            f"([x, y]) => {{ const {{ eye }} = JSON.parse(({CAMERA})());"
            "return Math.abs(eye.x * y - eye.y * x) < 1e-6 && eye.x * x + eye.y * y < -1; }",
            arg=u.tolist(),
        )
    button(space, "from above").click()
    space.wait_for_function(f"() => {{ const {{ eye }} = JSON.parse(({CAMERA})()); return eye.z > 1.5; }}")
    assert abs(eye(space)["x"]) < 1e-9


def test_without_webgl_it_says_so(browser, server):
    with another(browser, viewport={"width": 390, "height": 800}) as page:
        page.add_init_script(
            """const { getContext } = HTMLCanvasElement.prototype;
            HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
              return kind.includes('webgl') ? null : getContext.call(this, kind, ...rest);
            };"""
        )
        opened(page, server, show="3-D")
        expect(page.locator(".st-key-detail-3-D")).to_contain_text("no WebGL")
        expect(page.locator(".st-key-detail-3-D button")).to_have_count(0)


def test_closing_it_frees_the_plot(space):
    space.evaluate(f"() => {{ window.kept = {DETAIL}.graph; }}")
    space.get_by_role("button", name="3-D", exact=True).click()
    expect(space.locator(".st-key-detail-3-D")).to_have_count(0)
    space.wait_for_function("() => window.kept._fullLayout === undefined")
