"""Schemes: how initial weights are drawn, by the numbers of units below and above."""

import numpy as np

DRAWN = ("uniform", "gaussian", "xavier", "he")


def xavier_end(fan_in: int, fan_out: int) -> float:
    """Return where the uniform weights of a layer end, sqrt(6/(fan_in + fan_out)); Glorot and Bengio (2010), 16."""
    return float(np.sqrt(6.0 / (fan_in + fan_out)))


def he_deviation(fan_in: int) -> float:
    """Return the standard deviation sqrt(2/fan_in); Bishop and Bishop (2024), 7.23."""
    return float(np.sqrt(2.0 / fan_in))


def deviation(scheme: str, scale: float, fan_in: int, fan_out: int) -> float:
    """Return the standard deviation of a layer's initial weights.

    ``uniform`` in [-scale, scale]: scale/sqrt(3); ``gaussian`` scale; ``xavier`` scale times
    sqrt(2/(fan_in + fan_out)); ``he`` scale times sqrt(2/fan_in). Raises ValueError for a scheme of another name.
    """
    match scheme:
        case "uniform":
            return scale / float(np.sqrt(3.0))
        case "gaussian":
            return scale
        case "xavier":
            return scale * xavier_end(fan_in, fan_out) / float(np.sqrt(3.0))
        case "he":
            return scale * he_deviation(fan_in)
    raise ValueError(f"scheme must be {', '.join(DRAWN[:-1])} or {DRAWN[-1]}, got {scheme!r}")


def standard(scheme: str, random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return weights of standard deviation 1 in single precision: uniform ones for uniform and xavier, else normal."""
    if scheme in ("uniform", "xavier"):
        drawn = random.random(shape, dtype=np.float32)
        drawn -= np.float32(0.5)
        drawn *= np.float32(np.sqrt(12.0))
        return drawn
    return random.standard_normal(shape, dtype=np.float32)
