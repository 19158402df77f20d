"""What a measurement is taken on."""

import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import launch

PACKAGES = ("streamlit", "plotly", "numba", "numpy", "orjson")


@contextmanager
def byte_code() -> Iterator[None]:
    """Let servers keep their byte code, as pip leaves it for everybody, whatever this shell says."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        yield


def machine() -> str:
    """Return one line on what it was measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    with sync_playwright() as playwright, launch(playwright) as browser:
        chromium = browser.version
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    processor = f"{os.cpu_count()} cores, {models[0] if models else platform.processor()}, {platform.system()}"
    return f"{processor}; Python {platform.python_version()}, {packages}, Chromium {chromium}"
