"""Metrics: what is fed is written, in the text format of OpenMetrics."""

import re
import threading

import pytest

from engine import run, timing
from engine.optimizers.momentum import Momentum
from metrics import text
from metrics.instruments import Counter, Gauge, Histogram
from surfaces.quadratic import Quadratic

SAMPLE = re.compile(r'[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\n"])*",?)+\})? (?:[-+0-9.e]+|\+Inf)')


@pytest.fixture(autouse=True)
def no_others(monkeypatch):
    monkeypatch.setattr("metrics.instruments._made", {})


def lines() -> list[str]:
    """The text's lines but for their descriptions; each must be a sample."""
    *said, end, rest = text().split("\n")
    assert (end, rest) == ("# EOF", "")
    samples = [line for line in said if not line.startswith("# ")]
    assert all(SAMPLE.fullmatch(line) for line in samples), samples
    return samples


def test_a_counter_grows():
    served = Counter("served", "What was served.", ("kind",))
    served.add(kind="page")
    served.add(2, kind="page")
    served.add(kind='a "b"\\\n')
    assert lines() == ['served_total{kind="a \\"b\\"\\\\\\n"} 1.0', 'served_total{kind="page"} 3.0']
    assert text().startswith("# TYPE served counter\n# HELP served What was served.\n")
    assert served.value(kind="page") == 3.0 and served.value(kind="none") == 0.0
    with pytest.raises(ValueError, match="only grows"):
        served.add(-1, kind="page")
    with pytest.raises(ValueError, match="labels"):
        served.add(page="page")


def test_a_gauge_is_held_and_let_go():
    within = Gauge("within", "How many are within.")
    with within.held(), within.held():
        assert lines() == ["within 2.0"]
    with pytest.raises(StopIteration), within.held():
        next(iter(()))
    assert lines() == ["within 0.0"]
    within.set(5)
    assert within.value() == 5.0


def test_an_instrument_can_be_read_when_it_is_asked():
    values = iter((1.0, 2.0))
    Gauge("read", "Read.").read(lambda: next(values))
    assert lines() == ["read 1.0"] and lines() == ["read 2.0"]


def test_a_histogram_counts_below_each_bound():
    took = Histogram("took_seconds", "It took.", ("page",), unit="seconds", bounds=(0.1, 1.0))
    for seconds in (0.05, 0.1, 0.5, 3.0):
        took.observe(seconds, page="valley")
    assert lines() == [
        'took_seconds_bucket{page="valley",le="0.1"} 2.0',
        'took_seconds_bucket{page="valley",le="1.0"} 3.0',
        'took_seconds_bucket{page="valley",le="+Inf"} 4.0',
        'took_seconds_count{page="valley"} 4.0',
        'took_seconds_sum{page="valley"} 3.65',
    ]
    assert "# UNIT took_seconds seconds" in text()
    with took.timed(page="maps"):
        pass
    assert took.count(page="maps") == 1


def test_names_are_taken_once_and_end_with_their_unit():
    Gauge("once", "Once.")
    with pytest.raises(ValueError, match="already"):
        Counter("once", "Twice.")
    with pytest.raises(ValueError, match="unit"):
        Counter("length", "A length.", unit="bytes")


def test_threads_lose_nothing():
    added, seen = Counter("added", "Added."), Histogram("seen", "Seen.")

    def work():
        for _ in range(2000):
            added.add()
            seen.observe(1.0)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert added.value() == 8000 and seen.count() == 8000


def test_whoever_listens_hears_of_loops(monkeypatch):
    heard = []
    monkeypatch.setattr(timing, "_listeners", [])
    timing.listen(lambda loop, seconds: heard.append((loop, seconds)))
    run(Quadratic(), Momentum(), 0.02, (-1.5, 1.0), 10)
    assert {loop for loop, _ in heard} >= {"run"} and all(seconds > 0.0 for _, seconds in heard)
