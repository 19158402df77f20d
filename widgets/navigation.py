"""The pages, found in their folders; title, icon and order come from each file's own text."""

import ast
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, NoReturn

import streamlit as st

from engine.syntax import parse

REMEMBERED = 100  # files as they were read
FOLDER = Path(__file__).parent.parent / "app_pages"
LAST = 1_000_000  # the place of a page that does not say one


class Entry(NamedTuple):
    """What a page says of itself: the docstring's first line, the icon that opens its second paragraph, ORDER.

    ``fault`` is why it could not be asked: a file that is no Python, that cannot be read, that does not say all of it.
    """

    order: int
    section: str
    path: Path
    title: str
    icon: str
    fault: Exception | None = None


def entries() -> list[Entry]:
    """Return every page of every section, in order, broken ones last. Files are read, not run."""
    return sorted((_asked(path) for path in FOLDER.glob("*/*.py")), key=lambda entry: entry[:3])


def _asked(path: Path) -> Entry:
    try:
        return _entry(path, path.stat().st_mtime_ns)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        return Entry(LAST, path.parent.name, path, path.stem.replace("_", " ").capitalize(), ":material/error:", fault)


@lru_cache(maxsize=REMEMBERED)
def _entry(path: Path, changed: int) -> Entry:
    """Read a file; not again at every run of every page, until it has changed."""
    statements = parse(path.read_text(encoding="utf-8"))
    docstring = ast.get_docstring(ast.Module(statements, []))
    title, _, rest = (docstring or "").partition("\n\n")
    icon = rest.split(maxsplit=1)[0] if rest.startswith(":material/") else ""
    order = next(
        (
            node.value.value
            for node in statements
            if isinstance(node, ast.Assign)
            and getattr(node.targets[0], "id", "") == "ORDER"
            and isinstance(node.value, ast.Constant)
        ),
        None,
    )
    if not title or not icon or not isinstance(order, int):
        raise ValueError(f"{path} must have a docstring with a title and an icon, and a line ORDER = <number>")
    return Entry(order, path.parent.name, path, title, icon)


def pages() -> dict[str, list[st.Page]]:
    """Return the sections for st.navigation. The first page is where the bare address leads, its query kept."""
    found = entries()

    def home() -> None:
        st.switch_page(found[0].path, query_params={key: st.query_params.get_all(key) for key in st.query_params})

    sections: dict[str, list[st.Page]] = {"": [st.Page(home, default=True, visibility="hidden")]}
    for entry in found:
        runs = _raising(entry.fault) if entry.fault else entry.path
        page = st.Page(runs, title=entry.title, icon=entry.icon, url_path=entry.path.stem)
        sections.setdefault(entry.section.capitalize(), []).append(page)
    return sections


def _raising(fault: Exception) -> Callable[[], NoReturn]:
    def broken() -> NoReturn:
        raise fault

    return broken
