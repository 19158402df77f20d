"""Memory: how many heaps glibc may keep. See docs/adr/0037-load-and-limits.md."""

import ctypes
import os

ARENA_MAX = -8  # glibc's name for it in mallopt
ARENAS = 2
VARIABLE = "MALLOC_ARENA_MAX"  # says another number, before the process starts


def few_arenas() -> bool:
    """Keep to few heaps, since every rerun is a new thread and would leave its garbage in another; tell if it worked.

    Otherwise there are eight for each core. Without glibc nothing is changed.
    """
    if VARIABLE in os.environ:
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(ARENA_MAX, ARENAS))
    except (AttributeError, OSError, TypeError):  # another C library, or Windows
        return False
