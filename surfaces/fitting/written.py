"""A network as the body of a function that a student can read: error and gradient, in NumPy or PyTorch."""

from typing import Any

from surfaces.fitting.forward import LEAK, STABILISER

# h(a) and h'(a), of z = h(a) where that is shorter; {m} is the library, {n} the layer
ACTIVATIONS = {
    "linear": ("a{n}", "1.0"),
    "sigmoid": ("1.0 / (1.0 + {m}.exp(-a{n}))", "h{n} * (1.0 - h{n})"),
    "tanh": ("{m}.tanh(a{n})", "1.0 - h{n} ** 2"),
    "hard_tanh": ("{m}.clip(a{n}, -1.0, 1.0)", "{m}.where({m}.abs(a{n}) <= 1.0, 1.0, 0.0)"),
    "softsign": ("a{n} / (1.0 + {m}.abs(a{n}))", "1.0 / (1.0 + {m}.abs(a{n})) ** 2"),
    "relu": ("{m}.where(a{n} > 0.0, a{n}, 0.0)", "{m}.where(a{n} > 0.0, 1.0, 0.0)"),
    "leaky_relu": (f"{{m}}.where(a{{n}} > 0.0, a{{n}}, {LEAK} * a{{n}})", f"{{m}}.where(a{{n}} > 0.0, 1.0, {LEAK})"),
    "prelu": ("{m}.where(a{n} > 0.0, a{n}, s{n} * a{n})", "{m}.where(a{n} > 0.0, 1.0, s{n})"),
}
LOSSES = {
    "sum_of_squares": ("0.5 * ((a - t) ** 2).sum()", "a - t"),
    "cross_entropy": (
        "({m}.log1p({m}.exp(-{m}.abs(a))) + {m}.where(a > 0.0, a, 0.0) - t * a).sum()",
        "1.0 / (1.0 + {m}.exp(-a)) - t",
    ),
    "softmax": ("({m}.log(total).sum() - (t * a).sum())", "{m}.exp(a) / total[:, None] - t"),
    "max_margin": ("({m}.where(over > 0.0, over, 0.0)).sum()", "bad - t * bad.sum(1)[:, None]"),
}


def written(net: Any, library: str) -> list[str]:
    """Return the lines of the body, which ends in ``return error, g``; ``data`` are the rows, ``w`` the weights."""
    inputs, depth = net.widths[0], len(net.hidden)
    lines = [f"x, t = data[:, :{inputs}], data[:, {inputs}:]", *_targets(net, library)]
    for n, layer in enumerate(net.layers, start=1):
        shape = f"({layer.outputs}, {layer.inputs})"
        lines.append(f"W{n}, b{n} = w[{_span(layer.weights)}].reshape{shape}, w[{_span(layer.biases)}]")
        lines.append(f"a{n} = {_below(n)} @ W{n}.T + b{n}")
        if n <= depth:
            lines += _hidden(net, library, n)
    lines.append(f"a = a{depth + 1}")
    lines += _loss(net, library)
    grown: list[str] = []
    for n in range(depth + 1, 0, -1):
        pull = f" + {net.penalty} * w[{_span(net.layers[n - 1].weights)}]" if net.penalty else ""
        parts = [f"(d{n}.T @ {_below(n)}).ravel(){pull}", f"d{n}.sum(0)"]
        if n <= depth:
            parts += [f"dgamma{n}", f"dbeta{n}"] if net.normalisation != "none" else []
            parts += [f"ds{n}"] if net.activation == "prelu" else []
        grown = parts + grown
        if n > 1:
            lines += _down(net, library, n - 1)
    joined = "concatenate" if library == "np" else "cat"
    return [*lines, f"g = {library}.{joined}([", *(f"    {part}," for part in grown), "])", "return error, g"]


def _span(part: slice) -> str:
    return f"{part.start}:{part.stop}"


def _below(n: int) -> str:
    return "x" if n == 1 else f"z{n - 1}"


def _targets(net: Any, library: str) -> list[str]:
    if net.loss == "softmax" and net.dataset.targets.shape[1] == 1:
        return [f"t = {library}.hstack([1.0 - t, t])"]
    return []


def _hidden(net: Any, m: str, n: int) -> list[str]:
    """From a{n} make z{n}, through h{n} and n{n}, what is normalised."""
    layer = net.layers[n - 1]
    lines = [f"s{n} = w[{_span(layer.slope)}]"] if net.activation == "prelu" else []
    activated = f"h{n} = {ACTIVATIONS[net.activation][0].format(m=m, n=n)}"
    if net.normalisation == "none":
        return [*lines, activated, f"z{n} = h{n}"]
    lines.append(f"gamma{n}, beta{n} = w[{_span(layer.gamma)}], w[{_span(layer.beta)}]")
    if net.place == "after":
        return [*lines, activated, *_normalised(net, n, f"h{n}"), f"z{n} = gamma{n} * n{n} + beta{n}"]
    return [*lines, *_normalised(net, n, f"a{n}"), f"a{n} = gamma{n} * n{n} + beta{n}", activated, f"z{n} = h{n}"]


def _normalised(net: Any, n: int, value: str) -> list[str]:
    mean = _mean(net)
    return [
        f"c{n} = {value} - {mean(value)}",
        f"sigma{n} = ({mean(f'(c{n} ** 2)')} + {STABILISER}) ** 0.5",
        f"n{n} = c{n} / sigma{n}",
    ]


def _mean(net: Any) -> Any:
    return lambda value: f"{value}.mean(0)" if net.normalisation == "batch" else f"{value}.mean(1)[:, None]"


def _loss(net: Any, m: str) -> list[str]:
    """Lines for ``error`` and the d of the outputs."""
    error, d = (text.format(m=m) for text in LOSSES[net.loss])
    lines = []
    if net.loss == "softmax":
        lines = [f"a = a - {m}.amax(a, 1)[:, None]", f"total = {m}.exp(a).sum(1)"]
    elif net.loss == "max_margin" and net.widths[-1] == 1:
        lines = ["over = 1.0 - (2.0 * t - 1.0) * a"]
        d = f"{m}.where(over > 0.0, 1.0 - 2.0 * t, 0.0)"
    elif net.loss == "max_margin":
        lines = [
            f"over = {m}.where(t > 0.0, 0.0, 1.0 + a - (t * a).sum(1)[:, None])",
            f"bad = {m}.where(over > 0.0, 1.0, 0.0)",
        ]
    share = "" if net.reduction == "sum" else " / len(data)"
    lines += [f"error = {error}{share}", f"d{len(net.layers)} = ({d}){share}"]
    for n in range(1, len(net.layers)):
        lines += [f"error = error + {net.sparsity} * {m}.abs(z{n}).sum(){share}"] if net.sparsity else []
    for n in range(1, len(net.layers) + 1):
        lines += [f"error = error + {0.5 * net.penalty} * (W{n} ** 2).sum()"] if net.penalty else []
    return lines


def _down(net: Any, m: str, n: int) -> list[str]:
    """From d{n + 1} make d{n}, dE/da{n}, and the gradients of what else the layer learns."""
    share = "" if net.reduction == "sum" else " / len(data)"
    lines = [f"d{n} = d{n + 1} @ W{n + 1}"]
    if net.sparsity:
        lines.append(f"d{n} = d{n} + {net.sparsity} * {m}.sign(z{n}){share}")
    back = _back(net, n) if net.normalisation != "none" else []
    slope = [f"ds{n} = (d{n} * {m}.where(a{n} > 0.0, 0.0, a{n})).sum().reshape(1)"] if net.activation == "prelu" else []
    through = [*slope, f"d{n} = d{n} * ({ACTIVATIONS[net.activation][1].format(m=m, n=n)})"]
    return [*lines, *(back + through if net.place == "after" else through + back)]


def _back(net: Any, n: int) -> list[str]:
    mean = _mean(net)
    return [
        f"dgamma{n}, dbeta{n} = (d{n} * n{n}).sum(0), d{n}.sum(0)",
        f"d{n} = d{n} * gamma{n}",
        f"d{n} = (d{n} - {mean(f'd{n}')} - n{n} * {mean(f'(d{n} * n{n})')}) / sigma{n}",
    ]
