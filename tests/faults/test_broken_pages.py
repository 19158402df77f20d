"""A page file that is broken or gone: it says one sentence, and all others work."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import ROOT, serve
from playwright.sync_api import Page, expect
from test_server import QUIET, Host, get, settled

from widgets.navigation import entries

BROKEN = {
    "no_python": b'"""Broken\n\n:material/build: A page.\n"""\n\nORDER = 3\ndef draw(:\n',
    "empty": b"",
    "no_text": b'"""Ungl\xfccklich\n\n:material/build: A page.\n"""\n\nORDER = 4\n',
    "raises": b'"""Raises\n\n:material/build: A page.\n"""\n\nORDER = 5\nimport engine.no_such_module\n',
}
GONE = "gone"


def linked(tree: Path) -> Path:
    """The app, each of its parts a link, and a folder of pages of its own; the kernels' cache is ours."""
    for path in ROOT.iterdir():
        if path.name not in ("app_pages", "tests"):
            (tree / path.name).symlink_to(path)
    for page in (ROOT / "app_pages").glob("*/*.py"):
        copied = tree / page.relative_to(ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.symlink_to(page)
    return tree / "app_pages"


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> Path:
    folder = linked(tmp_path_factory.mktemp("tree"))
    for name, text in BROKEN.items():
        (folder / "families" / f"{name}.py").write_bytes(text)
    (folder / "families" / f"{GONE}.py").symlink_to(folder / "nowhere.py")
    return folder


@pytest.fixture(scope="module")
def host(pages, tmp_path_factory) -> Iterator[Host]:
    log = tmp_path_factory.mktemp("broken") / "log"
    with serve(pages.parent, *QUIET, script="server.py", healthy="/readyz", log=log) as address:
        yield Host(address, log)


def test_no_page_of_this_tree_is_broken():
    assert not [entry for entry in entries() if entry.fault]


def test_the_host_is_ready_and_names_them(host):
    assert get(f"{host.address}/readyz")[0] == 200
    assert {line["page"] for line in host.lines("error", message="this page shows an error")} == {*BROKEN, GONE}


@pytest.mark.parametrize("name", [*BROKEN, GONE])
def test_a_broken_page_is_one_sentence(host, page: Page, name):
    page.goto(f"{host.address}/{name}")
    alert = page.get_by_role("alert")
    expect(alert).to_have_count(1)
    (reference,) = re.findall(r"report the number (\w{8})\.", alert.inner_text())
    assert alert.inner_text().count(".") == 1 and "Traceback" not in page.content()
    assert host.line("error", reference=reference)["trace"]
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_others_work_and_stand_before_them_in_the_menu(host, page: Page):
    page.goto(f"{host.address}/valley?a.learning_rate=0.05")
    settled(page)
    assert not page.get_by_role("alert").count() and "a.learning_rate=0.05" in page.url


def test_a_page_that_is_taken_away_costs_nobody_else_anything(host, pages, page: Page):
    page.goto(f"{host.address}/schedules")
    settled(page)
    (pages / "optimizers" / "schedules.py").unlink()
    page.reload()
    page.wait_for_url("**/valley*")  # and a dialog, see test_first_visit.py
    page.locator("[data-testid^=stBidiComponent]").filter(visible=True).first.wait_for()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.goto(f"{host.address}/race")
    settled(page)
    expect(page.get_by_role("alert")).to_have_count(0)
