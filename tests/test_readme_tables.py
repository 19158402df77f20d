"""What the README shows of the app is the app's: its picture, its tables, and how it is cited."""

import re
import struct
import tomllib

import pytest
from browser import ROOT

from docs.picture import QUERY, WIDTH
from docs.tables import BEGIN, END, section, source, tables
from engine import discover_optimizers, discover_schedules
from surfaces import discover_surfaces
from surfaces.data import discover_data


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def test_the_tables_are_those_of_the_files():
    _, inside, _ = section(read("README.md"))
    if inside != tables():
        missing = [line for line in tables().splitlines() if line not in inside.splitlines()]
        cure = "README.md's tables are not those of the files: run python -m docs.tables"
        pytest.fail("\n".join([cure, *missing]), pytrace=False)


def test_everything_found_has_a_row():
    rows = [line for line in tables().splitlines() if line.startswith("| [")]
    found = {**discover_optimizers(), **discover_schedules(), **discover_surfaces(), **discover_data()}
    assert len(rows) == len(found)
    for row, (slug, cls) in zip(rows, found.items(), strict=True):
        assert row.startswith(f"| [{cls.title}](") and f"/{slug}.py)" in row
        assert row.count(" = ") >= len(cls.parameters())
        assert (ROOT / re.search(r"\((\S+\.py)\)", row)[1]).is_file()


def test_a_readme_without_the_markers_is_an_error():
    assert section(f"a{BEGIN}b{END}c") == (f"a{BEGIN}", "b", f"{END}c")
    for text in ("", f"a{BEGIN}b", f"a{END}b{BEGIN}c"):
        with pytest.raises(ValueError, match=r"README\.md needs the lines"):
            section(text)


@pytest.mark.parametrize(
    ("equations", "expected"),
    [
        ("w = w - eta g      Polyak (1964), 9", "Polyak (1964), 9"),
        ("r = r + g^2        Polyak (1964), 9\n    w = w - g,  v = w      10, 11", "Polyak (1964), 9, 10, 11"),
        ("w = w - eta g,  v = f(w)\n    Bernstein and others (2018), arXiv:1", "Bernstein and others (2018), arXiv:1"),
        ("w = w - eta g      Polyak (1964), 9\n    v = w    Cohen (2022), 2", "Polyak (1964), 9; Cohen (2022), 2"),
    ],
)
def test_the_source_stands_beside_the_equations(equations, expected):
    text = f"Step.\n\n    {equations}\n\n    More, as in Adam (2000)."
    assert source(type("Rule", (), {"__doc__": text})) == expected


@pytest.mark.parametrize("text", [None, "Step.", "Step.\n\n    w = w - eta g      7.16\n\n    Polyak (1964), 9"])
def test_without_a_source_the_failure_says_where_it_belongs(text):
    with pytest.raises(ValueError, match=r"^the second paragraph of Rule's docstring must name the source"):
        source(type("Rule", (), {"__doc__": text}))


def test_the_picture_is_there():
    data = (ROOT / "docs" / "valley.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert 20_000 < len(data) < 250_000
    width, height = struct.unpack(">II", data[16:24])
    assert width == WIDTH and 500 < height < 1000


def test_the_readme_shows_the_picture_and_says_what_it_is():
    (alt,) = re.findall(r"!\[([^\]]*)\]\(docs/valley\.png\)", read("README.md"))
    assert len(alt) > 100
    assert "`python -m docs.picture`" in read("README.md")
    for slug in re.findall(r"\b[a-f]=(\w+)", QUERY):
        assert discover_optimizers()[slug].title.lower() in alt.lower()


def cff(key):
    """The text of one line of CITATION.cff, None without it."""
    match = re.search(rf"^(?:  - )?{key}: (.+)$", read("CITATION.cff"), re.MULTILINE)
    return match and match[1].strip("\"'")


def bibtex(key):
    """One field of the README's BibTeX entry, None without it."""
    (entry,) = re.findall(r"```bibtex\n(.*?)```", read("README.md"), re.DOTALL)
    match = re.search(rf"^  {key} *= \{{(.+)\}},?$", entry, re.MULTILINE)
    return match and match[1].strip("{}")


def test_the_citation_has_what_the_format_asks_for():
    assert cff("cff-version") == "1.2.0" and cff("type") == "software" and cff("message")
    assert cff("license") == read("LICENSE").split()[0] == "MIT"


def test_both_citations_name_the_same():
    assert cff("title") == bibtex("title") == read("README.md").splitlines()[0].removeprefix("# ")
    assert cff("name") == bibtex("author") == "The Valley authors"
    assert bibtex("year") in read("LICENSE")


def test_both_citations_have_the_version_that_was_released():
    """Before the first release there is none, and the README asks for the commit."""
    released = re.search(r"^## \[(\d[^\]]*)\]", read("CHANGELOG.md"), re.MULTILINE)
    version = tomllib.loads(read("pyproject.toml")).get("project", {}).get("version", released and released[1])
    assert cff("version") == bibtex("version") == version
