"""A typed expression in w as a computational graph of bounded size."""

from engine.formula.grammar import Node as Part
from engine.formula.grammar import read
from engine.formula.latex import latex
from engine.formula.tokens import FormulaError, Names
from engine.graph import Graph, Node, Number

W = Names(("w",), 0, "cos(w^2) + sin(w^2)", "w is not in the formula: there is nothing to differentiate by")
NODES = 16
PATHS = 256


def graph(text: str) -> Graph:
    """Return the graph of an expression in w: what occurs in it twice is one node, and numbers are no nodes.

    Raises FormulaError, a ValueError, with one sentence that says what is wrong with the text, or what it has too many
    of: at most NODES nodes and PATHS paths.
    """
    places: dict[Node, int] = {Node("w"): 0}
    _place(read(text, frozenset(), W).tree, places)
    found = Graph(tuple(places))
    if len(places) == 1:
        raise FormulaError(f"w alone is no graph: type for example {W.example}")
    if len(places) > NODES:
        raise FormulaError(f"the graph has {len(places)} nodes: at most {NODES}")
    if found.path_count > PATHS:
        raise FormulaError(f"the graph has {found.path_count} paths: at most {PATHS}")
    return found


def typeset(text: str) -> str:
    """Return an expression in LaTeX, as it was read."""
    return f"y = {latex(read(text, frozenset(), W).tree)}"


def _place(part: Part, places: dict[Node, int]) -> int | Number:
    """Return the place of a part's node, which is made where there is none yet, or the part's number."""
    if part.value is not None:
        return Number(part.value)
    if part.kind == "w":
        return 0
    node = Node(part.kind, tuple(_place(inner, places) for inner in part.parts))
    return places.setdefault(node, len(places))
