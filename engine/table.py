"""Table: what a student pastes or uploads becomes a Dataset, or one sentence that says which cell is wrong."""

import csv
import io
import re

import numpy as np

from engine.dataset import Dataset

SIZE, ROWS, COLUMNS = 1_000_000, 1_000, 20  # most bytes and characters, rows of numbers, columns
FEWEST = 3  # rows
CLASSES = 10  # most words in the column of targets
CELL = 60  # most characters of a cell
SHOWN = 20  # characters of a cell or name that a sentence repeats
LARGEST = 1e12  # magnitude of a number: what is made of its squares is still finite
SAMPLE = 20  # rows by which it is told what separates the columns
DELIMITERS = ("\t", ";", ",")
MINUS = "\u2212"  # what word processors make of a hyphen before a number
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
ENDLESS = re.compile(r"[+-]?(inf|infinity|nan)", re.IGNORECASE)

Record = tuple[int, list[str]]  # its row, counted as in a spreadsheet from 1, and its cells


def read_table(content: str | bytes, title: str = "Your data", source: str = "typed") -> Dataset:
    """Return the dataset of a table: at most 1,000 rows of at most 20 columns, separated by comma, semicolon or tab.

    Names in the first row are optional. The last column is the target: 0 and 1, or 2 to 10 words, are classes, the
    words in alphabetical order; other numbers are what is to be fitted. All other columns are numbers, with a decimal
    point. Rows are counted as in a spreadsheet, the names and empty rows too.

    Raises ValueError, one sentence with the row and the column of the first fault.
    """
    records = _records(_text(content))
    names, records = _names(records)
    if len(records) > ROWS:
        raise ValueError(f"The table has {len(records):,} rows: at most {ROWS:,}")
    if len(records) < FEWEST:
        raise ValueError(f"The table has {_many(len(records), 'row')} of data: at least {FEWEST}")
    width = len(names)
    inputs = np.array([[_number(row, k, names, cells[k]) for k in range(width - 1)] for row, cells in records])
    for k in range(width - 1):
        _check_varies(k, names, [cells[k] for _, cells in records], inputs[:, k])
    return _with_targets(inputs, names, records, title, source)


def write_table(data: Dataset) -> str:
    """Return a dataset of one target as a table that ``read_table`` reads, with names, numbers to four digits."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow([*data.input_names, "class" if len(data.classes) > 2 else data.target_names[0]])
    for n, row in enumerate(data.inputs):
        target = data.classes[data.labels[n]] if data.classes else f"{data.targets[n, 0]:.4g}"
        table.writerow([*(f"{value:.4g}" for value in row), target])
    return written.getvalue()


def _text(content: str | bytes) -> str:
    """Return the text of what was given, its line ends all alike; ValueError where it is too long or no text."""
    if len(content) > SIZE:
        lines = len(content.splitlines())
        most = f"at most {SIZE // 1000:,} kB and {ROWS:,} rows"
        raise ValueError(f"The table has {len(content) / 1000:,.0f} kB and {_many(lines, 'line')}: {most}")
    text = content if isinstance(content, str) else _decoded(content)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if (place := text.find("\0")) >= 0:
        row = text.count("\n", 0, place) + 1
        raise ValueError(f"Row {row} has a NUL character: this is not a table of text")
    if not text.strip():
        raise ValueError("There is no table: it is empty")
    return text


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"Row {row} is not text in UTF-8: save the file as CSV in UTF-8") from None


def _records(text: str) -> list[Record]:
    """Return what is not empty, all rows of the same width."""
    found = [_split(text, delimiter) for delimiter in DELIMITERS if delimiter in text]
    tables = [each for each in found if not isinstance(each, str) and len(each[0][1]) > 1]
    if not tables:
        fault = next((each for each in found if isinstance(each, str)), None)
        raise ValueError(fault or "There is only one column: separate inputs and target by comma, semicolon or tab")
    records = max(tables, key=lambda each: (_even(each), _share_of_numbers(each)))
    first, head = records[0]
    if len(head) > COLUMNS:
        raise ValueError(f"Row {first} has {len(head):,} columns: at most {COLUMNS}")
    for row, cells in records:
        if len(cells) != len(head):
            raise ValueError(f"Row {row} has {_many(len(cells), 'column')}, row {first} has {len(head)}")
        for k, cell in enumerate(cells):
            if len(cell) > CELL:
                raise ValueError(f"Row {row}, column {k + 1} has {len(cell):,} characters: at most {CELL}")
    return records


def _split(text: str, delimiter: str) -> list[Record] | str:
    """Return the records of a text at one delimiter, or the sentence that says why there are none."""
    reader, records, row = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), [], 0
    try:
        for row, cells in enumerate(reader, start=1):
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                records.append((row, stripped))
    except csv.Error:
        return f"Row {row + 1} has a quotation mark without its partner"
    return records or "There is no table: every cell is empty"


def _even(records: list[Record]) -> bool:
    return len({len(cells) for _, cells in records}) == 1


def _share_of_numbers(records: list[Record]) -> float:
    """Return the share of cells that resemble numbers: low where rows are cut at the wrong sign."""
    cells = [cell for _, cells in records[:SAMPLE] for cell in cells]
    return sum(_resembles_a_number(cell) for cell in cells) / len(cells)


def _names(records: list[Record]) -> tuple[list[str], list[Record]]:
    """Return the columns' names and the other records; the first one names them where it holds no number."""
    head = records[0][1]
    if any(_resembles_a_number(cell) for cell in head):
        return [*(f"column {k + 1}" for k in range(len(head) - 1)), "target"], records
    return [_shown(cell, CELL) or f"column {k + 1}" for k, cell in enumerate(head)], records[1:]


def _with_targets(inputs: np.ndarray, names: list[str], records: list[Record], title: str, source: str) -> Dataset:
    """Return the dataset with the last column as numbers or as classes, whichever most of its cells are."""
    k = len(names) - 1
    cells = [cells[k] for _, cells in records]
    if 2 * sum(_is_number(cell) for cell in cells) >= len(cells):
        targets = np.array([_number(row, k, names, cells[k]) for row, cells in records])
        _check_varies(k, names, cells, targets)
        classes: tuple[str, ...] = ("0", "1") if np.isin(targets, (0.0, 1.0)).all() else ()
        return Dataset(inputs, targets[:, None], tuple(names[:-1]), (names[-1],), title, source, classes)
    for (row, _), cell in zip(records, cells, strict=True):
        if not cell:
            raise ValueError(f"Row {row}, {_column(k, names)} is empty")
        if _is_number(cell):
            raise ValueError(f"Row {row}, {_column(k, names)} holds the number {_shown(cell)} among words")
    words, where = [_shown(cell, CELL) for cell in cells], _at_the_beginning(_column(k, names))
    classes = tuple(sorted(set(words)))
    if len(classes) == 1:
        raise ValueError(f"{where} holds only “{_shown(cells[0])}”: two classes at least")
    if len(classes) > CLASSES:
        raise ValueError(f"{where} holds {len(classes)} different words: at most {CLASSES} classes")
    labels = np.array([classes.index(word) for word in words])
    return Dataset.in_classes(inputs, labels, tuple(names[:-1]), names[-1], title, source, classes)


def _number(row: int, k: int, names: list[str], cell: str) -> float:
    """Return the number in a cell; ValueError says where there is none."""
    where = f"Row {row}, {_column(k, names)}"
    if not cell:
        raise ValueError(f"{where} is empty")
    plain = cell.replace(MINUS, "-")
    if not NUMBER.fullmatch(plain):
        point = ", write a decimal point" if NUMBER.fullmatch(plain.replace(",", ".", 1)) else ""
        raise ValueError(f"{where} holds “{_shown(cell)}”: not a number{point}")
    value = float(plain)
    if not abs(value) <= LARGEST:
        raise ValueError(f"{where} holds {_shown(cell)}: at most 10¹² in size")
    return value


def _check_varies(k: int, names: list[str], cells: list[str], values: np.ndarray) -> None:
    if (values == values[0]).all():
        what = "there is nothing to learn" if k == len(names) - 1 else "nothing can be learned from it"
        raise ValueError(f"{_at_the_beginning(_column(k, names))} holds {_shown(cells[0])} in every row: {what}")


def _is_number(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell.replace(MINUS, "-")) or ENDLESS.fullmatch(cell))


def _resembles_a_number(cell: str) -> bool:
    return _is_number(cell.replace(",", ".", 1))  # as is written where the comma is the decimal sign


def _column(k: int, names: list[str]) -> str:
    """Return a column's place, counted from 1, and its name where it has one."""
    place = f"column {k + 1}"
    return place if names[k] in (place, "target") else f"{place} ({_shown(names[k])})"


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _at_the_beginning(words: str) -> str:
    return words[0].upper() + words[1:]


def _shown(text: str, most: int = SHOWN) -> str:
    """Return text as a sentence can repeat it: what cannot be printed as a dot, and not too long."""
    plain = "".join(sign if sign.isprintable() else "·" for sign in text)
    return plain if len(plain) <= most else f"{plain[:most]}…"
