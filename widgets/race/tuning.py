"""Tuning: four ways to look for a learning rate on one landscape, with the same budget."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from engine import Optimizer, discover_optimizers, run
from engine.family import WITHOUT_LIMIT
from engine.parameter import Parameter
from engine.tuning import Halving, Span, grid, halving, random_linear, random_log
from engine.words import count, number
from surfaces.quadratic import Quadratic
from widgets.controls import adopt, choice, controls, declare, row
from widgets.controls import number as ask
from widgets.lines import lines
from widgets.race.bayesian import available, bayesian
from widgets.race.nothing import nothing_to_race
from widgets.runs import typical
from widgets.shape import pick_start, pick_valley

NAME = "tuning"
TITLE = "Where to look for a learning rate: the same number of trials, spaced four ways."
ORDER = 30

RULE, PLAIN = "optimizer", "gradient_descent"
REMEMBERED = 32  # landscapes and Bayesian searches
DENSE = 401  # learning rates of the landscape at first
CLOSER = (64, 16, 8)  # then about so many of its lowest valleys, again and again
WITHIN = 25  # so many more
WORST = 2.0  # power of ten at which a trial is drawn that did worse
BUDGET = Parameter(16, 4, 64, "n", step=4, whole=True, help="Trials of every way to search.")
STEPS = Parameter(60, 8, 500, "T", step=10, whole=True, help="How many steps a trial takes.")
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of the random draws; the grid has none.")
EARLY = ("no", "yes")
SPAN = {"learning_rate": Span(*WITHOUT_LIMIT, "log")}
TOP = WITHOUT_LIMIT[1] / 10.0  # where the highest decade begins
Point = dict[str, float]


class Search(NamedTuple):
    """What one way to search tried and found."""

    title: str
    etas: np.ndarray  # (n,)
    share: np.ndarray  # (n,) the error after all steps, as a share of the start's; inf where it diverged
    best: int  # the trial it takes
    stopped: Halving | None

    @property
    def wasted(self) -> int:
        """How many trials ended worse than they began."""
        return int((~(self.share < 1.0)).sum())


def draw() -> None:
    """Pick an optimizer and a budget; draw the landscape with the trials of every way to search."""
    optimizers = {name: cls for name, cls in discover_optimizers().items() if cls.has_learning_rate}
    with st.sidebar:
        rule = pick_rule(optimizers)
        with row():
            budget = int(ask("tuning.budget", BUDGET, "trials"))
            steps = int(ask("tuning.steps", STEPS, "steps"))
        declare("tuning.early", EARLY)
        early = st.segmented_control(
            "Stop poor trials early",
            EARLY,
            default="no",
            required=True,
            key="tuning.early",
            bind="query-params",
        )
        seed = int(ask("tuning.seed", SEED, "seed"))
        st.caption("The search is on the quadratic valley; any surface is under “together”.")
        surface, _ = pick_valley()
        start = pick_start()
    if why := nothing_to_race(surface, start):
        st.info(why)
        return
    found = searches(surface, rule, start, steps, budget, seed, early == "yes")
    trials = [(search.etas, search.share) for search in found]
    etas, truth = merged([landscape(surface, rule, start, steps), *trials])  # the least may be a trial's
    lines("race.tuning", *message(etas, truth, found, rule, steps))
    st.button("Draw again", on_click=adopt, args=({"tuning.seed": seed % SEED.high + 1},))
    if not available():
        st.caption(
            "Bayesian search is not shown: its library is not installed (`pip install -r requirements-tuning.txt`)."
        )


def pick_rule(optimizers: dict[str, type[Optimizer]]) -> Optimizer:
    """Draw the inputs of the optimizer whose learning rate is looked for."""
    titles = {slug: cls.title for slug, cls in optimizers.items() if cls.has_learning_rate}
    slug = choice(RULE, "Optimizer", titles, PLAIN, chosen=lambda: typical(RULE, optimizers))
    rule, _ = controls(optimizers[slug or PLAIN], RULE)
    return rule


@lru_cache(maxsize=REMEMBERED)
def landscape(
    surface: Quadratic, rule: Optimizer, start: tuple[float, ...], steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return learning rates (n,) and the error each leaves, as a share of the start's, inf where it diverged.

    They ascend, geometric at first and then closer about the lowest valleys: a minimum may be narrower than any grid.
    """
    etas = np.geomspace(*WITHOUT_LIMIT, DENSE)
    truth = curves(surface, rule, etas, start, steps)[0][-1]
    for valleys in CLOSER:
        lower = _closer(etas, truth, valleys)
        etas, truth = merged([(etas, truth), (lower, curves(surface, rule, lower, start, steps)[0][-1])])
    return etas, truth


def _closer(etas: np.ndarray, truth: np.ndarray, valleys: int) -> np.ndarray:
    """Return learning rates between the neighbours of the lowest local minima, of so many."""
    sides = np.concatenate([[np.inf], truth, [np.inf]])
    minima = np.nonzero((truth <= sides[:-2]) & (truth <= sides[2:]) & np.isfinite(truth))[0]
    lowest = minima[np.argsort(truth[minima], kind="stable")[:valleys]]
    ends = etas[np.maximum(lowest - 1, 0)], etas[np.minimum(lowest + 1, len(etas) - 1)]
    return np.geomspace(*ends, WITHIN + 2)[1:-1].ravel()


def merged(tried: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Return all learning rates once, ascending, with their errors."""
    etas, first = np.unique(np.concatenate([some for some, _ in tried]), return_index=True)
    return etas, np.concatenate([share for _, share in tried])[first]


def curves(
    surface: Quadratic, rule: Optimizer, etas: np.ndarray, start: tuple[float, ...], steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the error of every trial as a share of the start's, (T+1, n), and the step where each diverged, (n,)."""
    path = run(surface, rule, etas, start, steps, record=("error",))
    assert path.error is not None
    with np.errstate(invalid="ignore"):
        share = np.where(np.isfinite(path.error), path.error / path.error[0], np.inf)
    return share, path.diverged_at


def searches(
    surface: Quadratic,
    rule: Optimizer,
    start: tuple[float, ...],
    steps: int,
    budget: int,
    seed: int,
    early: bool,
) -> list[Search]:
    """Return every search, each with the same number of trials."""
    plans = {
        "Grid, logarithmic": grid(SPAN, budget),
        "Random, linear": random_linear(SPAN, budget, seed),
        "Random, logarithmic": random_log(SPAN, budget, seed),
    }
    found = [_search(title, points, surface, rule, start, steps, early) for title, points in plans.items()]
    if available():
        points = _bayesian(surface, rule, start, steps, budget, seed)
        found.append(_search("Bayesian, logarithmic", points, surface, rule, start, steps, early=False))
    return found


def _search(
    title: str,
    points: list[Point],
    surface: Quadratic,
    rule: Optimizer,
    start: tuple[float, ...],
    steps: int,
    early: bool,
) -> Search:
    etas = np.array([point["learning_rate"] for point in points])
    share, diverged_at = curves(surface, rule, etas, start, steps)
    stopped = halving(share, diverged_at) if early else None
    return Search(title, etas, share[-1], stopped.kept if stopped else int(np.argmin(share[-1])), stopped)


@lru_cache(maxsize=REMEMBERED)
def _bayesian(
    surface: Quadratic, rule: Optimizer, start: tuple[float, ...], steps: int, budget: int, seed: int
) -> list[Point]:
    """Return the trials of a search that minimises the logarithm of the error that is left."""

    def score(point: Point) -> float:
        share = curves(surface, rule, np.array([point["learning_rate"]]), start, steps)[0][-1, 0]
        return float(np.log10(max(share, 1e-300)))

    return bayesian(SPAN, budget, seed, score)


def message(
    etas: np.ndarray, truth: np.ndarray, found: list[Search], rule: Optimizer, steps: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the figure: the landscape once for every search, with its trials."""
    arrays = {"etas": etas, "truth": _drawn(truth)}
    known = np.concatenate([arrays["truth"], *[_drawn(search.share) for search in found]])
    low = float(np.floor(np.log10(known[known > 0.0].min()) - 0.3)) if (known > 0.0).any() else -16.0
    panels = []
    for k, search in enumerate(found):
        whole = _ran_whole(search)
        for name, kept in (("in", whole), ("out", ~whole)):
            arrays |= {f"{name}.x.{k}": search.etas[kept], f"{name}.y.{k}": _drawn(search.share[kept])}
        panels.append(_panel(search, k, etas, truth, low, rule, steps))
    says = sentence(found, etas, truth, steps)
    return {"alt": says, "says": says, "caption": caption(found, rule, steps, len(etas)), "panels": panels}, arrays


def _panel(
    search: Search, k: int, etas: np.ndarray, truth: np.ndarray, low: float, rule: Optimizer, steps: int
) -> dict[str, Any]:
    best = float(etas[np.argmin(truth)])
    dots = {"colour": rule.colour, "points": True}
    eta = float(search.etas[search.best])
    taken = (
        [{"x": eta, "colour": rule.colour, "dash": "solid", "width": 1.5}] if search.share[search.best] < 1.0 else []
    )
    return {
        "label": f"{search.title}: {outcome(search)}",
        "title": search.title,
        "note": outcome(search),
        "height": 200,
        "x": {"title": "learning rate η", "symbol": "η", "log": True, "range": np.log10(WITHOUT_LIMIT).tolist()},
        "y": {"title": f"error after {steps} steps", "log": True, "range": [low, WORST + 1.2]},
        "curves": [
            {"x": {"name": "etas"}, "y": {"name": "truth"}, "colour": "@quiet", "width": 1.6},
            {"x": {"name": f"in.x.{k}"}, "y": {"name": f"in.y.{k}"}, "width": 4.5, **dots},
            {"x": {"name": f"out.x.{k}"}, "y": {"name": f"out.y.{k}"}, "width": 2.5, "alpha": 0.45, **dots},
        ],
        "marks": [{"x": best, "colour": "@good", "name": "" if k else "least"}, *taken],
    }


def _ran_whole(search: Search) -> np.ndarray:
    if search.stopped is None:
        return np.ones(len(search.etas), dtype=bool)
    return search.stopped.stopped_at == search.stopped.rungs[-1]


def _drawn(share: np.ndarray) -> np.ndarray:
    """Return shares as they are drawn: nothing above the picture."""
    return np.where(np.isfinite(share), np.minimum(share, 10.0**WORST), 10.0**WORST)


def outcome(search: Search) -> str:
    """Say what a search found and what it spent, with the trials that were stopped counted as far as they went."""
    share, eta = float(search.share[search.best]), float(search.etas[search.best])
    what = f"Found {number(share, 2)} at η = {number(eta, 2)}" if share < 1.0 else "Found nothing better than the start"
    if search.stopped is None:
        return f"{what}."
    return f"{what}; {count(search.stopped.evaluations)} of {count(search.stopped.whole)} gradients."


def sentence(found: list[Search], etas: np.ndarray, truth: np.ndarray, steps: int) -> str:
    """Say what the spacing did with the budget, in counts."""
    least, linear, log = int(np.argmin(truth)), found[1], found[2]
    budget = len(linear.etas)
    high = [int((search.etas >= TOP).sum()) for search in (linear, log)]
    return (
        f"The least error after {steps} steps, of {count(len(etas))} learning rates tried, is"
        f" {number(float(truth[least]), 2)} of the start's, at η = {number(float(etas[least]), 3)}. Drawn linearly,"
        f" {high[0]} of {budget} trials lie in the one decade from {number(TOP)} to {number(WITHOUT_LIMIT[1])} and"
        f" {linear.wasted} end worse than they began; drawn in the logarithm, {high[1]} lie there and {log.wasted}"
        f" {'ends' if log.wasted == 1 else 'end'} worse."
    )


def caption(found: list[Search], rule: Optimizer, steps: int, known: int) -> str:
    """Say what was searched, with what, and what the marks are."""
    fixed = ", ".join(
        f"{declared.plain} = {number(getattr(rule, name), 4)}" for name, declared in rule.parameters().items()
    )
    low, high = (number(value) for value in WITHOUT_LIMIT)
    text = (
        f"Tuned: the learning rate of {rule.title} alone{f' ({fixed})' if fixed else ''}, from {low} to {high}, from"
        f" one start on one valley, {len(found[1].etas)} trials of {steps} steps for each search. Grey: the landscape,"
        f" {count(known)} learning rates with the trials among them, closer about the lowest, no higher than"
        f" {number(10.0**WORST)}; dots: trials; green: the least of all; coloured line: the trial that is taken. Both"
        " random searches use the same draws, spaced in two ways."
    )
    halved = next((search.stopped for search in found if search.stopped), None)
    if halved is None:
        return text
    rungs = ", ".join(count(rung) for rung in halved.rungs)
    missed = [search.title.lower() for search in found if search.stopped and search.share.argmin() != search.best]
    lost = f" That stopped the trial that would have been the best: {'; '.join(missed)}." if missed else ""
    return (
        f"{text} After {rungs} steps the worse half is stopped (small dots, where they would have ended): successive"
        f" halving, Jamieson and Talwalkar (2016).{lost}"
    )
