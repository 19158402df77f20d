"""Jobs: one computation for all who ask, that ends when nobody asks any more."""

import threading
import time

import pytest

from metrics import REGISTRY
from widgets import jobs


@pytest.fixture(autouse=True)
def no_jobs(monkeypatch):
    monkeypatch.setattr(jobs, "_jobs", type(jobs._jobs)())
    monkeypatch.setattr(jobs, "_line", [])
    monkeypatch.setattr(jobs, "_running", set())


def until_stopped(progress):
    while progress(0.5):
        time.sleep(0.01)


def test_all_who_ask_share_one_job():
    begun, go = [], threading.Event()

    def compute(progress):
        begun.append(1)
        go.wait(10)
        return "map"

    first, second = jobs.ask("key", compute, 0.0), jobs.ask("key", compute, 0.0)
    assert first is second and not first.done.is_set()
    go.set()
    assert jobs.ask("key", compute, 10.0).result == "map" and len(begun) == 1
    assert jobs.ask("key", compute, 0.0).result == "map" and len(begun) == 1


def test_another_key_is_another_job():
    assert jobs.ask(1, lambda progress: "one", 10.0).result == "one"
    assert jobs.ask(2, lambda progress: "two", 10.0).result == "two"


def test_a_job_lives_while_somebody_asks_and_ends_when_nobody_does(monkeypatch):
    monkeypatch.setattr(jobs, "PATIENCE", 1e9)
    job = jobs.ask("key", until_stopped, 0.0)
    assert jobs.ask("key", until_stopped, 0.1) is job and not job.done.is_set()
    monkeypatch.setattr(jobs, "PATIENCE", 0.0)
    assert job.done.wait(10) and job.abandoned and job.share == 0.5


def test_what_was_abandoned_begins_anew():
    job = jobs.ask("key", until_stopped, 0.0)
    job.asked = -jobs.PATIENCE
    assert job.done.wait(10)
    assert jobs.ask("key", lambda progress: "map", 10.0).result == "map"


def test_few_results_are_remembered():
    for key in range(3 * jobs.REMEMBERED):
        jobs.ask(key, lambda progress, key=key: [key], 10.0)
    assert len(jobs._jobs) <= jobs.REMEMBERED
    assert jobs.ask(3 * jobs.REMEMBERED - 1, lambda progress: None, 10.0).result == [3 * jobs.REMEMBERED - 1]


def test_whoever_waits_long_keeps_asking(monkeypatch):
    monkeypatch.setattr(jobs, "PATIENCE", 0.2)
    until = time.monotonic() + 0.6

    def compute(progress):
        while time.monotonic() < until:
            if not progress(0.5):
                return None
            time.sleep(0.01)
        return "map"

    assert jobs.ask("key", compute, 10.0).result == "map"


@pytest.fixture
def gates(monkeypatch):
    """Make jobs that run until their gate opens; one runs at a time."""
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    opened = {name: threading.Event() for name in "abcd"}

    def compute(name):
        def wait(progress):
            while not opened[name].wait(0.01):
                if not progress(0.5):
                    return None
            return name

        return wait

    yield opened, compute
    for gate in opened.values():
        gate.set()


def waiting() -> float | None:
    return REGISTRY.get_sample_value("valley_heavy_jobs", {"state": "waiting"})


def test_jobs_stand_in_line_and_know_how_many_are_ahead(gates):
    opened, compute = gates
    a, b, c = (jobs.ask(name, compute(name), 0.0) for name in "abc")
    assert (a.ahead, b.ahead, c.ahead) == (0, 1, 2)
    assert waiting() == 2.0
    opened["a"].set()
    assert a.done.wait(10)
    opened["b"].set()
    assert b.done.wait(10) and b.result == "b"
    opened["c"].set()
    assert jobs.ask("c", compute("c"), 10.0).result == "c" and c.ahead == 0
    assert waiting() == 0.0


def test_who_no_longer_waits_steps_out_of_the_line(gates):
    opened, compute = gates
    a, b, c = (jobs.ask(name, compute(name), 0.0) for name in "abc")
    b.asked = -jobs.PATIENCE
    opened["a"].set()
    opened["c"].set()
    assert a.done.wait(10) and c.done.wait(10)
    assert b.abandoned and c.result == "c"


def test_a_third_job_of_one_student_ends_their_first_but_nobody_elses(gates):
    opened, compute = gates
    first = jobs.ask("a", compute("a"), 0.0, "one")
    shared = jobs.ask("b", compute("b"), 0.0, "one")
    jobs.ask("b", compute("b"), 0.0, "two")
    jobs.ask("c", compute("c"), 0.0, "one")
    assert first.done.wait(10) and first.abandoned
    jobs.ask("d", compute("d"), 0.0, "one")
    opened["b"].set()
    assert shared.done.wait(10) and shared.result == "b"
