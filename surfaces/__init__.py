"""One error surface a file; the file's name is its slug."""

import sys
from functools import cache

from engine.discovery import discover
from engine.surface import Surface


@cache
def discover_surfaces() -> dict[str, type[Surface]]:
    """Return {slug: class} of every surface."""
    return discover(sys.modules[__name__], Surface)
