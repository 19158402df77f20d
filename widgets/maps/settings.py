"""Settings."""

NAME = "settings"
TITLE = "Every cell is a run: how many steps each setting needs."
ORDER = 10


def draw() -> None:
    """Draw inputs and figure."""
