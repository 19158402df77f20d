"""Fair: every optimizer tuned alike and judged on starts and rotations that it was not tuned on."""

from collections import Counter
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
import streamlit as st

from engine import Optimizer, discover_optimizers
from engine.discovery import slug
from engine.parameter import Parameter, four_digits
from engine.race import GOOD, JUDGED_ON, TUNED_ON, Lane, Terms, half, lane
from engine.tuning import rates_in_words
from engine.words import count, number, whole
from surfaces.quadratic import Quadratic
from widgets.controls import adopt, declare, row
from widgets.controls import number as ask
from widgets.jobs import Progress
from widgets.lines import lines
from widgets.patience import patiently
from widgets.presets import apply
from widgets.race.nothing import nothing_to_race
from widgets.runs import LETTERS
from widgets.shape import PREFIX, pick_start, pick_valley

NAME = "fair"
TITLE = "The same tuning budget, the same starts, the same noise for all: who needs the fewest steps?"
ORDER = 20

DRAWS = 5  # of trials, starts, rotations and noise; the first is drawn
REMEMBERED = 512  # lanes, about 6 kB each
ROW = 56  # px of a strip
BUDGET = Parameter(64, 4, 128, "n", step=8, whole=True, help="Trials that every optimizer may spend on its settings.")
STEPS = Parameter(500, 20, 2000, "T", step=50, whole=True, help="In so many steps a run must get there.")
TARGET = Parameter(1e-6, 1e-12, 0.5, "", scale="log", help="The error to reach, as a share of the error at the start.")
NOISE = Parameter(
    0.0, 0.0, 10.0, "σ", step=0.1, help="Spread of the normal noise added to every component of a gradient."
)
SEED = Parameter(1, 1, 9999, "", step=1, whole=True, help="Of trials, starts, rotations and noise.")
COUNTS = ("stays", "once")
MARKDOWN = r"$\lambda_{\max}$"


def draw() -> None:
    """Pick the terms, race, and draw the distributions and what each learning rate costs."""
    with st.sidebar:
        st.caption("This race turns the quadratic valley; any surface is under “together”.")
        surface, _ = pick_valley()
        start = pick_start()
        terms = pick_terms()
    if why := nothing_to_race(surface, start):
        st.info(why)
        return
    key = ("race.fair", surface, start, terms)
    patiently(
        key,
        partial(compute, surface, start, terms),
        partial(show, surface, start, terms),
        "the race",
        "Fewer trials or fewer steps",
    )


def show(surface: Quadratic, start: tuple[float, ...], terms: Terms, draws: list[list[Lane]]) -> None:
    """Draw the first of several draws, and say how often each optimizer won."""
    lanes = draws[0]
    lines("race.fair", *message(surface, draws, terms))
    with st.container(horizontal=True):
        st.button("Draw again", on_click=adopt, args=({"fair.seed": later(terms, 1).seed},))
        st.button("Watch them from one start", on_click=apply, args=(watched(lanes, surface, start), everyone()))
    with st.expander("The terms of the race"):
        st.markdown(terms_in_words(lanes, terms))
    with st.expander("The numbers"):
        st.markdown(table(lanes, terms))


def everyone() -> dict[str, type[Optimizer]]:
    """Return every optimizer that has a learning rate to tune and heads for the minimum."""
    rules = discover_optimizers().items()
    return {name: rule for name, rule in rules if rule.has_learning_rate and rule.ends_at_minimum}


def pick_terms() -> Terms:
    """Draw the inputs of what every optimizer gets alike."""
    with row():
        budget = ask("fair.budget", BUDGET, "trials")
        steps = ask("fair.steps", STEPS, "steps")
    with row():
        target = ask("fair.target", TARGET, "target")
        noise = ask("fair.noise", NOISE, "noise")
    declare("fair.counts", COUNTS)
    counted = st.segmented_control(
        "Counted: the step from which it stays there, or is there once",
        COUNTS,
        default=COUNTS[0],
        required=True,
        key="fair.counts",
        bind="query-params",
    )
    seed = ask("fair.seed", SEED, "seed")
    return Terms(int(budget), int(steps), target, counted != "once", noise, int(seed))


def compute(surface: Quadratic, start: tuple[float, ...], terms: Terms, progress: Progress) -> list[list[Lane]] | None:
    """Race all optimizers in DRAWS draws, the best first in each; None where progress stopped it."""
    rules, draws = everyone(), list[list[Lane]]()
    for k in range(DRAWS):
        lanes: list[Lane] = []
        for name in rules:
            if progress((k + len(lanes) / len(rules)) / DRAWS) is False:
                return None
            lanes.append(_lane(surface, start, name, later(terms, k)))
        draws.append(sorted(lanes, key=lambda item: (item.median, -item.reached, item.mean)))
    return draws


def later(terms: Terms, draws: int) -> Terms:
    """Return the same terms some draws later."""
    return replace(terms, seed=(terms.seed - 1 + draws) % int(SEED.high) + 1)


# A draw is also one of the draws that follow the one before it.
@lru_cache(maxsize=REMEMBERED)
def _lane(surface: Quadratic, start: tuple[float, ...], name: str, terms: Terms) -> Lane:
    return lane(surface, start, everyone()[name], terms)


def message(surface: Quadratic, draws: list[list[Lane]], terms: Terms) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the figure of the first draw: a strip for every optimizer, and the sensitivity curves."""
    lanes = draws[0]
    arrays: dict[str, np.ndarray] = {}
    for k, item in enumerate(lanes):
        arrays |= {f"steps.{k}": np.maximum(item.counted, 1.0), f"etas.{k}": item.etas, f"mean.{k}": item.steps}
        inside = _inside(item)
        arrays |= {f"good.x.{k}": item.etas[inside], f"good.y.{k}": item.steps[inside]}
    says = sentence(surface, draws, terms)
    header = {
        "alt": says,
        "says": says,
        "caption": shortly(terms),
        "panels": [_strips(lanes, arrays, terms), _curves(lanes, arrays, terms)],
    }
    return header, arrays


def _strips(lanes: list[Lane], arrays: dict[str, np.ndarray], terms: Terms) -> dict[str, Any]:
    known = np.concatenate([arrays[f"steps.{k}"] for k in range(len(lanes))])
    low, high = _powers(known, terms.steps)
    cases = len(lanes[0].counted)
    return {
        "label": f"Steps to the target in {cases} cases, a row for every optimizer, the fewest first",
        "title": f"Steps to {_target(terms)} over {JUDGED_ON[0]} starts × {JUDGED_ON[1]} rotations",
        "height": 50 + ROW * len(lanes),
        "wide": True,
        "x": {"title": "steps, which are gradients too: one a step", "log": True, "range": [low, high]},
        "y": {"range": [1, 0]},
        "strips": [
            {
                "label": item.rule.title,
                "note": _found(item),
                "colour": item.rule.colour,
                "values": {"name": f"steps.{k}"},
                "five": [value if np.isfinite(value) else None for value in _five(item)],
                "absent": _absent(item),
            }
            for k, item in enumerate(lanes)
        ],
    }


def _curves(lanes: list[Lane], arrays: dict[str, np.ndarray], terms: Terms) -> dict[str, Any]:
    etas = np.log10(np.concatenate([item.etas for item in lanes]))
    low, high = _powers(np.concatenate([item.steps for item in lanes]), terms.steps)
    curves: list[dict[str, Any]] = []
    for k, item in enumerate(lanes):
        style = {"colour": item.rule.colour, "dash": item.rule.dash}
        curves.append(
            {
                "x": {"name": f"etas.{k}"},
                "y": {"name": f"mean.{k}"},
                "label": f"{item.rule.title}: {_zone(item)}",
                "tag": item.rule.title,
                "absent": "not there",
                **style,
            }
        )
        thick = {"colour": item.rule.colour, "width": 9, "alpha": 0.28}
        curves.append({"x": {"name": f"good.x.{k}"}, "y": {"name": f"good.y.{k}"}, **thick})
    return {
        "label": "Mean steps to the target against the learning rate, a curve for every optimizer",
        "title": "What it costs to miss the best learning rate",
        "note": f"In the legend: the width of the good zone, at most {number(GOOD)} times the fewest steps.",
        "height": 320,
        "wide": True,
        "x": {
            "title": "learning rate η, everything else as found",
            "symbol": "η",
            "log": True,
            "range": [float(etas.min()), float(etas.max())],
        },
        "y": {"title": "mean steps", "log": True, "range": [low, high]},
        "curves": curves,
    }


def _inside(item: Lane) -> np.ndarray:
    if item.good is None:
        return np.zeros(len(item.etas), dtype=bool)
    return (item.etas >= item.good[0]) & (item.etas <= item.good[1])


def _powers(values: np.ndarray, most: int) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    low = np.log10(max(1.0, finite.min())) if len(finite) else 0.0
    return float(low) - 0.08, float(np.log10(most)) + 0.04


def _five(item: Lane) -> list[float]:
    """Return 5, 25, 50, 75 and 95 per cent, a case that did not get there counted as the longest."""
    ordered = np.sort(np.where(np.isfinite(item.counted), np.maximum(item.counted, 1.0), np.inf))
    return [float(ordered[round(share * (len(ordered) - 1))]) for share in (0.05, 0.25)] + [
        max(1.0, item.median),
        *(float(ordered[round(share * (len(ordered) - 1))]) for share in (0.75, 0.95)),
    ]


def _target(terms: Terms) -> str:
    return f"{number(terms.tolerance)} of the error"


def _found(item: Lane) -> str:
    return item.found.label.removeprefix(item.rule.title).strip()


def _absent(item: Lane) -> str:
    missing = int(np.isnan(item.counted).sum())
    return f"{missing} of {len(item.counted)} not there" if missing else ""


def _zone(item: Lane) -> str:
    if item.good is None:
        return "no good zone"
    ends = item.good[1] >= item.etas[-1] or item.good[0] <= item.etas[0]
    return f"{'at least ' if ends else ''}{number(item.decades, 2)} decades"


def _ends(item: Lane) -> str:
    if item.good is None:
        return "no learning rate gets half of the runs there"
    return f"{number(item.good[0], 2)} to {number(item.good[1], 2)}, {_zone(item)}"


def sentence(surface: Quadratic, draws: list[list[Lane]], terms: Terms) -> str:
    """Say who needs the fewest steps, under which conditions, and how often."""
    first, *others = draws[0]
    where = f"on this valley (κ = {number(surface.condition_number)})" if surface.eigenvalues[0] > 0.0 else "here"
    after = f"after {terms.budget} trials each"
    if not np.isfinite(first.median):
        return (
            f"{after.capitalize()}, no optimizer takes half of its runs to {_target(terms)} within {count(terms.steps)}"
            f" steps {where}. {first.rule.title} takes the most there: {number(100.0 * first.reached, 2)} %."
        )
    how = "for good " if terms.stays else ""
    level = [item.rule.title for item in others if item.median == first.median]
    who = " and ".join([first.rule.title, *level])
    verb = "need" if level else "needs"
    then = next((item for item in others if item.median > first.median), None)
    next_one = f", {then.rule.title} {count(then.median)}" if then and np.isfinite(then.median) else ""
    return (
        f"{who} {verb} the fewest steps {where}, {after}: half of the runs are {how}at {_target(terms)} within"
        f" {count(first.median)} steps{next_one}. {won(draws)}"
    )


def won(draws: list[list[Lane]]) -> str:
    """Say how often each optimizer had the fewest steps; those that share a win have one each."""
    wins = Counter(item.rule.title for lanes in draws for item in lanes if item.median == lanes[0].median < np.inf)
    ranking = [f"{title} {times} {'time' if times == 1 else 'times'}" for title, times in wins.most_common()]
    return f"In {len(draws)} draws of trials, starts and rotations first was: {', '.join(ranking)}."


def shortly(terms: Terms) -> str:
    """Say in a line what all get alike."""
    return (
        f"Each optimizer: {terms.budget} trials of random search, judged on {JUDGED_ON[0] * JUDGED_ON[1]} cases that it"
        f" was not tuned on; seed {terms.seed}. Box: the middle half; upright line: the median; thin line: 5 to 95 %."
    )


def terms_in_words(lanes: list[Lane], terms: Terms) -> str:
    """Say what was tuned, over what, with how many evaluations, and on what it was judged."""
    spent = sum(item.spent for item in lanes)
    noise = f"normal noise of spread {number(terms.noise)} on every gradient" if terms.noise else "no gradient noise"
    return "\n".join(
        f"- {point}"
        for point in (
            f"Tuned: learning rate and every hyperparameter, {terms.budget} trials of random search for each optimizer,"
            f" each on {TUNED_ON[0]} starts × {TUNED_ON[1]} rotations with {count(terms.steps)} steps. Kept is the one"
            f" with the fewest mean steps, not there counting as {count(terms.steps)}. Gradients spent on that:"
            f" {whole(spent)}.",
            f"Learning rates searched: {rates_in_words().replace('λ_{max}', MARKDOWN)}. All ranges stand under"
            " “The numbers”.",
            f"Judged on {JUDGED_ON[0]} × {JUDGED_ON[1]} other starts and rotations, the same for all, with {noise}."
            " Starts lie all around the minimum, half to twice as far away as the one in the sidebar.",
            "Not in the race: rules without a learning rate, which have nothing to tune, and AdamW, whose decay moves"
            " the minimum.",
            "Thick on the curves: the good zone. A curve ends where fewer than half of the runs get there.",
        )
    )


def table(lanes: list[Lane], terms: Terms) -> str:
    """Return everything that the figure shows, as a table."""
    heads = ["optimizer", "found", "searched", "mean when tuned", "mean when judged", "median", "middle half"]
    heads += ["there", "first there, median", "for good, median", "good zone of η", "gradients of tuning"]
    lines_ = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    for item in lanes:
        five = [count(value) if np.isfinite(value) else f"> {count(terms.steps)}" for value in _five(item)]
        judged = np.where(np.isfinite(item.counted), item.counted, terms.steps).mean()
        searched = "; ".join(f"{_symbol(item.rule, name)} {span.words}" for name, span in item.space.items())
        cells = [item.rule.title, _found(item), searched, number(item.mean), number(float(judged)), five[2]]
        cells += [f"{five[1]} to {five[3]}", f"{int(np.isfinite(item.counted).sum())} of {len(item.counted)}"]
        cells += [_middle(item.first, terms), _middle(item.stays, terms), _ends(item), whole(item.spent)]
        lines_.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines_)


def _symbol(rule: type[Optimizer], name: str) -> str:
    return "η" if name == "learning_rate" else rule.parameters()[name].plain


def _middle(steps: np.ndarray, terms: Terms) -> str:
    value = half(steps)
    return count(value) if np.isfinite(value) else f"> {count(terms.steps)}"


def watched(lanes: list[Lane], surface: Quadratic, start: tuple[float, ...]) -> str:
    """Return the address at which the settings found run together, from the start in the sidebar."""
    shape = {name: getattr(surface, name) for name in surface.parameters()}
    items = {f"surface.{name}": value for name, value in shape.items() if value != surface.parameters()[name].default}
    items |= dict(zip(("start.x", "start.y"), start, strict=True))
    query = [f"{PREFIX}={slug(surface)}"]  # together may have been on another one
    query += [f"{key}={four_digits(value)!r}" for key, value in items.items()]
    for letter, item in zip(LETTERS, lanes, strict=False):
        rule = item.found.optimizer
        query.append(f"{letter}={slug(item.rule)}")
        query.append(f"{letter}.learning_rate={item.found.learning_rate!r}")
        query += [f"{letter}.{name}={getattr(rule, name)!r}" for name in rule.parameters()]
    return "&".join(query)
