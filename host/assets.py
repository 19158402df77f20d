"""Assets: Streamlit's scripts and style sheets, compressed once, for browsers to keep for ever.

Streamlit itself sends them as they are, 7 MB to a new browser, since it would compress them again for each. An image
holds them compressed: ``python -m host.assets FOLDER`` writes them when it is built, ``VALLEY_ASSETS=FOLDER`` names it.
"""

import asyncio
import gzip
import os
import sys
import threading
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER = Path(st.__file__).parent / "static" / "static"
PREFIX = "/static/"
KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
FOREVER = "public, max-age=31536000, immutable"  # each file's name holds a hash of what is in it
FIRST = (
    "js/index.*.js",
    "js/PlotlyChart.*.js",
    "js/react-dom.*.js",
    "css/index.*.css",
)  # asked for at every first visit
BAKED = os.environ.get("VALLEY_ASSETS", "")

_compressing = threading.Lock()


@cache
def names() -> frozenset[str]:
    """Return the paths below ``/static/`` that are served compressed."""
    return frozenset(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.suffix in KINDS)


def compressed(name: str, coding: str) -> bytes | None:
    """Return a file in a content coding, gzip or br; None where it is not to be had in that one.

    What was not baked is compressed here, one file at a time and each once, 0.5 s for the largest.
    """
    with _compressing:
        return _compressed(name, coding)


@cache
def _compressed(name: str, coding: str) -> bytes | None:
    baked = Path(BAKED, f"{name}.{coding}")
    if BAKED and baked.is_file():
        return baked.read_bytes()
    return gzip.compress((FOLDER / name).read_bytes(), 9, mtime=0) if coding == "gzip" else None


def prepare() -> None:
    """Have ready what every first visit asks for."""
    for pattern in FIRST:
        for path in FOLDER.glob(pattern):
            compressed(path.relative_to(FOLDER).as_posix(), "gzip")


def bake(folder: Path) -> None:
    """Write all of them into a folder, as gzip and as Brotli, whose package only the build of an image needs."""
    import brotli  # type: ignore[import-not-found]

    for name in names():
        content = (FOLDER / name).read_bytes()
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.gzip").write_bytes(gzip.compress(content, 9, mtime=0))
        (folder / f"{name}.br").write_bytes(brotli.compress(content))


class Assets:
    """Middleware that answers requests for scripts and style sheets with what is compressed already."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        name, codings = _asked(scope)
        for coding in codings:
            body = await asyncio.to_thread(compressed, name, coding)
            if body is not None:
                headers = {"content-encoding": coding, "cache-control": FOREVER, "vary": "accept-encoding"}
                await Response(body, media_type=KINDS[Path(name).suffix], headers=headers)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _asked(scope: Scope) -> tuple[str, list[str]]:
    """Return the path below ``/static/`` that is asked for, and the codings that its answer may have, best first."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or not scope["path"].startswith(PREFIX):
        return "", []
    name, headers = str(scope["path"][len(PREFIX) :]), Headers(scope=scope)
    if name not in names() or "range" in headers:
        return "", []
    taken = {part.split(";")[0].strip() for part in headers.get("accept-encoding", "").split(",") if "q=0" not in part}
    return name, [coding for coding in ("br", "gzip") if coding in taken]


if __name__ == "__main__":
    bake(Path(sys.argv[1]))
