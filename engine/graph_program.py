"""A graph as a program in NumPy that a student takes away: values forwards, then S from the output back."""

from engine.graph import Graph, Node, Number

# of the arguments u and v
VALUES = {
    **dict.fromkeys(("sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "abs"), "np.{kind}({u})"),
    **dict.fromkeys(("+", "-", "*", "/"), "{u} {kind} {v}"),
    "^": "{u} ** {v}",
    "negative": "-{u}",
    "sigmoid": "1.0 / (1.0 + np.exp(-{u}))",
    "min": "np.minimum({u}, {v})",
    "max": "np.maximum({u}, {v})",
}
# and of the value y
SLOPES = {
    "+": ("1.0", "1.0"),
    "-": ("1.0", "-1.0"),
    "*": ("{v}", "{u}"),
    "/": ("1.0 / {v}", "-{y} / {v}"),
    "^": ("{v} * {u} ** ({v} - 1.0)", "{y} * np.log({u})"),
    "negative": ("-1.0",),
    "sin": ("np.cos({u})",),
    "cos": ("-np.sin({u})",),
    "tan": ("(1.0 + {y} * {y})",),
    "exp": ("{y}",),
    "log": ("1.0 / {u}",),
    "sqrt": ("0.5 / {y}",),
    "tanh": ("(1.0 - {y} * {y})",),
    "sigmoid": ("{y} * (1.0 - {y})",),
    "abs": ("np.sign({u})",),
    "min": ("({u} < {v})", "({v} < {u})"),
    "max": ("({u} > {v})", "({v} > {u})"),
}


def graph_program(graph: Graph, text: str, w: float) -> str:
    """Return a program that prints dy/dw of a graph that was typed as ``text``, at w."""
    last = len(graph.nodes)
    forwards = [f"y{j} = {_value(node)}" for j, node in enumerate(graph.nodes[1:], 2)]
    backwards = [_passed(graph, i) for i in range(last - 2, -1, -1)]
    return "\n".join(
        [
            f"# y = {' '.join(text.split())}",
            "import numpy as np",
            "",
            f"y1 = np.float64({w!r})  # w",
            *forwards,
            "",
            "# S is the derivative of y by each value: every edge is needed once",
            f"S{last} = 1.0",
            *backwards,
            "",
            f'print("y =", y{last}, " dy/dw =", S1)',
            "",
        ]
    )


def _names(node: Node) -> dict[str, str]:
    names = [_written(item.value) if isinstance(item, Number) else f"y{item + 1}" for item in node.arguments]
    return dict(zip("uv", names, strict=False))


def _written(number: float) -> str:
    return f"({number!r})" if number < 0.0 else repr(number)


def _value(node: Node) -> str:
    return VALUES[node.kind].format(kind=node.kind, **_names(node))


def _passed(graph: Graph, i: int) -> str:
    """Return the line of S of one node: a term for every edge that begins there."""
    terms = []
    for place in graph.outgoing[i]:
        edge = graph.edges[place]
        head = graph.nodes[edge.head]
        slope = SLOPES[head.kind][edge.place].format(y=f"y{edge.head + 1}", **_names(head))
        terms.append(f"S{edge.head + 1} * {slope}")
    return f"S{i + 1} = {' + '.join(terms)}"
