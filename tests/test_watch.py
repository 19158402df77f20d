"""Watch: reruns are timed from what passes over a websocket."""

from types import SimpleNamespace

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from host import watch
from host.watch import SHORT, Conversation


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(watch.time, "perf_counter", lambda: now[0])
    return now


@pytest.fixture
def took(monkeypatch):
    seen = []

    class Histogram:
        def labels(self, page):
            return SimpleNamespace(observe=lambda seconds: seen.append((page, seconds)))

    monkeypatch.setattr(watch, "RERUN_SECONDS", Histogram())
    return seen


def asked() -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = "a=momentum"
    return message.SerializeToString()


def begun() -> bytes:
    message = ForwardMsg()
    message.new_session.name = "app"
    return message.SerializeToString()


def shown(name: str) -> bytes:
    message = ForwardMsg()
    message.navigation.page_script_hash = "2"
    for number, path in (("1", "maps"), ("2", name)):
        page = message.navigation.app_pages.add()
        page.page_script_hash, page.url_pathname = number, path
    return message.SerializeToString()


def ended(how=ForwardMsg.FINISHED_SUCCESSFULLY) -> bytes:
    return ForwardMsg(script_finished=how).SerializeToString()


def test_a_rerun_lasts_from_the_question_to_the_end_of_the_answer(clock, took):
    talk = Conversation()
    for at, hear in ((0.0, asked()), (0.1, begun()), (0.2, shown("valley")), (0.5, ended())):
        clock[0] = at
        (talk.heard if hear == asked() else talk.said)(hear)
    assert took == [("valley", 0.5)]
    clock[0] = 1.0
    talk.heard(asked())
    talk.said(begun())
    clock[0] = 1.25
    talk.said(ended(ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY))
    assert took[1:] == [("valley", 0.25)]


def test_the_first_page_is_called_home(took):
    talk = Conversation()
    for message in (begun(), shown(""), ended()):
        talk.heard(asked())
        talk.said(message)
    assert took[0][0] == "home"


def test_a_run_that_gave_way_goes_on_in_the_next(clock, took):
    talk = Conversation()
    talk.heard(asked())
    talk.said(begun())
    clock[0] = 0.4
    talk.heard(asked())
    talk.said(ended(ForwardMsg.FINISHED_EARLY_FOR_RERUN))
    talk.said(begun())
    clock[0] = 1.0
    talk.said(ended())
    assert took == [("unknown", 1.0)]


def test_questions_while_a_run_goes_on_are_answered_by_the_next(clock, took):
    talk = Conversation()
    talk.heard(asked())
    talk.said(begun())
    clock[0] = 0.3
    talk.heard(asked())
    clock[0] = 0.4
    talk.heard(asked())
    clock[0] = 0.5
    talk.said(ended())
    talk.said(begun())
    clock[0] = 0.9
    talk.said(ended())
    assert took == [("unknown", 0.5), ("unknown", pytest.approx(0.6))]


def test_a_run_that_nobody_asked_for_is_not_timed(took):
    talk = Conversation()
    talk.said(begun())
    talk.said(ended())
    assert took == []


def test_what_is_no_message_and_what_is_long_is_passed_over(took):
    talk = Conversation()
    talk.heard(b"\xff\xff no message")
    talk.said(b"\xff\xff no message")
    talk.said(b"\xff" * SHORT)
    assert talk.waiting is None and talk.running is None and took == []
