"""A student's session over the websocket, without a browser."""

import os
import time
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX
from websockets.sync.client import connect


class Answer(NamedTuple):
    """What came back from one run of the page."""

    seconds: float  # from the message sent to script_finished
    payloads: list[bytes]


class Session:
    """Opens a page, then changes its number inputs one at a time, each in the fragment that drew it."""

    def __init__(self, address: str, query: dict[str, Any] | None = None, page: str = "") -> None:
        self.query, self.page = dict(query or {}), page
        self.inputs: dict[str, tuple[str, str]] = {}  # key -> id, id of its fragment
        self.figure = ("", "")  # its id, that of its fragment
        where = address.replace("http", "ws", 1) + "/_stcore/stream"
        # as a browser, it takes in all there is: a full queue would stall the server for 40 ms
        self.socket = connect(where, subprotocols=["streamlit"], max_size=None, max_queue=None, legacy=True)
        self.first = self._ask(BackMsg())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, what: BaseException | None, at: TracebackType | None) -> None:
        self.socket.close()

    def enter(self, key: str, value: float) -> Answer:
        """Type a number into an input, as the browser says it."""
        message = BackMsg()
        widget = message.rerun_script.widget_states.widgets.add()
        widget.id, message.rerun_script.fragment_id = self.inputs[key]
        widget.double_value = value
        self.query[key] = value
        return self._ask(message)

    def ask_families(self) -> Answer:
        """Ask for the runs at every stop of the live sliders, as the figure does once a picture is on the screen."""
        message = BackMsg()
        widget = message.rerun_script.widget_states.widgets.add()
        component, message.rerun_script.fragment_id = self.figure
        widget.id = f"{STREAMLIT_INTERNAL_KEY_PREFIX}_{component}__events"
        widget.json_trigger_value = '[{"event": "ask", "value": {"families": true}}]'
        return self._ask(message)

    def _ask(self, message: BackMsg) -> Answer:
        message.rerun_script.query_string = urlencode(self.query, doseq=True)
        message.rerun_script.page_name = self.page
        began, payloads = time.perf_counter(), []
        self.socket.send(message.SerializeToString())
        while True:
            data = self.socket.recv(60)
            assert isinstance(data, bytes)
            payloads.append(data)
            # only short messages can be the last one: reading the long ones is no part of the server's time
            if len(data) < 1000 and _finished(data):
                break
        answer = Answer(time.perf_counter() - began, payloads)
        for data in payloads:
            self._learn(data)
        return answer

    def _learn(self, data: bytes) -> None:
        forward = ForwardMsg.FromString(data)
        element = forward.delta.new_element
        if element.WhichOneof("type") == "number_input" and element.number_input.query_param_key:
            self.inputs[element.number_input.query_param_key] = element.number_input.id, forward.delta.fragment_id
        elif element.WhichOneof("type") == "bidi_component" and element.bidi_component.bytes:
            self.figure = element.bidi_component.id, forward.delta.fragment_id


def _finished(data: bytes) -> bool:
    forward = ForwardMsg.FromString(data)
    # a run that gave way to another one is not the end
    ended = forward.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
    return forward.WhichOneof("type") == "script_finished" and ended


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
