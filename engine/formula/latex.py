"""A tree as LaTeX: how a formula was read, so that its precedence can be seen."""

from engine.formula.grammar import Node
from engine.parameter import GREEK

_SUM, _PRODUCT, _POWER, _ATOM = range(4)  # how strongly a part holds together
_NAMED = {"sin", "cos", "tan", "exp", "log", "tanh", "min", "max"}  # what LaTeX has a name for


def latex(tree: Node) -> str:
    """Return a tree in LaTeX, with fractions and no more brackets than it takes."""
    return _written(tree)[0]


def _written(node: Node) -> tuple[str, int]:
    """Return a node in LaTeX, and how strongly it holds together."""
    parts = [_written(part) for part in node.parts]
    match node.kind:
        case "+":
            return f"{_held(parts[0], _SUM)} + {_behind(node.parts[1], parts[1], _SUM)}", _SUM
        case "-":
            return f"{_held(parts[0], _SUM)} - {_held(parts[1], _PRODUCT)}", _SUM
        case "negative":
            return f"-{_held(parts[0], _PRODUCT)}", _SUM
        case "*":
            left, right = _held(parts[0], _PRODUCT), _held(parts[1], _PRODUCT)
            return left + (r" \cdot " if right[0].isdigit() else r"\,") + right, _PRODUCT
        case "/":
            return rf"\frac{{{parts[0][0]}}}{{{parts[1][0]}}}", _PRODUCT
        case "^":
            return f"{_held(parts[0], _ATOM)}^{{{parts[1][0]}}}", _POWER
        case "sqrt":
            return rf"\sqrt{{{parts[0][0]}}}", _POWER
        case "abs":
            return rf"\left|{parts[0][0]}\right|", _ATOM
        case "number" if not node.name:
            return _number(node.value or 0.0)
        case "number" | "constant":
            return _name(node.name), _ATOM
        case variable if not node.parts:
            return variable, _ATOM
    if node.kind in ("min", "max"):
        parts = [_written(argument) for argument in _arguments(node)]
    name = rf"\{node.kind}" if node.kind in _NAMED else rf"\mathrm{{{node.kind}}}"
    return rf"{name}\left({', '.join(text for text, _ in parts)}\right)", _POWER


def _arguments(node: Node) -> tuple[Node, ...]:
    """Return the arguments as they were typed: of more than two, the first ones make a node that begins there too."""
    first, *others = node.parts
    typed_together = first.kind == node.kind and first.at == node.at
    return (*(_arguments(first) if typed_together else (first,)), *others)


def _held(part: tuple[str, int], strength: int) -> str:
    return part[0] if part[1] >= strength else rf"\left({part[0]}\right)"


def _behind(node: Node, part: tuple[str, int], strength: int) -> str:
    return _held(part, _PRODUCT if node.kind == "negative" else strength)


def _number(value: float) -> tuple[str, int]:
    mantissa, _, exponent = f"{value:.6g}".partition("e")
    if not exponent:
        return mantissa, _ATOM
    return ("" if mantissa == "1" else rf"{mantissa} \cdot ") + f"10^{{{int(exponent)}}}", _PRODUCT


def _name(name: str) -> str:
    base, _, index = name.partition("_")
    letters = rf"\{base}" if base in GREEK or base == "pi" else base if len(base) == 1 else rf"\mathrm{{{base}}}"
    below = index.replace("_", r"\_")
    return rf"{letters}_{{\mathrm{{{below}}}}}" if index else letters
