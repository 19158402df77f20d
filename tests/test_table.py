"""Tables: what a student pastes or uploads is read, or answered by one sentence that names the cell."""

import random
import re
import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dataset import Dataset
from engine.table import ROWS, SIZE, read_table, write_table
from surfaces.data import dataset, discover_data

GOOD = "age,bought\n22,0\n25,1\n47,1\n"


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("as_bytes", [False, True])
def test_comma_semicolon_and_tab_separate(sign, end, as_bytes):
    text = GOOD.replace(",", sign).replace("\n", end)
    data = read_table(text.encode() if as_bytes else text)
    assert data == read_table(GOOD)
    assert data.rows.tolist() == [[22, 0], [25, 1], [47, 1]]
    assert (data.input_names, data.target_names, data.classes) == (("age",), ("bought",), ("0", "1"))


def test_names_are_optional():
    data = read_table("1,2,3.5\n2,1,4\n3,5,-1e-1")
    assert data.input_names == ("column 1", "column 2")
    assert data.target_names == ("target",)
    assert data.rows.tolist() == [[1, 2, 3.5], [2, 1, 4], [3, 5, -0.1]]
    assert data.classes == ()


def test_title_and_source_are_given():
    data = read_table(GOOD, "Mine", "a file")
    assert (data.title, data.source) == ("Mine", "a file")
    assert read_table(GOOD).title == "Your data"


def test_two_words_are_classes_in_alphabetical_order():
    data = read_table("x,answer\n1,yes\n2,no\n3,yes\n")
    assert data.classes == ("no", "yes")
    assert data.targets[:, 0].tolist() == [1, 0, 1]
    assert data.target_names == ("answer",)


def test_more_words_are_a_column_each():
    data = read_table("1,b\n2,a\n3,c\n4,b")
    assert data.classes == data.target_names == ("a", "b", "c")
    assert data.targets.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0]]


def test_other_numbers_than_0_and_1_are_no_classes():
    assert read_table("1,1\n2,2\n3,1").classes == ()
    assert read_table("1,-1\n2,1\n3,1").classes == ()
    assert read_table("1,1.0\n2,0\n3,1e0").classes == ("0", "1")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("\ufeffa,b\n1,2\n2,3\n3,5", [[1, 2], [2, 3], [3, 5]]),  # a byte order mark
        (" 1 , 2\n\n2,\t3\n,\n3, 5 \n\n", [[1, 2], [2, 3], [3, 5]]),  # spaces, empty rows
        ('"1","2"\n"2","3"\n"3","5"', [[1, 2], [2, 3], [3, 5]]),
        ("\u22121,+2\n2,.5\n3,5.", [[-1, 2], [2, 0.5], [3, 5]]),
        ('"a, b";"c"\n1;2\n2;3\n3;5', [[1, 2], [2, 3], [3, 5]]),  # a comma within a name
        ("a b,c d\n1,2\n2,3\n3,5", [[1, 2], [2, 3], [3, 5]]),
    ],
)
def test_what_spreadsheets_write_is_read(text, rows):
    assert read_table(text).rows.tolist() == rows


def test_names_are_kept_within_bounds():
    data = read_table(f'{"n" * 60},"two\nlines",\n1,1,0\n2,3,1\n3,2,1')
    assert data.input_names == ("n" * 60, "two·lines")
    assert data.target_names == ("column 3",)


FAULTS = {
    "": "There is no table: it is empty",
    "  \n\t\n": "There is no table: it is empty",
    ",,\n,,\n": "There is no table: every cell is empty",
    "a,b\n": "The table has 0 rows of data: at least 3",
    "a,b\n1,2\n": "The table has 1 row of data: at least 3",
    "a,b\n1,2\n3,4": "The table has 2 rows of data: at least 3",
    "1 2\n2 3\n3 5\n": "There is only one column: separate inputs and target by comma, semicolon or tab",
    "1|2\n2|3\n3|5\n": "There is only one column: separate inputs and target by comma, semicolon or tab",
    "x\n1\n2\n3\n": "There is only one column: separate inputs and target by comma, semicolon or tab",
    "a,b\n1,2\nabc,3\n3,4\n": "Row 3, column 1 (a) holds “abc”: not a number",
    "a,b\n1,2\n2,3\n\n3,n/a\n": "Row 5, column 2 (b) holds “n/a”: not a number",
    "1,2\n2,x\n3,4\n": "Row 2, column 2 holds “x”: not a number",
    "a,b\n1,2\n,3\n3,4": "Row 3, column 1 (a) is empty",
    "a,b\n1,2\n2,\n3,4": "Row 3, column 2 (b) is empty",
    "a,b\n1,no\n2,\n3,yes": "Row 3, column 2 (b) is empty",
    "a,b\n1,nan\n2,3\n3,4": "Row 2, column 2 (b) holds “nan”: not a number",
    "nan,1\n2,3\n3,4": "Row 1, column 1 holds “nan”: not a number",
    "1,2\n2,-inf\n3,4": "Row 2, column 2 holds “-inf”: not a number",
    "1,2\n2,1e999\n3,4": "Row 2, column 2 holds 1e999: at most 10¹² in size",
    "1,2\n2,-2e12\n3,4": "Row 2, column 2 holds -2e12: at most 10¹² in size",
    "1,2\n0x10,3\n3,4": "Row 2, column 1 holds “0x10”: not a number",
    "1,2\n1_000,3\n3,4": "Row 2, column 1 holds “1_000”: not a number",
    "1,2\n٣,3\n3,4": "Row 2, column 1 holds “٣”: not a number",
    "1;2\n2,5;3\n3;4": "Row 2, column 1 holds “2,5”: not a number, write a decimal point",
    "1,5;2,5\n2,5;3\n3;4": "Row 1, column 1 holds “1,5”: not a number, write a decimal point",
    "a,b,c\n1,2,3\n2,3\n3,4,5": "Row 3 has 2 columns, row 1 has 3",
    "a,b\n1,2\n2,3,4\n3,4": "Row 3 has 3 columns, row 1 has 2",
    "a,b\n1,2\n2\n3,4": "Row 3 has 1 column, row 1 has 2",
    "a,b\n7,1\n7,2\n7,3": "Column 1 (a) holds 7 in every row: nothing can be learned from it",
    "a,b\n1,7\n2,7\n3,7.0": "Column 2 (b) holds 7 in every row: there is nothing to learn",
    "a,b\n1,1\n2,1\n3,1": "Column 2 (b) holds 1 in every row: there is nothing to learn",
    "a,b\n1,yes\n2,yes\n3,yes": "Column 2 (b) holds only “yes”: two classes at least",
    "a,b\n1,yes\n2,no\n3,7": "Row 4, column 2 (b) holds the number 7 among words",
    'a,b\n1,2\n"2,3\n3,4': "Row 3 has a quotation mark without its partner",
    '"a\n1,2\n2,3\n3,4': "Row 1 has a quotation mark without its partner",
    'a,b\n1,2\n"2"x,3\n3,4': "Row 3 has a quotation mark without its partner",
    "a,b\n1,2\n2,\0\n3,4": "Row 3 has a NUL character: this is not a table of text",
    ",".join(map(str, range(21))): "Row 1 has 21 columns: at most 20",
    "1," * 24_999 + "1": "Row 1 has 25,000 columns: at most 20",
    "1,2\n2,3\n3," + "9" * 50_000: "Row 3, column 2 has 50,000 characters: at most 60",
    "x" * 50_000: "There is only one column: separate inputs and target by comma, semicolon or tab",
    "".join(f"{n},{2 * n}\n" for n in range(5000)): "The table has 5,000 rows: at most 1,000",
    "".join(f"{n},word{n % 11}\n" for n in range(50)): "Column 2 holds 11 different words: at most 10 classes",
    "1,2\n" * 250_001: "The table has 1,000 kB and 250,001 lines: at most 1,000 kB and 1,000 rows",
    "x" * 2_000_000: "The table has 2,000 kB and 1 line: at most 1,000 kB and 1,000 rows",
}


@pytest.mark.parametrize(
    ("text", "said"), FAULTS.items(), ids=[f"{n}: {said}" for n, said in enumerate(FAULTS.values())]
)
def test_every_fault_is_one_sentence_with_its_place(text, said):
    for content in (text, text.encode()):
        with pytest.raises(ValueError, match=f"^{re.escape(said)}$") as caught:
            read_table(content)
        assert not caught.value.__cause__


def test_bytes_that_are_no_text_are_refused_with_their_row():
    with pytest.raises(ValueError, match="^Row 3 is not text in UTF-8: save the file as CSV in UTF-8$"):
        read_table("a,b\n1,2\nMünchen,3\n".encode("latin-1"))
    with pytest.raises(ValueError, match="^Row 1 is not text in UTF-8: save the file as CSV in UTF-8$"):
        read_table(GOOD.encode("utf-16"))
    with pytest.raises(ValueError, match="Row 1 is not text in UTF-8|Row 1 has a NUL"):
        read_table(b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00\x21\x00\xb5")  # as a spreadsheet's own file begins


def test_what_a_sentence_repeats_is_short_and_can_be_printed():
    with pytest.raises(ValueError, match=r"holds “a·b·\[x\]\(javascript:a…”: not a number$"):
        read_table("1,2\n2,a\x07b\u202e[x](javascript:alert('x'))\n3,4")


def test_the_largest_table_is_read():
    text = "".join(f"{n},{n * n % 7}\n" for n in range(ROWS))
    assert read_table(text).rows.shape == (ROWS, 2)
    wide = "\n".join(",".join(str(n * k % 23) for k in range(1, 21)) for n in range(ROWS))
    assert len(wide) < SIZE
    assert read_table(wide).rows.shape == (ROWS, 20)


@pytest.mark.parametrize("slug", discover_data())
def test_every_set_is_read_as_it_was_written(slug):
    data = dataset(slug)
    again = read_table(write_table(data), data.title)
    np.testing.assert_allclose(again.rows, data.rows, rtol=1e-3, atol=1e-12)
    assert again.input_names == data.input_names
    assert again.classes == data.classes
    if data.classes == ("no", "yes"):
        assert again == data


def test_three_classes_are_read_as_they_were_written():
    data = discover_data()["spirals"](arms=3).dataset()
    again = read_table(write_table(data))
    assert (again.targets == data.targets).all() and again.classes == data.classes


def answers(content) -> None:
    """Whatever it is, a table comes of it or one sentence."""
    try:
        data = read_table(content)
    except ValueError as error:
        said = str(error)
        assert re.match(r"(Row|Column|There is|The table has) ?", said), said
        assert len(said) < 200
        assert said.isprintable(), said
    else:
        assert isinstance(data, Dataset)
        assert 3 <= len(data.rows) <= ROWS
        assert np.isfinite(data.rows).all()
        assert all(name and name.isprintable() for name in (*data.input_names, *data.target_names, *data.classes))


@given(st.text(max_size=300))
def test_any_text_is_answered(text):
    answers(text)


@given(st.binary(max_size=300))
def test_any_bytes_are_answered(content):
    answers(content)


@given(st.text(alphabet='0123456789.eE+-,;\t\n\r" ainfx\0\u2028', max_size=400))
@settings(max_examples=400)
def test_anything_like_a_table_is_answered(text):
    answers(text)


cells = st.one_of(
    st.floats(-1e3, 1e3).map(lambda value: f"{value:.4g}"),
    st.sampled_from(
        ["", "0", "1", "yes", "no", "nan", "inf", "1e999", '"', '""', "a,b", "1,5", "=1+1", "__import__('os')"]
    ),
)


@given(st.sampled_from([",", ";", "\t"]), st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=8))
@settings(max_examples=300)
def test_rows_of_odd_cells_are_answered(sign, table):
    answers("\n".join(sign.join(row) for row in table))


@given(st.data())
def test_a_good_table_with_one_letter_changed_is_answered(data):
    text = write_table(dataset("insurance"))
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(codec="utf-8"))
    answers(text[:place] + letter + text[place + 1 :])


@given(
    st.integers(1, 6),
    st.lists(st.lists(st.floats(-1e9, 1e9, width=32), min_size=7, max_size=7), min_size=3, max_size=30),
)
def test_a_table_of_numbers_is_read_exactly(width, rows):
    table = np.array(rows)[:, : width + 1] + np.arange(len(rows))[:, None] * 1e-3  # so that few columns are constant
    text = "\n".join(",".join(repr(float(value)) for value in row) for row in table)
    if (np.ptp(table, axis=0) == 0.0).any():
        return answers(text)
    assert read_table(text).rows.tolist() == table.tolist()
    return None


def test_a_long_text_of_any_letters_takes_no_time():
    draw = random.Random(0)
    for alphabet in ('",\n', "1,;\t\n", string.printable, '"', ",", "\n", "\r", "1\n", '""', '",'):
        answers("".join(draw.choice(alphabet) for _ in range(SIZE)))
