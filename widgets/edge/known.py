"""Known: the surface of two weights on which all is known of where gradient descent can stay."""

import numpy as np
import streamlit as st

from charts.edge_known import Ends, known_message
from engine import run
from engine.local import largest
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from engine.scalar_net import flow_sharpness, sharpness_from_errors
from surfaces.sharpness import Sharpness
from widgets.controls import number as ask
from widgets.controls import row
from widgets.lines import lines

NAME = "known"
TITLE = "Two weights, where the answer is known: all of a curve are minima, and only the flat ones can hold a run."
ORDER = 20

STEPS = 3000
DRAWN = 80  # steps of a path
STOPS = sorted({float(f"{eta:.2g}") for eta in np.geomspace(0.02, 1.1, 37)})
A = Parameter(3.0, -6.0, 6.0, "a", step=0.1, help="The first weight at the start.")
B = Parameter(0.1, -6.0, 6.0, "b", step=0.1, help="The second weight at the start.")


def draw() -> None:
    """Pick the start; draw the path and its end at every learning rate."""
    surface = Sharpness()
    with st.sidebar:
        with row():
            start = ask("known.a", A, "start"), ask("known.b", B, "start")
        st.caption(f"{surface.note}  \nSource: Kreisler, Nacson, Soudry and Carmon (2023), arXiv:2305.13064.")
    ends = followed(surface, start)
    lines(f"edge.{NAME}", *known_message(ends, GradientDescent.colour, _view(surface, start), _first(ends)))


def followed(surface: Sharpness, start: tuple[float, float]) -> Ends:
    """Return what gradient descent does from a start at every learning rate."""
    etas = np.array(STOPS)
    path = run(surface, GradientDescent(), etas, start, STEPS, record=("error",))
    assert path.error is not None
    end, error = path.weights[-1], path.error
    with np.errstate(all="ignore"):
        told = sharpness_from_errors(start, etas, error[:-1])
        sharpness = largest(surface.hessian(path.weights[: DRAWN + 1]))
        return Ends(
            *(start, etas, path.weights[: DRAWN + 1], sharpness, np.square(end).sum(axis=-1), told),
            *(float(flow_sharpness(start)), error, path.diverged_at),
        )


def _view(surface: Sharpness, start: tuple[float, ...]) -> list[list[float]]:
    """Return the surface's view, made to hold the start."""
    spans = []
    for (low, high), at in zip(surface.view, start, strict=True):
        room = 0.1 * (high - low) if low < at < high else 0.1 * max(abs(at), high - low)
        spans.append([min(low, at - room), max(high, at + room)])
    return spans


def _first(ends: Ends) -> int:
    """Return the place of the first learning rate at which the flow's minimum is too sharp and the run yet settles."""
    wanted = np.nonzero(ends.settled & (2.0 / ends.etas < ends.flow))[0]
    return int(wanted[0]) if len(wanted) else len(ends.etas) // 2
