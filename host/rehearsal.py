"""Rehearsal: every page is run once by a session that nobody sees, before the first student comes."""

import asyncio

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.session_manager import SessionClient

LONGEST = 60.0  # seconds a page may take


class Audience(SessionClient):
    """Receives what a browser would, and keeps nothing but whether the run ended and what it ended with."""

    client_context = None

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.failed = False

    def write_forward_msg(self, msg: ForwardMsg) -> None:
        """Take a message."""
        kind = msg.WhichOneof("type")
        if kind == "page_not_found":
            self.failed = True
        elif kind == "delta" and msg.delta.new_element.WhichOneof("type") in ("exception", "alert"):
            self.failed |= _is_error(msg)
        elif kind == "script_finished" and msg.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.failed |= msg.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR
            self.ended.set()


def _is_error(msg: ForwardMsg) -> bool:
    element = msg.delta.new_element
    return element.WhichOneof("type") == "exception" or element.alert.format == element.alert.ERROR


async def rehearse(page: str) -> bool:
    """Run a page, known by its name in the address, "" for the first one; return whether it showed no error."""
    runtime, audience = Runtime.instance(), Audience()
    session = runtime.connect_session(audience, {})
    try:
        message = BackMsg()
        message.rerun_script.page_name = page
        runtime.handle_backmsg(session, message)
        await asyncio.wait_for(audience.ended.wait(), LONGEST)
        return not audience.failed
    except TimeoutError:
        return False
    finally:
        runtime.close_session(session)
