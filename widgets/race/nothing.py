"""Where there is nothing to race for."""

from engine.surface import Surface
from surfaces.quadratic import Quadratic
from widgets.goal import BOTTOM, at_bottom, bottomless


def nothing_to_race(surface: Surface, start: tuple[float, float]) -> str:
    """Return why nobody can arrive, empty where somebody can."""
    if why := bottomless(surface):
        cure = "Make both eigenvalues positive" if isinstance(surface, Quadratic) else "Pick another surface"
        return f"{why}: nothing to arrive at. {cure}."
    return f"{BOTTOM}: nobody has anywhere to go. Move the start." if at_bottom(surface, start) else ""
