"""Trained: runs of a network that take long show how far they are and can be stopped; others are simply drawn."""

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

from engine.remembered import remembered
from engine.study import Entry
from engine.surface import Surface
from widgets.jobs import Progress
from widgets.patience import part, patiently

LONG = 100_000_000  # weights x rows x steps x runs, about a second
SOONER = "Fewer rows, fewer weights or fewer steps"


def trained(
    net: Surface,
    entries: list[Entry],
    start: tuple[float, ...],
    steps: int,
    key: Hashable,
    draw: Callable[[Any], None],
) -> None:
    """Draw what is to be drawn of runs: at once, or when they are there; ``key`` tells them from others."""
    if net.dim * len(net.rows()) * steps * len(entries) <= LONG or any(start):
        draw(None)
        return
    patiently(("networks", key), partial(_run, net, entries, steps), draw, "this picture", SOONER)


def _run(net: Surface, entries: list[Entry], steps: int, progress: Progress) -> bool | None:
    """Run them all, so that they are remembered; None where progress stopped it."""
    for i, entry in enumerate(entries):
        given = (net, entry.optimizer, entry.learning_rate, entry.start or net.start, steps)
        told = part(progress, i, len(entries))
        if remembered(*given, entry.clip, entry.batch, entry.schedule, progress=told) is None:
            return None
    return True
