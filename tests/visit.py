"""A visit to the app without a browser, and what its live figure received."""

import ast
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
from browser import ROOT
from streamlit.testing.v1 import AppTest

TIMEOUT = 120.0  # seconds; the first visit compiles the kernels
HUGE = "9" * 50_000
PACKED = b"\x78\x01"  # with this begins what zlib packs


def visit(query: str | Mapping[str, Any] = "", script: Path = ROOT / "app.py") -> AppTest:
    """Open the app at a query string, or at a dictionary of query parameters."""
    app = AppTest.from_file(str(script), default_timeout=TIMEOUT)
    items = parse_qsl(query, keep_blank_values=True) if isinstance(query, str) else query.items()
    for key, value in items:
        app.query_params[key] = value
    return app.run()


def message(app: AppTest) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays of the one live figure on the page."""
    return decode(packed(app))


def packed(app: AppTest) -> bytes:
    """Return the message of the one live figure on the page."""
    (figure,) = components(app)
    return figure


def components(app: AppTest) -> list[bytes]:
    """Return the message of every component on the page that has one."""
    found = [item.proto.bytes for item in _elements(app.main) if item.type == "bidi_component"]
    return [data for data in found if data]


def picture(app: AppTest) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays of the one picture on a page without errors."""
    assert not app.exception and not app.error
    (data,) = components(app)
    return decode(data)


def presets(page: Path) -> dict[str, str]:
    """Return the presets of a page from its text; importing it would run it."""
    tree = ast.parse(page.read_text(encoding="utf-8"))
    (node,) = (n for n in tree.body if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "PRESETS")
    return ast.literal_eval(node.value)


def map_message(app: AppTest) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays of the one map figure on the page; its message is packed, the live figure's is not."""
    (packed_map,) = (data for data in components(app) if data[:2] == PACKED)
    return decode(zlib.decompress(packed_map))


def decode(data: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Read a message as the browser does: length of the header, header, float32 arrays."""
    end = 4 + int.from_bytes(data[:4], "little")
    header = json.loads(data[4:end].decode("utf-8"))
    numbers = np.frombuffer(data[end:], dtype="<f4")
    arrays = {name: numbers[first : first + size] for name, (first, size) in header["arrays"].items()}
    for panel in header.get("panels", ()):
        _holds(panel, arrays)
    return header, arrays


def _holds(panel: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Check that every array a panel of lines points at is there, with whole rows."""
    drawn = [*panel.get("curves", ()), *panel.get("areas", ()), *panel.get("strips", ()), panel]
    drawn += [panel[part] for part in ("bars", "field") if part in panel]
    for each in drawn:
        for key in ("x", "y", "low", "high", "values", "ticks"):
            where = each.get(key)
            if isinstance(where, dict) and "name" in where:
                assert where["name"] in arrays, f"{panel['label']}: no {where['name']}"
                assert len(arrays[where["name"]]) % where.get("rows", 1) == 0, where


def drawn(header: dict[str, Any], arrays: dict[str, np.ndarray], name: str) -> np.ndarray:
    """Return the modes (steps, 2) of the path that is drawn for a run: its own array, or its place in a family."""
    if f"run.{name}" in arrays:
        return np.reshape(arrays[f"run.{name}"], (-1, 2))
    live = next(slider for slider in header["sliders"] if slider.get("family"))
    family, r = header["families"][live["family"]], live["stops"].index(live["value"])
    return np.reshape(arrays[family["array"]], (-1, 2))[family["offsets"][r] : family["offsets"][r + 1]]


def said(header: dict[str, Any], places: list[int] | None = None) -> dict[str, Any]:
    """Return the texts of a verdict, of the present one if no places are given."""
    texts = [header["texts"][place] for place in places or header["present"]["verdict"]]
    status, sentence, label, *badge = texts[:6]
    return {"status": status, "sentence": sentence, "label": label, "badge": badge, "facts": texts[6:]}


def inputs(app: AppTest) -> dict[str, float]:
    """Return every number input's value by its key, but of those that are empty."""
    return {item.key: item.value for item in app.sidebar.number_input if item.value is not None}


def warned(app: AppTest, key: str) -> str:
    """Return the page's one warning after checking that it names the key and holds nothing but plain text."""
    assert not app.exception and not app.error
    (warning,) = app.warning
    text = warning.value
    assert len(text) < 400
    assert f"`{key}`" in text
    quoted = text.split("`")[1::2]
    assert len(text.split("`")) % 2 == 1
    assert all(re.fullmatch(r"[\w.,:+\-· …]+", item) for item in quoted), text
    assert not re.search(r"[<>\[\]*$!#|~\\\n]", text), text
    assert "nan" not in re.sub(r"`[^`]*`", "", text)
    return text


def _elements(block: Any) -> Iterator[Any]:
    for child in block.children.values():
        yield child
        if hasattr(child, "children"):
            yield from _elements(child)
