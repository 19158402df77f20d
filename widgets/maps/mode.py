"""Mode."""

NAME = "mode"
TITLE = "One direction alone: what eta lambda and the momentum make of it."
ORDER = 20


def draw() -> None:
    """Draw inputs and figure."""
