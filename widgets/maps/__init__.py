"""The views of the page Maps, one file each, found in this folder."""

from typing import Any

from engine import discover_optimizers
from widgets.controls import declare
from widgets.views import views


def maps(sentence: Any) -> None:
    """Draw the row of views and the one that is picked; its title goes into the place ``sentence``."""
    declare("a", tuple(discover_optimizers()))
    views(__name__, "map", "Map", sentence, kept=("a",))
