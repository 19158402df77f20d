"""The points: every stationary point in view, with its Hessian's eigenvalues."""

from collections import Counter

import numpy as np
import streamlit as st

from engine.local import limit_factor
from engine.outcome import place
from engine.stationary import Stationary, flat_share, side_of, stationary_points
from engine.surface import Surface
from engine.words import number
from widgets.details.kinds import On
from widgets.details.picture import Picture

NAME = "points"
TITLE = "Where the gradient vanishes"
ORDER = 4
ON = On.OTHER | On.CUT

SHOWN = 20
NEAR = 1e-9  # of the weights: so near to a crease is on it
PLURAL = {"minimum": "minima", "maximum": "maxima", "saddle": "saddles", "degenerate": "degenerate points"}
MEANING = {"minimum": "both up", "maximum": "both down", "saddle": "one up, one down", "degenerate": "one is zero"}


def draw(picture: Picture) -> None:
    """Draw the list of the points."""
    surface = picture.flat
    found = stationary_points(surface, picture.plane.view)
    if picture.cut is not None:
        st.markdown(
            f"Where the gradient has no part within the plane. It may lead out of it: of all {picture.surface.dim}"
            " weights together these need not be stationary points, and a minimum of the plane may be none."
        )
    st.markdown(summary(found) + (on_a_crease(surface) if picture.cut is None and not found.floor else ""))
    if found.kinds:
        st.markdown(table(found, picture))
    starts = side_of(surface) ** 2
    st.caption(
        f"Found by Newton's method on the gradient from {starts:,} starts; one whose surroundings are narrower than "
        "their grid may be missed. Lines along the eigenvectors are in the ratio 1/√|λ|, dashed where the surface "
        f"curves down. A point is degenerate where one |λ| is below {number(flat_share(surface))} of the other."
    )


def summary(found: Stationary) -> str:
    """Return what there is, in a sentence or two."""
    counts = Counter(found.kinds)
    listed = [f"{n} {kind if n == 1 else PLURAL[kind]}" for kind in PLURAL if (n := counts[kind])]
    by_themselves = f"In view: {', '.join(listed)}." if listed else "No stationary point by itself is in view."
    if not len(found.curve):
        return by_themselves
    if found.floor:
        return f"{by_themselves} The gradient also vanishes on a whole region, which is flat: both eigenvalues are 0."
    top = found.curve_eigenvalues[:, 1]
    return (
        f"{by_themselves} The gradient also vanishes along a whole curve: one eigenvalue is 0, along it, and the other "
        f"goes from {number(float(top.min()))} to {number(float(top.max()))}."
    )


def on_a_crease(surface: Surface) -> str:
    """Return where the lowest points are that are no stationary points, empty where there are none."""
    creased = surface.minima[surface.kink_distance(surface.minima) <= NEAR * np.abs(surface.minima).max(initial=0.0)]
    if not len(creased):
        return ""
    return f" The lowest point, {place(creased[0])}, lies on a crease: the gradient jumps there and does not vanish."


def table(found: Stationary, picture: Picture) -> str:
    """Return the points, lowest first, as a table."""
    rule = picture.edited.optimizer
    limit = f"limit of η for {rule.title}" if rule.linear else "1/λ₂"
    limit = limit if picture.cut is None else f"{limit}, within the plane"
    factor = float(limit_factor(rule)) if rule.linear else 1.0
    rows = [
        f"| kind | {'w' if picture.cut is None else '(x, y)'} | E | λ₁ | λ₂ | it curves | {limit} |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind, spot, error, (low, high) in zip(
        found.kinds, found.places, found.errors, found.eigenvalues.tolist(), strict=True
    ):
        bound = number(factor / high) if kind == "minimum" else "–"
        cells = [kind, place(spot), number(float(error)), number(low), number(high), MEANING[kind], bound]
        rows.append(f"| {' | '.join(cells)} |")
    more = len(rows) - 2 - SHOWN
    return "\n".join(rows[: SHOWN + 2]) + (f"\n\nand {more} more, higher up." if more > 0 else "")
