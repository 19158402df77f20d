"""The runs of a picture: up to six, lettered a to f, one of them under the sliders."""

from collections.abc import Mapping

import streamlit as st

from engine.family import ALLOWED
from engine.optimizer import Best, Optimizer
from engine.parameter import Parameter
from engine.study import Entry
from engine.surface import Surface
from surfaces.quadratic import Quadratic
from widgets.controls import choice, controls, current, declare

LETTERS = "abcdef"
FIRST = "momentum"
CLIP = Parameter(
    0.0,
    0.0,
    1e4,
    "|g|",
    scale="log",
    smallest=1e-3,
    step=0.1,
    empty="off",
    help="A gradient that is longer is shortened to this before the step receives it; empty or 0: none is.",
)


def learning_rate_of(cls: type[Optimizer], surface: type[Surface] = Quadratic) -> Parameter:
    """Return the declaration of an optimizer's learning rate on a surface, whose first value behaves there."""
    adaptive = cls.preconditioner is not Optimizer.preconditioner
    text = "About how far each weight moves in a step." if adaptive else "How far a step goes."
    first = cls.typical_learning_rate if surface is Quadratic else usual_learning_rate(cls, surface())
    return Parameter(first, *ALLOWED, r"\eta", scale="log", help=text)


def usual_learning_rate(rule: type[Optimizer], surface: Surface) -> float:
    """Return a learning rate at which a rule behaves on a surface: the surface's own, or the rule's where each weight
    has one of its own.
    """
    adaptive = rule.preconditioner is not Optimizer.preconditioner
    return rule.typical_learning_rate if adaptive else surface.learning_rate


def pick_runs(
    optimizers: Mapping[str, type[Optimizer]], surface: type[Surface] = Quadratic
) -> tuple[list[Entry], Entry]:
    """Draw the inputs of runs on a surface; return the runs, and the one under the sliders."""
    titles = {slug: cls.title for slug, cls in optimizers.items()}
    for letter in LETTERS:
        declare(letter, tuple(titles))
    used = [letter for letter in LETTERS if _chosen(letter, optimizers)]
    edited = _pick_edited(used)
    free = [letter for letter in LETTERS if letter not in used][:1]
    picked = [_pick_run(letter, optimizers, titles, surface, letter in free) for letter in sorted(used + free)]
    runs = [run for run in picked if run]
    return runs, next((run for run in runs if run.name == edited), runs[0])


def pick_alone(optimizers: Mapping[str, type[Optimizer]], surface: type[Surface]) -> type[Optimizer]:
    """Draw the choice of the optimizer where there is one run, a; its settings are drawn by ``pick_settings``."""
    titles = {slug: cls.title for slug, cls in optimizers.items()}

    def chosen() -> None:
        typical("a", optimizers, surface)

    return optimizers[choice("a", "Optimizer", titles, FIRST, chosen=chosen, kept=True) or FIRST]


def pick_settings(
    cls: type[Optimizer], letter: str = "a", surface: type[Surface] = Quadratic, clips: bool = False
) -> Entry:
    """Draw the inputs of the settings of a run on a surface.

    ``clips`` adds that of clipping, where steps are made of gradients.
    """
    first, last = _rate(cls, surface), _clip(cls) if clips else {}
    optimizer, values = controls(cls, letter, first, last)
    given = dict(zip([*first, *last], values, strict=True))
    return Entry(letter, optimizer, given.get("learning_rate", cls.typical_learning_rate), given.get("clip") or None)


def _rate(cls: type[Optimizer], surface: type[Surface]) -> dict[str, Parameter]:
    return {"learning_rate": learning_rate_of(cls, surface)} if cls.has_learning_rate else {}


def _clip(cls: type[Optimizer]) -> dict[str, Parameter]:
    return {} if cls.iterates else {"clip": CLIP}


def _chosen(letter: str, optimizers: Mapping[str, type[Optimizer]]) -> bool:
    return letter == "a" or current(letter, optimizers, None) in optimizers


def _pick_edited(used: list[str]) -> str:
    declare("edit", tuple(used))
    if len(used) == 1:
        return used[0]
    return st.segmented_control("Under the sliders", used, default="a", key="edit", bind="query-params") or used[0]


def _pick_run(
    letter: str,
    optimizers: Mapping[str, type[Optimizer]],
    titles: Mapping[str, str],
    surface: type[Surface],
    free: bool,
) -> Entry | None:
    slug = choice(
        letter,
        f"Optimizer {letter}" if not free else "Add an optimizer",
        titles,
        FIRST if letter == "a" else None,
        chosen=lambda: typical(letter, optimizers, surface),
        placeholder="one more run",
        kept=letter == "a",
    )
    cls = optimizers.get(slug or (FIRST if letter == "a" else ""))
    if cls is None:
        return None
    return pick_settings(cls, letter, surface, clips=True)


def typical(letter: str, optimizers: Mapping[str, type[Optimizer]], surface: type[Surface] = Quadratic) -> None:
    """Give a newly chosen optimizer its own typical settings on a surface."""
    if cls := optimizers.get(st.session_state[letter] or ""):
        for name, value in defaults(cls, surface).items():
            st.session_state[f"{letter}.{name}"] = value


def defaults(cls: type[Optimizer], surface: type[Surface]) -> dict[str, float | str]:
    """Return the first values of all settings of a run on a surface."""
    declared = {**_rate(cls, surface), **_clip(cls), **cls.declared()}
    return {name: known.default for name, known in declared.items()}


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
    if entry.clip is not None:
        return "No best setting is known in closed form where gradients are clipped."
    if type(entry.optimizer).best(1.0, 2.0) is None:
        return f"No best setting of {entry.optimizer.title} is known in closed form."
    if surface.eigenvalues[0] <= 0.0:
        return f"No best setting: a {surface.verdict} has no single minimum to reach."
    return ""
