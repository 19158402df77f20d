"""Details that follow the live figure: components with little data of their own, drawn at every draw of it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.components.v2 import component

from widgets.live_figure import joined, pack, told

HERE = Path(__file__).parent
FIGURE = HERE.parent / "live_figure"
SHARED = (
    *(FIGURE / name for name in ("decode.js", "pen.js", "words.js", "insist.js", "paths.js")),
    *(
        HERE / "parts" / name
        for name in ("numbers.js", "heading.js", "formula.js", "chart.js", "roots.js", "fields.js", "steps.js")
    ),
)


def parts(name: str, folder: Path = HERE) -> list[Path]:
    """Return the files of a detail: what all share, what a folder ``parts/name`` holds, and ``name.js``."""
    return [*SHARED, *sorted((folder / "parts" / name).glob("*.js")), folder / f"{name}.js"]


@cache
def _component(name: str, folder: Path) -> Any:
    styles = [HERE / "detail.css", FIGURE / "handles.css", folder / f"{name}.css"]
    return component(
        f"valley_detail_{name}",
        html='<div class="valley-detail"></div>',
        css="".join(path.read_text(encoding="utf-8") for path in styles if path.exists()),
        js=joined([*parts(name, folder), HERE / "parts" / "follow.js"]),
        isolate_styles=False,
    )


def follow(
    name: str,
    header: dict[str, Any] | None = None,
    arrays: dict[str, np.ndarray] | None = None,
    folder: Path = HERE,
    heard: Callable[[Any], None] | None = None,
) -> None:
    """Mount ``name.js`` of a folder, whose class Detail says how it looks, ``name.css`` with it where there is one.

    Header and arrays are what only the server knows. A detail that asks for more mounts itself in a fragment of its
    own; ``heard`` receives what it asks for.
    """
    key = f"detail.{name}"
    listen = {"on_ask_change": lambda: heard(told(key, "ask"))} if heard else {}
    _component(name, folder)(key=key, data=pack(header or {}, arrays or {}), **listen)
