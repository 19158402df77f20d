"""A replica that is killed, one that comes back, a websocket that breaks: the address brings the student back."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from browser import ROOT, free_port, serve
from playwright.sync_api import Browser, Page, expect
from test_browser import IDLE, in_address, number_input, slider
from test_proxy import proxy
from test_server import QUIET, get

PATIENCE = 60.0  # seconds until a browser has noticed and is connected again
COUNT = """window.sockets = []; const Before = WebSocket;
window.WebSocket = class extends Before { constructor(...given) { super(...given); window.sockets.push(this); } };"""


class Replica:
    """A server on a port of its own that can be killed and started again."""

    def __init__(self, home: Path) -> None:
        self.port, self.home = free_port(), home
        self.address = f"http://127.0.0.1:{self.port}"
        self.running = ExitStack()

    def start(self) -> None:
        """Start it and wait until it is ready."""
        options = {
            "script": "server.py",
            "healthy": "/readyz",
            "log": self.home / "log",
            "environment": {"STREAMLIT_SERVER_COOKIE_SECRET": "shared"},
            "port": self.port,
            "started": self._started,
        }
        self.running.enter_context(serve(ROOT, *QUIET, **options))

    def kill(self) -> None:
        """End it as a lack of memory would, without a word."""
        self.process.kill()
        self.process.wait()
        self.running.close()

    def sessions(self) -> float:
        """How many browsers are connected."""
        lines = get(f"{self.address}/metrics")[2].decode().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("valley_sessions "))

    def _started(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process


@pytest.fixture(scope="module")
def replicas(tmp_path_factory) -> Iterator[list[Replica]]:
    """Two of them, started together."""
    both = [Replica(tmp_path_factory.mktemp("replica")) for _ in range(2)]
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        for replica in both:
            stack.callback(lambda replica=replica: replica.running.close())
        list(pool.map(Replica.start, both))
        yield both


class Student:
    """A browser at the Valley page, some way from where it begins."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.add_init_script(COUNT)
        page.goto(f"{address}/valley?a.learning_rate=0.05&surface.angle=-40")
        still(page)

    def step(self) -> float:
        """Move the learning rate one stop and return it; the server answers and the address follows."""
        before = self.page.url
        slider(self.page, "learning rate").press("ArrowRight")
        self.page.wait_for_url(lambda url: url != before)
        still(self.page)
        learning_rate = float(in_address(self.page)["a.learning_rate"])
        self.is_at(learning_rate)
        return learning_rate

    def is_at(self, learning_rate: float) -> None:
        """Check that picture and address are there, and nothing is in the way."""
        expect(self.page.get_by_role("alert")).to_have_count(0)
        expect(self.page.get_by_role("dialog")).to_have_count(0)
        asked = in_address(self.page)
        assert (float(asked["a.learning_rate"]), asked["surface.angle"]) == (learning_rate, "-40")
        output = self.page.locator(".valley-slider", has_text="learning rate").locator("output")
        expect(output).to_have_text(f"{learning_rate:g}", timeout=1000 * PATIENCE)
        expect(number_input(self.page, "surface.angle")).to_have_value("-40")

    @property
    def connections(self) -> int:
        """How many websockets the page has opened."""
        return self.page.evaluate("window.sockets.length")

    def reconnected(self) -> None:
        """Wait until the page has opened another one and was drawn over it."""
        until = time.monotonic() + PATIENCE
        while self.connections < 2 and time.monotonic() < until:
            self.page.wait_for_timeout(100)
        assert self.connections > 1
        still(self.page)


def still(page: Page) -> None:
    """Wait until a page has all that it asked for; the policy forbids that the page itself waits for an expression."""
    until = time.monotonic() + PATIENCE
    while not page.evaluate(IDLE):
        assert time.monotonic() < until
        page.wait_for_timeout(100)


@pytest.fixture
def student(browser: Browser) -> Iterator[Callable[..., Student]]:
    """Open a page in a browser of its own, which may have a cookie already."""
    with ExitStack() as stack:

        def opened(address: str, **cookies: str) -> Student:
            context = stack.enter_context(browser.new_context())
            context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
            return Student(context.new_page(), address)

        yield opened


def cookies(site: str) -> list[str]:
    """The proxy's cookies, one for each of two replicas."""
    found: set[str] = set()
    while len(found) < 2:
        found.add(get(f"{site}/valley")[1]["set-cookie"].split(";")[0].partition("=")[2])
    return list(found)


@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not installed")
def test_a_killed_replica_moves_its_students_and_nobody_else(replicas, student, tmp_path):
    with proxy([replica.address for replica in replicas], tmp_path) as site:
        first, second = cookies(site)
        struck = student(site, valley=first)
        (killed,) = (replica for replica in replicas if replica.sessions())
        calm = student(site, valley=second)
        assert [replica.sessions() for replica in replicas] == [1.0, 1.0]
        where, other = struck.step(), calm.step()
        killed.kill()
        struck.reconnected()
        struck.is_at(where)
        calm.is_at(other)
        assert calm.connections == 1


def test_a_server_that_comes_back_finds_its_students_where_they_were(replicas, student):
    replica = next(replica for replica in replicas if replica.process.poll() is None)
    someone = student(replica.address)
    where = someone.step()
    replica.kill()
    replica.start()
    someone.reconnected()
    someone.is_at(where)
    where = someone.step()
    someone.page.reload()
    still(someone.page)
    someone.is_at(where)


def test_so_does_one_whose_websocket_broke(replicas, student):
    replica = next(replica for replica in replicas if replica.process.poll() is None)
    someone = student(replica.address)
    where = someone.step()
    someone.page.evaluate("window.sockets.at(-1).close()")
    someone.reconnected()
    someone.is_at(where)
    someone.step()
