"""Restarts: the same run from many initial weights, judged on rows that none of them has seen."""

from functools import partial
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from engine.dataset import Dataset
from engine.parameter import Parameter
from engine.restarts import restarts
from engine.sampling import arguments
from engine.study import Entry
from surfaces.fitting.layers import SCHEMES
from widgets.controls import number
from widgets.details.curves import NARROW
from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.picture import ALIKE, Initial, Picture
from widgets.jobs import Progress
from widgets.net import INITIAL, seed_key
from widgets.patience import patiently

NAME = "restarts"
TITLE = "Other initial weights, other ends"
ORDER = 5
ON = On.LAYERS

RUNS = Parameter(20, 2, 100, "R", step=10, whole=True, help="Each scheme runs from so many seeds, from 0 on.")


class Wanted(NamedTuple):
    """What restarts are made of: the same values make the same ends, whichever of them the page shows."""

    net: Any
    validation: Dataset | None
    entry: Entry
    steps: int
    scale: float
    bias: float
    runs: int


class Ends(NamedTuple):
    """Where the runs of one scheme end, as mean errors of a row, nan where a run was lost."""

    scheme: str
    training: np.ndarray  # (R,) by seed
    validation: np.ndarray  # (R,) nan where nothing is held out


def draw(picture: Picture) -> None:
    """Draw where the runs of every scheme end."""
    with st.container(width=NARROW):
        runs = int(number(f"{NAME}.runs", RUNS, "seeds"))
    wanted = wanted_of(picture, runs)
    show = partial(_show, picture, wanted)
    patiently((NAME, wanted), partial(compute, wanted), show, "the restarts", "Fewer seeds or fewer steps")


def wanted_of(picture: Picture, runs: int) -> Wanted:
    """Return what the restarts of a picture are made of."""
    initial, edited = picture.initial or Initial(), picture.edited
    return Wanted(
        picture.surface,
        picture.validation,
        edited._replace(name="", start=None, note=""),
        picture.steps,
        initial.scale,
        initial.bias,
        runs,
    )


def compute(wanted: Wanted, progress: Progress) -> list[Ends] | None:
    """Return the ends of every scheme; None where progress stopped it."""
    net, rule = wanted.net, wanted.entry
    seeds = {scheme: 1 if scheme in ALIKE else wanted.runs for scheme in SCHEMES}
    found, done = list[Ends](), 0
    for scheme, count in seeds.items():
        starts = np.stack([net.initial(scheme, wanted.scale, seed, wanted.bias) for seed in range(count)])
        weights = restarts(
            *(net, rule.optimizer, rule.learning_rate, starts, wanted.steps),
            progress=partial(_told, progress, done, count, sum(seeds.values())),
            clip=rule.clip,
            **arguments(rule.batch),
        )
        if weights is None:
            return None
        done += count
        held_out = net.row_error(weights, wanted.validation) if wanted.validation else np.full(count, np.nan)
        found.append(Ends(scheme, _finite(net.row_error(weights)), _finite(held_out)))
    return found


def _told(progress: Progress, done: int, count: int, total: int, share: float) -> bool:
    return progress((done + count * share) / total)


def _finite(errors: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(errors), errors, np.nan)


def _show(picture: Picture, wanted: Wanted, found: list[Ends]) -> None:
    follow(NAME, *sent(picture, wanted, found))


def sent(picture: Picture, wanted: Wanted, found: list[Ends]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the message."""
    judged = [item.validation if wanted.validation else item.training for item in found]
    best = [int(np.nanargmin(errors)) if np.isfinite(errors).any() else None for errors in judged]
    lowest = [np.inf if seed is None else errors[seed] for seed, errors in zip(best, judged, strict=True)]
    top = int(np.argmin(lowest)) if np.isfinite(lowest).any() else None
    header = {
        "validated": wanted.validation is not None,
        "runs": wanted.runs,
        "steps": wanted.steps,
        "colour": wanted.entry.optimizer.colour,
        "schemes": [
            {"name": item.scheme, "alike": item.scheme in ALIKE, "best": seed, **_summary(item, errors, seed)}
            for item, errors, seed in zip(found, judged, best, strict=True)
        ],
        "top": top,
        "taken": _taken(picture),
        "shown": _shown(picture, wanted),
    }
    return header, {item.scheme: np.stack([item.training, item.validation], axis=1) for item in found}


def _summary(ends: Ends, judged: np.ndarray, seed: int | None) -> dict[str, Any]:
    """Return the numbers of a row: least, middle and largest of the judged errors, and the best's training error."""
    there = judged[np.isfinite(judged)]
    if seed is None:
        return {"five": None, "lost": len(judged), "count": len(judged)}
    beside = float(ends.training[seed])
    five = [float(there.min()), float(np.median(there)), float(there.max()), beside]
    return {"five": five, "lost": len(judged) - len(there), "count": len(judged)}


def _taken(picture: Picture) -> dict[str, Any] | None:
    """Return the keys of the inputs that own scheme and seed, None where there are none; and of one that is to be 0."""
    if picture.initial is None:
        return None
    return {"scheme": f"{INITIAL}.scheme", "seed": f"{INITIAL}.seed", "more": seed_key(picture.edited)}


def _shown(picture: Picture, wanted: Wanted) -> list[Any] | None:
    """Return scheme and seed of the run under the sliders, None where it is none of these."""
    initial = picture.initial
    if initial is None:
        return None
    seeds = range(wanted.runs) if initial.drawn else range(1)
    return next(([initial.scheme, seed] for seed in seeds if initial.start(wanted.net, seed) == picture.start), None)
