"""The runs of a picture: up to six, lettered a to f, one of them under the sliders."""

from collections.abc import Mapping

import streamlit as st

from engine.family import ALLOWED
from engine.optimizer import Best, Optimizer
from engine.parameter import Parameter
from engine.study import Entry
from surfaces.quadratic import Quadratic
from widgets.controls import choice, controls, current, declare

LETTERS = "abcdef"
FIRST = "momentum"


def learning_rate_of(cls: type[Optimizer]) -> Parameter:
    """Return the declaration of an optimizer's learning rate."""
    adaptive = cls.preconditioner is not Optimizer.preconditioner
    text = "About how far each weight moves in a step." if adaptive else "How far a step goes."
    return Parameter(cls.typical_learning_rate, *ALLOWED, r"\eta", scale="log", help=text)


def pick_runs(optimizers: Mapping[str, type[Optimizer]]) -> tuple[list[Entry], Entry]:
    """Draw the runs' inputs; return the runs, and the one under the sliders."""
    titles = {slug: cls.title for slug, cls in optimizers.items()}
    for letter in LETTERS:
        declare(letter, tuple(titles))
    used = [letter for letter in LETTERS if _chosen(letter, optimizers)]
    edited = _pick_edited(used)
    free = [letter for letter in LETTERS if letter not in used][:1]
    picked = [_pick_run(letter, optimizers, titles, letter in free) for letter in sorted(used + free)]
    runs = [run for run in picked if run]
    return runs, next((run for run in runs if run.name == edited), runs[0])


def pick_alone(optimizers: Mapping[str, type[Optimizer]]) -> type[Optimizer]:
    """Draw the choice of the optimizer where there is one run, a; its settings are drawn by ``pick_settings``."""
    titles = {slug: cls.title for slug, cls in optimizers.items()}
    return optimizers[
        choice("a", "Optimizer", titles, FIRST, chosen=lambda: typical("a", optimizers), kept=True) or FIRST
    ]


def pick_settings(cls: type[Optimizer], letter: str = "a") -> Entry:
    """Draw the inputs of a run's settings."""
    first = {"learning_rate": learning_rate_of(cls)} if cls.has_learning_rate else {}
    optimizer, etas = controls(cls, letter, first)
    return Entry(letter, optimizer, etas[0] if etas else cls.typical_learning_rate)


def _chosen(letter: str, optimizers: Mapping[str, type[Optimizer]]) -> bool:
    return letter == "a" or current(letter, optimizers, None) in optimizers


def _pick_edited(used: list[str]) -> str:
    declare("edit", tuple(used))
    if len(used) == 1:
        return used[0]
    return st.segmented_control("Under the sliders", used, default="a", key="edit", bind="query-params") or used[0]


def _pick_run(
    letter: str, optimizers: Mapping[str, type[Optimizer]], titles: Mapping[str, str], free: bool
) -> Entry | None:
    slug = choice(
        letter,
        f"Optimizer {letter}" if not free else "Add an optimizer",
        titles,
        FIRST if letter == "a" else None,
        chosen=lambda: typical(letter, optimizers),
        placeholder="one more run",
        kept=letter == "a",
    )
    cls = optimizers.get(slug or (FIRST if letter == "a" else ""))
    if cls is None:
        return None
    return pick_settings(cls, letter)


def typical(letter: str, optimizers: Mapping[str, type[Optimizer]]) -> None:
    """Give a newly chosen optimizer its own typical settings."""
    if cls := optimizers.get(st.session_state[letter] or ""):
        for name in (*(["learning_rate"] if cls.has_learning_rate else []), *cls.declared()):
            st.session_state[f"{letter}.{name}"] = default_of(cls, name)


def default_of(cls: type[Optimizer], name: str) -> float | str | None:
    """Return the default of one of a run's settings, None where the optimizer has no such setting."""
    rate = {"learning_rate": learning_rate_of(cls)} if cls.has_learning_rate else {}
    declared = {**rate, **cls.declared()}.get(name)
    return declared.default if declared else None


def best_values(entry: Entry, best: Best | None) -> dict[str, float] | None:
    """Return the best setting as values of the run's inputs; None where there is none."""
    if best is None:
        return None
    settings = {"learning_rate": best.learning_rate}
    settings |= {name: getattr(best.optimizer, name) for name in best.optimizer.parameters()}
    return {f"{entry.name}.{name}": value for name, value in settings.items()}


def no_best_words(entry: Entry, surface: Quadratic) -> str:
    """Return why a run has no best setting, empty where it has one."""
    if not entry.optimizer.has_learning_rate:
        return f"{entry.optimizer.title} has no learning rate: there is nothing to set."
    if type(entry.optimizer).best(1.0, 2.0) is None:
        return f"No best setting of {entry.optimizer.title} is known in closed form."
    if surface.eigenvalues[0] <= 0.0:
        return f"No best setting: a {surface.verdict} has no single minimum to reach."
    return ""
