"""Spectra: the eigenvalues of a quadratic with more directions than can be drawn, typed or made by a law.

All are zero or positive. Along an eigenvalue of zero the error is flat: nothing moves there and nothing is to be
gained, so condition number and best settings are those of the positive ones.
"""

import math
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.parameter import Parameterised, parameter
from engine.words import number

MOST = 1000  # eigenvalues
LOWEST, HIGHEST = 1e-3, 1e3  # of the positive ones that can be typed
WIDEST = 5e6  # condition number; beyond it the best momentum is above 0.999, which no rule here takes
LONGEST = 20_000  # characters of a typed list

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_COUNT = ("n", "How many eigenvalues.")


class BadSpectrum(ValueError):
    """What was typed, or asked for, is no spectrum: ``words`` say why, ``given`` is the text at fault."""

    def __init__(self, words: str, given: str):
        super().__init__(f"{words}, got {given!r}")
        self.words, self.given = words, given


def typed(text: str) -> np.ndarray:
    """Return the eigenvalues of a list such as ``1, 2.5, 20``, ascending; commas, semicolons, blanks part them.

    Raises BadSpectrum, which says which one is wrong and why.
    """
    if len(text) > LONGEST:
        raise BadSpectrum(f"the list must have at most {LONGEST} characters", f"{len(text)}")
    items = re.split(r"[\s,;]+", text.strip(" \t\r\n,;"))
    if not items[0]:
        raise BadSpectrum("the list must hold at least one eigenvalue", "nothing")
    if len(items) > MOST:
        raise BadSpectrum(f"the list must hold at most {MOST} eigenvalues", f"{len(items)}")
    return checked(np.array([_eigenvalue(place, item) for place, item in enumerate(items, 1)]))


def _eigenvalue(place: int, item: str) -> float:
    value = float(item) if _NUMBER.fullmatch(item) else math.nan
    if value != 0.0 and not LOWEST <= value <= HIGHEST:
        raise BadSpectrum(f"eigenvalue {place} must be zero or a number in [{LOWEST:g}, {HIGHEST:g}]", item)
    return abs(value)  # of -0


def checked(eigenvalues: np.ndarray) -> np.ndarray:
    """Return eigenvalues, finite, in ascending order.

    BadSpectrum unless none is negative, one is positive, and they are not too far apart.
    """
    ordered = np.sort(eigenvalues)
    if ordered[0] < 0.0:
        raise BadSpectrum("every eigenvalue must be zero or positive", number(float(ordered[0])))
    if not ordered[-1] > 0.0:
        raise BadSpectrum("at least one eigenvalue must be above 0", f"{number(float(ordered[-1]))}")
    kappa = condition_number(ordered)
    if kappa > WIDEST:
        words = f"the largest eigenvalue must be at most {number(WIDEST)} times the smallest positive one"
        raise BadSpectrum(words, number(kappa))
    return ordered


def condition_number(eigenvalues: np.ndarray) -> float:
    """Return the largest eigenvalue over the smallest positive one."""
    return float(eigenvalues.max() / eigenvalues[eigenvalues > 0.0].min())


@dataclass(frozen=True)
class Spectrum(Parameterised, ABC):
    """Eigenvalues made by a law; the fields are its parameters."""

    title: ClassVar[str]

    @property
    def eigenvalues(self) -> np.ndarray:
        """The eigenvalues (n,), ascending; BadSpectrum as ``checked`` has it."""
        return checked(self.law())

    @abstractmethod
    def law(self) -> np.ndarray:
        """Return the eigenvalues in any order."""


@dataclass(frozen=True)
class Linear(Spectrum):
    """Equally spaced: lambda_i = low + (i - 1)/(n - 1) (high - low); one alone is high."""

    low: float = parameter(1.0, LOWEST, HIGHEST, "", scale="log", help="The smallest eigenvalue.")
    high: float = parameter(20.0, LOWEST, HIGHEST, "", scale="log", help="The largest eigenvalue.")
    count: float = parameter(40, 1, MOST, _COUNT[0], step=1, whole=True, help=_COUNT[1])

    title = "Equally spaced"

    def law(self) -> np.ndarray:
        """Return them, (n,)."""
        return np.linspace(self.high, self.low, int(self.count))


@dataclass(frozen=True)
class PowerLaw(Spectrum):
    """lambda_i = largest i^(-exponent), i = 1 to n: few steep directions, many flat ones."""

    count: float = parameter(40, 1, MOST, _COUNT[0], step=1, whole=True, help=_COUNT[1])
    exponent: float = parameter(1.0, 0.0, 2.0, "a", step=0.1, help="How fast they fall; 0 makes them all equal.")
    largest: float = parameter(20.0, LOWEST, HIGHEST, r"\lambda_{max}", scale="log", help="The largest eigenvalue.")

    title = "Power law"

    def law(self) -> np.ndarray:
        """Return them, (n,)."""
        return self.largest * np.arange(1.0, self.count + 1.0) ** -self.exponent


@dataclass(frozen=True)
class MarchenkoPastur(Spectrum):
    """Eigenvalues of X'X/N, X of N rows and D columns of independent entries with variance s, as D and N grow.

    Density sqrt((b - lambda)(lambda - a))/(2 pi r s lambda) on [a, b] = s (1 -+ sqrt r)^2 with r = D/N, and for r > 1 a
    share 1 - 1/r of zeros; Marchenko and Pastur (1967). Not drawn at random: the i-th of n is the (i - 1/2)/n quantile.
    """

    count: float = parameter(40, 1, MOST, _COUNT[0], step=1, whole=True, help=_COUNT[1])
    ratio: float = parameter(
        0.5, 0.01, 10.0, "r", scale="log", help="Weights over rows of data, D/N; above 1 some eigenvalues are zero."
    )
    scale: float = parameter(1.0, 1e-3, 1e3, "s", scale="log", help="Variance of the data's entries.")

    title = "Marchenko-Pastur"

    def law(self) -> np.ndarray:
        """Return them, (n,)."""
        n, r = int(self.count), self.ratio
        wanted = (np.arange(n) + 0.5) / n
        zeros = max(0.0, 1.0 - 1.0 / r)
        inside = wanted > zeros
        places = (wanted[inside] - zeros) / (1.0 - zeros)
        angle, share = _cumulative(r)
        found = np.interp(places, share, angle)
        values = np.zeros(n)
        # with lambda = 1 + r - 2 sqrt(r) cos(angle) the density has no edges left
        values[inside] = self.scale * ((1.0 - math.sqrt(r)) ** 2 + 4.0 * math.sqrt(r) * np.sin(0.5 * found) ** 2)
        return values


def _cumulative(ratio: float, points: int = 100_001) -> tuple[np.ndarray, np.ndarray]:
    """Return angles in [0, pi] and the share of the positive eigenvalues below 1 + r - 2 sqrt(r) cos(angle)."""
    angle = np.linspace(0.0, math.pi, points)
    below = (1.0 - math.sqrt(ratio)) ** 2 + 4.0 * math.sqrt(ratio) * np.sin(0.5 * angle) ** 2
    density = np.divide(np.sin(angle) ** 2, below, out=np.ones(points), where=below > 0.0)
    share = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]))])
    return angle, share / share[-1]


LAWS: dict[str, type[Spectrum]] = {"linear": Linear, "power_law": PowerLaw, "marchenko_pastur": MarchenkoPastur}
