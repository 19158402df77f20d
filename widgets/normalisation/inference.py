"""Inference: one row in many batches, and the moving averages that give it one answer."""

from functools import partial

import numpy as np
import streamlit as st

from charts.normalisation_inference import FORMS, Stop, inference_message
from engine import run
from engine.normalisation.moving_average import averaged
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from engine.sampling import batches
from engine.trajectory import Trajectory
from surfaces.data.moons import Moons
from surfaces.fitting.charges import charges
from surfaces.fitting.forward import Statistics
from surfaces.mlp import Mlp
from widgets.controls import number as ask
from widgets.controls import row
from widgets.lines import lines
from widgets.patience import each, patiently

NAME = "inference"
TITLE = "While it trains, what a row is told depends on the batch it is in. What is it told afterwards?"
ORDER = 50

BATCH = Parameter(8, 2, 100, "B", step=1, whole=True, help="How many rows a step receives.")
RATE = Parameter(1.0, 0.001, 3.0, r"\eta", scale="log", help="Learning rate of the run.")
STEPS = Parameter(200, 20, 1000, "T", step=20, whole=True, help="How many steps the run takes.")
ROW = Parameter(1, 1, 100, "n", step=1, whole=True, help="Which row is put into many batches.")
UNIT = Parameter(1, 1, 8, "", step=1, whole=True, help="Which hidden unit's statistics are shown.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the initial weights and of the batches.")
DECAYS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
FIRST = 3  # the decay that is shown first
COMPANIES = 200  # batches in which the row is put
SAMPLING = "without_replacement"


def draw() -> None:
    """Pick the run, the row and the unit; draw averages, answers and errors for every decay."""
    with st.sidebar:
        eta = ask(f"{NAME}.rate", RATE, "learning rate")
        with row():
            size, steps = int(ask(f"{NAME}.batch", BATCH, "batch size")), int(ask(f"{NAME}.steps", STEPS, "steps"))
        with row():
            which, unit = int(ask(f"{NAME}.row", ROW, "row")), int(ask(f"{NAME}.unit", UNIT, "hidden unit"))
        seed = int(ask("seed", SEED, "seed"))
    net = network()
    path = trained(net, size, eta, steps, seed)
    if path.diverged_at[0] >= 0:
        st.info(f"At this learning rate the run diverges at step {path.diverged_at[0]}. Take a smaller one.")
        return
    w, order = path.weights[:, 0], batches(len(net.rows()), size, steps, SAMPLING, seed)
    ((means, variances),) = net.statistics_along(w, order)
    answers = in_company(net, w[-1], which - 1, size, seed)
    ((mean, variance),) = net.statistics_along(w)  # of all rows, at the same weights
    place = unit - 1
    patiently(
        (NAME, size, eta, steps, which, unit, seed),
        partial(each, DECAYS, lambda decay: at_decay(net, w[-1], means, variances, decay, size, place, which - 1)),
        lambda stops: lines(
            f"normalisation.{NAME}",
            *inference_message(
                (unit, which, size, len(net.rows())),
                np.stack([means[:, place], np.sqrt(variances[:, place])]),
                np.stack([mean[:, place], np.sqrt(variance[:, place])]),
                answers,
                whole(net, w[-1], which - 1),
                stops,
                FIRST,
            ),
        ),
        "the averages",
        "Fewer steps",
    )


def network() -> Mlp:
    """Return the network."""
    return Mlp(data=Moons().dataset(), hidden=(8,), normalisation="batch")


def trained(net: Mlp, size: int, eta: float, steps: int, seed: int) -> Trajectory:
    """Return the run."""
    start = net.initial(seed=seed)
    return run(*(net, GradientDescent(), eta, start, steps), record=(), batch_size=size, sampling=SAMPLING, seed=seed)


def in_company(net: Mlp, w: np.ndarray, which: int, size: int, seed: int) -> np.ndarray:
    """Return what one row is told in training mode, in COMPANIES batches of which the other rows are drawn anew."""
    inputs = net.dataset.inputs
    others = np.delete(np.arange(len(inputs)), which)
    drawn = others[batches(len(others), size - 1, COMPANIES, SAMPLING, seed)]
    found = []
    for places in drawn:
        rows = inputs[np.concatenate([[which], places])]
        found.append(net.outputs(w, rows, net.forward(w, rows).statistics)[0, 0])
    return np.array(found)


def whole(net: Mlp, w: np.ndarray, which: int) -> tuple[float, float]:
    """Return what the row is told with the statistics of all rows, and the error of all rows with them."""
    return answered(net, w, net.statistics(w), which)


def answered(net: Mlp, w: np.ndarray, statistics: Statistics, which: int) -> tuple[float, float]:
    """Return what the row is told with given statistics, and the mean error of all rows."""
    told = net.outputs(w, net.dataset.inputs[which : which + 1], statistics)[0, 0]
    pre = net.forward(w, net.dataset.inputs, statistics).outputs
    return float(told), float(charges(net.loss, pre, net.dataset.targets).mean())


def at_decay(
    net: Mlp,
    w: np.ndarray,
    means: np.ndarray,
    variances: np.ndarray,
    decay: float,
    size: int,
    unit: int,
    which: int,
) -> Stop:
    """Return the averages of one decay over the run's batches, and what inference makes of them."""
    forms = {
        "variance": averaged(variances, decay),
        "deviation": averaged(np.sqrt(variances), decay) ** 2,
        "unbiased": averaged(variances * size / (size - 1.0), decay),
    }
    assert tuple(forms) == FORMS
    mean = averaged(means, decay)
    found = {form: answered(net, w, [(mean[-1], values[-1])], which) for form, values in forms.items()}
    sigmas = {form: np.sqrt(values[:, unit]) for form, values in forms.items()}
    return Stop(decay, mean[:, unit], sigmas, found)
