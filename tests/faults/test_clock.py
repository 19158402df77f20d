"""The host's clock jumps, forwards by a day and then back by two: nobody notices."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import ROOT, serve
from test_imports import SOURCES
from test_server import QUIET, Host, get

from benchmarks.session import Session

DAY = 86_400.0
# imported by Python at its start: the clock of the day shows what a file says; the monotonic ones are as they are
CLOCK = """
import os, time

SHIFT, time_ns, day = os.environ["CLOCK"], time.time_ns, time.time


def shift():
    with open(SHIFT) as file:
        return float(file.read())


time.time = lambda: day() + shift()
time.time_ns = lambda: time_ns() + int(shift() * 1e9)
"""


class Clock:
    def __init__(self, folder: Path) -> None:
        (folder / "sitecustomize.py").write_text(CLOCK, encoding="utf-8")
        self.folder, self.file = folder, folder / "shift"
        self.jump(0.0)

    def jump(self, seconds: float) -> None:
        """Show a time that is so far from the true one."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(seconds))
        os.replace(fresh, self.file)


@pytest.fixture
def clock(tmp_path) -> Clock:
    return Clock(tmp_path)


@pytest.fixture
def host(clock, tmp_path) -> Iterator[Host]:
    log = tmp_path / "log"
    environment = {"PYTHONPATH": str(clock.folder), "CLOCK": str(clock.file)}
    with serve(ROOT, *QUIET, script="server.py", healthy="/readyz", log=log, environment=environment) as address:
        yield Host(address, log)


def measured(host: Host, name: str) -> float:
    """The sum of a metric over its labels."""
    body = get(f"{host.address}/metrics")[2].decode()
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{.*?}})? (\S+)$", body, re.MULTILINE))


def test_reruns_jobs_and_their_times_go_on(host, clock):
    with Session(host.address, page="valley") as session:
        for jump, value in ((DAY, 0.03), (-DAY, 0.04), (0.0, 0.05)):
            clock.jump(jump)
            assert not session.enter("a.learning_rate", value).faults
            with Session(host.address, {"map.steps": 100 + value}, page="maps") as other:
                assert other.inputs and not other.first.faults
    assert get(f"{host.address}/readyz")[0] == 200 and not host.lines("error")
    assert {line["time"][:10] for line in host.lines("rerun")}.__len__() == 3
    assert 0.0 < measured(host, "valley_rerun_seconds_sum") < 600.0
    assert measured(host, "valley_heavy_seconds_count") >= 1.0
    assert 0.0 < measured(host, "valley_heavy_seconds_sum") < 600.0


def test_nothing_measures_by_the_clock_of_the_day():
    for _, path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = {alias.name for alias in node.names} if isinstance(node, (ast.Import, ast.ImportFrom)) else set()
            if isinstance(node, ast.ImportFrom) and node.module == "time":
                names = {f"time.{name}" for name in names}
            if isinstance(node, ast.Attribute):
                names = {ast.unparse(node)}
            assert not names & {"time.time", "time.time_ns", "datetime"}, path
    for path in (ROOT / "widgets").rglob("*.js"):
        assert not re.search(r"\bDate\b", path.read_text(encoding="utf-8")), path
