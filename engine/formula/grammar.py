"""From a text to a tree, by a grammar of our own: nothing that is typed ever reaches Python's parser.

    sum      = product {("+" | "-") product}
    product  = signed {("*" | "/") signed}
    signed   = ("-" | "+") signed | power
    power    = primary [("^" | "**") signed]
    primary  = number | name | function "(" sum {"," sum} ")" | "(" sum ")"

So -x^2/2 is -(x^2)/2, 2^-x is 2^(-x) and x^y^2 is x^(y^2), as in Python with ** for ^.
"""

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.formula.tokens import XY, FormulaError, Names, Token, tokens

REMEMBERED = 64  # formulas
DEEPEST = 40  # brackets, signs and powers within each other
PARTS = 200  # numbers, names and operations of a formula
EFFORT = 600  # of its evaluation, see EFFORTS
EXPONENT = 64.0  # largest size of an exponent that is a number

NUMBERS = {"pi": math.pi, "e": math.e}
FUNCTIONS: dict[str, Callable[..., np.float64]] = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "tanh": np.tanh,
    "sigmoid": lambda u: np.exp(-np.logaddexp(0.0, -u)),
    "min": np.minimum,
    "max": np.maximum,
}
OPERATIONS: dict[str, Callable[..., np.float64]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "negative": np.negative,
    **FUNCTIONS,
}
EFFORTS = {**dict.fromkeys(FUNCTIONS, 6), "^": 20, "abs": 1, "sqrt": 2, "min": 2, "max": 2}  # in products; others are 1

_LIST = ", ".join(FUNCTIONS)
_INSTEAD = {
    **dict.fromkeys(("ln", "Log", "logarithm"), "log"),
    **dict.fromkeys(("pow", "power"), "x^2 for a power"),
    **dict.fromkeys(("Abs", "fabs"), "abs"),
    "relu": "max(0, x)",
    "square": "x^2",
}
_OTHER_VARIABLES = re.compile(r"[zwZWXY]|[xyzw]_?[0-9]+|_.*")
_GREEK_THEN_VARIABLE = re.compile(r"([A-Za-z]|alpha|beta|gamma|delta|epsilon|eta|kappa|lambda|mu|nu|rho|theta)([xy])")


class Node(NamedTuple):
    """A part of a formula: ``number``, a variable, ``constant``, an operation or a function, and its own parts."""

    kind: str
    parts: tuple["Node", ...]
    at: int  # the character at which it begins, from 1
    value: float | None = None  # where neither a variable nor a constant occurs in it
    name: str = ""  # of a constant, pi or e


class Reading(NamedTuple):
    """A formula as it was read, and the names of its constants in the order in which they occur."""

    tree: Node
    constants: tuple[str, ...]


@lru_cache(maxsize=REMEMBERED)
def read(text: str, reserved: frozenset[str] = frozenset(), names: Names = XY) -> Reading:
    """Return the tree of a formula in the variables of ``names``; ``reserved`` names cannot be constants.

    Raises FormulaError, a ValueError, with one sentence that names the place. It takes time and memory in proportion to
    the text, of which there are at most tokens.LONGEST characters.
    """
    return _Reader(tokens(text, names), reserved, names).formula()


class _Reader:
    """Goes through the tokens once, from left to right."""

    def __init__(self, found: list[Token], reserved: frozenset[str], names: Names):
        self.tokens, self.place, self.reserved, self.names = found, 0, reserved, names
        self.parts = self.effort = self.depth = 0
        self.constants: dict[str, None] = {}
        self.variables: set[str] = set()

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    @property
    def behind(self) -> int:
        """The character of the last token that was taken."""
        return self.tokens[self.place - 1].at

    def take(self, *signs: str) -> Token | None:
        """Return the next token and step over it if it is one of the signs."""
        token = self.next
        if token.kind != "sign" or token.text not in signs:
            return None
        self.place += 1
        return token

    def formula(self) -> Reading:
        tree = self.sum()
        token = self.next
        if token.text == ")":
            raise FormulaError(f'")" at character {token.at} has no "(" before it')
        if token.text == ",":
            raise _comma(token)
        if not self.variables:
            raise FormulaError(self.names.absent)
        return Reading(tree, tuple(self.constants))

    def sum(self) -> Node:
        left = self.product()
        while sign := self.take("+", "-"):
            left = self.node(sign.text, (left, self.product()), left.at)
        return left

    def product(self) -> Node:
        left = self.signed()
        while sign := self.take("*", "/"):
            left = self.node(sign.text, (left, self.signed()), left.at)
        return left

    def signed(self) -> Node:
        sign = self.take("-", "+")
        if sign is None:
            return self.power()
        operand = self.deeper(self.signed, sign)
        return operand if sign.text == "+" else self.node("negative", (operand,), sign.at)

    def power(self) -> Node:
        base = self.primary()
        sign = self.take("^", "**")
        if sign is None:
            return base
        exponent = self.deeper(self.signed, sign)
        if exponent.value is not None and abs(exponent.value) > EXPONENT:
            size = f"{exponent.value:.10g}"
            raise FormulaError(f"the exponent at character {exponent.at} is {size}: at most {EXPONENT:g} in size")
        return self.node("^", (base, exponent), base.at)

    def primary(self) -> Node:
        token = self.next
        if token.kind in ("sign", "end") and token.text != "(":
            raise self.missing(token)
        self.place += 1
        if token.kind == "number":
            node = self.number(token)
        elif token.kind == "name":
            node = self.function(token) if token.text in FUNCTIONS else self.name(token)
        else:
            node = self.deeper(self.sum, token)
            self.close(token)
        after = self.next
        if after.kind in ("number", "name") or after.text == "(":
            before = self.tokens[self.place - 1].text
            raise FormulaError(f'put * between "{before}" and "{after.text}" at character {after.at}')
        return node

    def number(self, token: Token) -> Node:
        value = float(token.text)
        if math.isinf(value):
            raise FormulaError(f"the number at character {token.at} is too large")
        return self.node("number", (), token.at, value)

    def function(self, token: Token) -> Node:
        opening = self.take("(")
        if opening is None:
            raise FormulaError(f'"{token.text}" at character {token.at} needs parentheses: {token.text}( )')
        arguments = [self.deeper(self.sum, opening)]
        while self.take(","):
            arguments.append(self.deeper(self.sum, opening))
        self.close(opening)
        wanted = "two arguments or more" if token.text in ("min", "max") else "one argument"
        if (len(arguments) < 2) == (token.text in ("min", "max")):
            raise FormulaError(f'"{token.text}" at character {token.at} takes {wanted}, got {len(arguments)}')
        node = self.node(token.text, tuple(arguments[:2]), token.at) if len(arguments) > 1 else None
        for argument in arguments[2:]:
            assert node is not None
            node = self.node(token.text, (node, argument), token.at)
        return node or self.node(token.text, (arguments[0],), token.at)

    def name(self, token: Token) -> Node:
        text = token.text
        if text in self.names.variables:
            if self.next.text != "(":
                self.variables.add(text)
            return self.node(text, (), token.at)
        if text in NUMBERS:
            return self.node("number", (), token.at, NUMBERS[text], text)
        if self.next.text == "(":
            advice = f"write {_INSTEAD[text]}" if text in _INSTEAD else f"use {_LIST}, or put * before the bracket"
            raise FormulaError(f'unknown function "{text}" at character {token.at}: {advice}')
        self.check_constant(token)
        self.constants[text] = None
        if len(self.constants) > self.names.constants:
            most = self.names.constants
            raise FormulaError(f'"{text}" at character {token.at} is one constant too many: at most {most}')
        return self.node("constant", (), token.at, name=text)

    def check_constant(self, token: Token) -> None:
        """Refuse names that were surely meant otherwise: a slider of that name would be a riddle."""
        text, where = token.text, f'"{token.text}" at character {token.at}'
        if _OTHER_VARIABLES.fullmatch(text):
            raise FormulaError(f"unknown name {where}: use {self.names.either()}")
        if re.fullmatch("nan|inf|infinity", text, re.IGNORECASE):
            raise FormulaError(f"{where} is not a number here: give the constant another name")
        if re.fullmatch(f"[{''.join(self.names.variables)}]+", text):
            raise FormulaError(f"put * between the letters of {where}: {'*'.join(text)}")
        if self.names.constants and (match := _GREEK_THEN_VARIABLE.fullmatch(text)):
            raise FormulaError(f"put * within {where}: {match[1]}*{match[2]}")
        for function in FUNCTIONS:
            if re.fullmatch(f"{function}[0-9]*[a-z]?", text):
                rest = text.removeprefix(function)
                raise FormulaError(f"put parentheses within {where}: {function}({rest})")
        if not self.names.constants:
            raise FormulaError(f"unknown name {where}: use {self.names.either()}")
        if text in self.reserved:
            raise FormulaError(f"{where} has another meaning here: give the constant another name")

    def node(self, kind: str, parts: tuple[Node, ...], at: int, value: float | None = None, name: str = "") -> Node:
        """Return a node; count it, and what it takes to evaluate it; the value where it is a number."""
        self.parts += 1
        if self.parts > PARTS:
            raise FormulaError(f"more than {PARTS} parts, from character {self.behind} on: shorten the formula")
        if kind == "/" and parts[1].value == 0.0:
            raise FormulaError(f"what begins at character {parts[1].at} is zero: nothing can be divided by it")
        known = [part.value for part in parts]
        if parts and None not in known:
            with np.errstate(all="ignore"):
                value = float(OPERATIONS[kind](*np.array(known, dtype=np.float64)))
            if not math.isfinite(value):
                raise FormulaError(f"what begins at character {at} is not a finite number")
        elif parts:
            whole = kind == "^" and parts[1].value is not None and parts[1].value.is_integer()
            self.effort += 2 if whole else EFFORTS.get(kind, 1)
            if self.effort > EFFORT:
                raise FormulaError(
                    f"too much to evaluate, from character {self.behind} on: use fewer functions and powers"
                )
        return Node(kind, parts, at, value, name)

    def deeper(self, rule: Callable[[], Node], token: Token) -> Node:
        """Return what a rule reads within a bracket, sign or power."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError(f"nested too deeply at character {token.at}: at most {DEEPEST} within each other")
        node = rule()
        self.depth -= 1
        return node

    def close(self, opening: Token) -> None:
        if self.take(")") is None:
            if self.next.text == ",":
                raise _comma(self.next)
            raise FormulaError(f'"(" at character {opening.at} is never closed')

    def missing(self, token: Token) -> FormulaError:
        wanted = f"{self.names.either('a number')} is missing"
        before = self.tokens[self.place - 1] if self.place else None
        if token.kind != "end":
            return FormulaError(f'{wanted} before "{token.text}" at character {token.at}')
        assert before is not None
        return FormulaError(f'{wanted} after "{before.text}" at character {before.at}')


def _comma(token: Token) -> FormulaError:
    advice = "write decimals with a point; commas stand only within min( , ) and max( , )"
    return FormulaError(f'"," at character {token.at} has no place there: {advice}')
