"""Inputs for declared parameters: the only maker of keys, which are the names in the address."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

import streamlit as st

from engine.parameter import Choice, Parameter, Parameterised, four_digits

Tuned = TypeVar("Tuned", bound=Parameterised)
DECLARED = "valley.declared"  # key -> Parameter or tuple of choices, of every input of this session
CHOICES = "valley.choices"  # key -> default, of every choice that was drawn


class Several(tuple[str, ...]):
    """Choices of which any number can be taken at once."""


def number(key: str, declared: Parameter, label: str) -> float:
    """Draw the input that owns one number and return it to four significant digits."""
    declare(key, declared)
    fault = _replace_bad(key, declared)
    value = st.number_input(
        f"{label} {declared.plain}".strip(),
        # never integers, also where only whole numbers are allowed: Streamlit stumbles over ?steps=1e999, int(inf)
        min_value=float(declared.low),
        max_value=float(declared.high),
        value=float(declared.default),
        step=float(declared.step or _tenth(declared.default)),
        format="%.0f" if declared.whole else "%.4g",
        key=key,
        help=f"{declared.help} Allowed: {declared.range}{declared.unit}.",
        bind="query-params",
    )
    if fault:
        st.warning(fault)
    used = declared.default if value is None else four_digits(value)
    try:
        return declared.check(key, used)
    except ValueError:  # it came with the address, which speaks of it itself
        return declared.default


def _replace_bad(key: str, declared: Parameter) -> str:
    """Give an input its default where it holds a number inside its bounds that is not allowed; return what to say."""
    value = st.session_state.get(key)
    try:
        declared.check(key, declared.default if value is None else four_digits(value))
    except ValueError as error:
        st.session_state[key] = declared.default
        return f"{error}; {declared.default:g} is used."
    return ""


def controls(cls: type[Tuned], prefix: str, first: Mapping[str, Parameter] | None = None) -> tuple[Tuned, list[float]]:
    """Draw an input for every parameter of cls under ``prefix.name``, after those of ``first``.

    A setting that is a word comes after those that are numbers. Returns the instance they describe, and the values of
    ``first``.
    """
    extra = [number(f"{prefix}.{name}", parameter, spoken(name)) for name, parameter in (first or {}).items()]
    values: dict[str, Any] = {}
    items = list(cls.parameters().items())
    for i in range(0, len(items), 2):
        pair = items[i : i + 2]
        with row(len(pair)):
            for name, parameter in pair:
                values[name] = number(f"{prefix}.{name}", parameter, spoken(name))
    for name, known in cls.choices().items():
        values[name] = word(f"{prefix}.{name}", known, spoken(name))
    return cls(**values), extra


def word(key: str, known: Choice, label: str) -> str:
    """Draw the input that owns one of a few words and return it."""
    declare(key, known.options)
    if st.session_state.get(key, known.default) not in known.options:
        st.session_state[key] = known.default
    chosen = st.segmented_control(
        label,
        known.options,
        default=known.default,
        required=True,
        key=key,
        help=known.help,
        bind="query-params",
    )
    return chosen or known.default


def row(count: int = 2) -> AbstractContextManager[Any]:
    """Return a place for inputs side by side, for one alone the place at hand: columns cost three messages each."""
    return st.container(horizontal=True) if count > 1 else nullcontext()


def choice(
    key: str,
    label: str,
    options: Mapping[str, str],
    default: str | None,
    chosen: Callable[[], None] | None = None,
    placeholder: str | None = None,
) -> str | None:
    """Draw a select box over slugs, shown by their titles, and return the slug chosen; None where none is.

    Streamlit's own binding would put the title into the address, so this one is ours: the address wins whenever it
    says something else than when it was last read.
    """
    declare(key, tuple(options))
    st.session_state.setdefault(CHOICES, {})[key] = default
    st.session_state[key] = current(key, options, default)
    if st.query_params.get(key, default) not in (*options, default):
        del st.query_params[key]
    st.session_state[f"{key}.seen"] = st.query_params.get(key)

    def write() -> None:
        _to_address(key)
        if chosen:
            chosen()

    slugs = list(options)
    return st.selectbox(
        label,
        slugs,
        index=slugs.index(default) if default in slugs else None,
        format_func=options.__getitem__,
        key=key,
        on_change=write,
        placeholder=placeholder,
    )


def current(key: str, options: Mapping[str, str] | Collection[str], default: str | None) -> str | None:
    """Return the slug that a choice holds or, where the address changed since it was last read, is about to take."""
    asked = st.query_params.get(key)
    held = st.session_state.get(key, default)
    if key in st.session_state and held in (*options, default) and asked == st.session_state.get(f"{key}.seen"):
        return held
    return asked if asked in options else default


def _to_address(key: str) -> None:
    """Write what a choice holds into the address, nothing where it is the default."""
    slug = st.session_state[key]
    if slug is None or slug == st.session_state[CHOICES][key]:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = slug
    st.session_state[f"{key}.seen"] = st.query_params.get(key)


def adopt(values: Mapping[str, Any]) -> None:
    """Write values that a handle commits to the inputs that own them."""
    taken = accepted(values)
    st.session_state.update(taken)
    for key in taken.keys() & st.session_state.get(CHOICES, {}).keys():
        _to_address(key)


@contextmanager
def only_these_choices(*kept: str) -> Iterator[None]:
    """Leave in the address no choice that was drawn before and is not drawn within, but those to keep.

    Streamlit does so for the inputs that it binds itself.
    """
    before = st.session_state.get(CHOICES, {})
    st.session_state[CHOICES] = {}
    yield
    for key in before.keys() - st.session_state[CHOICES].keys() - {*kept}:
        st.query_params.pop(key, None)


def accepted(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the inputs that own these values would take of them."""
    declared, taken = st.session_state.get(DECLARED, {}), {}
    for key, value in values.items():
        owner = declared.get(key)
        if isinstance(owner, tuple) and value in owner:
            taken[key] = value
        elif isinstance(owner, Parameter):
            try:
                taken[key] = owner.check(key, value)
            except ValueError:
                continue
    return taken


def spoken(name: str) -> str:
    """Return a field's name as a reader meets it: ``learning rate``."""
    return name.replace("_", " ")


def declare(key: str, what: Parameter | tuple[str, ...]) -> None:
    """Remember what an input takes, for the handles that write to it and the report on the address."""
    st.session_state.setdefault(DECLARED, {})[key] = what


def _tenth(value: float) -> float:
    return 10.0 ** (math.floor(math.log10(abs(value))) - 1) if value else 0.1
