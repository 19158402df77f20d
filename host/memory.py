"""Memory: how many heaps glibc may keep, and what it gives back. See docs/adr/0037-load-and-limits.md."""

import asyncio
import ctypes
import os

ARENA_MAX = -8  # glibc's name for it in mallopt
ARENAS = 2
EVERY = 20.0  # seconds
VARIABLE = "MALLOC_ARENA_MAX"  # says another number, before the process starts


def few_arenas() -> bool:
    """Keep to few heaps, since every rerun is a new thread and would leave its garbage in another; tell if it worked.

    Otherwise there are eight for each core. Without glibc nothing is changed.
    """
    if VARIABLE in os.environ:
        return False
    return _glibc("mallopt", ARENA_MAX, ARENAS)


async def keep_tidy() -> None:
    """Give back what is not in use, again and again, in a thread: whoever needs memory just then waits some ms."""
    while True:
        await asyncio.sleep(EVERY)
        await asyncio.to_thread(give_back)


def give_back() -> bool:
    """Give what is free in the middle of the heaps back to the system; tell if there was any."""
    return _glibc("malloc_trim", 0)


def _glibc(name: str, *numbers: int) -> bool:
    try:
        return bool(getattr(ctypes.CDLL(None), name)(*numbers))
    except (AttributeError, OSError, TypeError):  # another C library, or Windows
        return False
