"""The data: which set, the numbers that shape it, or a table of the student's own."""

from collections.abc import Callable, Mapping

import streamlit as st

from engine.dataset import Data, Dataset
from engine.parameter import Choice
from engine.table import COLUMNS, ROWS, SIZE, read_table, write_table
from surfaces.data import discover_data, made
from widgets.controls import Text, choice, controls, long_text, unmarked, word
from widgets.notices import remark, warn

PREFIX, OWN = "data", "own"
TABLE, FILE, GOOD = f"{PREFIX}.table", f"{PREFIX}.file", f"{PREFIX}.good"
CARRIED = 1_500  # characters of a table that a link carries
SCALING = Choice(
    "raw",
    ("raw", "scaled"),
    ("as they are", "scaled"),
    help="Scaled: each input less its mean, over its standard deviation, both of the rows that train (Bishop and"
    " Bishop, 7.48 to 7.50).",
)
HELP = (
    f"At most {ROWS:,} rows and {COLUMNS} columns, names in the first row if you like. The last column is the target:"
    " numbers, or 0 and 1 or words for classes. All others are numbers."
)

Accepts = Callable[[Dataset], str | None]
Arrived = Callable[[Dataset], Mapping[str, str | None]]


def pick_data(accepts: Accepts, first: str | None = None, arrived: Arrived | None = None) -> Dataset:
    """Draw the choice of the data, its inputs and whether these are scaled; return the rows. See ``pick_rows``."""
    data = pick_rows(accepts, first, arrived)
    return data.scaled() if pick_scaling() else data


def pick_scaling() -> bool:
    """Draw the choice whether inputs are scaled. Where rows are held out it is those that train that say how."""
    return word(f"{PREFIX}.scaling", SCALING, "inputs") == "scaled"


def pick_rows(accepts: Accepts, first: str | None = None, arrived: Arrived | None = None) -> Dataset:
    """Draw the choice of the data and its inputs; return the rows as they are.

    ``accepts`` returns one sentence that says why a dataset cannot be taken, None where it can: only those that can are
    offered. ``first`` is there before anything is chosen, or else the first that is accepted. ``arrived`` is told in a
    callback of the rows of a set that was picked, and returns what else the address must say.
    """
    known = discover_data()
    offered = {slug: cls for slug, cls in known.items() if accepts(made(cls())) is None}
    default = first if first in offered else next(iter(offered))
    names = sorted(offered, key=lambda slug: (slug != default, offered[slug].title))
    titles = {**{slug: offered[slug].title for slug in names}, OWN: "Your own table"}
    asked = st.query_params.get(PREFIX, st.session_state.get(PREFIX))
    slug = choice(PREFIX, "Data", titles, default, chosen=lambda: _arrive(known, arrived), kept=True) or default
    if asked in known and asked not in offered:
        why = accepts(made(known[asked]()))
        remark(f"{known[asked].title} cannot be used here: {why}".removesuffix(".") + ".")
    return _own(accepts, made(offered[default]())) if slug == OWN else _known(offered[slug], accepts)


def held(accepts: Accepts) -> Dataset | None:
    """Return the rows of the set that is picked, as it is first, where it can be taken."""
    cls = discover_data().get(st.session_state.get(PREFIX) or "")
    data = made(cls()) if cls else None
    return data if data and accepts(data) is None else None


def _arrive(known: dict[str, type[Data]], arrived: Arrived | None) -> dict[str, str | None]:
    """Give a newly chosen set its own settings; return what the address must say of them."""
    cls = known.get(st.session_state[PREFIX])
    for name, declared in cls.parameters().items() if cls else ():
        st.session_state[f"{PREFIX}.{name}"] = declared.default
    more = arrived(made(cls())) if cls and arrived else {}
    return {TABLE: None, **more}


def _known(cls: type[Data], accepts: Accepts) -> Dataset:
    """Draw the inputs of one of our sets; where its settings make what cannot be used, say why and use its first."""
    data, _ = controls(cls, PREFIX)
    dataset = made(data)
    if wrong := accepts(dataset):
        warn(f"{wrong.removesuffix('.')}. The set is shown as it is first.")
        dataset = made(cls())
    st.caption(f"{cls.note}  \nSource: {cls.source}.")
    return dataset


def _own(accepts: Accepts, otherwise: Dataset) -> Dataset:
    """Draw the inputs of the student's own rows; where they cannot be used, say why and use the last that could."""
    example, covered = write_table(otherwise), st.session_state.get(FILE) is not None
    text = long_text(TABLE, Text(example, HELP), "Type or paste a table", CARRIED, disabled=covered)
    with st.container(key="table-file"):
        label = f"or choose a file of at most {SIZE // 1_000_000} MB: CSV, TSV or TXT"
        file = st.file_uploader(label, type=["csv", "tsv", "txt"], key=FILE, max_upload_size=1)
    try:
        dataset = read_table(file.getvalue()) if file else read_table(text)
        if wrong := accepts(dataset):
            raise ValueError(wrong)
    except ValueError as error:
        used: Dataset = st.session_state.get(GOOD, otherwise)
        used = otherwise if accepts(used) else used
        instead = f"“{used.title}” is used" if used == otherwise else "The last table that could be used is shown"
        warn(f"{unmarked(str(error).removesuffix('.'))}. {instead}.")
        return used
    st.session_state[GOOD] = dataset
    st.caption(f"{_described(dataset)} {_left_behind(file is not None, text != example and len(text) > CARRIED)}")
    return dataset


def _described(data: Dataset) -> str:
    """Return in a sentence what was read."""
    inputs = ", ".join(unmarked(name) for name in data.input_names)
    target = "class" if len(data.classes) > 2 else unmarked(data.target_names[0])
    of = f", one of {', '.join(unmarked(name) for name in data.classes)}" if data.classes else ", a number"
    return f"{len(data.rows):,} rows: {inputs}; target {target}{of}."


def _left_behind(file: bool, long: bool) -> str:
    """Return what a link to the page does not carry."""
    if file:
        return "A link does not carry the file."
    return f"A link does not carry a table of more than {CARRIED:,} characters." if long else ""
