"""Two replicas behind the proxy of compose.yaml, where Caddy is installed: affinity, websockets, what a visit takes."""

import http.cookiejar
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from browser import ROOT, free_port, serve
from playwright.sync_api import Browser
from test_server import QUIET, get, settled
from websockets.sync.client import connect

CADDY = shutil.which("caddy")

pytestmark = pytest.mark.skipif(CADDY is None, reason="Caddy is not installed")


class Site(NamedTuple):
    address: str  # of the proxy
    replicas: list[str]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """The replicas and the proxy, as compose.yaml sets them up."""
    with ExitStack() as stack:
        secret = {"STREAMLIT_SERVER_COOKIE_SECRET": "shared"}
        options = {"script": "server.py", "healthy": "/readyz", "environment": secret}
        replicas = [stack.enter_context(serve(ROOT, *QUIET, **options)) for _ in range(2)]
        yield Site(stack.enter_context(proxy(replicas, tmp_path_factory.mktemp("caddy"))), replicas)


@contextmanager
def proxy(replicas: list[str], home: Path) -> Iterator[str]:
    """Run Caddy before the replicas and give its address."""
    address = f"http://127.0.0.1:{free_port()}"
    settings = {
        "VALLEY_SITE": address,
        "VALLEY_REPLICAS": " ".join(replica.removeprefix("http://") for replica in replicas),
        "VALLEY_SECRET": "shared",
        "HOME": str(home),
        "XDG_DATA_HOME": str(home),
    }
    caddy = subprocess.Popen(
        [CADDY or "", "run", "--config", str(ROOT / "deploy" / "Caddyfile"), "--adapter", "caddyfile"],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 30.0
        while not answers(address) and time.monotonic() < until:
            time.sleep(0.1)
        yield address
    finally:
        caddy.terminate()
        caddy.wait()


def answers(address: str) -> bool:
    try:
        return get(address)[0] == 200
    except (urllib.error.URLError, OSError):
        return False


def pages_served(replica: str) -> float:
    """How many pages a replica has answered with."""
    _, _, body = get(f"{replica}/metrics")
    return sum(float(n) for n in re.findall(r'valley_requests_total\{kind="page",status="200"\} (\S+)', body.decode()))


def test_a_browser_stays_with_its_replica(site):
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    opener.open(f"{site.address}/valley", timeout=30).close()
    assert [cookie.name for cookie in jar if cookie.name == "valley"] == ["valley"]
    before = [pages_served(replica) for replica in site.replicas]
    for _ in range(10):
        opener.open(f"{site.address}/valley", timeout=30).close()
    until = time.monotonic() + 10.0  # an answer is counted once it is sent
    while sum(map(pages_served, site.replicas)) < sum(before) + 10.0 and time.monotonic() < until:
        time.sleep(0.05)
    served = [pages_served(replica) - was for replica, was in zip(site.replicas, before, strict=True)]
    assert min(served) == 0.0 and max(served) >= 10.0


def test_browsers_are_shared_out(site):
    before = [pages_served(replica) for replica in site.replicas]
    for _ in range(40):
        get(f"{site.address}/valley")
    assert all(pages_served(replica) > was for replica, was in zip(site.replicas, before, strict=True))


def test_websockets_pass(site):
    where = site.address.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(where, subprotocols=["streamlit"]) as socket:  # type: ignore[list-item]
        assert socket.subprotocol == "streamlit"


def test_scripts_keep_their_coding_and_their_age(site):
    _, _, page = get(site.address)
    (script,) = re.findall(rb'src="\./(static/js/index\.[^"]+)"', page)
    _, headers, _ = get(f"{site.address}/{script.decode()}", **{"Accept-Encoding": "gzip"})
    assert headers["content-encoding"] == "gzip" and "immutable" in headers["cache-control"]
    _, headers, _ = get(site.address, **{"Accept-Encoding": "gzip"})
    assert headers["content-encoding"] == "gzip" and headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/_stcore/metrics", "/_stcore/agent/openapi.json"])
def test_what_is_for_the_inside_stays_inside(site, path):
    assert get(site.address + path)[0] == 404


def test_a_visit_is_small_and_a_second_one_next_to_nothing(site, browser: Browser):
    with browser.new_context() as context:
        page = context.new_page()
        network, loaded = context.new_cdp_session(page), []
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
        page.goto(f"{site.address}/valley")
        page.locator(".js-plotly-plot").filter(visible=True).first.wait_for()
        settled(page)
        first = sum(loaded)
        loaded.clear()
        page.reload()
        settled(page)
    assert 1.5e6 < first < 2.9e6  # 0.5 MB less from an image, whose scripts are compressed by Brotli
    assert sum(loaded) < 100e3
