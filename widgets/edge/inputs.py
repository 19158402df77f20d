"""The inputs that the views of networks share: data, net, first weights, rule."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from engine.local import largest
from engine.optimizer import Optimizer
from engine.optimizers.gradient_descent import GradientDescent
from engine.parameter import Parameter
from engine.study import Entry
from surfaces.mlp import Mlp
from widgets.controls import choice, controls
from widgets.data import pick_data
from widgets.net import begun, pick_initial, pick_net
from widgets.runs import defaults, learning_rate_of

RULE, PLAIN, RATE = "rule", "gradient_descent", "learning_rate"
DATA = "noisy_line"
MOST = 100  # weights: of more, all eigenvalues at every step take minutes
STEPS = Parameter(2000, 100, 5000, "T", step=100, whole=True, help="How many steps the run takes, all rows in each.")
RATES = {  # at which the first net sharpens up to the edge, or comes near
    "gradient_descent": 0.1,
    "momentum": 0.3,
    "nesterov": 0.05,
    "adagrad": 0.1,
    "rmsprop": 0.003,
    "adam": 0.03,
    "amsgrad": 0.03,
    "nadam": 0.01,
}


def rules(optimizers: Mapping[str, type[Optimizer]]) -> dict[str, type[Optimizer]]:
    """Return the rules whose steps have a known limit: linear ones and those with a preconditioner."""
    return {slug: cls for slug, cls in optimizers.items() if cls.has_learning_rate and (cls().linear or cls().adaptive)}


def pick_rule(offered: Mapping[str, type[Optimizer]]) -> Entry:
    """Draw the choice of the rule with its settings."""
    titles = {slug: cls.title for slug, cls in offered.items()}
    slug = choice(RULE, "Optimizer", titles, PLAIN, chosen=lambda: _arrive(offered)) or PLAIN
    rule, (eta,) = controls(offered[slug], RULE, {RATE: rate_of(slug, offered[slug])})
    return Entry(RULE, rule, eta)


def rate_of(slug: str, cls: type[Optimizer]) -> Parameter:
    """Return the declaration of a rule's learning rate on this page."""
    declared = learning_rate_of(cls, Mlp)
    return replace(declared, default=RATES.get(slug, declared.default))


def _arrive(offered: Mapping[str, type[Optimizer]]) -> dict[str, str | None]:
    """Give a newly chosen rule its first settings; return what that leaves out of the address."""
    slug = st.session_state[RULE]
    values = {**defaults(offered[slug], Mlp), RATE: rate_of(slug, offered[slug]).default}
    for name, value in values.items():
        st.session_state[f"{RULE}.{name}"] = value
    return {f"{RULE}.{name}": None for cls in offered.values() for name in (RATE, *cls.declared())}


def pick_training(entry: Entry) -> tuple[Mlp, Entry] | None:
    """Draw the inputs of data, net and first weights; return the net and the run that begins there.

    None, and one sentence, where the net has too many weights for all of its Hessian at every step.
    """
    net, _ = pick_net(pick_data(Mlp.misfit, DATA))
    (started,) = begun(net, [entry], pick_initial([entry]))
    if net.dim > MOST:
        st.info(
            f"This net has {net.dim} weights. All of its Hessian is computed at every step, which is done here for"
            f" at most {MOST}: take fewer hidden units."
        )
        return None
    return net, started


def pick_plain() -> tuple[Mlp, tuple[float, ...]] | None:
    """Draw the same inputs for gradient descent alone; return the net and its first weights."""
    picked = pick_training(Entry(RULE, GradientDescent(), RATES[PLAIN]))
    return picked and (picked[0], picked[1].start or picked[0].start)


def pick_limited(to: str) -> tuple[Mlp, tuple[float, ...], float] | None:
    """Draw them; return net, first weights and the limit there. None, and one sentence, where there is none ``to``."""
    picked = pick_plain()
    if picked is None:
        return None
    limit = limit_at(*picked)
    if not np.isfinite(limit):
        st.info(f"Nothing curves up at these first weights: there is no limit to {to}.")
        return None
    return (*picked, limit)


def limit_at(net: Mlp, start: tuple[float, ...]) -> float:
    """Return 2/lambda_max at the start, inf where it is not positive."""
    top = float(largest(net.hessian(np.array(start))))
    return 2.0 / top if top > 0.0 else float("inf")
