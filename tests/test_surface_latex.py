"""The formula that a surface shows is the error that it has: what is plain enough of LaTeX is read and worked out."""

import re

import numpy as np
import pytest

from surfaces import discover_surfaces

SURFACES = discover_surfaces()
FUNCTIONS = {r"\ln": np.log, r"\cos": np.cos, r"\sin": np.sin}
NUMBERS = {r"\pi": np.pi, "e": np.e}
TOKEN = re.compile(r"\\[A-Za-z]+|\d+(?:\.\d+)?|[A-Za-z=(){}^_+-]")
SILENT = re.compile(r"\\[,; ]|\\big[lr](?![a-z])|\s+")


class Reader:
    """Sums of products of powers; a function or a sum over an index holds for the product after it."""

    def __init__(self, text, values):
        text = re.sub(r"\\t?frac(\w)(\w)", r"\\frac{\1}{\2}", text.replace(r"\tfrac", r"\frac"))
        self.tokens, self.at, self.values = TOKEN.findall(SILENT.sub(" ", text)), 0, values

    @property
    def next(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected=""):
        token = self.next
        assert token and expected in ("", token), (self.tokens, self.at)
        self.at += 1
        return token

    def total(self):
        sign = -1.0 if self.next == "-" and self.take() else 1.0
        value = sign * self.product()
        while self.next in ("+", "-"):
            value = value + (1.0 if self.take() == "+" else -1.0) * self.product()
        return value

    def product(self):
        value = self.power()
        while self.next not in ("", "+", "-", ")", "}"):
            value = value * self.power()
        return value

    def power(self):
        base = self.atom()
        return base ** self.group() if self.next == "^" and self.take() else base

    def group(self):
        if self.next == "{":
            return self.within("{", "}")
        assert len(self.next) == 1 or self.next.startswith("\\"), "only one digit is raised without braces"
        return self.atom()

    def within(self, left, right):
        self.take(left)
        value = self.total()
        self.take(right)
        return value

    def atom(self):
        token = self.take()
        if token == "(":
            self.at -= 1
            return self.within("(", ")")
        if token == r"\frac":
            return self.group() / self.group()
        if token in FUNCTIONS:
            return FUNCTIONS[token](self.power() if self.next == "(" else self.product())
        if token == r"\sum":
            return self.sum()
        if token[0].isdigit():
            return float(token)
        name = f"{token}_{self.take()}" if self.next == "_" and self.take() else token
        return self.values[name] if name in self.values else NUMBERS[name]

    def sum(self):
        for expected in ("_", "{", "i", "="):
            self.take(expected)
        first = int(self.take())
        self.take("}")
        self.take("^")
        indices, begin, value = range(first, int(self.group()) + 1), self.at, 0.0
        for index in indices:
            self.at, self.values = begin, {**self.values, "w_i": self.values[f"w_{index}"]}
            value = value + self.product()
        return value


def sides(cls):
    """The names of the weights, and the formula."""
    left, _, right = SILENT.sub(" ", cls.latex).partition("=")
    named = re.fullmatch(r"E\((\w), (\w)\) ?", left)
    return named.groups() if named else [f"w_{i + 1}" for i in range(cls.dim)], right


def plain(cls):
    known = {*FUNCTIONS, *NUMBERS, r"\sum", r"\frac", r"\tfrac", *(p.symbol for p in cls.parameters().values())}
    left, _, right = SILENT.sub(" ", cls.latex).partition("=")
    commands = set(re.findall(r"\\(?:[A-Za-z]+|.)", right))
    return bool(re.fullmatch(r"E(\(.*\))? ?", left)) and commands <= known


PLAIN = [slug for slug, cls in SURFACES.items() if plain(cls)]


def test_many_formulas_are_plain():
    assert {"beale", "rosenbrock", "six_hump_camel", "rastrigin", "sharpness"} <= set(PLAIN)


@pytest.mark.parametrize("slug", PLAIN)
def test_the_formula_shown_is_the_error(slug):
    cls, random = SURFACES[slug], np.random.default_rng(1)
    names, formula = sides(cls)
    for _ in range(5):
        fields = {name: p.low + random.uniform(0.1, 0.9) * (p.high - p.low) for name, p in cls.parameters().items()}
        surface = cls(**fields)
        w = np.array(surface.view)[:, 0] + random.uniform(size=(50, cls.dim)) * np.diff(surface.view).T
        values = {p.symbol: getattr(surface, name) for name, p in cls.parameters().items()}
        reader = Reader(formula, values | dict(zip(names, w.T, strict=True)))
        shown = reader.total()
        assert not reader.next, "the whole formula is read"
        error = surface.evaluate(w)[0]
        np.testing.assert_allclose(shown, error, rtol=1e-10, atol=1e-10 * np.abs(error).max())
