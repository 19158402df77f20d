"""The map figure: heat images side by side, theory upon them, and a read-out under a cross-hair.

The browser colours the cells and follows the pointer by itself. A click on a cell, or Enter, sends a trigger with the
cell's values, which the inputs that own them adopt. Each view of the page Maps has a file of its own beside its Python
file, with a class ``Reader`` that says what a cell is.
"""

import zlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.components.v2 import component

from widgets.controls import adopt
from widgets.details.follow import SHARED
from widgets.live_figure import joined, pack, styles, told

HERE = Path(__file__).parent
VIEWS = HERE.parent / "maps"
PARTS = (*SHARED, HERE.parent / "live_figure" / "theme.js", *(HERE / name for name in ("heat.js", "key.js")))


@cache
def _component(name: str) -> Any:
    return component(
        f"valley_map_{name}",
        html='<div class="valley-map"></div>',
        css=styles(HERE / "figure.css"),
        js=joined([*PARTS, VIEWS / f"{name}.js", HERE / "main.js"]),
        isolate_styles=False,
    )


def map_figure(name: str, header: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Draw the maps of a view; ``name.js`` reads its cells."""
    key = f"map.{name}"

    def opened() -> None:
        message = told(key, "cell")
        if isinstance(message, dict) and isinstance(message.get("values"), dict):
            adopt(message["values"])

    # neighbouring cells say much the same: packed, a map takes a tenth
    _component(name)(key=key, data=zlib.compress(pack(header, arrays), 1), on_cell_change=opened)
