"""The figure of a computational graph: values, local derivatives, all paths, and the recursion node by node.

Everything for every stop of the slider of w travels in one message of charts/backpropagation_paths.py, so that neither
a drag nor a step asks anybody; on release the value goes to the input that owns it.
"""

from pathlib import Path
from typing import Any

import numpy as np
from streamlit.components.v2 import component

from charts.colours import PALETTES
from widgets.live_figure import joined, pack, styles

HERE = Path(__file__).parent
FIGURE = HERE.parent / "live_figure"
PARTS = (
    *(FIGURE / f"{name}.js" for name in ("decode", "theme", "pen", "words", "slider", "playback")),
    HERE.parent / "details" / "parts" / "numbers.js",
    *(HERE / f"{name}.js" for name in ("graph", "main")),
)

_figure = component(
    "valley_graph",
    html='<div class="valley-graph" role="group"></div>',
    css=styles(FIGURE / "handles.css", HERE / "figure.css"),
    js=joined(PARTS),
    isolate_styles=False,
)


def graph_figure(key: str, header: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Draw the figure of a message; ``commits(adopt)`` of the live figure must stand on the page, too."""
    _figure(key=key, data=pack({"palettes": PALETTES, **header}, arrays))
