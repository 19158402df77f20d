"""Rates: how many units end dead or saturated, by learning rate and initial scale, over many first weights."""

from collections.abc import Sequence
from functools import partial
from itertools import product

import numpy as np
import streamlit as st

from charts.activations_rates import Ends, rates_message
from engine import Optimizer, discover_optimizers, run
from engine.parameter import Parameter
from engine.words import percent
from surfaces.data.moons import Moons
from surfaces.fitting.idle import idle
from surfaces.mlp import Mlp
from widgets.activations.inputs import SHARE, UNIT_ROWS, pick_functions
from widgets.controls import controls, row
from widgets.controls import number as ask
from widgets.jobs import Progress
from widgets.lines import lines
from widgets.patience import patiently, side_by_side
from widgets.runs import pick_alone

NAME = "rates"
TITLE = "How many units does a learning rate cost, and is it luck?"
ORDER = 25

SEEDS = Parameter(
    6, 2, 30, "", step=1, whole=True, help="How many starts, each with first weights of its own, are tried."
)
HIDDEN, STEPS = (8,), 100
ROWS = 40
ETAS = np.geomspace(0.01, 10.0, 13)
SCALES = (0.3, 0.5, 1.0, 2.0, 4.0, 8.0)
FIRST = 2  # the place of the initial scale that is shown first


def draw() -> None:
    """Pick an optimizer and functions, and draw where runs end."""
    with st.sidebar:
        known = {slug: cls for slug, cls in discover_optimizers().items() if cls.has_learning_rate}
        rule, _ = controls(pick_alone(known, Mlp), "a")
        names = pick_functions()
        with row():
            share, rows = ask("flat", SHARE, "flat below"), ask("units.rows", UNIT_ROWS, "of the rows")
        seeds = int(ask("rates.seeds", SEEDS, "starts"))
    words = (
        f"A net of {HIDDEN[0]} hidden units on {ROWS} rows of the moons, {STEPS} steps of {rule.title}, means over"
        f" {seeds} Xavier starts, ± one standard error. Saturated: |h′| below {percent(share)} of its largest on at"
        f" least {percent(rows)} of the rows."
    )
    patiently(
        (NAME, rule, tuple(names), share, rows, seeds),
        partial(ends, names, rule, share, rows, seeds),
        lambda found: lines(f"activations.{NAME}", *rates_message(ETAS, SCALES, found, words, FIRST)),
        "the runs",
        "Fewer functions or fewer starts",
    )


def ends(
    names: Sequence[str],
    rule: Optimizer,
    share: float,
    rows: float,
    seeds: int,
    progress: Progress = lambda share: True,
) -> list[Ends] | None:
    """Return where runs end with every activation; None where progress stopped it."""
    places = list(product(names, SCALES))
    found = side_by_side(places, lambda place: at_scale(place[0], place[1], rule, share, rows, seeds), progress)
    if found is None:
        return None
    each = np.reshape(found, (len(names), len(SCALES), 3, len(ETAS), seeds)).swapaxes(1, 2)
    return [
        Ends(name, _mean(dead), _mean(saturated), _unsure(dead + saturated), _middle(error))
        for name, (dead, saturated, error) in zip(names, each, strict=True)
    ]


def at_scale(name: str, scale: float, rule: Optimizer, share: float, rows: float, seeds: int) -> np.ndarray:
    """Return dead and saturated shares and the error at every learning rate from every start, nan where lost.

    (3, ETAS, seeds).
    """
    net = Mlp(data=Moons(rows=ROWS).dataset(), activation=name, hidden=HIDDEN)
    starts = np.stack([net.initial(scale=scale, seed=seed) for seed in range(seeds)])
    w = np.tile(starts, (len(ETAS), 1))
    path = run(net, rule, np.repeat(ETAS, seeds), w, STEPS, record_every=STEPS, record=())
    last = path.weights[-1]
    (layer,) = idle(net, last, share)
    known = np.isfinite(last).all(axis=1)
    found = layer.dead.mean(axis=1), layer.saturated(rows).mean(axis=1), net.evaluate(last)[0]
    return np.where(known, found, np.nan).reshape(3, len(ETAS), seeds)


def _mean(values: np.ndarray) -> np.ndarray:
    """Return the mean over the last axis of what is known; nan where nothing is."""
    known = np.isfinite(values)
    count = known.sum(axis=-1)
    return np.where(count > 0, np.where(known, values, 0.0).sum(axis=-1) / np.maximum(count, 1), np.nan)


def _unsure(values: np.ndarray) -> np.ndarray:
    """Return the standard error of ``_mean``; 0 of a single one."""
    count = np.isfinite(values).sum(axis=-1)
    squares = _mean((values - _mean(values)[..., None]) ** 2)
    return np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), 0.0)


def _middle(values: np.ndarray) -> np.ndarray:
    """Return the median, with what diverged above all else; nan where that is in the middle."""
    middle = np.sort(np.where(np.isfinite(values), values, np.inf), axis=-1)[..., (values.shape[-1] - 1) // 2]
    return np.where(np.isfinite(middle), middle, np.nan)
