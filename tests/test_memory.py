"""The host keeps to few heaps, and gives back what is free in them, where glibc is."""

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


GIVEN = """
import ctypes, host
from pathlib import Path
from host.memory import give_back
used = lambda: int(Path("/proc/self/statm").read_text().split()[1])
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
blocks = [libc.malloc(60_000) for _ in range(1000)]
[ctypes.memset(ctypes.c_void_p(block), 1, 60_000) for block in blocks]
[libc.free(block) for block in blocks[:-1]]  # the last one keeps the end of the heap where it is
before = used()
print(give_back(), before - used())
"""

LARGE = """
import ctypes
from pathlib import Path
{first}
used = lambda: int(Path("/proc/self/statm").read_text().split()[1])
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
libc.free(libc.malloc(31_000_000))  # from now on glibc's own limit is that
block = libc.malloc(30_000_000)
ctypes.memset(ctypes.c_void_p(block), 1, 30_000_000)
behind = libc.malloc(100_000)
before = used()
libc.free(block)
print(before - used())
"""


def run(program: str) -> str:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def heaps(first: str) -> int:
    """How many heaps a process has whose threads all ask for memory."""
    return int(run(HEAPS.format(first=first)))


pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="no glibc")


def test_a_host_has_two_heaps_however_many_threads():
    assert heaps("import host") == 2
    assert heaps("") > 2


def test_a_large_array_goes_back_at_once_also_after_larger_ones():
    assert int(run(LARGE.format(first="import host"))) > 7_000
    assert int(run(LARGE.format(first=""))) < 1_000


def test_what_is_free_in_the_middle_of_a_heap_is_given_back():
    worked, pages = run(GIVEN).split()
    assert worked == "True" and int(pages) > 10_000
