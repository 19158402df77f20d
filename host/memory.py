"""Memory: how many heaps glibc may keep, and what it gives back. See docs/adr/0037-load-and-limits.md."""

import asyncio
import ctypes
import gc

ARENA_MAX, MMAP_THRESHOLD = -8, -3  # glibc's names for them in mallopt
ARENAS = 2
LARGE = 1 << 20  # bytes; what is larger has pages of its own, which go back as soon as it is no longer needed
EVERY = 20.0  # seconds


def stay_small() -> bool:
    """Keep to few heaps, since every rerun is a new thread and would leave its garbage in another; tell if it worked.

    Otherwise there are eight for each core. Large arrays stay out of them: glibc would raise its limit to that of the
    largest that was ever let go, up to 32 MB, and the small that outlive them keep their place from going back. Without
    glibc nothing is changed.
    """
    return _glibc("mallopt", MMAP_THRESHOLD, LARGE) and _glibc("mallopt", ARENA_MAX, ARENAS)


async def keep_tidy() -> None:
    """Give back what is not in use, again and again, in a thread: whoever needs memory just then waits some ms.

    First what only refers to itself, as much of a session does that is over: Python looks for it when a quarter more is
    there than the last time, which can be hours.
    """
    while True:
        await asyncio.sleep(EVERY)
        await asyncio.to_thread(gc.collect)
        await asyncio.to_thread(give_back)


def give_back() -> bool:
    """Give what is free in the middle of the heaps back to the system; tell if there was any."""
    return _glibc("malloc_trim", 0)


def _glibc(name: str, *numbers: int) -> bool:
    try:
        return bool(getattr(ctypes.CDLL(None), name)(*numbers))
    except (AttributeError, OSError, TypeError):  # another C library, or Windows
        return False
