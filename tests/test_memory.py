"""The host keeps to few heaps, where glibc is."""

import os
import platform
import subprocess
import sys

import pytest
from browser import ROOT

HEAPS = """
import ctypes, threading, tempfile
{first}
barrier = threading.Barrier(12)
def work():
    held = ctypes.CDLL(None).malloc(1000)
    barrier.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc = ctypes.CDLL(None)
with tempfile.NamedTemporaryFile("w+") as file:
    libc.fopen.restype = ctypes.c_void_p
    stream = ctypes.c_void_p(libc.fopen(file.name.encode(), b"w"))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    print(open(file.name).read().count("<heap nr="))
"""


def heaps(first: str) -> int:
    """How many heaps a process has whose threads all ask for memory."""
    environment = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    program = [sys.executable, "-c", HEAPS.format(first=first)]
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="no glibc")
def test_a_host_has_two_heaps_however_many_threads():
    assert heaps("import host") == 2
    assert heaps("") > 2
