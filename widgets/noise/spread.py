"""Spread: what batch size, learning rate and momentum do to the scatter about the minimum."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st

from charts.cloud import DOTS
from charts.noise_spread import Size, Spread, spread_message
from engine import Optimizer, discover_optimizers, run, theory
from engine.cloud import cloud
from engine.parameter import Parameter
from engine.spread import batch_share, covariance, forgetting, reshuffled_covariance, row_covariance
from engine.study import Entry
from engine.words import count, number
from surfaces.fitting.many_valleys import ManyValleys
from widgets.controls import choice, row
from widgets.controls import number as ask
from widgets.lines import lines
from widgets.patience import each, patiently
from widgets.runs import pick_settings, typical

NAME = "spread"
TITLE = "Small batches never come to rest: how far from the minimum do they keep a run?"
ORDER = 10

EIGENVALUES = {
    "eigenvalue_1": Parameter(1.0, 1e-3, 1e3, r"\lambda_1", scale="log", help="Curvature along the valley's axis u₁."),
    "eigenvalue_2": Parameter(4.0, 1e-3, 1e3, r"\lambda_2", scale="log", help="Curvature along u₂."),
}
ROWS = Parameter(60, 3, 240, "N", step=12, whole=True, help="How many rows the error is the mean of.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the rows and of the batches.")
START = (-1.5, 1.0)
SETTLED = 20_000  # steps over which the spread is measured
SLOW = 300  # steps: what forgets more slowly is not measured in SETTLED
CLEAR = 0.9  # of the steps in which a run forgets: below it is sooner
SHOWN = 200  # steps of the way there
STOPS, ENOUGH = 12, 6  # batch sizes
PLAIN = "gradient_descent"
FIRST = 4  # the size that is shown first
APART = 1000  # seeds of a size's batches are so far from those of the next seed


def draw() -> None:
    """Pick rule and valley, and draw a cloud for every batch size."""
    rules = {slug: cls for slug, cls in discover_optimizers().items() if cls().linear}
    with st.sidebar:
        entry = pick_rule(rules)
        with row():
            one, two = (ask(f"valley.{name}", known, "") for name, known in EIGENVALUES.items())
        with row():
            rows, seed = int(ask("spread.rows", ROWS, "rows")), int(ask("seed", SEED, "seed"))
    settings = entry.optimizer, entry.learning_rate, one, two
    if why := nothing_settles(*settings) or too_slow(*settings):
        st.info(why)
        return
    surface = ManyValleys(eigenvalue_1=one, eigenvalue_2=two, rows_drawn=rows, seed=seed)
    rule, eta, middle = entry.optimizer, entry.learning_rate, surface.stationary_point

    def show(sizes: list[Size]) -> None:
        at = int(np.argmin([abs(size.size - FIRST) for size in sizes]))
        about = surface.rows(), surface.hessian(middle), middle, surface.least
        lines(f"noise.{NAME}", *spread_message(entry.label, *about, sizes, at))

    patiently(
        (NAME, surface, rule, eta, seed),
        partial(each, stops(rows), lambda size: at_size(surface, rule, eta, size, seed)),
        show,
        "the clouds",
        "Fewer rows",
    )


def pick_rule(rules: Mapping[str, type[Optimizer]]) -> Entry:
    """Draw the choice of the rule with its settings."""
    titles = {slug: cls.title for slug, cls in rules.items()}
    picked = choice("rule", "Optimizer", titles, PLAIN, chosen=lambda: typical("rule", rules))
    return pick_settings(rules[picked or PLAIN], "rule")


def nothing_settles(optimizer: Optimizer, learning_rate: float, *eigenvalues: float) -> str:
    """Return why a run has no spread about the minimum, empty where it has one."""
    limit = theory.stability_limit(optimizer, list(eigenvalues))
    if learning_rate >= limit:
        return (
            f"At η = {number(learning_rate, 4)} nothing settles: the limit of {optimizer.title.lower()} is"
            f" {number(limit, 4)} here, noise or not. Take a smaller η."
        )
    return ""


def too_slow(optimizer: Optimizer, learning_rate: float, *eigenvalues: float) -> str:
    """Return why the spread cannot be measured where a run hardly forgets, empty where it can."""
    values = np.array(eigenvalues)

    def steps(eta: float) -> float:
        return forgetting(optimizer, eta, values, values**2)

    now = steps(learning_rate)
    if now <= SLOW:
        return ""
    ways = {"a larger η": steps(2.0 * learning_rate), "a smaller η": steps(0.5 * learning_rate)}
    sooner = [way for way, needed in ways.items() if needed < CLEAR * now]
    return (
        f"At η = {number(learning_rate, 4)} a run takes about {count(now)} steps to forget how far it was, too many to"
        f" measure a spread in {count(SETTLED)}. Take {sooner[0] if sooner else 'less momentum'}."
    )


def stops(rows: int) -> list[int]:
    """Return the batch sizes of the slider, from one row to all: those that divide them, and others where few do."""
    dividing = [size for size in range(1, rows + 1) if rows % size == 0]
    if len(dividing) >= ENOUGH:
        return dividing
    return sorted({*dividing, *np.geomspace(1, rows, STOPS).round().astype(int).tolist()})


def at_size(surface: ManyValleys, rule: Optimizer, eta: float, size: int, seed: int) -> Size:
    """Return what batches of one size do: both clouds with their predictions, and the way there."""
    rows, middle = surface.rows(), surface.stationary_point
    hessian, count = surface.hessian(middle), len(surface.rows())
    of_rows = row_covariance((middle - rows) @ hessian)
    batches = -(-count // size)
    spreads = []
    for sampling, every, predicted in (
        ("with_replacement", 1, covariance(rule, eta, hessian, of_rows * batch_share(size, count, replacement=True))),
        ("reshuffle", batches, reshuffled_covariance(rule, eta, hessian, of_rows, count, size)),
    ):
        found = cloud(
            surface, rule, eta, middle, size, sampling, max(SETTLED, DOTS * batches), every, APART * seed + size
        )
        spreads.append(
            Spread(
                found.points,
                predicted,
                *found.distance,
                0.5 * found.mean(hessian)[0],
                0.5 * float((predicted * hessian).sum()),
            )
        )
    there = run(
        *(surface, rule, eta, START, SHOWN),
        record=("error", "batch_error"),
        batch_size=size,
        sampling="with_replacement",
        seed=APART * seed + size,
    )
    assert there.error is not None and there.batch_error is not None
    return Size(size, spreads[0], spreads[1], there.error[:, 0], there.batch_error[:, 0])
