"""Headers: what a browser may do with a page. Everything that it needs comes from this host.

The pages run under it: components of ours are modules made from blobs, Plotly and Streamlit write style attributes.
"""

import base64
import hashlib
import os
import re
from pathlib import Path

import streamlit as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send

EMBEDDED = "VALLEY_EMBEDDED_IN"  # origins, separated by spaces, whose pages may show Valley in a frame
HOST = re.compile(rb"[\w.-]+(?::\d+)?|\[[0-9a-fA-F:.]+\](?::\d+)?")
INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def inline_scripts() -> list[str]:
    """Return the sources that allow the scripts which stand in Streamlit's own page, by their hash."""
    page = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    digests = (hashlib.sha256(script.encode()).digest() for script in INLINE.findall(page))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


class Headers:
    """Middleware that adds the headers to every answer."""

    def __init__(self, app: ASGIApp):
        self.app = app
        self.scripts = " ".join(inline_scripts())
        self.ancestors = " ".join(["'self'", os.environ.get(EMBEDDED, "")]).strip()

    def policy(self, host: bytes) -> str:
        """Return the content security policy; not every browser counts websockets to the same host as 'self'."""
        sockets = f" ws://{host.decode()} wss://{host.decode()}" if HOST.fullmatch(host) else ""
        return "; ".join(
            [
                "default-src 'self'",
                f"script-src 'self' blob: 'wasm-unsafe-eval' {self.scripts}",  # 64-bit numbers in Streamlit's messages
                "style-src 'self' 'unsafe-inline'",
                "img-src 'self' data: blob:",
                "font-src 'self' data:",
                f"connect-src 'self' data: blob:{sockets}",
                "worker-src 'self' blob:",
                "object-src 'none'",
                "base-uri 'none'",
                "form-action 'self'",
                f"frame-ancestors {self.ancestors}",
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = dict(scope["headers"]).get(b"host", b"")
        added = {**ALWAYS, "content-security-policy": self.policy(host)}

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", ()),
                    *((name.encode(), value.encode()) for name, value in added.items()),
                ]
            await send(message)

        await self.app(scope, receive, answer)
