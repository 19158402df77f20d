"""One set of data a file; the file's name is its slug."""

import sys
from functools import cache, lru_cache

from engine.dataset import Data, Dataset
from engine.discovery import discover

REMEMBERED = 32  # datasets


@cache
def discover_data() -> dict[str, type[Data]]:
    """Return {slug: class} of all data."""
    return discover(sys.modules[__name__], Data)


def dataset(data: str | Dataset) -> Dataset:
    """Return the dataset of a slug, as its fields' defaults make it, or the one that is given; ValueError otherwise."""
    if isinstance(data, Dataset):
        return data
    known = discover_data()
    if not isinstance(data, str) or data not in known:
        raise ValueError(f"data must be a Dataset or one of {', '.join(known)}, got {data!r}")
    return made(known[data]())


@lru_cache(maxsize=REMEMBERED)
def made(data: Data) -> Dataset:
    """Return the dataset that data makes; what was made lately is not made again."""
    return data.dataset()
