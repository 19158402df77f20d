"""The pages, found in their folders; title, icon and order come from each file's own text."""

import ast
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from engine.syntax import parse

REMEMBERED = 100  # files as they were read
FOLDER = Path(__file__).parent.parent / "app_pages"


class Entry(NamedTuple):
    """What a page says of itself: the docstring's first line, the icon that opens its second paragraph, ORDER."""

    order: int
    section: str
    path: Path
    title: str
    icon: str


def entries() -> list[Entry]:
    """Return every page of every section, in order. Files are read, not run."""
    return sorted(_entry(path, path.stat().st_mtime_ns) for path in FOLDER.glob("*/*.py"))


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
        page = st.Page(entry.path, title=entry.title, icon=entry.icon, url_path=entry.path.stem)
        sections.setdefault(entry.section.capitalize(), []).append(page)
    return sections
