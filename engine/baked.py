"""Baked: the numba cache of an image, filled when the image is built and only read while it runs."""

import os
from contextlib import suppress

from numba.core.caching import UserProvidedCacheLocator


class Baked(UserProvidedCacheLocator):
    """``NUMBA_CACHE_DIR`` as it is: numba's own locators refuse a folder that they cannot write to.

    Named by ``NUMBA_CACHE_LOCATOR_CLASSES=engine.baked.Baked``. What is not in it is compiled and not kept.
    """

    def ensure_cache_path(self) -> None:
        """Make the folder if that is possible."""
        with suppress(OSError):
            os.makedirs(self.get_cache_path(), exist_ok=True)
