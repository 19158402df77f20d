"""Trained: pictures of a network that take long show how far they are and can be stopped; others are simply drawn."""

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

from charts.landscape import pieces
from engine.cut import Cut
from engine.remembered import remembered
from engine.study import LOOKS, Entry, takes_long
from engine.surface import Surface
from widgets.jobs import Progress
from widgets.live_run import begun, plane_of
from widgets.patience import part, patiently

SOONER = "Fewer rows, fewer weights or fewer steps"


def trained(
    net: Surface,
    entries: list[Entry],
    edited: Entry,
    start: tuple[float, ...],
    steps: int,
    cut: Cut | None,
    key: Hashable,
    draw: Callable[[Any], None],
) -> None:
    """Draw what is to be drawn of runs: at once, or when they are there; ``key`` tells them from others.

    ``start`` is how far it is moved in the plane of the picture; ``cut`` is None where there is none.
    """
    if not takes_long(net, steps, len(entries)):
        draw(None)
        return
    compute = partial(_prepare, net, entries, edited, start, steps, cut)
    patiently(("networks", key), compute, draw, "this picture", SOONER)


def _prepare(
    net: Surface,
    entries: list[Entry],
    edited: Entry,
    start: tuple[float, ...],
    steps: int,
    cut: Cut | None,
    progress: Progress,
) -> bool | None:
    """Run them all and look at what takes long of the picture, all of which is kept; None where progress stopped it."""
    moved, shown = entries, edited
    if cut is not None and not cut.follows:  # the plane depends on no run, and its start may be moved in it
        moved, shown = begun(net, entries, edited, plane_of(net, edited, start, steps, cut), start)
    looks = LOOKS / (steps * len(entries) + LOOKS) if cut is not None else 0.0
    for i, entry in enumerate(moved):
        given = (net, entry.optimizer, entry.learning_rate, entry.start or net.start, steps)
        told = part(lambda share: progress((1.0 - looks) * share), i, len(moved))
        if remembered(*given, entry.clip, entry.batch, entry.schedule, progress=told) is None:
            return None
    if cut is None:
        return True
    plane = plane_of(net, edited, start, steps, cut)
    todo = pieces(net, shown, shown.start or net.start, steps, plane)
    for i, piece in enumerate(todo):
        if progress(1.0 - looks + looks * i / len(todo)) is False:
            return None
        piece()
    return True
