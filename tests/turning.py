"""Steps at many angles, as tests count them."""

import numpy as np

from engine.rotation import over_angles
from engine.settling import first_hit, settled_step


def steps_over_angles(surface, rule, eta, start, angles, steps, tolerance=1e-6):
    """From which step on, and at which first, the error is at or below the tolerance: (angles,) twice, nan if never."""
    if surface.eigenvalues[0] < 0.0:  # no smallest error, nothing to count
        nothing = np.full(len(angles), np.nan)
        return nothing, nothing
    error = over_angles(surface, rule, eta, start, angles, steps).error
    return settled_step(error, tolerance), first_hit(error, tolerance)
