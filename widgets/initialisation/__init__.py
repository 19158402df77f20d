"""The views of the page Initialisation, one file each, found in this folder."""

from typing import Any

from widgets.views import views


def initialisation(sentence: Any) -> None:
    """Draw the row of views and the one that is picked; its title goes into the place ``sentence``."""
    views(__name__, "initialisation", "View", sentence)
