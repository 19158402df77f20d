"""Load: a class of a hundred on one server, and a day of visitors.

    python -m benchmarks.load [--clients 100] [--seconds 90]     a class on the page Valley, about four minutes
    python -m benchmarks.load --long                             1,000 visitors of all pages, ten minutes

Everything stays on this machine, and no more than MOST clients are ever there.
"""

import argparse
import asyncio
import math
import random
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import NamedTuple, Self

from playwright.sync_api import Browser, sync_playwright

from benchmarks.clock import BANDS, PATHS, new_page, painted
from benchmarks.release import PLACES, SLIDERS, ours
from benchmarks.setting import byte_code, machine
from benchmarks.student import FIRST, Report, Stop, Student, Took
from benchmarks.table import Line, render, spread
from tests.browser import ROOT, launch, serve
from widgets.details import found
from widgets.navigation import entries

CLIENTS, MOST = 100, 500
THINK = 5.0  # seconds between a student's moves
SECONDS = 90.0  # that are measured
ARRIVING = 20.0  # seconds in which a class opens the page
TICK = 0.05  # seconds between two looks at the clients' own clock
LONGEST = 100  # letters of a fault
PAINTED = {"paths": PATHS, "bands": BANDS}
SETTLING = 10.0  # seconds after that
BROWSERS = 3
RELEASES = 4  # in each of them
SLOWEST = 400.0  # ms, 95 % of the reruns
ROOM = 1.5  # MB a session

VISITORS, EARLY = 1000, 100  # who come and go in all, and those after whom memory is looked at first
STAY = 60.0  # seconds
TERM = 600.0  # seconds that all of it takes
EARLY_ARRIVING = 10.0  # seconds in which the first come
PAGES, MOVES = 3, 3  # that a visitor sees, and moves on each
DETAILS = 0.3  # of the pages are opened with two details
GROWTH = 1.10
REST = 25.0  # seconds after the last has gone; the host gives memory back every 20
LOOK = 5.0  # seconds between two looks at the memory meanwhile
KINDS = {
    "opening": "the page is opened",
    "input": "an input is changed or a slider released",
    "families": "the families that follow it",
    "drag": "a picture of a drag",
    "clock": "a look at a long computation",
}


class Vitals(NamedTuple):
    """What a server says of itself."""

    memory: float  # MB
    processor: float  # seconds used
    runs: float
    sessions: float
    errors: float


@contextmanager
def host() -> Iterator[str]:
    """Run the server of a host; give its address; what it logged as errors is shown when it is over."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        with serve(ROOT, script="server.py", healthy="/readyz", log=log) as address:
            yield address
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            if '"level": "error"' in line:
                print(line, file=sys.stderr, flush=True)


def vitals(address: str) -> Vitals:
    """Ask a server for its metrics."""
    with urllib.request.urlopen(f"{address}/metrics", timeout=60) as answer:
        return read(answer.read().decode())


def read(text: str) -> Vitals:
    """Read them; of a metric with labels the sum counts."""
    values: dict[str, float] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            name = name.partition("{")[0]
            values[name] = values.get(name, 0.0) + float(value)
    return Vitals(
        values["process_resident_memory_bytes"] / 1e6,
        values["process_cpu_seconds_total"],
        values.get("valley_rerun_seconds_count", 0.0),
        values.get("valley_sessions", 0.0),
        values.get("valley_errors_total", 0.0),
    )


def at(values: Sequence[float], part: float) -> float:
    """Return the value below which that part of them lies, that of the nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(round(part * len(ordered), 6)) - 1)]


class Lesson:
    """A class on the page Valley, in a thread of its own, until it is left."""

    def __init__(self, address: str, clients: int) -> None:
        self.address, self.clients = address, clients
        self.report, self.late = Report(), list[float]()
        self._over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._hold()), name="class", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, what: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    async def _hold(self) -> None:
        students = [asyncio.create_task(self._student(i)) for i in range(self.clients)]
        while not self._over.is_set():
            due = time.perf_counter() + TICK
            await asyncio.sleep(TICK)
            self.late.append(time.perf_counter() - due)
        for student in students:
            student.cancel()
        await asyncio.gather(*students, return_exceptions=True)

    async def _student(self, number: int) -> None:
        await asyncio.sleep(ARRIVING * number / self.clients)
        await Student(self.report, number, THINK).attend(self.address, [Stop(FIRST, {}, sys.maxsize)])


def measure(browser: Browser, clients: int = CLIENTS, seconds: float = SECONDS) -> list[Line]:
    """Return the lines on a class."""
    with host() as address:
        empty = vitals(address)
        with Lesson(address, clients) as lesson:
            time.sleep(ARRIVING + SETTLING)
            opened, late = lesson.report.taken(), lesson.late
            late.clear()
            before, began = vitals(address), time.perf_counter()
            time.sleep(seconds)
            answers, after, passed = lesson.report.taken(), vitals(address), time.perf_counter() - began
            waited = sorted(late)
            seen = _seen(browser, address)
        faults = lesson.report.faults
        counted = vitals(address).errors - empty.errors
    title = f"class of {clients}, {THINK:g} s between moves"
    return [
        *(answered(title, name, answers) for name in ("input", "families", "drag")),
        errors(title, faults, counted, len(answers)),
        _roomy(title, (after.memory - empty.memory) / clients, empty.memory, after.memory),
        Line("of these: opening the page", "", _spelled([took.seconds for took in opened if took.kind == "opening"])),
        _used(after, before, passed, answers),
        Line("of these: what the clients were late by themselves", "", f"95 % {at(waited, 0.95) * 1e3:.0f} ms"),
        *seen,
    ]


def answered(title: str, name: str, answers: Sequence[Took]) -> Line:
    """Return the line on how long the answers of a kind took."""
    took = [answer.seconds for answer in answers if answer.kind == name]
    slowest = at(took, 0.95) * 1e3
    size = median(answer.bytes for answer in answers if answer.kind == name) / 1e3
    text = f"{_spelled(took)}, {size:.0f} kB"
    ratio = slowest / SLOWEST
    return Line(f"{title}: {KINDS[name]}", f"95 % ≤ {SLOWEST:g} ms", text, f"{ratio:.2f}", ratio <= 1.0)


def _spelled(seconds: Sequence[float]) -> str:
    took = [at(seconds, part) * 1e3 for part in (0.5, 0.95, 1.0)]
    return "median {:.0f}, 95 % {:.0f}, all {:.0f} ms".format(*took) + f", of {len(seconds)}"


def errors(title: str, faults: Sequence[str], counted: float, answers: int) -> Line:
    """Return the line on what students saw that was wrong, and on the errors that the server counted."""
    kinds = Counter(fault[:LONGEST] for fault in faults)
    worst = "".join(f"; {number} × {fault}" for fault, number in kinds.most_common(3))
    text = f"{len(faults)} in {answers} answers, {counted:.0f} in the server's count{worst}"
    return Line(f"{title}: errors", "none", text, "", not faults and not counted)


def _roomy(title: str, each: float, empty: float, full: float) -> Line:
    text = f"{each:.2f} MB: {empty:.0f} MB before, {full:.0f} MB with all of them"
    return Line(f"{title}: memory a session", f"≤ {ROOM:g} MB", text, f"{each / ROOM:.2f}", each <= ROOM)


def _used(after: Vitals, before: Vitals, passed: float, answers: Sequence[Took]) -> Line:
    used, runs = after.processor - before.processor, after.runs - before.runs
    size = sum(took.bytes for took in answers) / 1e6 / passed
    text = (
        f"{used / runs * 1e3:.1f} ms a run, {used / passed:.2f} of a core, {runs / passed:.0f} runs/s, {size:.1f} MB/s"
    )
    return Line("of these: processor", "", text)


def _seen(browser: Browser, address: str) -> list[Line]:
    """Return the lines on some real browsers in the class: when the page is there, and how a release feels."""
    opened, released = list[float](), list[float]()
    pages = [new_page(browser, f"clock.start({PAINTED!r});") for _ in range(BROWSERS)]
    for page in pages:
        page.goto(f"{address}/{FIRST}")
        opened.append(max(painted(page, since="0").values()))
    for i in range(RELEASES):
        released += [ours(page, i % len(SLIDERS), PLACES[i % len(PLACES)], 0.0)["path"] for page in pages]
    for page in pages:
        page.context.close()
    return [
        Line(f"of these: {BROWSERS} browsers, page painted", "", f"{spread(opened)} ms"),
        Line(f"of these: {BROWSERS} browsers, new path painted after a release", "", f"{spread(released)} ms"),
    ]


def stops(dice: random.Random) -> list[Stop]:
    """Return the way of a visitor: first Valley or any page, then any others, some with details open."""
    pages = [entry.path.stem for entry in entries()]
    way = [dice.choice([FIRST, dice.choice(pages)]), *dice.sample(pages, PAGES - 1)]
    names = sorted(found())
    return [Stop(page, {"show": dice.sample(names, 2)} if dice.random() < DETAILS else {}, MOVES) for page in way]


async def visitors(report: Report, address: str, numbers: range, arriving: float) -> None:
    """Let visitors come one after the other, in so many seconds, each for STAY seconds at most."""

    async def visitor(number: int) -> None:
        await asyncio.sleep(arriving * (number - numbers.start) / len(numbers))
        until = time.monotonic() + STAY
        await Student(report, number, THINK).attend(address, stops(random.Random(number)), until)

    await asyncio.gather(*(visitor(number) for number in numbers))


def measure_term(many: int = VISITORS, seconds: float = TERM) -> list[Line]:
    """Return the lines on the memory of a server that many come to and go from."""
    early, report, heights = many // (VISITORS // EARLY), Report(), []
    with host() as address:
        empty = vitals(address)

        def come(numbers: range, arriving: float) -> float:
            """Return the server's memory once they have gone."""
            thread = threading.Thread(target=lambda: asyncio.run(visitors(report, address, numbers, arriving)))
            thread.start()
            while thread.is_alive():
                thread.join(LOOK)
                heights.append(vitals(address).memory)
                print(f"  {len(report.answers)} answers, {heights[-1]:.0f} MB", file=sys.stderr, flush=True)
            time.sleep(REST)
            return vitals(address).memory

        first = come(range(early), EARLY_ARRIVING)
        left = seconds - EARLY_ARRIVING - 2 * STAY
        last = come(range(early, many), max(left, EARLY_ARRIVING))
        after = vitals(address)
    title = f"{many} visitors of all pages"
    ratio = last / first
    text = (
        f"{last:.0f} MB, {first:.0f} MB after the first {early}, {empty.memory:.0f} before, {max(heights):.0f} at most"
    )
    return [
        Line(f"{title}: memory at the end", f"≤ {GROWTH:g} × early", text, f"{ratio:.2f}", ratio <= GROWTH),
        errors(title, report.faults, after.errors - empty.errors, len(report.answers)),
        *(Line(f"of these: {KINDS[kind]}", "", _spelled(took)) for kind, took in sorted(report.seconds().items())),
    ]


def main() -> int:
    """Print the table; 1 if a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description="A class on one server.")
    parser.add_argument("--clients", type=int, default=CLIENTS, help=f"students of the class, at most {MOST}")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="seconds that are measured")
    parser.add_argument("--long", action="store_true", help="the memory of many visitors instead, ten minutes")
    parser.add_argument("--visitors", type=int, default=VISITORS, help="visitors of the long run")
    given = parser.parse_args()
    with byte_code():
        if given.long:
            lines = measure_term(min(given.visitors, VISITORS), TERM * min(given.visitors, VISITORS) / VISITORS)
        else:
            with sync_playwright() as playwright, launch(playwright) as browser:
                lines = measure(browser, min(given.clients, MOST), given.seconds)
    print(f"{render(lines)}\n\n{machine()}")
    return int(any(line.holds is False for line in lines))


if __name__ == "__main__":
    sys.exit(main())
