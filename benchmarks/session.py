"""A student's session over the websocket, without a browser."""

import json
import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX
from websockets.sync.client import connect

FIGURE, LINE = "valley_live_figure", "valley_line"
LAST = 1000  # bytes; the last message of an answer is shorter
SHORT = 16_000  # bytes; errors are shorter
PATIENCE = 60.0  # seconds an answer may take


class Answer(NamedTuple):
    """What came back from one run of the page."""

    seconds: float  # from the message sent to script_finished
    payloads: list[bytes]

    @property
    def faults(self) -> list[str]:
        """What a student would see that is wrong, in words."""
        return [fault for data in self.payloads if len(data) < SHORT and (fault := _fault(ForwardMsg.FromString(data)))]


class Number(NamedTuple):
    """A number input of a page."""

    id: str
    fragment: str
    low: float
    high: float
    step: float
    value: float


class Tab:
    """What a browser's tab knows and says of a page: its inputs by their keys, its figure, its address."""

    def opening(self, query: Mapping[str, Any] | None = None, page: str = "") -> bytes:
        """Say that a page was opened."""
        self.query, self.page, self.hash = dict(query or {}), page, ""  # the hash is how the server calls the page
        self.inputs: dict[str, Number] = {}
        self.components: dict[str, tuple[str, str]] = {}  # name -> id, id of its fragment
        self.clock: tuple[float, str] | None = None  # seconds after which a fragment is to run again, and which
        return self._said(BackMsg())

    def entering(self, key: str, value: float) -> bytes:
        """Say that a number was typed into an input."""
        message = BackMsg()
        widget = message.rerun_script.widget_states.widgets.add()
        widget.id, message.rerun_script.fragment_id = self.inputs[key][:2]
        widget.double_value = value
        self.query[key] = value
        return self._said(message)

    def triggering(self, component: str, event: str, value: dict[str, Any]) -> bytes:
        """Say that something happened in a component."""
        message = BackMsg()
        widget = message.rerun_script.widget_states.widgets.add()
        name, message.rerun_script.fragment_id = self.components[component]
        widget.id = f"{STREAMLIT_INTERNAL_KEY_PREFIX}_{name}__events"
        widget.json_trigger_value = json.dumps([{"event": event, "value": value}])
        return self._said(message)

    def committing(self, values: dict[str, float]) -> bytes:
        """Say that a handle of the live figure was released."""
        message = self.triggering(LINE, "commit", {"commits": [[time.monotonic(), values]]})
        self.query.update(values)  # only the answer changes the address
        return message

    def asking_families(self) -> bytes:
        """Ask for the runs at every stop of the live sliders, as the figure does once a picture is on the screen."""
        return self.triggering(FIGURE, "ask", {"families": True})

    def dragging(self, values: dict[str, float], ticket: int) -> bytes:
        """Ask for the picture of a drag, as the figure does while a slider moves that changes the surface."""
        return self.triggering(FIGURE, "ask", {"values": values, "ticket": ticket})

    def ticking(self) -> bytes:
        """Say that the clock of a fragment ran off."""
        message = BackMsg()
        assert self.clock
        message.rerun_script.fragment_id, message.rerun_script.is_auto_rerun = self.clock[1], True
        return self._said(message)

    def _said(self, message: BackMsg) -> bytes:
        message.rerun_script.query_string = urlencode(self.query, doseq=True)
        # as a browser: once it knows the hash of the page it no longer says its name
        message.rerun_script.page_script_hash, message.rerun_script.page_name = (
            self.hash,
            "" if self.hash else self.page,
        )
        return message.SerializeToString()

    def learn(self, payloads: Iterable[bytes]) -> None:
        """Take note of what an answer says of the page."""
        for data in payloads:
            forward = ForwardMsg.FromString(data)
            element, fragment = forward.delta.new_element, forward.delta.fragment_id
            kind = element.WhichOneof("type")
            if kind == "number_input" and element.number_input.query_param_key:
                it = element.number_input
                value = it.value if it.set_value else it.default
                self.inputs[it.query_param_key] = Number(it.id, fragment, it.min, it.max, it.step, value)
            elif kind == "bidi_component":
                self.components[element.bidi_component.component_name] = element.bidi_component.id, fragment
            self._learn_of(forward)

    def _learn_of(self, forward: ForwardMsg) -> None:
        kind = forward.WhichOneof("type")
        if kind == "new_session":
            self.hash, self.clock = forward.new_session.page_script_hash, None
        elif kind == "navigation":
            self.hash = forward.navigation.page_script_hash
        elif kind == "auto_rerun":
            self.clock = forward.auto_rerun.interval, forward.auto_rerun.fragment_id


def ended(data: bytes) -> bool:
    """Tell whether a message ends an answer."""
    # only short messages can be the last one: reading the long ones is no part of the server's time
    if len(data) >= LAST:
        return False
    forward = ForwardMsg.FromString(data)
    # a run that gave way to another one is not the end
    finished = forward.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
    return forward.WhichOneof("type") == "script_finished" and finished


def _fault(forward: ForwardMsg) -> str:
    kind, element = forward.WhichOneof("type"), forward.delta.new_element
    if kind == "page_not_found":
        return "page not found"
    if kind == "script_finished" and forward.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
        return "a page that is no Python"
    if element.WhichOneof("type") == "exception":
        return f"{element.exception.type}: {element.exception.message}"
    if element.WhichOneof("type") == "alert" and element.alert.format == element.alert.ERROR:
        return str(element.alert.body)
    return ""


class Session(Tab):
    """A tab that waits for its answers."""

    def __init__(self, address: str, query: Mapping[str, Any] | None = None, page: str = "") -> None:
        # as a browser, it takes in all there is: a full queue would stall the server for 40 ms
        options: Any = {"max_size": None, "max_queue": None, "legacy": True}
        self.socket = connect(stream(address), subprotocols=["streamlit"], **options)  # type: ignore[list-item]
        self.first = self._ask(self.opening(query, page))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, what: BaseException | None, at: TracebackType | None) -> None:
        self.socket.close()

    def enter(self, key: str, value: float) -> Answer:
        """Type a number into an input."""
        return self._ask(self.entering(key, value))

    def release(self, key: str, value: float) -> Answer:
        """Let go a handle of the live figure."""
        return self._ask(self.committing({key: value}))

    def ask_families(self) -> Answer:
        """Ask for the families of the live figure."""
        return self._ask(self.asking_families())

    def tick(self) -> Answer:
        """Let the clock of a fragment run off."""
        return self._ask(self.ticking())

    def _ask(self, message: bytes) -> Answer:
        began, payloads = time.perf_counter(), []
        self.socket.send(message)
        while True:
            data = self.socket.recv(PATIENCE)
            assert isinstance(data, bytes)
            payloads.append(data)
            if ended(data):
                break
        answer = Answer(time.perf_counter() - began, payloads)
        self.learn(payloads)
        return answer


def stream(address: str) -> str:
    """Return where the websocket of a server is."""
    return address.replace("http", "ws", 1) + "/_stcore/stream"


def cpu_seconds(address: str) -> float | None:
    """Return the processor time that the server at an address has used; None where there is no /proc."""
    port = address.rsplit(":", 1)[1].encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
            if b"streamlit" in command and port in command:
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except OSError:
            continue
    return None
