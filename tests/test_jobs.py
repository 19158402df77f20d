"""Jobs: one computation for all who ask, that ends when nobody asks any more."""

import threading
import time

import pytest

from widgets import jobs


@pytest.fixture(autouse=True)
def no_jobs(monkeypatch):
    monkeypatch.setattr(jobs, "_jobs", type(jobs._jobs)())


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


def test_what_was_abandoned_begins_anew(monkeypatch):
    monkeypatch.setattr(jobs, "PATIENCE", 0.0)
    assert jobs.ask("key", until_stopped, 0.0).done.wait(10)
    assert jobs.ask("key", lambda progress: "map", 10.0).result == "map"


def test_an_error_is_raised_where_the_result_is_asked_for():
    def compute(progress):
        raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such thing"):
        jobs.ask("key", compute, 10.0)


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
