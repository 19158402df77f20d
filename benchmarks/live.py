"""Drag: frames while the learning rate is dragged, messages sent meanwhile, and what changes after its release."""

import time
from base64 import b64encode
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, WebSocket

from benchmarks.bare import HANDLE, TRACK, bare_folder
from benchmarks.clock import new_page, settle
from benchmarks.table import Line, spread
from tests.browser import serve

TIMES = 5
SECONDS = 3.0
PACE = 1 / 60
RELEASES = (0.45, 0.82, 0.97, 0.6)
COORDINATES = """JSON.stringify(
  document.querySelector('.valley').figure.drawn.map(({ name, path }) => [name, Array.from(path.x), Array.from(path.y)])
)"""
SHADE = 2  # of 255: an emulated graphics card may round what did not change anew whenever the page is put together
LARGEST = """async (pictures) => {
  const [one, other] = await Promise.all(pictures.map(async (picture) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
    const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
    pen.drawImage(image, 0, 0);
    return pen.getImageData(0, 0, image.width, image.height);
  }));
  if (one.width !== other.width || one.height !== other.height) return 255;
  return one.data.reduce((most, shade, i) => Math.max(most, Math.abs(shade - other.data[i])), 0);
}"""
PAGES = {
    "valley": (".valley-live input", ".valley-plane[data-bands]"),
    "bare": (HANDLE, ".scatterlayer .js-line"),
}


def sweep(page: Page, selector: str, track: str, seconds: float) -> tuple[float, float]:
    """Move a slider to and fro; return animation frames per second and pointer moves per second."""
    box = page.locator(track).first.bounding_box()
    grip = page.locator(selector).first.bounding_box()
    assert box and grip
    y = grip["y"] + grip["height"] / 2
    low, width = box["x"] + 0.35 * box["width"], 0.6 * box["width"]
    page.mouse.move(low if selector == track else grip["x"] + grip["width"] / 2, y)
    page.mouse.down()
    page.evaluate("clock.frames ||= (requestAnimationFrame(() => clock.count()), 1)")
    first, began, moves = page.evaluate("[clock.frames, performance.now()]"), time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        share = abs((moves / 60.0) % 2.0 - 1.0)  # there and back in two seconds
        page.mouse.move(low + (1.0 - share) * width, y)
        moves += 1
        time.sleep(max(0.0, began + moves * PACE - time.perf_counter()))
    last = page.evaluate("[clock.frames, performance.now()]")
    passed = (last[1] - first[1]) / 1e3
    return (last[0] - first[0]) / passed, moves / passed


def open_pages(browser: Browser, valley: str, plain: str) -> tuple[dict[str, Page], list[float]]:
    """Open both pages; the list grows by a time for every frame that Valley sends over its websocket."""
    sent: list[float] = []

    def watch(socket: WebSocket) -> None:
        socket.on("framesent", lambda _: sent.append(time.perf_counter()))

    pages = {name: new_page(browser) for name in PAGES}
    pages["valley"].on("websocket", watch)
    for name, address in (("valley", valley), ("bare", plain)):
        pages[name].goto(address)
        pages[name].wait_for_selector(PAGES[name][1], state="attached")
        settle(pages[name])
    return pages, sent


def measure(browser: Browser) -> list[Line]:
    """Return the lines on dragging; ours and the bare page take turns."""
    frames: dict[str, list[float]] = {name: [] for name in PAGES}
    moved: dict[str, list[float]] = {name: [] for name in PAGES}
    messages = 0
    with bare_folder() as folder, serve() as valley, serve(folder) as plain:
        pages, sent = open_pages(browser, valley, plain)
        for i in range(-1, TIMES):  # the first round warms up
            for name, page in pages.items():
                page.bring_to_front()
                before = len(sent)
                track = PAGES[name][0] if name == "valley" else TRACK
                rate, moves = sweep(page, PAGES[name][0], track, SECONDS)
                page.wait_for_timeout(100)
                messages += len(sent) - before if name == "valley" else 0
                page.mouse.up()
                page.wait_for_timeout(500)
                settle(page)
                if i >= 0:
                    frames[name].append(rate)
                    moved[name].append(moves)
        assert sent, "no websocket frame was ever seen, so none being seen proves nothing"
        after = still(pages["valley"])
        for page in pages.values():
            page.context.close()
    ratio = median(frames["valley"]) / median(frames["bare"])
    text = f"{spread(frames['valley'])}, bare {spread(frames['bare'])} frames/s"
    pointer = f"{median(moved['valley']):.0f} and {median(moved['bare']):.0f} pointer moves/s"
    return [
        Line("websocket frames while dragging", "0", f"{messages} in {(TIMES + 1) * SECONDS:g} s", "", messages == 0),
        Line("animation frames while dragging", "≥ 0.8 × bare", f"{text}, {pointer}", f"{ratio:.2f}", ratio >= 0.8),
        after,
    ]


def still(page: Page) -> Line:
    """Return the line on the figure just before a release and after the server's answer: no change may be seen."""
    page.bring_to_front()
    moved, repainted, largest, count = 0, 0, 0, page.locator(".valley-live input").count()
    for nth in range(count):
        for to in RELEASES:
            before, after = _around_release(page, nth, to)
            moved += before[0] != after[0]
            change = page.evaluate(LARGEST, [b64encode(look[1]).decode() for look in (before, after)])
            repainted, largest = repainted + (change > SHADE), max(largest, change)
    tried = count * len(RELEASES)
    text = (
        f"coordinates differ after {moved}, pixels after {repainted} of {tried} releases, at most by {largest} of 255"
    )
    return Line("figure after release of a live slider", "unchanged", text, "", not moved and not repainted)


def _around_release(page: Page, nth: int, to: float) -> tuple[tuple[str, bytes], tuple[str, bytes]]:
    box = page.locator(".valley-live input").nth(nth).bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.5 * box["width"], y)
    page.mouse.down()
    for share in (0.55, 0.5, to):
        page.mouse.move(box["x"] + share * box["width"], y)
        page.wait_for_timeout(40)
    before = _look(page)
    page.mouse.up()
    settle(page)
    page.wait_for_timeout(700)
    return before, _look(page)


def _look(page: Page) -> Any:
    page.wait_for_timeout(500)
    return page.evaluate(COORDINATES), page.locator(".valley-plane").screenshot()
