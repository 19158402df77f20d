"""The address is the state: read it before the first input, and say afterwards what of it was not adopted."""

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from engine.parameter import Parameter
from widgets.controls import DECLARED, SHOWN, Several, Text

APPLIED = "valley.applied"  # set for one run by whoever writes every input at once
MENTIONED = 3  # faults that a message spells out


def query() -> dict[str, list[str]]:
    """Return the query parameters as they came; call it before the first bound input, which drops the bad ones.

    Empty right after a preset was applied: what is read then is the address that it is about to replace.
    """
    if st.session_state.pop(APPLIED, False):
        return {}
    return {key: st.query_params.get_all(key) for key in st.query_params}


def report(place: Any, asked: Mapping[str, list[str]]) -> None:
    """Write into place one sentence about what of the address was ignored, nothing where all was adopted."""
    declared = st.session_state.get(DECLARED, {})
    faults = [fault for key, values in asked.items() if (fault := _fault(key, values, declared.get(key)))]
    if faults:
        more = f", and {len(faults) - MENTIONED} more" if len(faults) > MENTIONED else ""
        place.warning(f"Ignored from the address: {'; '.join(faults[:MENTIONED])}{more}.", icon=":material/link_off:")


def _fault(key: str, values: list[str], declared: Parameter | Text | tuple[str, ...] | None) -> str:
    if declared is None:
        return f"{printable(key)} (no such setting here)"
    if isinstance(declared, Several):
        wrong = [printable(value) for value in dict.fromkeys(values) if value not in declared]
        more = f" and {len(wrong) - MENTIONED} more" if len(wrong) > MENTIONED else ""
        named = f"{printable(key)} = {', '.join(wrong[:MENTIONED])}{more}"
        names = "that name" if len(wrong) == 1 else "those names"
        return f"{named} (nothing of {names} to open)" if wrong else ""
    if not isinstance(declared, Text) and not _accepted(values[-1], declared):
        used = declared.default if isinstance(declared, Parameter) else st.session_state.get(key)
        return f"{printable(key)} = {printable(values[-1])} ({_instead(used)})"
    return f"{printable(key)} but the last of {len(values)}" if len(values) > 1 else ""


def _accepted(raw: str, declared: Parameter | tuple[str, ...]) -> bool:
    """Tell whether an input takes this text."""
    if isinstance(declared, tuple):
        return raw in declared
    try:
        declared.check("value", float(raw))
    except ValueError:
        return False
    return True


def _instead(adopted: Any) -> str:
    if adopted in (None, ""):
        return "not known here"
    return f"{adopted:.4g} is used" if isinstance(adopted, float) else f"{adopted} is used"


def printable(text: str) -> str:
    """Return text with nothing that Markdown or HTML could read as more than text, and not too long, as code."""
    plain = re.sub(r"[^\w.,:+\- ]", "·", text[: SHOWN + 1], flags=re.ASCII).strip() or "·"
    return f"`{plain[:SHOWN]}…`" if len(text) > SHOWN else f"`{plain}`"
