"""What was typed, cut into numbers, names and signs; whatever cannot stand in a formula is refused with its place."""

import re
import unicodedata
from typing import NamedTuple

LONGEST = 500  # characters of a formula
DIGITS = 30  # characters of a number
LETTERS = 20  # characters of a name

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|[-+*/^(),])|(?P<space>[ \t\r\n]+)"
)
# what people type or paste for what can be read; compatibility forms, such as full width, are found by normalising
_INSTEAD = {
    **dict.fromkeys("\u2212\u2013\u2014\u2010\u2011", "-"),
    **dict.fromkeys("\u00d7\u00b7\u22c5\u2217\u2219\u2022", "*"),
    **dict.fromkeys("\u00f7\u2044\u2215", "/"),
    "\u221a": "sqrt( )",
    **dict(zip("\u2070\u00b9\u00b2\u00b3", ("^0", "^1", "^2", "^3"), strict=True)),
    **{chr(0x2070 + power): f"^{power}" for power in range(4, 10)},
    **{chr(0x2080 + index): str(index) for index in range(10)},
    # Cyrillic and Greek letters that look like Latin ones
    **dict(zip("\u0430\u0435\u043e\u0440\u0441\u0443\u0445", "aeopcyx", strict=True)),
    **dict(zip("\u03bf\u03c5\u03c7", "oyx", strict=True)),
}
_WORDS = {
    "=": "type only what stands to the right of =",
    "|": "write abs( )",
    "[": "use ( )",
    "]": "use ( )",
    "{": "use ( )",
    "}": "use ( )",
    ".": "a point stands only within a number, as in 0.5",
}


class Names(NamedTuple):
    """The names of a formula: its variables, how many constants with other names it may have, and what is said."""

    variables: tuple[str, ...]
    constants: int
    example: str  # of a formula in the variables
    absent: str  # what is wrong with one that has none of them

    def either(self, *before: str) -> str:
        """Return what can stand where a name is awaited: ``x, y or a constant``."""
        names = [*before, *self.variables, *(["a constant"] if self.constants else [])]
        return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


XY = Names(("x", "y"), 8, "x^2 + 3*y^2", "neither x nor y is in the formula: the surface would be flat")


class FormulaError(ValueError):
    """Why a text is no formula: one sentence that names the place, counted in characters from 1."""


class Token(NamedTuple):
    """A number, a name or a sign, and the character at which it begins, from 1; the end is a token without text."""

    kind: str
    text: str
    at: int


def tokens(text: str, names: Names = XY) -> list[Token]:
    """Return the tokens of a text; raises FormulaError, of a text longer than LONGEST before anything is read."""
    if not isinstance(text, str):
        raise FormulaError(f"a formula is a text, got {type(text).__name__}")
    if len(text) > LONGEST:
        raise FormulaError(f"the formula is {len(text)} characters long: at most {LONGEST}")
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _stranger(text[at], at + 1, names)
        kind, part = str(match.lastgroup), match.group()
        if kind != "space":
            _check_length(kind, part, at + 1)
            found.append(Token(kind, part, at + 1))
        at = match.end()
    if not found:
        raise FormulaError(f"the formula is empty: type for example {names.example}")
    return [*found, Token("end", "", len(text) + 1)]


def _check_length(kind: str, part: str, at: int) -> None:
    if kind == "number" and len(part) > DIGITS:
        raise FormulaError(f"the number at character {at} has {len(part)} characters: at most {DIGITS}")
    if kind == "name" and len(part) > LETTERS:
        raise FormulaError(f"the name at character {at} has {len(part)} characters: at most {LETTERS}")


def _stranger(character: str, at: int, names: Names) -> FormulaError:
    """Return what to say of a character that cannot be read; only what surely can be printed is repeated."""
    if character.isascii():
        shown = f'"{character}"' if character.isprintable() else "the control sign"
        known = ", ".join([*names.variables, *(["constants"] if names.constants else [])])
        advice = _WORDS.get(character, f"use numbers, {known}, functions and + - * / ^ ( )")
        return FormulaError(f"{shown} at character {at} cannot stand in a formula: {advice}")
    name = unicodedata.name(character, "an unknown sign").lower()
    plain = unicodedata.normalize("NFKC", character)
    instead = _INSTEAD.get(character) or (plain if plain.isascii() and plain.isprintable() else "") or _greek(name)
    advice = f"type {instead} instead" if instead.strip() else "use plain letters, digits and + - * / ^ ( )"
    return FormulaError(f"character {at} is a {name}: {advice}")


def _greek(name: str) -> str:
    match = re.fullmatch(r"greek (?:small|capital) letter ([a-z]+)", name)
    return {"lamda": "lambda"}.get(match[1], match[1]) if match else ""
