"""Numbers as the app prints them, read back."""

import math
import re

_LOW = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
NUMBER = r"−?(?:10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|\d+(?:\.\d+)?(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|∞)"
_PARTS = re.compile(r"(−?)(?:(\d[\d\u202f]*(?:\.\d+)?)(?:·|$))?(?:10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?")


def value_of(text: str) -> float:
    """Return the number that a text such as ``−2.1·10⁻¹⁵`` or ``1 400`` says."""
    return _signed_value_and_unit(text)[0]


def unit_of(text: str) -> float:
    """Return the weight of the last digit that a text shows."""
    return _signed_value_and_unit(text)[1]


def said_after(text: str, before: str) -> str:
    """Return the number that stands after some words, as it is printed."""
    found = re.search(re.escape(before) + rf" ?({NUMBER})", text)
    assert found, (before, text)
    return found[1]


def agrees(text: str, value: float, slack: float = 0.0) -> bool:
    """Tell whether a text is value to within its last digit; zeros at its end are not shown."""
    shown, unit = _signed_value_and_unit(text)
    if math.isinf(value) or math.isinf(shown):
        return shown == value
    return abs(shown - value) <= max(0.51 * unit, 0.006 * abs(value), slack)


def _signed_value_and_unit(text: str) -> tuple[float, float]:
    if text.lstrip("−") == "∞":
        return (-math.inf if text.startswith("−") else math.inf), math.inf
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise AssertionError(f"{text!r} is no number")
    sign, mantissa, power = parts.groups()
    plain = (mantissa or "1").replace("\u202f", "")
    scale = int(power.translate(_LOW)) if power else 0
    digits = len(plain.partition(".")[2])
    value = float(f"{plain}e{scale}")
    return (-value if sign else value), 10.0 ** (scale - digits)
