"""Picture: what the inputs of the page describe, as every detail receives it."""

from typing import Any, NamedTuple

import numpy as np

from engine.study import Entry


class Picture(NamedTuple):
    """The surface, the runs on it and the one under the sliders."""

    surface: Any
    entries: list[Entry]
    edited: Entry
    start: tuple[float, ...]
    steps: int
    drawn: np.ndarray  # the steps that are drawn, ascending
