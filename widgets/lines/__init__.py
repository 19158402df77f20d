"""Lines: panels of curves, stacked bars and marks with axes of their own, and one slider that all of them follow.

Everything is drawn on small canvases from one message, so that the slider and the pointer ask nobody. A message is a
header and named float32 arrays. ``{"name": n, "rows": r}`` points at an array: with rows it holds r rows end to end,
one for each place of the slider, without it is the same at every place. What may also be a list, one item a place, is
marked *. Colours are "#rrggbb" or "@name" of the palette (charts/colours.py); texts may hold subscripts, a_{b}.

header
    alt       what the picture shows, in a sentence that states the finding
    says      * the sentence above the panels
    caption   quiet words below, optional
    index     the slider, optional: {id, name, texts, at}; ``texts`` name its places, ``at`` is the first one shown,
              and while ``id`` stays the student's place is kept
    many      true where the panels are small and stand four in a row, two on a phone; optional
    panels    a list of
        label     what it shows, for those who cannot see it
        title, note, height, wide   heading, quiet words below it, px, and whether it takes a whole row; optional
        x, y      {title, symbol, log, range*}: the range in powers of ten where ``log``
        plane     true where both are places in one plane: one scale on both axes, and nothing to read off; optional
        silent    true where there is nothing to read off; optional
          square    true where the picture is as wide as high, at most as ``height`` allows; optional
          bare      true where there are no axes; optional
          field     {values, columns, x, y, levels}: heights from 0 to 1, rows upwards, as bands between two x and two y
          rest      * the abscissa that the legend reads while nothing is pointed at, optional
          curves    [{x, y, label*, colour, dash, width, alpha, tag, points, absent, seen, digits}]: ``label`` is the
                    name in the legend, ``tag`` a short one on the figure; with ``points`` dots of that ``width``;
                    ``absent`` is said where there is no number; of what is ``seen`` no more is drawn than up to the
                    slider's place; numbers have 3 ``digits``, or so many
        bars      {x, y, bands: [{label, colour, alpha}]}: stacked, y in the order (bar, band)
        marks     [{x* or y*, name*, low, colour, dash, width}]: straight lines across; the name of one that stands
                  upright is at the top, or ``low`` at the bottom
        ticks     an array: strokes on the lower edge
        areas     [{x, low, high, colour, alpha}]: what lies between two curves, below all others; optional
        strips    [{label, note, colour, values, five, absent}]: a row for every array ``values``, each value a dot;
                  ``five`` in order the whisker's ends, the box's and the median, null where beyond the axis;
                  ``absent`` says how many are not on it. A panel of strips has the y range [1, 0]
"""

from pathlib import Path
from typing import Any

import numpy as np
from streamlit.components.v2 import component

from charts.colours import PALETTES
from widgets.live_figure import joined, pack, styles

HERE = Path(__file__).parent
FIGURE = HERE.parent / "live_figure"
DETAILS = HERE.parent / "details" / "parts"
PARTS = (
    *(FIGURE / name for name in ("decode.js", "theme.js", "pen.js", "words.js", "playback.js")),
    *(DETAILS / name for name in ("numbers.js", "chart.js")),
    *(HERE / name for name in ("legend.js", "strips.js", "field.js", "panel.js", "lines.js")),
)

_lines = component(
    "valley_lines",
    html='<div class="valley-lines" role="group"></div>',
    css=styles(FIGURE / "handles.css", HERE / "lines.css"),
    js=joined(PARTS),
    isolate_styles=False,
)


def lines(key: str, header: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Draw panels that the message above describes."""
    with np.errstate(over="ignore"):  # what is too large for float32 is out of every picture
        data = pack({"palettes": PALETTES, **header}, arrays)
    _lines(key=key, data=data)
