"""Basins."""

NAME = "basins"
TITLE = "Every cell is a start: where it ends, and how soon."
ORDER = 60


def draw() -> None:
    """Draw inputs and figure."""
