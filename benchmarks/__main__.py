"""The command: ``python -m benchmarks [--only NAME]``."""

import argparse
import sys
from collections.abc import Callable, Iterator

from playwright.sync_api import Browser, sync_playwright

from benchmarks import formula, inside, kernels, live, load, maps, networks, release, server, speed, start, sweep
from benchmarks.setting import byte_code, machine
from benchmarks.table import Line, render
from tests.browser import launch

GROUPS = (
    *("start", "kernels", "server", "release", "live", "maps", "speed", "sweep", "formula", "networks", "inside"),
    "load",
)
WITHOUT_BROWSER: dict[str, Callable[[], list[Line]]] = {
    "kernels": kernels.measure,
    "server": server.measure,
    "speed": speed.measure,
    "sweep": sweep.measure,
    "formula": formula.measure,
    "networks": networks.measure,
    "inside": inside.measure,
}
WITH_BROWSER: dict[str, Callable[[Browser], list[Line]]] = {
    "start": start.measure,
    "release": release.measure,
    "live": live.measure,
    "maps": maps.measure,
    "load": load.measure,
}


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
