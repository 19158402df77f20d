"""In a browser: what is said of a point is said of one step on the whole page, also while the whole run is shown."""

from playwright.sync_api import Page
from test_browser import DRAWN, SECONDS

LOCAL = "document.querySelector('.st-key-detail-local .valley-detail')?.innerText ?? ''"
SEEN = """() => {
  const { view } = document.querySelector('.valley').figure;
  return [view.limit, view.path.limit[view.now], view.now];
}"""


def says(page: Page, text: str) -> None:
    page.wait_for_function(f"(text) => ({LOCAL}).includes(text)", arg=text, timeout=30 * SECONDS)


def test_the_local_quadratic_is_that_of_the_step_the_page_speaks_of(page, server):
    page.set_default_timeout(15 * SECONDS)
    page.goto(f"{server}/landscapes?steps=40&show=local")
    page.wait_for_function(DRAWN, timeout=40 * SECONDS)
    says(page, "At step 40.")
    limit, there, now = page.evaluate(SEEN)
    assert limit == there and now == 40
    page.evaluate("() => document.querySelector('.valley').figure.playback.go(3)")
    says(page, "At step 3.")
    limit, there, now = page.evaluate(SEEN)
    assert limit == there and now == 3
