"""Watch: every request and every rerun is counted, timed and logged, from what passes between browser and server."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from host.logs import complain, say
from metrics import ERRORS, REQUESTS, RERUN_BYTES, RERUN_SECONDS, SESSIONS, SESSIONS_OPENED

SHORT = 16_000  # bytes; what begins or ends a run is shorter, and longer messages are not looked into
PROBES = ("/readyz", "/metrics", "/_stcore/health", "/_stcore/metrics")  # come every few seconds; counted, not logged
LONGEST = 200  # characters of a path in a log line
KINDS = {"static": "asset", "_stcore": "core", "media": "media", "component": "asset"}


class Watch:
    """Middleware around everything else."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or hold a conversation, and keep account of it."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._conversation(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status, size = time.perf_counter(), 500, 0

        async def answer(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
            await send(message)

        path = scope["path"]
        try:
            await self.app(scope, receive, answer)
        except Exception as error:
            ERRORS.labels("request").inc()
            complain("error", error, path=path[:LONGEST])
            raise
        finally:
            kind = "probe" if path in PROBES else KINDS.get(path.split("/")[1], "page")
            REQUESTS.labels(kind, str(status)).inc()
            if kind != "probe":
                seconds = time.perf_counter() - began
                say("request", method=scope["method"], path=path[:LONGEST], status=status, bytes=size, ms=_ms(seconds))

    async def _conversation(self, scope: Scope, receive: Receive, send: Send) -> None:
        talk = Conversation()
        SESSIONS_OPENED.inc()
        with SESSIONS.track_inprogress():
            await self.app(scope, _tapped(receive, talk.heard), _passing(send, talk.said))


class Conversation:
    """One websocket: which page it shows, and how long its reruns take.

    Requests may come in quicker than they are answered; the run that begins next answers all that came before, and its
    time counts from the first of them. A run that gave way to another goes on in that one.
    """

    def __init__(self) -> None:
        self.page = "unknown"
        self.waiting: float | None = None  # since when somebody waits for a run to begin
        self.running: float | None = None  # since when somebody waits for the end of the one that runs
        self.bytes = 0

    def heard(self, data: bytes) -> None:
        """Look at a message of the browser."""
        if self.waiting is None and len(data) < SHORT and _read(BackMsg, data).WhichOneof("type") == "rerun_script":
            self.waiting = time.perf_counter()

    def said(self, data: bytes) -> None:
        """Look at a message of the server."""
        self.bytes += len(data)
        if len(data) >= SHORT:
            return
        forward = _read(ForwardMsg, data)
        kind = forward.WhichOneof("type")
        if kind == "new_session":
            if self.running is None:
                self.running = self.waiting
            self.waiting = None
        elif kind == "navigation":
            shown = forward.navigation.page_script_hash
            paths = [page.url_pathname for page in forward.navigation.app_pages if page.page_script_hash == shown]
            self.page = (paths or ["unknown"])[0] or "home"
        elif kind == "script_finished" and forward.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self._ended()

    def _ended(self) -> None:
        RERUN_BYTES.labels(self.page).inc(self.bytes)
        if self.running is not None:
            seconds = time.perf_counter() - self.running
            RERUN_SECONDS.labels(self.page).observe(seconds)
            say("rerun", page=self.page, bytes=self.bytes, ms=_ms(seconds))
        self.running, self.bytes = None, 0


def _read(kind: Any, data: bytes) -> Any:
    """Return a message, an empty one where it is none: that is for Streamlit to refuse."""
    try:
        return kind.FromString(data)
    except Exception:  # protobuf's own, which has no types
        return kind()


def _tapped(receive: Receive, look: Callable[[bytes], None]) -> Callable[[], Awaitable[Message]]:
    async def tapped() -> Message:
        message = await receive()
        if message["type"] == "websocket.receive" and message.get("bytes"):
            look(message["bytes"])
        return message

    return tapped


def _passing(send: Send, look: Callable[[bytes], None]) -> Send:
    async def passing(message: Message) -> None:
        if message["type"] == "websocket.send" and message.get("bytes"):
            look(message["bytes"])
        await send(message)

    return passing


def _ms(seconds: float) -> float:
    return round(seconds * 1e3, 1)
