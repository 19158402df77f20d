"""Worked: a calculation on a small network, gone through step by step, with every number drawn where it belongs.

One message holds all steps, so that the slider asks nobody. Lists marked * have one item for every step. A formula is a
tree of details/parts/formula.js. Texts may hold subscripts, a_{b}.

header
    alt       what the picture shows
    says      * a sentence
    aside     * a quieter sentence below the formulas, "" where there is none: a slip of the sources
    formulas  * a list of formulas, one a line
    ways      * 1 where numbers flow forward, -1 where derivatives flow back, 0 where nothing flows
    lit       * the ids of nodes and edges that take part
    index     the slider: {id, name, texts*, at}; while ``id`` stays the student's place is kept
    figure    {height, columns, groups, nodes, edges}
        columns   [{x, name}]: words above the picture; x from 0 to 1
        groups    [{y, name}]: words at the left, y in px
        nodes     [{id, x, y, name, beside, value, back}]: ``beside`` is true where the name stands left of the
                  circle; ``value`` in it and ``back`` below it are lists of [step from which it holds, text]
        edges     [{from, to, at, label}]: its id is "from-to"; ``label`` a list of [step, text, "back" or ""],
                  drawn ``at`` a part of the way, or near it where it would cover something
    table     optional {head, rows, since, marked}: texts; a column is seen from the step in ``since`` on; ``marked`` is
              the row that the picture shows
    caption   quiet words below
"""

from pathlib import Path
from typing import Any

from streamlit.components.v2 import component

from charts.colours import PALETTES
from widgets.live_figure import joined, pack, styles

HERE = Path(__file__).parent
FIGURE = HERE.parent / "live_figure"
PARTS = (
    *(FIGURE / name for name in ("decode.js", "theme.js", "words.js", "playback.js")),
    HERE.parent / "details" / "parts" / "formula.js",
    *(HERE / name for name in ("diagram.js", "worked.js")),
)

_worked = component(
    "valley_worked",
    html='<div class="valley-worked" role="group"></div>',
    css=styles(FIGURE / "handles.css", HERE / "worked.css"),
    js=joined(PARTS),
    isolate_styles=False,
)


def worked(key: str, header: dict[str, Any]) -> None:
    """Draw the calculation that the message above describes."""
    _worked(key=key, data=pack({"palettes": PALETTES, **header}, {}))
