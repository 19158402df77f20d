"""Make docs/valley.png from the running page: ``python -m docs.picture``."""

from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import launch, serve

PICTURE = Path(__file__).with_name("valley.png")
QUERY = "a=momentum&a.learning_rate=0.09&a.momentum=0.5&b=gradient_descent&b.learning_rate=0.09"
WIDTH, HEIGHT = 1280, 1000
MARGIN = 16  # pixels around the figure
TIMEOUT = 60_000.0  # milliseconds; the first visit compiles the kernels
TRIES = 20

PAINTED = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const figure = document.querySelector('.valley')?.figure;
  return app?.getAttribute('data-test-script-state') === 'notRunning'
    && figure?.drawn?.length === 2 && figure.drawn.every((run) => run.points.length > 1)
    && Object.keys(figure.header.families).length > 0
    && document.querySelector('.valley-ground .contour') !== null
    && document.querySelector('.valley-verdict').textContent.length > 10;
}"""
WIDE = f"() => document.querySelector('.valley').getBoundingClientRect().width > {0.9 * WIDTH}"


def take(browser: Browser, server: str) -> bytes:
    """Return a picture of the figure, its sliders and what is said beside it, with the sidebar closed."""
    viewport = {"width": WIDTH, "height": HEIGHT}
    with browser.new_context(viewport=viewport, color_scheme="light") as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{server}/valley?{QUERY}")
        page.wait_for_function(PAINTED, timeout=TIMEOUT)
        page.get_by_test_id("stSidebar").hover()
        page.get_by_test_id("stSidebarCollapseButton").locator("button").click()
        page.mouse.move(0, 0)
        page.wait_for_function(WIDE, timeout=TIMEOUT)
        return _still(page)


def _still(page: Page) -> bytes:
    """Return the first of two pictures in a row that are alike: the sidebar slides away, and the figure grows."""
    before = b""
    for _ in range(TRIES):
        page.wait_for_timeout(1000.0)
        box = page.locator(".valley").bounding_box()
        assert box is not None
        clip = {"x": 0, "y": box["y"] - MARGIN, "width": WIDTH, "height": box["height"] + 2 * MARGIN}
        picture = page.screenshot(clip=clip, full_page=True)  # type: ignore[arg-type]
        if picture == before:
            return picture
        before = picture
    raise RuntimeError(f"the page did not come to rest in {TRIES} seconds")


if __name__ == "__main__":
    with serve() as server, sync_playwright() as playwright, launch(playwright) as browser:
        PICTURE.write_bytes(take(browser, server))
