"""What the README says of privacy: nobody else is asked, by page or server, and nothing is kept of a student."""

import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from browser import ROOT, serve
from playwright.sync_api import Page
from recorder import Recorder
from test_server import settled

from benchmarks.session import Session
from widgets.navigation import entries

PAGES = [entry.path.stem for entry in entries()]
TYPED = "0.0123"  # a number that no page shows by itself
BROWSER_KEEPS = "() => ({ ...localStorage, ...sessionStorage })"


@pytest.fixture(scope="module", params=["app.py", "server.py"])
def watched(request, tmp_path_factory) -> Iterator[tuple[str, Recorder]]:
    """A server, and the recorder of what it did since it was started."""
    recorder = Recorder.at(tmp_path_factory.mktemp("recorder"))
    healthy = "/readyz" if request.param == "server.py" else "/_stcore/health"
    with serve(ROOT, script=request.param, healthy=healthy, environment=recorder.environment) as address:
        yield address, recorder


def test_the_recorder_records(tmp_path):
    recorder = Recorder.at(tmp_path)
    program = "import socket, sys; socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9));"
    program += "socket.socket(type=socket.SOCK_DGRAM).connect(('127.0.0.1', 9)); open(sys.argv[1], 'w').close()"
    written = tmp_path / "written"
    subprocess.run([sys.executable, "-c", program, written], env=recorder.environment, check=True, timeout=60)
    assert recorder.outside() == ["192.0.2.1"] and "127.0.0.1" in recorder.recorded("asked")
    assert recorder.kept() == [str(written)]


def test_the_server_asks_nobody_and_keeps_nothing(watched):
    address, recorder = watched
    for name in PAGES:
        with Session(address, {"a.learning_rate": TYPED}, name) as session:
            assert not session.first.faults
    assert recorder.outside() == []
    assert recorder.kept() == []
    assert recorder.recorded("started") == []
    assert not list((recorder.folder / "home").rglob("*"))


@pytest.mark.parametrize("watched", ["app.py"], indirect=True)  # tests/test_server.py has the other
def test_the_browser_asks_nobody_else_and_keeps_what_the_readme_says(watched, page: Page):
    address, recorder = watched
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    for name in PAGES:
        page.goto(f"{address}/{name}")
        settled(page)
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith(("blob:", "data:"))}
    assert hosts == {urlsplit(address).netloc}
    (cookie,) = page.context.cookies()
    assert cookie["name"] == "_streamlit_xsrf" and cookie["expires"] == -1
    kept = page.evaluate(BROWSER_KEEPS)
    assert kept and all(name.startswith("stActiveTheme-") and value == '"System"' for name, value in kept.items())
    assert recorder.outside() == [] and recorder.kept() == []
