"""Instruments: counters, gauges and histograms, and the OpenMetrics text of all that were made.

OpenMetrics 1.0 (IETF draft-ietf-opsawg-openmetrics), https://prometheus.io/docs/specs/om/open_metrics_spec/
"""

import math
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)  # upper ends of a histogram's buckets

_made: dict[str, "Instrument"] = {}

Labels = tuple[str, ...]  # values, in the order in which the instrument names them
Sample = tuple[str, str, float]  # suffix of the name, labels as they are written, value


class Instrument:
    """A named quantity, one value for each combination of its labels' values, or what a function says when it is asked.

    Safe to use from any thread. A label's value must come from a list that the server knows, never from a browser.
    """

    kind = ""
    _read: Callable[[], float] | None = None

    def __init__(self, name: str, help: str, labels: Sequence[str] = (), unit: str = ""):
        if name in _made:
            raise ValueError(f"there is an instrument {name} already")
        if unit and not name.endswith(f"_{unit}"):
            raise ValueError(f"the name {name} must end with its unit, _{unit}")
        self.name, self.help, self.labels, self.unit = name, help, tuple(labels), unit
        self._values: dict[Labels, float] = {}
        self._lock = threading.Lock()
        _made[name] = self

    def _of(self, labels: dict[str, str]) -> Labels:
        if set(labels) != set(self.labels):
            raise ValueError(f"{self.name} has the labels {self.labels}, got {tuple(labels)}")
        return tuple(labels[name] for name in self.labels)

    def value(self, **labels: str) -> float:
        """Return the present value, 0 where nothing was said yet."""
        with self._lock:
            return self._values.get(self._of(labels), 0.0)

    def add(self, amount: float = 1.0, **labels: str) -> None:
        """Add an amount."""
        place = self._of(labels)
        with self._lock:
            self._values[place] = self._values.get(place, 0.0) + amount

    def read(self, function: Callable[[], float]) -> None:
        """Let a function say the value whenever it is written; for an instrument without labels."""
        self._read = function

    def samples(self) -> Iterator[Sample]:
        """Yield what is written of this instrument."""
        with self._lock:
            if self._read:
                self._values[()] = self._read()
            values = dict(self._values)
        if not self.labels:
            values.setdefault((), 0.0)
        suffix = "_total" if self.kind == "counter" else ""
        for place, value in sorted(values.items()):
            yield suffix, _written(self.labels, place), value


class Counter(Instrument):
    """What only grows; without ``_total``, which the text adds."""

    kind = "counter"

    def add(self, amount: float = 1.0, **labels: str) -> None:
        """Add an amount, which is not negative."""
        if not amount >= 0.0:
            raise ValueError(f"{self.name} only grows, got {amount}")
        super().add(amount, **labels)


class Gauge(Instrument):
    """What goes up and down."""

    kind = "gauge"

    def set(self, value: float, **labels: str) -> None:
        """Set the value."""
        place = self._of(labels)
        with self._lock:
            self._values[place] = value

    @contextmanager
    def held(self, **labels: str) -> Iterator[None]:
        """Be one more within."""
        self.add(1.0, **labels)
        try:
            yield
        finally:
            self.add(-1.0, **labels)


class Histogram(Instrument):
    """How often what was observed lay below each of some bounds; also its number and its sum."""

    kind = "histogram"

    def __init__(
        self, name: str, help: str, labels: Sequence[str] = (), unit: str = "", bounds: Sequence[float] = SECONDS
    ):
        super().__init__(name, help, labels, unit)
        self.bounds = (*bounds, math.inf)
        self._counts: dict[Labels, list[int]] = {}

    def observe(self, value: float, **labels: str) -> None:
        """Count a value."""
        place = self._of(labels)
        with self._lock:
            counts = self._counts.setdefault(place, [0] * len(self.bounds))
            counts[bisect_left(self.bounds, value)] += 1
            self._values[place] = self._values.get(place, 0.0) + value

    def count(self, **labels: str) -> int:
        """Return how many values were observed."""
        with self._lock:
            return sum(self._counts.get(self._of(labels), ()))

    @contextmanager
    def timed(self, **labels: str) -> Iterator[None]:
        """Observe the seconds that what is within takes."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.observe(time.perf_counter() - began, **labels)

    def samples(self) -> Iterator[Sample]:
        """Yield what is written of this histogram."""
        with self._lock:
            counted = {place: list(counts) for place, counts in self._counts.items()}
            sums = dict(self._values)
        for place, counts in sorted(counted.items()):
            below = 0
            for bound, count in zip(self.bounds, counts, strict=True):
                below += count
                yield "_bucket", _written((*self.labels, "le"), (*place, _number(bound))), below
            yield "_count", _written(self.labels, place), below
            yield "_sum", _written(self.labels, place), sums[place]


def text() -> str:
    """Return all instruments in the text format of OpenMetrics."""
    lines = []
    for name, instrument in sorted(_made.items()):
        lines.append(f"# TYPE {name} {instrument.kind}")
        if instrument.unit:
            lines.append(f"# UNIT {name} {instrument.unit}")
        lines.append(f"# HELP {name} {_escaped(instrument.help)}")
        lines += [f"{name}{suffix}{labels} {_number(value)}" for suffix, labels, value in instrument.samples()]
    return "\n".join([*lines, "# EOF", ""])


def _written(names: Labels, values: Labels) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in zip(names, values, strict=True))
    return f"{{{pairs}}}" if pairs else ""


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    return "+Inf" if value == math.inf else repr(float(value))
