"""Colours as eyes see them: how far two are apart, what stands out, and the look that the optimizers leave free."""

import itertools

import numpy as np

from charts.colours import PALETTES
from engine import discover_optimizers

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB
PROTANOPIA = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
EYES = {"usual": np.eye(3), "protanopia": PROTANOPIA, "deuteranopia": DEUTERANOPIA}
# IEC 61966-2-1: linear sRGB to XYZ, white D65
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
APART = 15.0  # CIE 1976, what any two optimizers are apart
APART_ALIKE = 30.0  # where their lines are of one kind
STANDS_OUT = 2.0  # contrast with the ground
DASHES = ("solid", "dot", "dash", "longdash", "dashdot", "longdashdot")


def linear(colour: str) -> np.ndarray:
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    t = XYZ @ rgb / (XYZ @ np.ones(3))
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2."""
    low, high = sorted(float(XYZ[1] @ linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def seen(colour: str, eyes: np.ndarray) -> np.ndarray:
    return lab(np.clip(eyes @ linear(colour), 0.0, 1.0))


def over(halo: str, ground: str) -> str:
    """Return the colour of a translucent halo, rgba(...), on its ground."""
    *top, share = (float(part) for part in halo[halo.index("(") + 1 : -1].split(","))
    below = [int(ground[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in zip(top, below, strict=True))


def grounds(theme: str) -> list[str]:
    """What a path lies on: its halo, on every band."""
    palette = PALETTES[theme]
    return [over(palette["halo"], colour) for name, colour in palette.items() if name.startswith("band")]


def free_look() -> tuple[str, str]:
    """Return the colour and the dash that are furthest from those of every optimizer, of those that stand out."""
    rules = list(discover_optimizers().values())
    under = [ground for theme in PALETTES for ground in grounds(theme)]
    known = [np.array([seen(cls.colour, eyes) for cls in rules]) for eyes in EYES.values()]
    needed = {dash: np.array([APART_ALIKE if cls.dash == dash else APART for cls in rules]) for dash in DASHES}
    room: dict[tuple[str, str], float] = {}
    for rgb in itertools.product(range(0, 256, 17), repeat=3):
        colour = "#" + "".join(f"{part:02x}" for part in rgb)
        if min(contrast(colour, ground) for ground in under) < STANDS_OUT:
            continue
        far = [
            np.linalg.norm(each - seen(colour, eyes), axis=1) for each, eyes in zip(known, EYES.values(), strict=True)
        ]
        for dash in DASHES:
            room[colour, dash] = float((np.min(far, axis=0) / needed[dash]).min())
    return max(room, key=lambda look: room[look])
