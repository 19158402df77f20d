"""The worked example prints what it says it prints."""

import contextlib
import io
import re

import pytest
from browser import ROOT

TEXT = (ROOT / "docs" / "engine_without_streamlit.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def printed() -> list[str]:
    """What each block of code prints, all run in order and with the names of those before."""
    names: dict = {"__name__": "example"}
    outputs = []
    for number, (kind, code) in enumerate(BLOCKS):
        if kind == "python":
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(code, f"block {number}", "exec"), names)
            outputs.append(out.getvalue())
    return outputs


def test_each_block_of_code_is_followed_by_what_it_prints():
    assert [kind for kind, _ in BLOCKS] == ["python", "text"] * (len(BLOCKS) // 2)
    assert len(BLOCKS) >= 14


def parts(text: str) -> tuple[list[str], list[float]]:
    """Words and numbers, apart: the last digits of a number are the machine's."""
    number = r"[-+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?"
    return re.split(number, text), [float(found) for found in re.findall(number, text)]


def test_the_code_prints_that(printed):
    said = [text for kind, text in BLOCKS if kind == "text"]
    for expected, found in zip(said, printed, strict=True):
        (words, numbers), (expected_words, expected_numbers) = parts(found), parts(expected)
        assert words == expected_words
        assert numbers == pytest.approx(expected_numbers, rel=1e-6, abs=1e-15)
