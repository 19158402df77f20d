"""Release: how soon after the pointer lets go of a shape slider the new path and the whole figure are painted."""

from collections.abc import Iterator
from itertools import chain, count
from statistics import median

from playwright.sync_api import Browser, Page

from benchmarks import bare as bare_page
from benchmarks.bare import bare_folder
from benchmarks.clock import BARE, PATHS, SURFACE, new_page, painted, settle, start
from benchmarks.table import Line, at_most, spread
from tests.browser import serve

TIMES = 6  # releases of every slider
PLACES = (0.3, 0.6, 0.42, 0.7, 0.36, 0.52)  # where on its track a slider is let go
OURS = {"path": PATHS, "figure": SURFACE}
SLIDERS = ("eigenvalue 1", "eigenvalue 2", "angle")
STEPS = 8
HOLDS = {"at once": 0.0, "held for 0.15 s": 150.0}  # ms between the last move and the release
REST = 1200  # ms after which no answer is still on its way
HANDLE = """(input) => {
  const box = input.getBoundingClientRect();
  return box.left + 8 + ((box.width - 16) * (input.value - input.min)) / (input.max - input.min);
}"""


def drag(page: Page, selector: str, nth: int, track: str, to: float, parts: dict[str, str]) -> None:
    """Drag the handle of a slider to a share of its track and hold it there."""
    handle = page.locator(selector).nth(nth)
    box, line = handle.bounding_box(), page.locator(track).nth(nth).bounding_box()
    assert box and line
    x, y = (
        _handle(page, selector, nth) if selector == track else box["x"] + box["width"] / 2,
        box["y"] + box["height"] / 2,
    )
    page.mouse.move(x, y)
    page.mouse.down()
    start(page, parts, keep=True)
    for i in range(1, STEPS + 1):
        page.mouse.move(x + (line["x"] + to * line["width"] - x) * i / STEPS, y)
        page.wait_for_timeout(16)


def _handle(page: Page, selector: str, nth: int) -> float:
    """Return where the handle of a range input is, from its value: it is about 16 pixels wide."""
    x: float = page.locator(selector).nth(nth).evaluate(HANDLE)
    return x


def ours(page: Page, nth: int, to: float, hold: float) -> dict[str, float]:
    """Drag one shape slider, hold it for so many ms and let go; return when path and figure are painted, in ms."""
    page.bring_to_front()
    drag(page, ".valley-shape input", nth, ".valley-shape input", to, OURS)
    return _released(page, hold)


def bare(page: Page, to: float, hold: float) -> dict[str, float]:
    """Drag the bare page's slider, hold it and let go; return when its two points are painted, in ms."""
    page.bring_to_front()
    drag(page, bare_page.HANDLE, 0, bare_page.TRACK, to, {"chart": BARE})
    return _released(page, hold)


def _released(page: Page, hold: float) -> dict[str, float]:
    """Let go; return the ms until the last change of each part was painted, 0 for what was there before."""
    page.wait_for_timeout(hold)
    page.mouse.up()
    settle(page)
    page.wait_for_timeout(REST)
    return {name: max(0.0, time) for name, time in painted(page).items()}


def measure(browser: Browser) -> list[Line]:
    """Return the lines on releases of shape sliders; ours and the bare page take turns."""
    with bare_folder() as folder, serve() as valley, serve(folder) as plain:
        pages = [new_page(browser), new_page(browser)]
        for page, address, ready in zip(
            pages, (valley, plain), (".valley-plane[data-bands]", ".scatterlayer .js-line"), strict=True
        ):
            page.goto(address)
            page.wait_for_selector(ready, state="attached")
            settle(page)
        rounds = count(1)  # so that no slider is let go twice in a row at the same place, nor where it began
        lines = [line for words, hold in HOLDS.items() for line in _releases(pages, words, hold, rounds)]
        for page in pages:
            page.context.close()
    return lines


def _releases(pages: list[Page], words: str, hold: float, rounds: Iterator[int]) -> list[Line]:
    path: dict[str, list[float]] = {name: [] for name in SLIDERS}
    figure: dict[str, list[float]] = {name: [] for name in SLIDERS}
    chart: list[float] = []
    for i in range(TIMES + 1):  # the first round warms up
        place = next(rounds)
        for nth, name in enumerate(SLIDERS):
            to = PLACES[(place + nth) % len(PLACES)]
            reference, times = bare(pages[1], to, hold)["chart"], ours(pages[0], nth, to, hold)
            if i > 0:
                chart.append(reference)
                path[name].append(times["path"])
                figure[name].append(times["figure"])
    lines = [
        at_most(f"released {words}: new path painted", list(chain(*path.values())), chart, 1.0),
        at_most(f"released {words}: whole figure painted", list(chain(*figure.values())), chart, 1.5),
    ]
    for name in SLIDERS:
        ratios = f"{median(path[name]) / median(chart):.2f}, {median(figure[name]) / median(chart):.2f}"
        lines.append(
            Line(f"of these: {name}", "", f"path {spread(path[name])}, figure {spread(figure[name])} ms", ratios)
        )
    return lines
