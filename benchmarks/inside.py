"""Inside: how soon every view of the pages Inside shows the picture of another value of an input."""

import time
from statistics import median
from typing import NamedTuple

from benchmarks.session import Number, Session
from benchmarks.table import Line, spread
from tests.browser import ROOT, serve
from widgets.navigation import entries
from widgets.views import found

LIMIT = 300.0  # ms
CHANGES = 3  # of every input
PAUSE = 0.05  # seconds between answers, so that nothing of the last is left
FOLDER = "inside"


class View(NamedTuple):
    """A view of a page, as its address has it."""

    page: str
    key: str
    name: str


def measure() -> list[Line]:
    """Return a line for each page, and one for each of its views."""
    lines = []
    with serve(ROOT, script="server.py", healthy="/readyz") as address:
        for page, key in pages():
            took = {view: answered(address, view) for view in seen(page, key)}
            slowest = max(took, key=lambda view: max(map(median, took[view].values()), default=0.0))
            lines.append(_line(page, slowest, took[slowest]))
            lines += [_of_view(view, inputs) for view, inputs in took.items()]
    return lines


def pages() -> list[tuple[str, str]]:
    """Return the pages, and what calls their views in the address: the package of the views."""
    names = [entry.path.stem for entry in entries() if entry.path.parent.name == FOLDER]
    return [(name, name.split("_")[0]) for name in names]


def seen(page: str, key: str) -> list[View]:
    """Return the views of a page."""
    return [View(page, key, name) for name in found(f"widgets.{key}")]


def answered(address: str, view: View) -> dict[str, list[float]]:
    """Return for every input of a view how long each change took until its picture was there, in ms."""
    took: dict[str, list[float]] = {}
    with Session(address, {view.key: view.name}, view.page) as session:
        settle(session)
        for key, number in dict(session.inputs).items():
            took[key] = []
            for value in places(number):
                time.sleep(PAUSE)
                began = time.perf_counter()
                answer = session.enter(key, value)
                assert not answer.faults, f"{view} with {key}={value}: {answer.faults}"
                settle(session)
                took[key].append((time.perf_counter() - began) * 1e3)
            session.enter(key, number.value)
            settle(session)
    return took


def settle(session: Session) -> None:
    """Wait, as a browser does, until nothing is computed any longer."""
    while session.clock:
        time.sleep(session.clock[0])
        session.tick()


def places(number: Number) -> list[float]:
    """Return the values that an input is set to: the next steps up from its own, or down where there are none."""
    up = [number.value + i * number.step for i in range(1, CHANGES + 1)]
    down = [number.value - i * number.step for i in range(1, CHANGES + 1)]
    return [value for value in (*up, *down) if number.low <= value <= number.high][:CHANGES]


def _line(page: str, view: View, inputs: dict[str, list[float]]) -> Line:
    key = max(inputs, key=lambda name: median(inputs[name]))
    slowest = median(inputs[key])
    text = f"{spread(inputs[key])} ms ({view.name}, {key})"
    return Line(f"{page}: slowest input", f"≤ {LIMIT:g} ms", text, f"{slowest / LIMIT:.2f}", slowest <= LIMIT)


def _of_view(view: View, inputs: dict[str, list[float]]) -> Line:
    every = [took for changes in inputs.values() for took in changes]
    return Line(f"of these: {view.name}, {len(inputs)} numbers", "", f"{spread(every)} ms" if every else "")
