"""Where there is nothing to race for."""

from engine.surface import Surface, View
from surfaces.quadratic import Quadratic
from widgets.goal import at_bottom, bottomless


def nothing_to_race(surface: Surface, start: tuple[float, ...], view: View | None = None) -> str:
    """Return why nobody can arrive, empty where somebody can."""
    if why := bottomless(surface, view or surface.view):
        cure = "Make both eigenvalues positive" if isinstance(surface, Quadratic) else "Pick another surface"
        return f"{why}: nothing to arrive at. {cure}."
    why = at_bottom(surface, start, view or surface.view)
    return f"{why}: nobody has anywhere to go. Move the start." if why else ""
