"""A long computation that fails: whoever asked for it is told, once, and the next in line begins."""

import threading

import pytest
from streamlit.testing.v1 import AppTest

from engine import workers
from metrics import REGISTRY
from widgets import jobs, patience
from widgets.jobs import Failed


def failures() -> float:
    return REGISTRY.get_sample_value("valley_errors_total", {"where": "job"}) or 0.0


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch):
    monkeypatch.setattr(jobs, "_jobs", type(jobs._jobs)())
    monkeypatch.setattr(jobs, "_line", [])
    monkeypatch.setattr(jobs, "_running", set())
    monkeypatch.setattr(jobs, "AT_ONCE", 1)


def failing(error):
    """A computation that raises, and the list of the times it did."""
    times = []

    def compute(progress):
        times.append(1)
        raise error

    return compute, times


def next_in_line():
    return jobs.ask("next", lambda progress: "there", 10.0).result


@pytest.mark.parametrize("error", [ValueError("no"), MemoryError(), SystemExit(1), KeyboardInterrupt()], ids=repr)
def test_whatever_ends_its_thread_is_told_and_makes_room(error, caplog):
    compute, _ = failing(error)
    counted = failures()
    with pytest.raises(Failed) as told:
        jobs.ask("key", compute, 10.0)
    assert told.value.__cause__ is error
    assert next_in_line() == "there"
    (record,) = caplog.records
    assert record.exc_info[1] is error and failures() == counted + 1


def test_all_who_asked_hear_of_it_and_it_does_not_fail_again_and_again():
    compute, times = failing(ValueError("no"))
    for _ in range(3):
        with pytest.raises(Failed):
            jobs.ask("key", compute, 10.0)
    assert len(times) == 1


def test_a_later_question_begins_anew(monkeypatch):
    with pytest.raises(Failed):
        jobs.ask("key", failing(ValueError("no"))[0], 10.0)
    monkeypatch.setattr(jobs, "FAILED", 0.0)
    assert jobs.ask("key", lambda progress: "there", 10.0).result == "there"


def test_so_does_one_after_it_was_forgotten():
    with pytest.raises(Failed):
        jobs.ask("key", failing(ValueError("no"))[0], 10.0)
    jobs.forget("key")
    assert jobs.ask("key", lambda progress: "there", 10.0).result == "there"


def test_what_is_under_way_is_not_forgotten():
    go = threading.Event()
    job = jobs.ask("key", lambda progress: go.wait(10) and "there", 0.0)
    jobs.forget("key")
    go.set()
    assert jobs.ask("key", lambda progress: "again", 10.0) is job


def test_a_machine_without_a_thread_left(monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        with pytest.raises(Failed):
            jobs.ask("key", lambda progress: "never", 10.0)
    assert next_in_line() == "there"


def test_a_system_that_knows_no_priorities_costs_no_thread(monkeypatch):
    def refuse(*_):
        raise PermissionError("not here")

    monkeypatch.setattr(workers.os, "setpriority", refuse, raising=False)
    workers.step_back()
    assert next_in_line() == "there"


def script():
    """A page whose long computation fails as long as the session says so."""
    import streamlit as st

    from widgets.patience import patiently

    def compute(progress):
        if fails:
            raise ValueError("known to the log only")
        return "the result"

    fails = st.session_state.fails  # asked for here: the computation has a thread of its own
    st.write("above")
    patiently("page", compute, st.write)
    st.write("below")


def page(fails):
    app = AppTest.from_function(script, default_timeout=60.0)
    app.session_state.fails = fails
    return app


def says_so(app):
    (error,) = app.error
    assert not app.exception and "known to the log" not in error.value
    return [text.value for text in app.markdown] == ["above", "below"] and error.value.count(".") == 1


def test_the_student_reads_a_sentence_and_may_try_again():
    app = page(fails=True).run()
    assert says_so(app)
    app.session_state.fails = False
    app.button(key="patience.again").click().run()
    assert not app.error and [text.value for text in app.markdown] == ["above", "the result", "below"]


def test_so_does_who_was_waiting_when_it_failed(monkeypatch):
    """It fails between the page's look and the next one of the progress bar, which has the page drawn anew."""
    asked = []

    def ask(key, *_):
        asked.append(key)
        if len(asked) == 1:
            return jobs.Job(lambda progress: None)
        raise Failed

    monkeypatch.setattr(patience, "ask", ask)
    assert says_so(page(fails=True).run())
    assert len(asked) == 3
