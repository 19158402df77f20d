"""The views of the page Edge of stability, one file each, found in this folder."""

from typing import Any

from widgets.views import views


def edge(sentence: Any) -> None:
    """Draw the row of views and the one that is picked; its title goes into the place ``sentence``."""
    views(__name__, "edge", "View", sentence)
