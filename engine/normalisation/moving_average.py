"""Moving averages that inference takes in place of the statistics of a batch."""

import numpy as np


def averaged(values: np.ndarray, decay: float) -> np.ndarray:
    """Return m(tau) = alpha m(tau - 1) + (1 - alpha) v(tau) after every step, (T, ...) -> (T, ...).

    Bishop and Bishop (2024), 7.56. It begins at the first value, where others begin at 0 or 1 and divide by
    1 - alpha^tau or do not. Raises ValueError unless 0 <= decay <= 1.
    """
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"decay must be in [0, 1], got {decay!r}")
    found = np.array(values, dtype=np.float64)
    for step in range(1, len(found)):
        found[step] = decay * found[step - 1] + (1.0 - decay) * found[step]
    return found
