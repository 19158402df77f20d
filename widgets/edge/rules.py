"""Rules: every rule beside its own limit, on the same net."""

from functools import partial

import streamlit as st

from charts.edge_rules import Lane, rules_message
from engine.edge import Edge, edge_limit, spectrum_where_needed
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
from widgets.patience import part, patiently, side_by_side

NAME = "rules"
TITLE = "Every rule has a limit of its own, and training tends to bring each of them to it."
ORDER = 50

SHARE = Parameter(
    0.4, 0.05, 1.0, "", step=0.05, help="Of its limit at the start: the learning rate of every rule that has one there."
)
LINEAR = (GradientDescent(), Momentum(momentum=0.5), Nesterov(momentum=0.5))
LOOKS = 200  # evenly, at the sharpness of every run
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

    def trained(entry: Entry) -> Trajectory | None:
        return remembered(net, entry.optimizer, entry.learning_rate, start, steps)

    entries = [Entry(rule.title, rule, eta, start=start) for rule, eta in chosen]
    paths = side_by_side(entries, trained, lambda share: progress(RUNS * share))
    if paths is None:
        return None
    rest, found = (lambda share: progress(RUNS + (1.0 - RUNS) * share)), list[Lane]()
    for entry, path in zip(entries, paths, strict=True):
        edge = looked_at(net, entry, path, part(rest, len(found), len(entries)))
        if edge is None:
            return None
        found.append(Lane(entry.label, entry.optimizer, edge))
    return found


def looked_at(net: Mlp, entry: Entry, path: Trajectory, progress: Progress) -> Edge | None:
    """Return a run beside its edge, looked at in LOOKS steps and where the limit may be met; None where stopped."""
    rule, every = entry.optimizer, max(1, (len(path.step) - 1) // LOOKS)
    state = {slot: path.state[slot][:, 0] for slot in rule.slots} if rule.adaptive else None
    limit = edge_limit(rule, entry.learning_rate, state)
    values = spectrum_where_needed(net, rule, path, limit, every, progress)
    assert path.error is not None
    return None if values is None else Edge(limit, values, path.error[:, 0], int(path.diverged_at[0]), every)
