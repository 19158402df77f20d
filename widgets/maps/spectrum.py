"""Spectrum: many modes at once, what k steps leave of each, and which of them hold the error up."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from charts.spectrum import Method, Modes, spectrum_message
from engine import Optimizer, discover_optimizers, theory
from engine.bands import bands, equal_distance, equal_error, mode_errors
from engine.optimizer import Best
from engine.parameter import Parameter, four_digits
from engine.residual import abscissae, least, residual, worst_case
from engine.schedules.chebyshev import Chebyshev
from engine.spectrum import LAWS, BadSpectrum, checked, typed
from engine.study import Entry
from surfaces.quadratic import Quadratic
from widgets.address import printable
from widgets.controls import Text, choice, controls, declare, number, text
from widgets.history import one_step
from widgets.lines import lines
from widgets.runs import best_values, learning_rate_of
from widgets.shape import pick_eigenvalues

NAME = "spectrum"
TITLE = "Many directions at once: what k steps leave of each is a polynomial of its eigenvalue."
ORDER = 30

PREFIX = "spectrum"
KINDS = {slug: law.title for slug, law in LAWS.items()} | {"list": "Typed list", "valley": "The valley's two"}
LIST = Text("1, 2, 3, 10, 20", "Up to 1,000 eigenvalues, zero or from 0.001 to 1000, parted by commas or blanks.")
STEPS = Parameter(30, 1, 60, "k", step=5, whole=True, help="How many steps are shown.")
STARTS = {"error": "the same error in every mode", "distance": "the same distance in every mode"}
AXES = {"linear": "linear", "log": "logarithmic"}
BARS = {"error": "error", "share": "share of what is left"}
SETTINGS = ("best", "typed")
BEST = "valley.spectrum.best"  # the best setting last shown, for the inputs that begin with it
CHEBYSHEV = "chebyshev"
INSIDE, BELOW, BEYOND = 181, 24, 1.03  # abscissae between the eigenvalues, below them; where they end, over the largest
FINE = 2001  # eigenvalues among which the largest |p_k| is sought


def draw() -> None:
    """Draw polynomials and bars."""
    rules = {slug: rule for slug, rule in discover_optimizers().items() if rule.best(1.0, 2.0) is not None}
    with st.sidebar:
        kind = choice(f"{PREFIX}.kind", "Eigenvalues", KINDS, "linear") or "linear"
        eigenvalues, fault = _pick_eigenvalues(kind)
        titles = {slug: rule.title for slug, rule in rules.items()} | {CHEBYSHEV: Chebyshev.title}
        slug = choice(f"{PREFIX}.rule", "Error per mode of", titles, "momentum") or "momentum"
        positive = eigenvalues[eigenvalues > 0.0]
        ends = float(positive[0]), float(positive[-1])
        settings = {name: theory.optimal(rule, ends) for name, rule in rules.items()}
        typed_in = _pick_setting(rules[slug], settings[slug]) if slug in rules else None
        start = choice(f"{PREFIX}.start", "Start with", STARTS, "error") or "error"
        steps = int(number(f"{PREFIX}.steps", STEPS, "steps"))
        shares = choice(f"{PREFIX}.bars", "Bars", BARS, "error") == "share"
        log = choice(f"{PREFIX}.axes", "Axes", AXES, "linear") == "log"
    if fault:
        st.warning(fault)
    x = _abscissae(ends, log)
    best = {name: (item.optimizer, item.learning_rate) for name, item in settings.items()}
    used = best | ({slug: typed_in} if typed_in else {})
    methods = [_method(*used[name], x, ends, steps) for name in rules] + [_chebyshev(x, ends, steps)]
    left = residual(*used[slug], eigenvalues, steps) if slug in rules else _planned(eigenvalues, ends, steps)
    squares = equal_error(eigenvalues) if start == "error" else equal_distance(eigenvalues)
    modes = Modes(eigenvalues, mode_errors(left, eigenvalues, squares), bands(eigenvalues), start, shares)
    bound = np.array([worst_case(*ends, k) for k in range(steps + 1)])
    chosen = list(titles).index(slug)
    message = spectrum_message(x, methods, bound, chosen, modes, typed=typed_in is not None, log=log)
    lines(f"map.{NAME}", *message)


def _pick_eigenvalues(kind: str) -> tuple[np.ndarray, str]:
    """Return the eigenvalues, and what was wrong with those asked for where the first ones are used instead."""
    if kind == "list":
        given = text(f"{PREFIX}.list", LIST, "Eigenvalues, one after another")
        return _or_first(lambda: typed(given), typed(LIST.default), LIST.default)
    if kind == "valley":
        pair, first = np.array(pick_eigenvalues()), Quadratic().eigenvalues
        return _or_first(lambda: checked(pair), first, "1 and 20")
    law, _ = controls(LAWS[kind], PREFIX)
    return _or_first(lambda: law.eigenvalues, LAWS[kind]().eigenvalues, "the spectrum it begins with")


def _or_first(read: Callable[[], np.ndarray], first: np.ndarray, name: str) -> tuple[np.ndarray, str]:
    try:
        return read(), ""
    except BadSpectrum as error:
        words = f"{error.words[0].upper()}{error.words[1:]}"
        return first, f"{words}, got {printable(error.given)}; {name} is used."


def _pick_setting(rule: type[Optimizer], best: Best) -> tuple[Optimizer, float] | None:
    """Return the setting that is typed; None where the best one is asked for."""
    key = f"{PREFIX}.setting"
    declare(key, SETTINGS)
    st.session_state[BEST] = best_values(Entry(PREFIX, best.optimizer, best.learning_rate), best)

    def begin_with_the_best() -> None:
        if st.session_state[key] == "typed":
            best = {name: four_digits(value) for name, value in st.session_state[BEST].items()}
            st.session_state.update(best)
            one_step({name: f"{value:g}" for name, value in best.items()} | {key: "typed"})

    asked = st.segmented_control(
        "Setting",
        SETTINGS,
        default=SETTINGS[0],
        required=True,
        key=key,
        on_change=begin_with_the_best,
        bind="query-params",
        width="stretch",
    )
    if asked != "typed":
        return None
    optimizer, (eta,) = controls(rule, PREFIX, {"learning_rate": learning_rate_of(rule)})
    return optimizer, eta


def _abscissae(ends: tuple[float, float], log: bool) -> np.ndarray:
    low, high = ends
    below = np.geomspace(0.3 * low, low, BELOW) if log else np.linspace(0.0, low, BELOW)
    beyond = np.linspace(high, BEYOND * high, 6)
    return np.concatenate([below[:-1], abscissae(low, high, INSIDE), beyond[1:]])


def _method(optimizer: Optimizer, eta: float, x: np.ndarray, ends: tuple[float, float], steps: int) -> Method:
    worst = np.abs(residual(optimizer, eta, abscissae(*ends, FINE), steps)).max(axis=1)
    path = residual(optimizer, eta, x, steps)
    return Method(optimizer.title, optimizer.label(eta), optimizer.colour, optimizer.dash, path, worst)


def _chebyshev(x: np.ndarray, ends: tuple[float, float], steps: int) -> Method:
    worst = np.array([worst_case(*ends, k) for k in range(steps + 1)])
    title = Chebyshev.title
    return Method(title, f"{title}, planned for k", "@ink", "dot", _planned(x, ends, steps), worst)


def _planned(eigenvalues: np.ndarray, ends: tuple[float, float], steps: int) -> np.ndarray:
    """Return what k Chebyshev steps, planned for that k, leave: (steps + 1, number of eigenvalues)."""
    return np.stack([least(*ends, eigenvalues, k) for k in range(steps + 1)])
