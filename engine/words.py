"""Numbers as a reader meets them: few digits, true powers of ten, a real minus sign."""

import cmath
import math
from functools import lru_cache

REMEMBERED = 1 << 14  # results kept: two hundred verdicts a picture, and the next picture says much the same
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@lru_cache(maxsize=REMEMBERED)
def number(value: float, digits: int = 3) -> str:
    """Return value to a number of significant digits: ``0.0952``, ``−1.2``, ``2.1·10⁻¹⁵``."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if value == 0.0:
        return "0"
    short = f"{value:.{digits}g}"
    if "e" not in short:
        return _minus(short)
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    if -4 <= power < max(digits, 5):
        text = f"{float(f'{value:.{digits}g}'):.{max(0, digits - 1 - power)}f}"
        return _minus(text.rstrip("0").rstrip(".") if "." in text else text)
    raised = str(power).translate(_RAISED)
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    if mantissa in ("1", "-1"):
        return _minus(f"{mantissa[:-1]}10{raised}")
    return f"{_minus(mantissa)}·10{raised}"


def count(value: float) -> str:
    """Return a number of steps: ``131``, ``1 400 000``, ``never``."""
    if not math.isfinite(value):
        return "never"
    return number(value, 2) if value >= 1e9 else whole(value if value < 1e5 else float(f"{value:.2g}"))


def whole(value: float) -> str:
    """Return a number to the last one, in groups of three: ``6 021 733``."""
    return f"{round(value):,}".replace(",", "\u202f")


@lru_cache(maxsize=REMEMBERED)
def factor(value: complex) -> str:
    """Return what multiplies a distance per step: ``−1.2``, or ``0.95 ∠ 23°`` where it turns as it shrinks."""
    if value.imag == 0.0:
        return near_one(value.real)
    return f"{near_one(abs(value))} ∠ {_degrees(math.degrees(abs(cmath.phase(value))))}°"


def near_one(value: float) -> str:
    """Return a number with as many digits as it takes to see how far its size is from 1: ``0.99998``, ``−1.045``."""
    gap = abs(1.0 - abs(value))
    # below 1e-12 it is rounding that keeps them apart
    return number(value, 2 - math.floor(math.log10(gap)) if 1e-12 < gap < 0.1 else 3)


def with_error(value: float, error: float) -> str:
    """Return a measured number as far as it is sure: ``0.0901 ± 0.0007``."""
    if not (error > 0.0 and value != 0.0 and math.isfinite(value) and math.isfinite(error)):
        return number(value)
    digits = math.floor(math.log10(abs(value))) - math.floor(math.log10(error)) + 1
    return f"{number(value, max(digits, 1))} ± {number(error, 1)}"


@lru_cache(maxsize=REMEMBERED)
def percent(share: float) -> str:
    """Return a share in per cent, with as many digits as it takes to tell it from all: ``99.98 %``."""
    gap = abs(1.0 - share)
    return f"{number(100.0 * share, 1 - math.floor(math.log10(gap)) if 1e-12 < gap < 0.005 else 3)} %"


def duration(seconds: float) -> str:
    """Return a time in the unit in which it is read: ``3.2 µs``, ``45 ms``, ``2.5 hours``, ``11 days``."""
    for size, unit in ((1e-3, "µs"), (1.0, "ms")):
        if seconds < size:
            return f"{number(seconds * 1e3 / size)} {unit}"
    for size, unit, least in ((365.25 * 86400.0, "years", 1.0), (86400.0, "days", 2.0), (3600.0, "hours", 2.0)):
        if seconds >= least * size:
            return f"{number(seconds / size)} {unit}"
    return f"{number(seconds / 60.0)} minutes" if seconds >= 120.0 else f"{number(seconds)} s"


def _degrees(angle: float) -> str:
    """Return an angle in whole degrees, in more digits near 0 and near 180, where a root would be real."""
    if 10.0 <= angle < 179.5:
        return f"{angle:.0f}"
    return number(angle, 3 - math.floor(math.log10(180.0 - angle)) if angle > 90.0 else 2)


def apart(one: float, other: float) -> tuple[str, str]:
    """Return two numbers with as many digits, at least four, as it takes to tell them apart."""
    for digits in range(4, 17):
        texts = number(one, digits), number(other, digits)
        if texts[0] != texts[1] or one == other:
            return texts
    return texts


def _minus(text: str) -> str:
    return text.replace("-", "−")
