"""The figure of the schedules: two paths, two learning rates, two learning curves, over one scrubber.

It is made of the live figure's parts. Points of a learning rate that is drawn by hand are handles: while one is dragged
the picture is asked for, on release the text that owns them is written.
"""

from pathlib import Path
from typing import Any

import numpy as np
from streamlit.components.v2 import component

from widgets.live_figure import PLOTLY, hears, joined, pack, styles

HERE = Path(__file__).parent
FIGURE = HERE.parent / "live_figure"
DETAILS = HERE.parent / "details" / "parts"
PARTS = (
    *(FIGURE / f"{name}.js" for name in ("decode", "theme", "pen", "ink", "bands", "graphs", "hover", "words")),
    *(FIGURE / f"{name}.js" for name in ("playback", "start", "insist", "asks")),
    *(DETAILS / f"{name}.js" for name in ("numbers", "chart")),
    *(HERE / f"{name}.js" for name in ("rates", "main")),
)
KEY = "schedules"

_figure = component(
    "valley_schedules",
    html=(HERE / "figure.html").read_text(encoding="utf-8"),
    css=styles(FIGURE / "figure.css")
    + "".join(path.read_text(encoding="utf-8") for path in (FIGURE / "handles.css", HERE / "figure.css")),
    js=joined(PARTS),
    isolate_styles=False,
)


def schedule_figure(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Draw the figure of a message of charts/schedules.py."""
    _figure(key=KEY, data=pack({**header, "plotly": PLOTLY}, arrays), on_ask_change=hears(KEY))
