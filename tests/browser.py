"""A running app and a Chromium for tests and benchmarks."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI", "").lower() in {"1", "true"}
START_TIMEOUT = 120.0  # seconds until a server must be healthy
INSTALL_TIMEOUT = 300.0  # seconds Playwright may take to fetch its own Chromium

COMMANDS = (
    "chromium",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "chromium-browser",
    "microsoft-edge",
    "msedge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe",
    r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
    r"%ProgramFiles%\Microsoft\Edge\Application\msedge.exe",
)
FLAGS = (
    # 3-D figures need WebGL, drawn by the processor where there is no graphics card
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # no calls to the outside
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class NoBrowser(Exception):
    """No Chromium could be started, found or installed."""


@contextmanager
def serve(
    folder: Path = ROOT,
    *options: str,
    script: str = "app.py",
    healthy: str = "/_stcore/health",
    log: Path | None = None,
    prefix: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    port: int = 0,
    started: Callable[[subprocess.Popen[bytes]], object] = lambda process: None,
) -> Iterator[str]:
    """Run ``streamlit run app.py`` in folder on a free port and give its address, ``http://127.0.0.1:50123``.

    ``options`` are further ones of ``streamlit run``; ``healthy`` is what answers 200 once it has started. What the
    server writes goes to ``log``. ``prefix`` is a command that runs it, ``environment`` is added to ours. It takes
    ``port``, and ``started`` is given the process. RuntimeError holds what the server wrote if it does not start.
    """
    with log.open("w+b") if log else tempfile.TemporaryFile() as output:
        port = port or free_port()
        command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless", "true"]
        command += ["--server.address", "127.0.0.1", "--server.port", str(port), "--server.fileWatcherType", "none"]
        process = subprocess.Popen(
            [*prefix, *command, *options],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        started(process)
        try:
            address = f"http://127.0.0.1:{port}"
            if not _healthy(address + healthy, process):
                output.seek(0)
                said = output.read().decode(errors="replace")
                raise RuntimeError(f"streamlit run {script} did not start (exit code {process.poll()}):\n{said}")
            yield address
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _healthy(url: str, process: subprocess.Popen[bytes]) -> bool:
    """Wait until the server answers; False once it has ended or taken too long."""
    until = time.monotonic() + START_TIMEOUT
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, OSError) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
        time.sleep(0.1)
    return False


def launch(playwright: Playwright) -> Browser:
    """Start an installed Chromium, Chrome or Edge, else Playwright's own, which is fetched if need be.

    Raises NoBrowser, which says what was tried.
    """
    flags = list(FLAGS)
    if CI or (hasattr(os, "geteuid") and os.geteuid() == 0):
        flags.append("--no-sandbox")  # Chromium refuses to start as root with its sandbox
    tried = []
    for path in [*installed(), None]:
        try:
            return playwright.chromium.launch(executable_path=path, args=flags)
        except PlaywrightError as error:  # such as Ubuntu's chromium-browser, which only says that it is a snap
            tried.append(f"{path or 'Playwright'}: {error.message.splitlines()[0]}")
    try:
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=INSTALL_TIMEOUT,
        )
        return playwright.chromium.launch(args=flags)
    except (PlaywrightError, subprocess.SubprocessError) as error:
        tried.append(f"playwright install: {str(error).splitlines()[0]}")
    raise NoBrowser("; ".join(tried))


def installed() -> list[str]:
    """Return the paths of every Chromium, Chrome and Edge on PATH and in the usual places."""
    on_path = [shutil.which(command) for command in COMMANDS]
    elsewhere = [os.path.expandvars(place) for place in PLACES]
    return [path for path in on_path if path] + [path for path in elsewhere if Path(path).is_file()]
