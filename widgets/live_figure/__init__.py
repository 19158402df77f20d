"""The live figure: the one component that draws what moves, and the way back from its handles to the page's inputs.

The browser gets the run for every stop of a live slider in one message and draws the right one while the student drags;
on release a trigger carries the value to the input that owns it. See docs/adr/0008-the-live-figure.md.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import streamlit as st
from streamlit.components.v2 import component

HERE = Path(__file__).parent
PARTS = (  # joined into one module
    *("decode.js", "ink.js", "graphs.js", "hover.js", "words.js", "gauge.js", "slider.js", "playback.js", "start.js"),
    "main.js",
)
KEY = "live"


def _code(parts: Sequence[str]) -> str:
    """Return the parts as one module, without comments and indentation: it travels in every message."""
    lines = [line.strip() for part in parts for line in (HERE / part).read_text(encoding="utf-8").splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("//"))


_mount = component(
    "valley_live_figure",
    html=(HERE / "figure.html").read_text(),
    css=(HERE / "figure.css").read_text(),
    js=_code(PARTS),
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
    header = {**header, "ground": _pull(header["ground"], arrays, "ground")}
    table, blocks, offset = {}, [], 0
    for name, array in arrays.items():
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


def preview() -> tuple[float, float] | None:
    """Return the start that is being dragged at this moment, for this run of the page only."""
    start = st.session_state.pop(f"{KEY}.preview", None)
    return (start[0], start[1]) if start else None


def live_figure(header: dict[str, Any], arrays: dict[str, np.ndarray], adopt: Callable[[dict[str, Any]], None]) -> None:
    """Draw the figure. ``adopt`` receives the values that a handle commits, by the key of the input that owns each."""

    def committed() -> None:
        message = st.session_state[KEY].commit
        if isinstance(message, dict) and isinstance(message.get("values"), dict):
            adopt(message["values"])

    def previewed() -> None:
        message = st.session_state[KEY].preview
        start = message.get("start") if isinstance(message, dict) else None
        if _is_point(start):
            st.session_state[f"{KEY}.preview"] = start

    _mount(
        key=KEY,
        data=pack({**header, "plotly": PLOTLY}, arrays),
        on_commit_change=committed,
        on_preview_change=previewed,
    )


def _is_point(start: Any) -> bool:
    return (
        isinstance(start, Sequence)
        and len(start) == 2
        and all(isinstance(value, (int, float)) and abs(value) < 1e3 for value in start)
    )
