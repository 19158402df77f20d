"""Times taken inside the page: from a pointer's release, or the start of navigation, until something is painted."""

from typing import Any

from playwright.sync_api import Browser, Page

VIEWPORT = {"width": 1280, "height": 800}

# What is drawn, as text; "" while it is not. Each is a JavaScript expression.
LINES = "[...document.querySelectorAll('%s .scatterlayer .js-line')].map((e) => e.getAttribute('d') ?? '').join('|')"
BARE = LINES % ".js-plotly-plot"
PATHS = "(document.querySelector('.valley')?.figure?.drawn ?? []).map((run) => run.points.join(' ')).join('|')"
SURFACE = "document.querySelector('.valley-plane')?.dataset.surface ?? ''"
BANDS = "document.querySelector('.valley-plane')?.dataset.bands ?? ''"

# A change is seen at once (MutationObserver); it is painted when the next frame is over.
CLOCK = """
window.clock = {
  released: 0, frames: 0, keep: false,
  start(parts, keep = false) {
    this.keep = keep; // whether later changes count too, so that the last one is what is timed
    const functions = Object.entries(parts).map(([name, code]) => [name, new Function('return ' + code)]);
    this.parts = Object.fromEntries(functions);
    this.before = Object.fromEntries(Object.entries(this.parts).map(([name, read]) => [name, read()]));
    this.seen = {}; this.painted = {};
    this.observer ??= new MutationObserver(() => this.look());
    const attributeFilter = ['d', 'data-surface', 'data-bands', 'data-drawn'];
    this.observer.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter });
    this.look();
  },
  look() {
    for (const [name, read] of Object.entries(this.parts)) {
      if (name in this.seen && !this.keep) continue;
      const now = read();
      if (!now || now === this.before[name]) continue;
      if (this.keep) this.before[name] = now;
      this.seen[name] = performance.now();
      this.paint(name);
    }
    if (!this.keep && Object.keys(this.seen).length === Object.keys(this.parts).length) this.observer.disconnect();
  },
  paint(name) {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => (this.painted[name] = performance.now());
      channel.port2.postMessage(0);
    });
  },
  get done() { return this.parts && Object.keys(this.painted).length === Object.keys(this.parts).length; },
  count() { this.frames += 1; requestAnimationFrame(() => this.count()); },
};
window.addEventListener('pointerup', () => (window.clock.released = performance.now()), true);
"""


def new_page(browser: Browser, *scripts: str) -> Page:
    """Open an empty page with cookies, cache and storage of its own, and the clock in it."""
    # a host's policy forbids to evaluate words, which is how this looks into pages
    page = browser.new_context(viewport=VIEWPORT, bypass_csp=True).new_page()  # type: ignore[arg-type]
    for script in (CLOCK, *scripts):
        page.add_init_script(script)
    return page


def start(page: Page, parts: dict[str, str], keep: bool = False) -> None:
    """Begin to watch for the first change of each of ``parts``, name -> JavaScript expression; with keep the last."""
    page.evaluate("([parts, keep]) => clock.start(parts, keep)", [parts, keep])


def painted(page: Page, since: str = "clock.released") -> dict[str, float]:
    """Wait until every part is painted; return the milliseconds from ``since`` for each."""
    page.wait_for_function("clock.done", timeout=60_000, polling=100)
    times: dict[str, Any] = page.evaluate(
        f"Object.fromEntries(Object.entries(clock.painted).map(([name, at]) => [name, at - {since}]))"
    )
    return times


def settle(page: Page) -> None:
    """Let the page come to rest."""
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    page.wait_for_timeout(300)
