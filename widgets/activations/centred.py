"""Centred: outputs whose mean is not 0 make the valley of the next layer long and narrow."""

from functools import cache, lru_cache

import numpy as np
import streamlit as st

from charts.activations_centred import Valley, centred_message
from engine.next_layer import next_layer_eigenvalues, steps_to
from engine.normal import expected
from engine.words import whole
from surfaces.fitting.forward import activate
from surfaces.fitting.layers import FIRST_SLOPE
from widgets.activations.inputs import pick_functions
from widgets.lines import lines

NAME = "centred"
TITLE = "Outputs that are not about 0 make the next layer's valley long and narrow."
ORDER = 15

UNITS = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, 32])
FIRST = 5  # the place of 8 units
ROWS, SEED = 10_000, 1
KINKS = (1.0,)
FEW = 1e-3  # of the slowest mode, to which steps are counted
REMEMBERED = 16


def draw() -> None:
    """Pick functions, and draw the valley that a linear unit on top of them descends."""
    with st.sidebar:
        names = pick_functions()
    lines(f"activations.{NAME}", *centred_message(UNITS, [valley(name) for name in names], whole(ROWS), FIRST))


@lru_cache(maxsize=REMEMBERED)
def valley(name: str) -> Valley:
    """Return the next layer's valley for every number of units of an activation."""
    slope = np.array(FIRST_SLOPE)

    def h(a: np.ndarray) -> np.ndarray:
        return activate(name, a, slope)

    mean = expected(h, 1.0, KINKS)
    variance = expected(lambda a: h(a) ** 2, 1.0, KINKS) - mean**2
    spectra = [next_layer_eigenvalues(mean, variance, int(many)) for many in UNITS]
    told = np.array([each[-1] / each[0] for each in spectra])
    return Valley(name, mean, variance, told, measured(name), np.array([steps_to(FEW, kappa) for kappa in told]))


def measured(name: str) -> np.ndarray:
    """Return the condition number on drawn rows, for every number of units, (S,)."""
    z = np.column_stack([np.ones(ROWS), activate(name, _drawn(), np.array(FIRST_SLOPE))])
    hessian = z.T @ z / ROWS
    spectra = [np.linalg.eigvalsh(hessian[: many + 1, : many + 1]) for many in UNITS.tolist()]
    return np.array([each[-1] / each[0] for each in spectra])


@cache
def _drawn() -> np.ndarray:
    return np.random.default_rng(SEED).standard_normal((ROWS, int(UNITS[-1])))
