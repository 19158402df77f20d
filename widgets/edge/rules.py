"""Rules: every rule beside its own limit, on the same net."""

from functools import partial

import streamlit as st

from charts.edge_rules import Lane, rules_message
from engine.edge import Beside, Edge, limit_along, spectra_where_needed
from engine.local import limit_factor
from engine.optimizer import Optimizer
from engine.optimizers.adagrad import AdaGrad
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nesterov import Nesterov
from engine.optimizers.rmsprop import RMSProp
from engine.parameter import Parameter, four_digits
from engine.remembered import remembered
from engine.study import Entry
from engine.trajectory import Trajectory
from surfaces.mlp import Mlp
from widgets.controls import number as ask
from widgets.edge.inputs import STEPS, pick_limited
from widgets.jobs import Progress
from widgets.lines import lines
from widgets.patience import patiently, side_by_side

NAME = "rules"
TITLE = "Every rule has a limit of its own, and training tends to bring each of them to it."
ORDER = 50

SHARE = Parameter(
    0.4, 0.05, 1.0, "", step=0.05, help="Of its limit at the start: the learning rate of every rule that has one there."
)
LINEAR = (GradientDescent(), Momentum(momentum=0.5), Nesterov(momentum=0.5))
LOOKS = 100  # about so often, evenly, at the sharpness of a run
RUNS = 0.4  # share of the work that the runs themselves are
ADAPTIVE = ((RMSProp(), 0.003), (AdaGrad(), 0.3), (Adam(decay_2=0.99), 0.01))


def draw() -> None:
    """Pick a net; draw the sharpness of every rule as a share of its own limit."""
    with st.sidebar:
        steps, share = int(ask("steps", STEPS, "steps")), ask("rules.share", SHARE, "share of the limit")
        picked = pick_limited("set learning rates by")
    if picked is None:
        return
    net, start, limit = picked
    patiently(
        (NAME, net, start, share, steps),
        partial(lanes, net, start, settings(limit, share), steps),
        lambda found: lines(f"edge.{NAME}", *rules_message(found, net.dim)),
        "the sharpness along six runs",
        "Fewer steps, weights or rows",
    )


def settings(limit: float, share: float) -> list[tuple[Optimizer, float]]:
    """Return the rules with their learning rates; ``limit`` is gradient descent's at the start."""
    linear = [(rule, four_digits(0.5 * float(limit_factor(rule)) * share * limit)) for rule in LINEAR]
    return [*linear, *ADAPTIVE]


def lanes(
    net: Mlp,
    start: tuple[float, ...],
    chosen: list[tuple[Optimizer, float]],
    steps: int,
    progress: Progress = lambda share: True,
) -> list[Lane] | None:
    """Return every rule's run beside its edge; None where progress stopped it."""

    def trained(entry: Entry) -> Trajectory:
        path = remembered(net, entry.optimizer, entry.learning_rate, start, steps)
        assert path is not None
        return path

    entries = [Entry(rule.title, rule, eta, start=start) for rule, eta in chosen]
    # those that look ahead take two gradients a step: the longest runs first
    order = sorted(range(len(entries)), key=lambda k: not entries[k].optimizer.look_ahead)
    made = side_by_side([entries[k] for k in order], trained, lambda share: progress(RUNS * share))
    if made is None:
        return None
    paths = [made[order.index(k)] for k in range(len(entries))]
    runs = [
        Beside(entry.optimizer, path, limit_along(entry.optimizer, entry.learning_rate, path))
        for entry, path in zip(entries, paths, strict=True)
    ]
    every = max(1, steps // LOOKS)
    values = spectra_where_needed(net, runs, every, lambda share: progress(RUNS + (1.0 - RUNS) * share))
    if values is None:
        return None
    found = []
    for entry, (rule, path, limit), each in zip(entries, runs, values, strict=True):
        assert path.error is not None
        edge = Edge(limit, each, path.error[:, 0], int(path.diverged_at[0]), every)
        found.append(Lane(entry.label, rule, edge))
    return found
