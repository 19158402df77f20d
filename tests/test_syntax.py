"""Python's parser in many threads, and pages that are read once."""

import ast
import gc
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from browser import ROOT

from engine import syntax
from widgets import navigation

SOURCE = (ROOT / "engine" / "translation.py").read_text(encoding="utf-8")


class Knot:
    """Garbage that only a collection finds, whose end lets another thread run."""

    def __init__(self):
        self.knot = self

    def __del__(self):
        time.sleep(1e-5)


@pytest.fixture
def hasty():
    """Collections, and threads that take turns, all the time."""
    turns, threshold = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(100)
    yield
    sys.setswitchinterval(turns)
    gc.set_threshold(*threshold)


def test_many_threads_may_parse_at_the_same_time(hasty):
    def parse(_: int) -> str:
        knots = [Knot() for _ in range(100)]
        del knots
        return ast.dump(ast.Module(syntax.parse(SOURCE), []))

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(parse, range(24))) == {ast.dump(ast.parse(SOURCE))}


def test_a_page_is_read_again_only_when_it_has_changed(tmp_path, monkeypatch):
    page = tmp_path / "section" / "page.py"
    page.parent.mkdir()
    read = []
    monkeypatch.setattr(navigation, "FOLDER", tmp_path)
    monkeypatch.setattr(navigation, "parse", lambda text: read.append(text) or syntax.parse(text))
    for number in (1, 2):
        page.write_text(f'"""Title {number}\n\n:material/home: Words."""\n\nORDER = {number}\n', encoding="utf-8")
        assert [entry.title for entry in navigation.entries()] == [f"Title {number}"]
        assert navigation.entries()[0].order == number
        assert len(read) == number
