"""The command: ``python -m benchmarks [--only NAME]``."""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks import formula, kernels, live, maps, networks, release, server, speed, start, sweep
from benchmarks.table import Line, render
from tests.browser import launch

GROUPS = ("start", "kernels", "server", "release", "live", "maps", "speed", "sweep", "formula", "networks")
WITHOUT_BROWSER: dict[str, Callable[[], list[Line]]] = {
    "kernels": kernels.measure,
    "server": server.measure,
    "speed": speed.measure,
    "sweep": sweep.measure,
    "formula": formula.measure,
    "networks": networks.measure,
}
WITH_BROWSER: dict[str, Callable[[Browser], list[Line]]] = {
    "start": start.measure,
    "release": release.measure,
    "live": live.measure,
    "maps": maps.measure,
}
PACKAGES = ("streamlit", "plotly", "numba", "numpy", "orjson")


@contextmanager
def byte_code() -> Iterator[None]:
    """Let servers keep their byte code, as pip leaves it for everybody, whatever this shell says."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        yield


def measured(only: str | None) -> Iterator[list[Line]]:
    """Run the groups one after the other and yield the lines of each."""
    for name in GROUPS:
        if only not in (None, name):
            continue
        print(f"{name} ...", file=sys.stderr, flush=True)
        if name in WITHOUT_BROWSER:
            yield WITHOUT_BROWSER[name]()
        else:
            with sync_playwright() as playwright, launch(playwright) as browser:
                yield WITH_BROWSER[name](browser)


def machine() -> str:
    """Return one line on what it was measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    with sync_playwright() as playwright, launch(playwright) as browser:
        chromium = browser.version
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    processor = f"{os.cpu_count()} cores, {models[0] if models else platform.processor()}, {platform.system()}"
    return f"{processor}; Python {platform.python_version()}, {packages}, Chromium {chromium}"


def main() -> int:
    """Print a table of each group as it is measured; 1 if a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure how fast Valley is.")
    parser.add_argument("--only", choices=GROUPS, help="one group of lines")
    only = parser.parse_args().only
    missed = False
    with byte_code():
        for lines in measured(only):
            print(f"{render(lines)}\n", flush=True)
            missed = missed or any(line.holds is False for line in lines)
    print(machine())
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
