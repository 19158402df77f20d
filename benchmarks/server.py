"""Server: time and processor time of one rerun, what of it is ours, and bytes per message."""

import time
from collections.abc import Iterator
from itertools import count
from statistics import median
from typing import Any

import numpy as np

from benchmarks.session import Session, cpu_seconds
from benchmarks.speed import milliseconds
from benchmarks.table import Line, spread
from charts.live import live_message
from engine import Plane, discover_optimizers
from engine.study import Entry, study
from surfaces.quadratic import Quadratic
from tests.browser import serve
from widgets.details import found
from widgets.live_figure import pack

TIMES = 120
LIMIT = 25.0  # ms
ALL_OPEN = 60.0  # ms
BYTES = 400.0  # kB
PAUSE = 0.05  # seconds between reruns, so that nothing of the last is left
WORDS: dict[str, Any] = {"start": {}, "edit": "edit", "best": {}}


def measure() -> list[Line]:
    """Return all lines on the server."""
    lines = []
    with serve() as address:
        for name, key, values in (
            ("learning rate", "a.learning_rate", np.linspace(0.01, 0.03, TIMES)),
            ("angle", "surface.angle", np.linspace(-80.0, 80.0, TIMES)),
        ):
            lines += _reruns(address, name, key, [float(f"{value:.4g}") for value in values])
        lines.append(_everything(address))
    return [*lines, _ours(), *_bytes()]


def _reruns(address: str, name: str, key: str, values: list[float]) -> list[Line]:
    """Change one input again and again; every answer must hold the picture of the value it was asked for."""
    took, sizes, followed = [], [], []
    with Session(address) as session:
        session.enter(key, values[-1])
        session.ask_families()
        before = cpu_seconds(address)
        for value in values[:-1]:
            time.sleep(PAUSE)
            answer = session.enter(key, value)
            took.append(answer.seconds * 1e3)
            picture = max(answer.payloads, key=len)
            sizes.append(sum(map(len, answer.payloads)) / 1e3)
            asked = f'"eta":{value}' if "rate" in key else f"angle={value}"
            assert asked.encode() in picture, f"the answer to {key}={value} does not hold {asked}"
            families = session.ask_families()
            assert b'"family.learning_rate"' in max(families.payloads, key=len)
            followed.append(families.seconds * 1e3)
        after = cpu_seconds(address)
    used = f", {(after - before) / len(took) * 1e3:.0f} ms processor for both" if before and after else ""
    tail = f", 95 % {sorted(took)[int(0.95 * len(took))]:.0f}, {median(sizes):.0f} kB"
    line = Line(f"rerun, {name}", f"median ≤ {LIMIT:g} ms", spread(took, 1) + " ms" + tail)
    ratio = median(took) / LIMIT
    return [
        Line(line.claim, line.target, line.measured, f"{ratio:.2f}", ratio <= 1.0),
        Line("the families that follow it", "", f"{spread(followed, 1)} ms{used}"),
    ]


def _everything(address: str) -> Line:
    """Return the line on a rerun with every detail open."""
    with Session(address, {"show": list(found())}) as session:
        values = np.linspace(-80.0, 80.0, TIMES).round(2).tolist()
        for value in values[:5]:
            session.enter("surface.angle", value)
        took = [session.enter("surface.angle", value).seconds * 1e3 for value in values[5:]]
    ratio = median(took) / ALL_OPEN
    text = f"{spread(took, 1)} ms, 95 % {sorted(took)[int(0.95 * len(took))]:.0f}"
    return Line(
        f"rerun, all {len(found())} details open", f"median ≤ {ALL_OPEN:g} ms", text, f"{ratio:.2f}", ratio <= 1.0
    )


def _picture(
    letters: list[Entry], edited: Entry, steps: int, surface: Quadratic | None = None, families: bool = True
) -> bytes:
    surface = surface or Quadratic()
    plane = Plane.of(surface, include=surface.start)
    found = study(surface, letters, edited, surface.start, steps, plane, families)
    return pack(*live_message(surface, found, [], WORDS, ground=not families))


def _ours() -> Line:
    """Return the line on what study, live_message and pack take of a rerun and of its families."""
    entry, angles = Entry("a", discover_optimizers()["momentum"](), 0.02), count()

    def took(families: bool) -> str:
        surfaces = (Quadratic(angle=angle / 10) for angle in angles)
        return spread(milliseconds(lambda: _picture([entry], entry, 150, next(surfaces), families), TIMES), 1)

    return Line("of these: study, live_message, pack", "", f"{took(False)} ms; {took(True)} ms")


def _worst() -> Iterator[tuple[str, int]]:
    """Yield the size of every message of six runs of 1000 steps, each optimizer under the sliders in turn."""
    rules = list(discover_optimizers().values())
    shapes = {
        "default": Quadratic(),
        "round": Quadratic(eigenvalue_1=8.0, eigenvalue_2=10.0),
        "saddle": Quadratic(eigenvalue_1=-0.001),
    }
    for title, surface in shapes.items():
        for rule in rules:
            for eta in (1e-4, rule.typical_learning_rate):
                entries = [
                    Entry("a", rule(), eta),
                    *(Entry(letter, other(), 0.01) for letter, other in zip("bcdef", rules[1:], strict=False)),
                ]
                yield f"{rule.title} on {title}, eta {eta:g}", len(_picture(entries, entries[0], 1000, surface))


def _bytes() -> list[Line]:
    entry = Entry("a", discover_optimizers()["momentum"](), 0.02)
    small = len(_picture([entry], entry, 150)) / 1e3
    name, size = max(_worst(), key=lambda item: item[1])
    size /= 1e3  # type: ignore[assignment]
    return [
        Line("message, default page", f"≤ {BYTES:g} kB", f"{small:.0f} kB", f"{small / BYTES:.2f}", small <= BYTES),
        Line(
            "message, six runs of 1000 steps",
            f"≤ {BYTES:g} kB",
            f"{size:.0f} kB ({name})",
            f"{size / BYTES:.2f}",
            size <= BYTES,
        ),
    ]
