"""The views of the page Activations, one file each, found in this folder."""

from typing import Any

from widgets.views import views


def activations(sentence: Any) -> None:
    """Draw the row of views and the one that is picked; its title goes into the place ``sentence``."""
    views(__name__, "activations", "View", sentence)
