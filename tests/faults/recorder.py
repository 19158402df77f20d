"""What a server does behind everybody's back: whom it asks over the network, what it writes, what it starts."""

import ipaddress
import json
import os
from pathlib import Path
from typing import NamedTuple

# Python imports it at its start, from a folder in PYTHONPATH, and tells it of every such event before it happens
HOOK = """
import json, os, sys

LOG = os.open(os.environ["RECORD"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
ASKED = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0}
ASKED |= {"socket.gethostbyname": 0, "socket.gethostbyaddr": 0}
STARTED = {"subprocess.Popen", "os.system", "os.posix_spawn", "os.exec", "os.fork"}


def record(event, given):
    if event in ASKED:
        where = given[ASKED[event]]
        say("asked", where[0] if isinstance(where, tuple) else where)
    elif event == "open" and isinstance(given[2], int) and given[2] & WRITING:
        say("wrote", given[0])
    elif event in STARTED:
        say("started", given[0] if given else event)


def say(what, about):
    text = about.decode(errors="replace") if isinstance(about, bytes) else str(about)
    os.write(LOG, (json.dumps([what, text]) + "\\n").encode())


sys.addaudithook(record)
"""


class Recorder(NamedTuple):
    """A folder for PYTHONPATH, and what was recorded by those who had it there."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> "Recorder":
        """Make one in a folder."""
        (folder / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
        return cls(folder)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to be recorded; its home is empty."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        before = os.environ.get("PYTHONPATH", "")
        path = os.pathsep.join(part for part in (str(self.folder), before) if part)
        return {"PYTHONPATH": path, "RECORD": str(self.folder / "record"), "HOME": str(home)}

    def recorded(self, what: str) -> list[str]:
        """Everything of a kind: whom it ``asked``, what it ``wrote`` and ``started``."""
        lines = (self.folder / "record").read_text(encoding="utf-8").splitlines()
        return [about for kind, about in map(json.loads, lines) if kind == what]

    def outside(self) -> list[str]:
        """Return whom it asked, but for this very machine."""
        return [host for host in self.recorded("asked") if not _here(host)]

    def kept(self) -> list[str]:
        """Return what it wrote, but for compiled code, which is the same whoever comes."""
        written = {path for path in self.recorded("wrote") if path != os.devnull}
        return sorted(path for path in written if "__pycache__" not in path)


def _here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("localhost", "None")  # nobody, as whoever listens asks for
