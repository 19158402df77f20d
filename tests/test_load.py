"""The load test's own parts, and what bounds the memory of a session."""

import asyncio
import random
from itertools import pairwise

import pytest
from browser import ROOT
from prometheus_client.openmetrics.exposition import generate_latest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from visit import TIMEOUT, visit

from benchmarks import load
from benchmarks.session import Answer, Number, Session, Tab, ended
from benchmarks.student import FIRST, Report, Stop, Student, Took, moved, shown
from metrics import REGISTRY
from widgets.details import found
from widgets.navigation import entries

ANSWER = Answer(0.1, [b""])


def test_the_nearest_rank_is_what_so_many_stay_below():
    values = [float(value) for value in range(100, 0, -1)]
    assert [load.at(values, part) for part in (0.01, 0.5, 0.95, 1.0)] == [1.0, 50.0, 95.0, 100.0]
    assert load.at([7.0], 0.95) == 7.0


def test_metrics_are_added_up_over_their_labels():
    text = """# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 3.0e+08
process_cpu_seconds_total 12.5
valley_rerun_seconds_count{page="valley"} 7
valley_rerun_seconds_count{page="maps"} 5
valley_errors_total{where="page"} 1
# EOF"""
    assert load.read(text) == load.Vitals(300.0, 12.5, 12.0, 0.0, 1.0)


def test_what_this_process_says_of_itself_is_read():
    vitals = load.read(generate_latest(REGISTRY).decode())
    assert 10.0 < vitals.memory < 1e5 and vitals.processor > 0.1


def test_inputs_are_moved_within_their_bounds():
    number, dice = Number("id", "", 0.0, 1.0, 0.25, 0.5), random.Random(1)
    places = {moved(number, dice) for _ in range(100)}
    assert places == {0.0, 0.25, 0.75, 1.0}


def test_visitors_see_pages_that_there_are():
    pages = {entry.path.stem for entry in entries()}
    assert FIRST in pages
    ways = [load.stops(random.Random(seed)) for seed in range(100)]
    assert {stop.page for way in ways for stop in way} == pages
    assert all(set(stop.query.get("show", [])) <= set(found()) for way in ways for stop in way)
    assert any(one.page != other.page for way in ways for one, other in pairwise(way))


def test_a_fault_is_taken_down_and_misses_the_target():
    report, broken = Report(), ForwardMsg()
    broken.delta.new_element.exception.type = "ValueError"
    broken.delta.new_element.exception.message = "of the page"
    report.note("input", Answer(0.1, [broken.SerializeToString()]))
    report.note("input", ANSWER, expected=b"angle=31")
    assert report.faults == ["ValueError: of the page", "input: the answer does not hold angle=31"]
    assert load.errors("class", report.faults, 1.0, 2).holds is False
    assert load.errors("class", [], 0.0, 2).holds is True


def test_slow_answers_miss_the_target():
    answers = [Took("input", 0.3, 1000)] * 95 + [Took("input", 0.5, 1000)] * 5
    assert load.answered("class", "input", answers).holds is True
    assert load.answered("class", "input", answers[1:] + answers[-1:]).holds is False


def test_a_run_that_gave_way_ends_no_answer():
    forward = ForwardMsg()
    forward.script_finished = ForwardMsg.FINISHED_EARLY_FOR_RERUN
    assert not ended(forward.SerializeToString())
    forward.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY
    assert ended(forward.SerializeToString())


def test_a_tab_says_the_name_of_a_page_until_it_knows_its_hash():
    tab, new = Tab(), ForwardMsg()
    opening = BackMsg.FromString(tab.opening({"steps": 20}, "maps")).rerun_script
    assert (opening.page_name, opening.page_script_hash, opening.query_string) == ("maps", "", "steps=20")
    new.new_session.page_script_hash = "5e1f"
    tab.learn([new.SerializeToString()])
    tab.inputs["steps"] = Number("id", "part", 1.0, 1000.0, 10.0, 20.0)
    typed = BackMsg.FromString(tab.entering("steps", 30.0)).rerun_script
    assert (typed.page_name, typed.page_script_hash, typed.fragment_id) == ("", "5e1f", "part")
    assert typed.query_string == "steps=30.0" and typed.widget_states.widgets[0].double_value == 30.0


def test_students_get_the_pictures_they_ask_for(server):
    report = Report()
    asyncio.run(Student(report, 3, think=0.0).attend(server, [Stop(FIRST, {}, 6), Stop("race", {}, 1)]))
    kinds = [took.kind for took in report.answers]
    assert report.faults == []
    assert kinds.count("opening") == 2 and kinds.count("input") == 7 and kinds.count("families") == 9
    assert "drag" in kinds


@pytest.mark.parametrize(("key", "value"), [("a.learning_rate", 0.021), ("surface.angle", 31.0)])
def test_what_is_released_in_the_figure_is_drawn(server, key, value):
    with Session(server, {"a": "momentum"}, FIRST) as session:
        answer = session.release(key, value)
        assert not answer.faults
        assert shown(key, value) in b"".join(answer.payloads)


def test_a_lost_server_is_a_fault():
    report = Report()
    asyncio.run(Student(report, 0, think=0.0).attend("http://127.0.0.1:9", [Stop(FIRST, {}, 1)]))
    assert len(report.faults) == 1 and not report.answers


def test_what_is_said_of_a_value_is_what_the_figure_says():
    assert shown("a.learning_rate", 0.021) == b'"eta":0.021' and shown("surface.angle", 31.0) == b"angle=31.0"
    assert shown("start.x", 1.0) == shown("a.learning_rate", 1e-15) == b""


MOST = 100_000  # bytes that a session remembers after it has seen every page with every detail open


def test_a_session_remembers_little_of_all_pages():
    app = visit({"show": list(found())})
    for entry in entries():
        app.switch_page(str(entry.path.relative_to(ROOT))).run(timeout=TIMEOUT)
        assert not app.exception
    state = app.session_state._state.filtered_state
    assert "valley.declared" in state
    assert sum(len(repr(value)) for value in state.values()) < MOST
    assert len(state) < 1000
