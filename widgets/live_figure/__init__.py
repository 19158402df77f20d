"""The live figure: the one component that draws what moves, and the way back from its handles to the page's inputs.

The browser gets the run for every stop of a live slider in one message and draws the right one while the student drags;
on release a trigger carries the value to the input that owns it. See docs/adr/0008-the-live-figure.md and
docs/adr/0010-first-the-picture-then-its-families.md.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson
import streamlit as st
from streamlit.components.v2 import component

from charts.colours import LOUD
from widgets.projector import projected

HERE = Path(__file__).parent
PARTS = (  # joined into one module
    *(
        "decode.js",
        "theme.js",
        "pen.js",
        "ink.js",
        "bands.js",
        "labels.js",
        "graphs.js",
        "hover.js",
        "words.js",
        "gauge.js",
        "slider.js",
        "playback.js",
        "start.js",
        "paths.js",
        "section.js",
    ),
    HERE.parent / "details" / "parts" / "numbers.js",
    *("insist.js", "asks.js", "svg_context.js", "picture.js", "main.js"),
)
KEY = "live"
LINE = "live.line"
COMMITTED = "live.committed"  # until the inputs are drawn with it
HEARD = "live.heard"  # the number of the last commit
MOST_TICKETS = 2**53  # a browser counts no further


def joined(parts: Iterable[Path]) -> str:
    """Return the parts as one module, without comments and indentation: it travels in every message."""
    lines = [line.strip() for part in parts for line in part.read_text(encoding="utf-8").splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def styles(*sheets: Path) -> str:
    """Return a figure's style sheets; page.css is on every page already."""
    return "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


_figure = component(
    "valley_live_figure",
    html=(HERE / "figure.html").read_text(),
    css=styles(HERE / "handles.css", HERE / "figure.css"),
    js=joined(HERE / part for part in PARTS),
    isolate_styles=False,
)

# what a handle commits runs the inputs again, what the figure asks for only the figure: each speaks from its own place
_line = component(
    "valley_line",
    html='<i class="valley-line"></i>',
    js=joined([HERE / "insist.js", HERE / "line.js"]),
    isolate_styles=False,
)


def plotly_asset() -> str:
    """Return the name of the one file in which Streamlit ships plotly.js, for the browser to import."""
    (found,) = (Path(st.__file__).parent / "static" / "static" / "js").glob("PlotlyChart.*.js")
    return found.name


PLOTLY = plotly_asset()


def pack(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
    """Return one message: length of the header, header as JSON padded to four bytes, float32 arrays end to end.

    The arrays of the ground, ``header["ground"]``, travel as float32 too; ``{"$": name, "rows": n}`` takes their place.
    """
    arrays = dict(arrays)
    if "palettes" in header and projected():
        header = {**header, "palettes": {mode: {**usual, **LOUD[mode]} for mode, usual in header["palettes"].items()}}
    header = {**header, "ground": _pull(header.get("ground"), arrays, "ground")}
    table, blocks, offset = {}, [], 0
    for name, array in arrays.items():
        with np.errstate(over="ignore"):  # beyond float32 there is nothing to draw
            block = np.ascontiguousarray(array, dtype="<f4")
        table[name] = [offset, block.size]
        blocks.append(block.tobytes())
        offset += block.size
    text = orjson.dumps({**header, "arrays": table}, option=orjson.OPT_SERIALIZE_NUMPY)
    text += b" " * (-len(text) % 4)
    return b"".join([len(text).to_bytes(4, "little"), text, *blocks])


def _pull(item: Any, arrays: dict[str, np.ndarray], name: str) -> Any:
    if isinstance(item, np.ndarray):
        arrays[name] = item
        return {"$": name, "rows": len(item) if item.ndim == 2 else 0}
    if isinstance(item, dict):
        return {key: _pull(value, arrays, f"{name}.{key}") for key, value in item.items()}
    if isinstance(item, list):
        return [_pull(value, arrays, f"{name}.{i}") for i, value in enumerate(item)]
    return item


class Asked(NamedTuple):
    """What the figure asked for since it was last drawn."""

    values: dict[str, Any]  # by the key of the input that owns each: what is being dragged at this moment
    families: bool | str  # the runs for every stop of the live sliders, or of the one that is named
    ticket: int  # the number of the picture of a drag, 0 where none was asked for; the answer carries it


def commits(adopt: Callable[[dict[str, Any]], None]) -> None:
    """Draw the line, itself unseen, on which the figure's handles commit values; ``adopt`` receives them by key.

    What a drag asked for before is forgotten: the inputs know better now.
    """
    st.session_state.pop(COMMITTED, None)
    asked()

    def committed() -> None:
        for number, values in _commits(told(LINE, "commit")):
            st.session_state[HEARD] = number  # also if it cannot be adopted: the next one waits for it
            adopt(values)
            st.session_state[COMMITTED] = True

    _line(key=LINE, data={"heard": st.session_state.get(HEARD, 0)}, on_commit_change=committed)


def _commits(message: Any) -> Iterator[tuple[float, dict[str, Any]]]:
    """Yield the number and the values of each commit that the browser does not know to be heard."""
    waiting = message.get("commits") if isinstance(message, dict) else None
    for commit in waiting if isinstance(waiting, list) else []:
        match commit:
            case [int() | float() as number, dict() as values] if 0 < number < MOST_TICKETS:
                yield number, values


def told(key: str, event: str) -> Any:
    """Return what came with an event of a component, None where the server knows of no such one, as after a restart."""
    return getattr(st.session_state.get(key), event, None)


def asked() -> Asked:
    """Return what the figure asked for, once.

    Streamlit joins messages of one moment and runs the fragment of the first alone. If a commit came along with what
    the figure asks for, the inputs have not been drawn with it: everything is run again.
    """
    if st.session_state.pop(COMMITTED, False):
        st.rerun()
    return st.session_state.pop(f"{KEY}.asked", Asked({}, families=False, ticket=0))


def hears(key: str) -> Callable[[], None]:
    """Return what remembers what the figure of a key asks for."""

    def heard() -> None:
        message = told(key, "ask")
        if isinstance(message, dict):
            values, ticket, families = message.get("values"), message.get("ticket"), message.get("families")
            families = families if families is True or isinstance(families, str) else False
            dragged = isinstance(values, dict) and isinstance(ticket, int) and 0 < ticket < MOST_TICKETS
            st.session_state[f"{KEY}.asked"] = Asked(*((values, families, ticket) if dragged else ({}, families, 0)))

    return heard


def live_figure(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Draw the figure."""
    _figure(key=KEY, data=pack({**header, "plotly": PLOTLY}, arrays), on_ask_change=hears(KEY))
