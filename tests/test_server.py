"""The server of a host: ready when warm, safe headers, small assets, a sentence for errors, logs and metrics."""

import gzip
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from browser import ROOT, serve
from playwright.sync_api import Page

from host.assets import FOLDER, names
from host.headers import Headers
from widgets.details import found
from widgets.navigation import entries

PAGES = [entry.path.stem for entry in entries()]
QUIET = ("--logger.hideWelcomeMessage", "true")
LISTEN = """window.violations = []; document.addEventListener("securitypolicyviolation",
    (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));"""


class Host(NamedTuple):
    address: str
    log: Path

    def lines(self, event: str, **fields: object) -> list[dict]:
        """The log's lines on an event with these fields; every line of the log must be JSON."""
        said = [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]
        return [line for line in said if line["event"] == event and fields.items() <= line.items()]

    def line(self, event: str, **fields: object) -> dict:
        """The first such line, waited for."""
        until = time.monotonic() + 30.0
        while time.monotonic() < until:
            if found := self.lines(event, **fields):
                return found[0]
            time.sleep(0.05)
        raise AssertionError(f"no line on {event} with {fields} in:\n{self.log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    log = tmp_path_factory.mktemp("host") / "log"
    with serve(ROOT, *QUIET, script="server.py", healthy="/readyz", log=log) as address:
        yield Host(address, log)


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Ask for a URL; return status, headers by their lower-case names, and body."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()


def test_it_is_ready_once_it_is_warm(host):
    assert get(f"{host.address}/readyz")[::2] == (200, b"ready")
    ready = host.line("ready")
    assert ready["kernels"] >= 40 and ready["seconds"] > 0.0
    assert not host.lines("error")


@pytest.fixture
def watched(page: Page) -> Iterator[Page]:
    """A page on which nothing may break the policy, and that may ask nobody but the host."""
    page.add_init_script(LISTEN)
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url.replace("ws", "http", 1)))
    asked: list[str] = []
    yield page
    ours = page.url.split("/")[2]
    assert page.evaluate("window.violations") == []
    assert not [url for url in asked if not url.startswith((f"http://{ours}/", "blob:", "data:"))]


def settled(page: Page) -> None:
    """Wait until a page was run and what it brought is loaded."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.locator("[data-testid^=stBidiComponent], .js-plotly-plot").filter(visible=True).first.wait_for()
    page.wait_for_load_state("networkidle")
    assert not page.get_by_role("dialog").count()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_runs_under_the_policy_and_asks_nobody_else(host, watched, name):
    watched.goto(f"{host.address}/{name}")
    settled(watched)


def test_so_do_all_details_with_their_scenes(host, watched):
    watched.goto(f"{host.address}/valley?{urlencode({'show': list(found())}, doseq=True)}")
    settled(watched)
    watched.locator("canvas").first.wait_for(state="attached")


def test_every_answer_has_the_headers(host):
    for path in ("/", "/valley", "/readyz", "/_stcore/health"):
        status, headers, _ = get(host.address + path)
        policy = headers["content-security-policy"]
        assert status == 200 and headers["x-content-type-options"] == "nosniff"
        assert "unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")
        assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
        assert f"ws://{host.address.removeprefix('http://')} " in policy


def test_a_strange_host_gets_into_no_policy():
    headers = Headers(lambda *_: None)
    assert "evil" not in headers.policy(b"evil.example; script-src *")
    assert "ws://[::1]:8501 wss://[::1]:8501;" in headers.policy(b"[::1]:8501")


def test_scripts_come_compressed_and_for_ever(host):
    name = next(name for name in sorted(names()) if name.startswith("js/index."))
    url, plain = f"{host.address}/static/{name}", (FOLDER / name).read_bytes()
    status, headers, body = get(url, **{"Accept-Encoding": "gzip"})
    assert status == 200 and headers["content-encoding"] == "gzip"
    assert headers["content-type"].startswith("text/javascript")
    assert "immutable" in headers["cache-control"] and headers["vary"] == "accept-encoding"
    assert len(body) < 0.5 * len(plain) and gzip.decompress(body) == plain
    for others in ({}, {"Accept-Encoding": "gzip;q=0"}, {"Accept-Encoding": "identity"}):
        status, headers, body = get(url, **others)
        assert status == 200 and "content-encoding" not in headers and body == plain


def test_what_is_not_one_of_them_is_left_to_streamlit(host):
    for path in ("/static/js/none.js", "/static/../server.py", "/static/%2e%2e/server.py"):
        _, headers, body = get(host.address + path, **{"Accept-Encoding": "gzip"})
        assert (b"st.App" not in body and "immutable" not in headers.get("cache-control", "")) or b"<html" in body


def test_requests_and_reruns_have_a_line_and_are_counted(host, page: Page):
    page.goto(f"{host.address}/schedules?secret=of-a-student")
    settled(page)
    line = host.line("request", path="/schedules", method="GET")
    assert line["status"] == 200 and line["bytes"] > 1000 and line["ms"] >= 0.0
    assert host.line("rerun", page="schedules")["bytes"] > 10_000
    assert not host.lines("request", path="/readyz")
    said = host.log.read_text(encoding="utf-8")
    assert "of-a-student" not in said and "127.0.0.1" not in said and "Mozilla" not in said
    assert get(f"{host.address}/metrics", **{"X-Forwarded-For": "192.0.2.1"})[0] == 404
    _, headers, body = get(f"{host.address}/metrics")
    assert headers["content-type"].startswith("application/openmetrics-text")
    counted = dict(line.rsplit(" ", 1) for line in body.decode().splitlines() if not line.startswith("#"))
    assert float(counted['valley_rerun_seconds_count{page="schedules"}']) >= 1.0
    assert float(counted["valley_sessions"]) == 1.0 and float(counted["valley_ready"]) == 1.0
    assert float(counted['valley_kernel_seconds_total{loop="run"}']) > 0.0
    assert 1e7 < float(counted["process_resident_memory_bytes"]) < 1e10
