"""Where there is nothing to race for."""

import numpy as np

from surfaces.quadratic import Quadratic


def nothing_to_race(surface: Quadratic, start: tuple[float, float]) -> str:
    """Return why nobody can arrive, empty where somebody can."""
    low, high = surface.eigenvalues
    if low < 0.0:
        return f"A {surface.verdict} has no smallest error: nothing to arrive at. Make both eigenvalues positive."
    error, _ = surface.evaluate(np.asarray(start))
    if high == 0.0 or not error > 0.0:
        return "The start has the smallest error there is: nobody has anywhere to go. Move the start."
    return ""
