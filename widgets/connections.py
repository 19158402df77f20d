"""Connections: what the server writes leaves at once."""

import os
import socket
import stat
from functools import cache
from pathlib import Path

OPEN = Path("/proc/self/fd")  # where Linux lists what a process has open; elsewhere nothing is changed


@cache
def send_at_once() -> int:
    """Switch off Nagle's algorithm on this process's TCP sockets, once; return how many there were.

    Streamlit 1.67 binds its socket itself, and asyncio then leaves the algorithm on (uvicorn issue 3149). The last
    small messages of an answer would wait for the browser to acknowledge the others, which it puts off for 40 ms. On
    Linux a connection inherits the option from the socket that listens.
    """
    return sum(_without_delay(int(entry.name)) for entry in OPEN.iterdir()) if OPEN.is_dir() else 0


def _without_delay(number: int) -> bool:
    try:
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            return False
        with socket.socket(fileno=os.dup(number)) as twin:  # closing a twin leaves the connection open
            if twin.proto != socket.IPPROTO_TCP:
                return False
            twin.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return True
    except OSError:  # closed meanwhile
        return False
