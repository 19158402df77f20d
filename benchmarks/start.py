"""Start: how much later than a bare page Valley is painted, on an empty kernel cache and on a filled one."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from benchmarks.bare import bare_folder
from benchmarks.clock import BANDS, BARE, PATHS, new_page, painted
from benchmarks.table import Line, spread
from tests.browser import ROOT, serve

TIMES = 5
OURS = {"paths": PATHS, "bands": BANDS}


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Set environment variables for the processes started meanwhile."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def first_paint(browser: Browser, folder: Path, parts: dict[str, str], cache: str) -> float:
    """Start a new server, open its page in a new browser context; return seconds until all is painted."""
    watch = f"clock.start({dict(parts)!r});"
    with environment(NUMBA_CACHE_DIR=cache), serve(folder) as address:
        page = new_page(browser, watch)
        page.goto(address)
        seconds = max(painted(page, since="0").values()) / 1000.0
        page.context.close()
    return seconds


def measure(browser: Browser) -> list[Line]:
    """Return the lines on cold and warm start; the three kinds of process take turns."""
    cold, warm, bare = [], [], []
    with bare_folder() as folder, tempfile.TemporaryDirectory() as filled:
        first_paint(browser, ROOT, OURS, filled)
        first_paint(browser, folder, {"chart": BARE}, filled)
        for _ in range(TIMES):
            bare.append(first_paint(browser, folder, {"chart": BARE}, filled))
            with tempfile.TemporaryDirectory() as empty:
                cold.append(first_paint(browser, ROOT, OURS, empty))
            warm.append(first_paint(browser, ROOT, OURS, filled))
    return [
        _line("first paint, empty kernel cache", cold, bare, 6.0),
        _line("first paint, filled kernel cache", warm, bare, 1.5),
    ]


def _line(claim: str, ours: list[float], bare: list[float], limit: float) -> Line:
    later = median(ours) - median(bare)
    measured = f"{later:.2f} s later: {spread(ours, 2)}, bare {spread(bare, 2)} s"
    return Line(claim, f"≤ {limit:g} s later than bare", measured, f"{median(ours) / median(bare):.2f}", later <= limit)
