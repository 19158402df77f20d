"""Connections: nothing that the server writes is held back until the browser has acknowledged what came before."""

import socket
import sys

import pytest

from widgets.connections import send_at_once


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists a process's sockets and hands the option on")
def test_every_connection_sends_at_once():
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()) as before,
        listening.accept()[0] as accepted_before,
    ):
        assert not accepted_before.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert send_at_once.__wrapped__() >= 3
        assert accepted_before.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        with socket.create_connection(listening.getsockname()) as after, listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            accepted.sendall(b"all")
            assert after.recv(3) == b"all"
        accepted_before.sendall(b"still open")
        assert before.recv(10) == b"still open"


def test_nothing_but_sockets_is_touched(tmp_path):
    with (tmp_path / "file").open("w") as file:
        send_at_once.__wrapped__()
        file.write("as before")
    assert (tmp_path / "file").read_text() == "as before"
