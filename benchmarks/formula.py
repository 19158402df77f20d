"""Formula: what the machine takes for a grid and for a family of runs, beside the surfaces' own kernels."""

from functools import partial
from typing import Any

import numpy as np

from benchmarks.speed import milliseconds
from benchmarks.table import Line, spread
from engine import Plane, run
from engine.optimizers.momentum import Momentum
from engine.surface import Surface
from surfaces import discover_surfaces
from surfaces.formula import Formula
from tests.formulas import TYPED

SIDE = 101  # of the grid
TWENTY = "x^2/2 + kappa*y^2/2 + sin(3*x)*cos(y/2) + exp(-x^2/2)/(2 + y^2)"
TARGET = 10.0  # ms
RATIO = 5.0
TIMES = 101
ETAS = np.geomspace(1e-6, 1e-4, 101)
STEPS = 200


def measure() -> list[Line]:
    """Return a line for a formula of some twenty operations, and two for the surfaces that can be typed."""
    surface = Formula(TWENTY)
    took = _grid(surface, surface)
    middle = float(np.median(took))
    what = f"formula: {SIDE} x {SIDE} grid with gradient, {len(surface.steps)} operations"
    return [
        Line(what, f"median ≤ {TARGET:g} ms", f"{spread(took, 3)} ms", f"{middle / TARGET:.3f}", middle <= TARGET),
        _beside(f"formula: {SIDE} x {SIDE} grid, beside a surface's own kernel", _grid),
        _beside(f"formula: {len(ETAS)} runs of {STEPS} steps, beside the surface itself", _family),
    ]


def _beside(claim: str, timed: Any) -> Line:
    """Return the ratios over all surfaces that can be typed: the machine's fastest time over the kernel's."""
    found = {}
    for slug, typed in TYPED.items():
        surface = discover_surfaces()[slug]()
        own, ours = min(timed(surface, surface)), min(timed(Formula(*typed), surface))
        found[surface.title] = (ours / own, own * 1e3, ours * 1e3)
    order = sorted(found, key=lambda title: found[title][0])
    texts = [f"{title} {found[title][2]:.0f} for {found[title][1]:.0f} µs" for title in (order[0], order[-1])]
    ratios = [ratio for ratio, _, _ in found.values()]
    text = f"{', '.join(texts)}; {sum(ratio <= RATIO for ratio in ratios)} of {len(ratios)} within"
    return Line(claim, f"ratio ≤ {RATIO:g}", text, f"{min(ratios):.1f}–{max(ratios):.1f}", max(ratios) <= RATIO)


def _grid(surface: Surface, seen: Surface) -> list[float]:
    """Return how long the kernel of a surface takes for a grid over the view of another, in ms."""
    w = np.ascontiguousarray(Plane.of(seen).grid(SIDE)[2].reshape(-1, 2).T)
    arrays: Any = (w, surface.pack(), surface.rows(), np.empty(w.shape[1]), np.empty_like(w))
    with np.errstate(all="ignore"):
        return milliseconds(partial(surface.value_and_grad, *arrays), TIMES)


def _family(surface: Surface, seen: Surface) -> list[float]:
    """Return how long a slider's family of runs takes on a surface from the start of another, in ms."""
    return milliseconds(partial(run, surface, Momentum(), ETAS, seen.start, STEPS))
