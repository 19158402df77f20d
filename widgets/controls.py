"""Inputs for declared parameters: the only maker of keys, which are the names in the address."""

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import streamlit as st

from engine.parameter import Choice, Parameter, Parameterised, Typed, four_digits
from widgets.history import forget, moving, one_step
from widgets.notices import warn

Tuned = TypeVar("Tuned", bound=Parameterised)
DECLARED = "valley.declared"  # key -> Parameter, Text or tuple of choices, of every input of this session
SHOWN = 24  # characters of what was typed or stands in the address that a message repeats
ONE_LINE = 24  # letters of all the words beside each other for which a sidebar has room
CHOICES = "valley.choices"  # key -> default, of every choice that was drawn, one or several


class Several(tuple[str, ...]):
    """Choices of which any number can be taken at once."""


class Everywhere(tuple[str, ...]):
    """Choices that belong to the app, not to what a page shows: no preset touches them."""


@dataclass(frozen=True)
class Text:
    """What is known of a text: what stands there first, and its help. Whoever reads it says what is wrong with it."""

    default: str
    help: str


def text(key: str, declared: Text, label: str) -> str:
    """Draw the box that owns a text, of any length, and return what stands there."""
    declare(key, declared)
    typed = st.text_area(label, value=declared.default, key=key, help=declared.help, height=68, bind="query-params")
    return declared.default if typed is None else typed


def long_text(key: str, declared: Text, label: str, carried: int, disabled: bool = False) -> str:
    """Draw the box that owns a text of several lines and return what stands there.

    The address carries it, and says what it is as in ``choice``, while it has at most ``carried`` characters.
    """
    declare(key, declared)
    asked, held = st.query_params.get(key), st.session_state.get(f"{key}.held", declared.default)
    if asked is not None:
        new = key not in st.session_state or asked != st.session_state.get(f"{key}.seen")
        st.session_state[key] = asked if new else st.session_state[key]
    elif key not in st.session_state or st.session_state.get(f"{key}.seen") is not None:
        arrived = key not in st.session_state and not moving()
        st.session_state[key] = held if arrived or len(held) > carried else declared.default
        if arrived and held != declared.default and len(held) <= carried:
            st.query_params[key] = held
    elif st.session_state[key] == st.session_state.get(f"{key}.default"):
        st.session_state[key] = declared.default
    st.session_state[f"{key}.seen"] = st.query_params.get(key)
    st.session_state[f"{key}.default"] = declared.default

    def write() -> None:
        typed = st.session_state[f"{key}.held"] = st.session_state[key]
        written = None if typed == declared.default or len(typed) > carried else typed
        one_step({key: written})
        st.session_state[f"{key}.seen"] = written

    typed = st.text_area(label, key=key, help=declared.help, height=160, disabled=disabled, on_change=write)
    return typed or ""


def number(key: str, declared: Parameter, label: str) -> float:
    """Draw the input that owns one number and return it to four significant digits."""
    declare(key, declared)
    fault = _replace_bad(key, declared, named(label, declared))
    kind = int if declared.whole else float
    if declared.empty and st.session_state.get(key) == declared.default:
        st.session_state[key] = None
    first: Any = None if declared.empty else kind(declared.default)
    value = st.number_input(
        named(label, declared),
        min_value=kind(declared.low),
        max_value=kind(declared.high),
        value=first,
        placeholder=declared.empty or None,
        step=kind(declared.step or _tenth(declared.default)),
        format="%d" if declared.whole else "%.4g",
        key=key,
        help=f"{declared.help} Allowed: {declared.range}{declared.unit}.",
        bind="query-params",
    )
    if fault:
        warn(fault)
    used = declared.default if value is None else four_digits(value)
    try:
        return declared.check(key, used)
    except ValueError:  # it came with the address, which speaks of it itself
        return declared.default


def _replace_bad(key: str, declared: Parameter, name: str) -> str:
    """Give an input its default where it holds a number inside its bounds that is not allowed; return what to say."""
    value = st.session_state.get(key)
    if declared.whole and _broken(st.query_params.get(key, "")):
        forget(key)  # Streamlit makes an error of it, or cuts it; the report on the address says what is used
    try:
        declared.check(name, declared.default if value is None else four_digits(value))
    except ValueError as error:
        st.session_state[key] = int(declared.default) if declared.whole else declared.default
        return f"{as_sentence(str(error))}; {declared.default:g} is used."
    if declared.whole and isinstance(value, float):
        st.session_state[key] = int(value)  # or the address would have its point
    return ""


def _broken(text: str) -> bool:
    """Tell whether a text is a number, but not a whole one."""
    try:
        return not float(text).is_integer()
    except ValueError:
        return False


def typed(key: str, declared: Typed) -> str:
    """Draw the line that owns a declared text and return it; where it cannot be read, say why and return the last good.

    It commits on Enter. What was typed stays where it is, to be corrected.
    """
    declare(key, Text(declared.default, declared.help))
    line = st.text_input(declared.label, value=declared.default, key=key, help=declared.help, bind="query-params")
    good = f"{key}.good"
    try:
        declared.check(declared.label.capitalize(), line or "")
        st.session_state[good] = line or ""
    except ValueError as error:
        used: str = st.session_state.get(good, declared.default)
        said = as_sentence(brief(str(error), line or ""))
        warn(f"{unmarked(said)}. The picture shows `{' '.join(used.split())}`.")
        return used
    st.markdown(rf"$\displaystyle {declared.latex(st.session_state[good])}$")  # inline, so that long ones wrap
    return str(st.session_state[good])


def as_sentence(message: str) -> str:
    """Return a message as a sentence begins; a symbol keeps its case."""
    first, _, _ = message.partition(" ")
    return message[:1].upper() + message[1:] if first == "a" or (len(first) > 2 and first.isascii()) else message


def brief(message: str, given: str) -> str:
    """Return a message in which a long text that was given, if it repeats it, is cut short."""
    for text in (given, repr(given)[1:-1]):
        message = message.replace(text, f"{text[:SHOWN]}…") if len(text) > SHOWN else message
    return message


def unmarked(message: str) -> str:
    """Return a message in which Markdown reads every sign as itself."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", message)  # before other signs the backslash would be seen


def controls(
    cls: type[Tuned],
    prefix: str,
    first: Mapping[str, Parameter] | None = None,
    last: Mapping[str, Parameter] | None = None,
) -> tuple[Tuned, list[float]]:
    """Draw an input for everything that cls declares under ``prefix.name``, between those of ``first`` and ``last``.

    What is typed comes first: it may name parameters. A setting that is a word comes after those that are numbers.
    Returns the instance they describe, and the values of ``first`` and ``last``.
    """
    extra = [number(f"{prefix}.{name}", parameter, spoken(name)) for name, parameter in (first or {}).items()]
    made = cls(**{name: typed(f"{prefix}.{name}", declared) for name, declared in cls.typed_fields().items()})
    values: dict[str, Any] = {}
    items = [*made.parameters().items(), *(last or {}).items()]
    for i in range(0, len(items), 2):
        pair = items[i : i + 2]
        with row(len(pair)):
            for name, parameter in pair:
                label = "" if name == parameter.symbol else spoken(name)
                values[name] = number(f"{prefix}.{name}", parameter, label)
    extra += [values.pop(name) for name in last or {}]
    for name, known in cls.choices().items():
        values[name] = word(f"{prefix}.{name}", known, spoken(name))
    return replace(made, **values), extra


def word(key: str, known: Choice, label: str) -> str:
    """Draw the input that owns one of a few words and return it."""
    declare(key, tuple(sorted(known.options, key=lambda option: option != known.default)))  # the first is the default
    if st.session_state.get(key, known.default) not in known.options:
        st.session_state[key] = known.default
    draw = st.segmented_control if len("".join(known.options)) <= ONE_LINE else st.pills
    chosen = draw(
        label,
        known.options,
        default=known.default,
        required=True,
        key=key,
        help=known.help,
        bind="query-params",
    )
    return chosen or known.default


def phrase(key: str, known: Choice, label: str, titles: Mapping[str, str], default: str | None = None) -> str:
    """Draw the box that owns one of a few words which are read otherwise than they stand in the address."""
    first = known.default if default is None else default
    names = {option: titles.get(option, spoken(option)) for option in known.options}
    return choice(key, label, names, first, help=known.help) or first


def row(count: int = 2) -> AbstractContextManager[Any]:
    """Return a place for inputs side by side, for one alone the place at hand: columns cost three messages each."""
    return st.container(horizontal=True) if count > 1 else nullcontext()


def choice(
    key: str,
    label: str,
    options: Mapping[str, str],
    default: str | None,
    chosen: Callable[[], Mapping[str, str | None] | None] | None = None,
    placeholder: str | None = None,
    kept: bool = False,
    help: str | None = None,
) -> str | None:
    """Draw a select box over slugs, shown by their titles, and return the slug chosen; None where none is.

    Streamlit's own binding would put the title into the address, so this one is ours: the address wins whenever it
    says something else than when it was last read. ``chosen`` is called when the student has picked, and may return
    what else belongs into the address, so that all of it is one step back. One that is ``kept`` goes along to another
    page, as bound inputs do.
    """
    declare(key, tuple(options))
    held, before = st.session_state.get(f"{key}.held"), st.session_state.get(f"{key}.default", default)
    if default != before == st.session_state.get(key) != held and key not in st.query_params:
        del st.session_state[key]  # another page began with it, nobody picked it
    st.session_state[f"{key}.default"] = default
    new_here = kept and key not in st.session_state and key not in st.query_params and not moving()
    if new_here and isinstance(held, str) and held in options and held != default:
        st.query_params[key] = held
    st.session_state.setdefault(CHOICES, {})[key] = default
    st.session_state[key] = current(key, options, default)
    if st.query_params.get(key, default) not in (*options, default):
        del st.query_params[key]
    st.session_state[f"{key}.seen"] = st.query_params.get(key)

    def write() -> None:
        slug = st.session_state[key]
        more = chosen() if chosen else None
        written = None if slug == default else slug
        st.session_state[f"{key}.held"] = slug
        one_step({key: written, **(more or {})})
        st.session_state[f"{key}.seen"] = written

    slugs = list(options)
    picked: str | None = st.selectbox(
        label,
        slugs,
        index=slugs.index(default) if default in slugs else None,
        format_func=options.__getitem__,
        key=key,
        on_change=write,
        placeholder=placeholder,
        help=help,
    )
    if picked != default or key in st.query_params:  # what is there because nothing was picked, goes nowhere
        st.session_state[f"{key}.held"] = picked
    return picked


def several(key: str, label: str, options: Mapping[str, str], default: Collection[str]) -> list[str]:
    """Draw pills over slugs, shown by their titles, of which any number can be taken; return those taken, in order.

    Their address is ours, as in ``choice``: ``key=one&key=other``. Where none is taken it is the default.
    """
    declare(key, Several(options))
    first = [slug for slug in options if slug in default]
    st.session_state.setdefault(CHOICES, {})[key] = first
    asked = st.query_params.get_all(key)
    if key not in st.session_state or asked != st.session_state.get(f"{key}.seen"):
        st.session_state[key] = [slug for slug in options if slug in asked] or first
    st.session_state[f"{key}.seen"] = asked

    def write() -> None:
        taken = [slug for slug in options if slug in st.session_state[key]]
        one_step({key: None if taken in ([], first) else taken})
        st.session_state[f"{key}.seen"] = st.query_params.get_all(key)

    picked = st.pills(
        label, list(options), selection_mode="multi", format_func=options.__getitem__, key=key, on_change=write
    )
    return [slug for slug in options if slug in picked] or first


def current(key: str, options: Mapping[str, str] | Collection[str], default: str | None) -> str | None:
    """Return the slug that a choice holds or, where the address changed since it was last read, is about to take."""
    asked = st.query_params.get(key)
    held = st.session_state.get(key, default)
    if key in st.session_state and held in (*options, default) and asked == st.session_state.get(f"{key}.seen"):
        return held
    return asked if asked in options else default


def adopt(values: Mapping[str, Any]) -> None:
    """Write values that a handle commits to the inputs that own them, and all at once into the address."""
    taken = accepted(values)
    st.session_state.update(taken)
    choices, written = st.session_state.get(CHOICES, {}), {}
    for key, value in taken.items():
        declared = st.session_state[DECLARED][key]
        if isinstance(declared, (Parameter, Text)):
            written[key] = None if value == declared.default else value
        elif key in choices:
            written[key] = None if value == choices[key] else str(value)
            st.session_state[f"{key}.seen"] = written[key]
    one_step(written)


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
        if (isinstance(owner, tuple) and value in owner) or (isinstance(owner, Text) and isinstance(value, str)):
            taken[key] = value
        elif isinstance(owner, Parameter):
            try:
                taken[key] = owner.check(key, value)
            except ValueError:
                continue
    return taken


def named(label: str, declared: Parameter) -> str:
    """Return a number's name with its symbol, where the two differ: ``learning rate η``."""
    return label if label == declared.plain else f"{label} {declared.plain}".strip()


def spoken(name: str) -> str:
    """Return a field's name as a reader meets it: ``learning rate``."""
    return name.replace("_", " ")


def declare(key: str, what: Parameter | Text | tuple[str, ...]) -> None:
    """Remember what an input takes, for the handles that write to it and the report on the address."""
    st.session_state.setdefault(DECLARED, {})[key] = what


def _tenth(value: float) -> float:
    return 10.0 ** (math.floor(math.log10(abs(value))) - 1) if value else 0.1
