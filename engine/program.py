"""A run as a short program of its own, written from the source of its kernels: no rule is stated twice."""

import ast
import inspect
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

import numpy as np

from engine.divergence import squared_bound
from engine.family import label
from engine.optimizer import Optimizer
from engine.sampling import SAMPLINGS, Batch
from engine.schedule import Schedule
from engine.surface import Surface
from engine.translation import (
    ROLES,
    TAKEN,
    as_lines,
    assigned_pairs,
    free_name,
    indented,
    kernel_source,
    names_loaded,
    names_written,
    on_whole_arrays,
    one_run,
    with_gathered_gradient,
)
from engine.words import number

ROOT = (
    "",
    "",
    "def sqrt(x):  # torch.sqrt is one rounding off in some places",
    "    return x.clone().apply_(lambda value: math.sqrt(value) if value >= 0.0 else math.nan)",
)
RATES_A_LINE = 4
REMEMBERED = 64  # classes translated, in both libraries


def numpy_program(
    surface: Surface,
    optimizer: Optimizer,
    learning_rate: float,
    start: Sequence[float],
    steps: int,
    clip: float | None = None,
    batch: Batch | None = None,
    schedule: Schedule | None = None,
) -> str:
    """Return a program that needs NumPy alone and repeats a run to the last bit.

    It does what the kernels do in the same order; beyond + - * / and roots the last bit is up to the library. It leaves
    ``weights`` (steps + 1, D) and ``error`` (steps + 1,), nan after the step at which the run diverged. Of a run by
    mini-batches it draws the rows of every step itself, from the same seed, and ``error`` is that of all rows. Raises
    ValueError with a sentence that says why a kernel cannot be written this way.
    """
    return _program("np", surface, optimizer, learning_rate, start, steps, clip, batch, schedule)


def torch_program(
    surface: Surface,
    optimizer: Optimizer,
    learning_rate: float,
    start: Sequence[float],
    steps: int,
    clip: float | None = None,
    batch: Batch | None = None,
    schedule: Schedule | None = None,
) -> str:
    """Return the same program for PyTorch alone, in double precision, on the CPU.

    Raises ValueError as numpy_program does.
    """
    return _program("torch", surface, optimizer, learning_rate, start, steps, clip, batch, schedule)


def _program(
    library: str,
    surface: Surface,
    optimizer: Optimizer,
    learning_rate: float,
    start: Sequence[float],
    steps: int,
    clip: float | None,
    batch: Batch | None,
    schedule: Schedule | None,
) -> str:
    torch, cls = library == "torch", cast(Any, type(optimizer))
    if cls.iterates:
        raise ValueError(
            f"{cls.title} cannot be written as a program: it asks the surface for more than a gradient a step."
        )
    made = tuple(
        int(value) for value, known in zip(optimizer.pack(), cls.declared(), strict=True) if known in cls.choices()
    )
    ground = _ground(surface, library)
    follows = schedule if schedule is not None and schedule.feedback else None
    watched = schedule.watched if schedule else None
    held_out = _ground(watched, library) if watched else None
    rule = _rule(cls, library, made)
    place, eta = [float(value) for value in start], float(learning_rate)
    if batch is not None and not ground.data:
        raise ValueError(f"{cls.title} has no rows here that a step could be given a part of.")

    def array(values: Any) -> str:
        return f"{'torch.tensor' if torch else 'np.array'}({values})"

    def scalar(value: Any) -> str:
        # PyTorch divides a Python number by a tensor as a product with a rounded reciprocal
        return f"torch.tensor({value})" if torch else f"{value}"

    def given_to(ground: _Ground, surface: Surface, theta: str, data: str) -> list[str]:
        rows = "".join(f"    {row},\n" for row in surface.rows().tolist())
        return [
            *([f"{theta} = {array(surface.pack().tolist())}"] if ground.theta else []),
            *([f"{data} = {array(f'[{chr(10)}{rows}]')}"] if ground.data else []),
        ]

    bodies = (*ground.body, *(held_out.body if held_out else ()), *rule.query, *rule.update)
    root = torch and (clip is not None or any("sqrt(" in line for line in bodies))
    settings = [
        f"{declared.plain} = {number(getattr(surface, name), 4)}{declared.unit}"
        for name, declared in surface.parameters().items()
    ]
    lines = [
        f"# {label(optimizer, eta, clip, batch, schedule)}",
        *_equations(type(optimizer)),
        f"# {surface.title} {', '.join(settings)}".rstrip(),
        *_equations(type(surface)),
        *(["import math", ""] if root else []),
        *(["import numpy as np"] if torch and batch else []),
        f"import {'torch' if torch else 'numpy as np'}",
        "",
        *(["torch.set_default_dtype(torch.float64)"] if torch else []),
        f"steps = {int(steps)}",
        f"start = {array(place)}",
        *([] if schedule else [f"eta = {scalar(eta)}  # learning rate"]),
        *(_rates(schedule, eta, int(steps), array) if schedule and not follows else []),
    ]
    if rule.hyper:
        given = [getattr(optimizer, field) for field in optimizer.parameters()]
        several = array(given) if torch else ", ".join(map(str, given))
        values = several if len(given) > 1 else scalar(given[0])
        meanings = ", ".join(field.replace("_", " ") for field in optimizer.parameters())
        note = "" if rule.hyper == list(optimizer.parameters()) else f"  # {meanings}"
        lines.append(f"{', '.join(rule.hyper)} = {values}{note}")
    if clip is not None:
        lines.append(f"clip = {scalar(float(clip))}  # gradients that are longer are shortened to this")
    lines += given_to(ground, surface, "theta", "data")
    if held_out and watched:
        lines += given_to(held_out, watched, "held_out_theta", "held_out")
    if batch is not None:
        lines += _order(batch, len(surface.rows()), int(steps))
    # what the whole is asked for, and what a step is
    every = "w, data" if batch is not None else "w"
    seen = "rows" if batch is not None else "data"

    # squared as the compiled loop squares it
    far = float(squared_bound(np.array([place]).T)[0])
    loop = [
        "for step in range(steps + 1):",
        "    weights[step] = w",
        f"    error[step]{', g' if not (rule.query or batch) else ''} = error_and_gradient({every})"
        f"{'[0]' if rule.query or batch else ''}",
        f"    if not ({library}.isfinite(error[step]) and {library}.sum((w - start) ** 2) <= {far!r}):",
        "        break  # diverged: not finite, or further from the start than 1e6 (1 + |start|)",
        *(["    if step == steps:", "        break"] if batch or schedule else []),
        *indented([f"rows = data[{'torch.from_numpy(order[step])' if torch else 'order[step]'}]"] if batch else []),
        *indented(["eta = etas[step]"] if schedule and not follows else []),
        *indented(follows.rule(eta, "held_out_error(w)[0]" if watched else "error[step]", scalar) if follows else []),
        *indented(rule.query),
        *indented([_gradient("point" if rule.query else "w", seen, batch)] if rule.query or batch else []),
        *indented(_shortened(library) if clip is not None else []),
        *indented([f"tau = {scalar('step + 1.0')}"] if rule.tau else []),
        *indented(rule.update),
    ]
    return "\n".join(
        [
            *lines,
            *(ROOT if root else ()),
            *("", "", f"def error_and_gradient({every}):", *indented(ground.body), "", ""),
            *(_held_out_error(held_out) if held_out else ()),
            f"weights = {library}.full((steps + 1, {surface.dim}), {library}.nan)",
            f"error = {library}.full((steps + 1,), {library}.nan)",
            f"w = start.{'clone' if torch else 'copy'}()",
            *_zeros(rule.slots, library, surface.dim),
            *(loop if torch else ['with np.errstate(all="ignore"):', *indented(loop)]),
            "",
            'print(f"step {step}: w = {weights[step].tolist()}, error = {error[step].item()}")',
            "",
        ]
    )


def _gradient(at: str, seen: str, batch: Batch | None) -> str:
    """Return the line that asks for the gradient that the step receives."""
    return f"g = error_and_gradient({at}{f', {seen}' if batch else ''})[1]"


def _held_out_error(ground: "_Ground") -> list[str]:
    """Return the function that is asked for the error that a schedule follows, where it is another one."""
    own = ["data=held_out"] * ground.data + ["theta=held_out_theta"] * ground.theta
    return [f"def held_out_error({', '.join(['w', *own])}):", *indented(ground.body), "", ""]


def _rates(schedule: Schedule, eta: float, steps: int, array: Callable[[str], str]) -> list[str]:
    """Return the learning rates of all steps, as numbers."""
    rates = [repr(float(value)) for value in schedule.scaled(eta, steps)[:, 0]]
    rows = "".join(f"    {', '.join(rates[i : i + RATES_A_LINE])},\n" for i in range(0, steps, RATES_A_LINE))
    return [f"etas = {array(f'[{chr(10)}{rows}]')}  # learning rate of every step: {schedule.shape_label}"]


def _order(batch: Batch, rows: int, steps: int) -> list[str]:
    """Return the lines that draw which rows every step receives, as sampling.batches does from the same seed."""
    size, each = batch.size, -(-rows // batch.size)
    epochs = -(-steps // each)
    lines = [f"# {SAMPLINGS[batch.sampling]}; {size} of {rows} rows a step"]
    if batch.sampling != "in_order":
        lines.append(f"random = np.random.default_rng({batch.seed})")
    if batch.sampling == "with_replacement":
        return [*lines, f"order = random.integers(0, {rows}, (steps, {size}))"]
    if batch.sampling == "without_replacement":
        return [*lines, f"order = random.permuted(np.tile(np.arange({rows}), (steps, 1)), axis=1)[:, :{size}]"]
    lines.append(
        {
            "in_order": f"epochs = np.tile(np.arange({rows}), ({epochs}, 1))",
            "shuffle_once": f"epochs = np.tile(random.permutation({rows}), ({epochs}, 1))",
            "reshuffle": f"epochs = random.permuted(np.tile(np.arange({rows}), ({epochs}, 1)), axis=1)",
        }[batch.sampling]
    )
    return [*lines, f"order = [epoch[i : i + {size}] for epoch in epochs for i in range(0, {rows}, {size})]"]


def _shortened(library: str) -> list[str]:
    """Return what Clipping does to one gradient, in the same order."""
    root = "sqrt" if library == "torch" else "np.sqrt"
    return [
        f"peak = {library}.max({library}.abs(g))",
        "if 0.0 < peak < math.inf:" if library == "torch" else "if 0.0 < peak < np.inf:",
        f"    norm = {root}({library}.sum((g / peak) ** 2))",
        "    if peak * norm > clip:",
        "        g = g / peak / norm * clip",
    ]


def _zeros(slots: list[str], library: str, dim: int) -> list[str]:
    shape = f"({len(slots)}, {dim})" if len(slots) > 1 else f"{dim}"
    return [f"{', '.join(slots)} = {library}.zeros({shape})"] if slots else []


def _equations(cls: type) -> list[str]:
    """Return as comments the equations of a docstring, its second paragraph; where there is none, its first."""
    paragraphs = inspect.cleandoc(cls.__doc__ or "").split("\n\n")
    return ["#   " + re.sub(" {2,}", "   ", line.strip()) for line in paragraphs[:2][-1].splitlines()]


class _Ground(NamedTuple):
    """A surface's function, and whether it asks for the surface's parameters and data."""

    body: list[str]
    theta: bool
    data: bool


class _Rule(NamedTuple):
    """A rule's statements, what its hyperparameters and slots are called there, and whether it counts its steps."""

    query: list[str]
    update: list[str]
    hyper: list[str]
    slots: list[str]
    tau: bool


def _ground(surface: Surface, library: str) -> _Ground:
    if own := surface.code(library):
        return _Ground(own, False, any("data[" in line for line in own))
    return _translated(type(surface), surface.dim, library, len(surface.pack()))


@lru_cache(maxsize=REMEMBERED)
def _translated(cls: Any, dim: int, library: str, size: int) -> _Ground:
    try:
        body, gathered = with_gathered_gradient(one_run(cls, "value_and_grad", [], []), dim)
        body = on_whole_arrays(body)
        lines = as_lines(body, library, size)
    except ValueError as error:
        raise ValueError(f"{cls.title} cannot be written as a program: {error}.") from None
    if gathered:
        lines[-1] = f"return error, {lines[-1].removeprefix('g = ')}"
    else:
        filled = [f"g = {library}.zeros_like(w)"] if "g" in names_written(body) else []
        lines = [*filled, *lines, "return error, g"]
    names = {name for statement in body for name in names_loaded(statement)}
    return _Ground(lines, "theta" in names, "data" in names)


@lru_cache(maxsize=REMEMBERED)
def _rule(cls: Any, library: str, made: tuple[int, ...]) -> _Rule:
    """``made`` are the places of the choices, in order."""
    fields, places = list(cls.declared()), iter(made)
    slots = [free_name(slot, TAKEN) for slot in cls.slots]
    try:
        aliases = _aliases_of_hyper(cls)
        hyper: list[str] = []
        rows: list[str | int] = []
        for index, field in enumerate(fields):
            if field in cls.choices():
                rows.append(next(places))
                continue
            hyper.append(free_name(aliases.get(index, field), TAKEN | {*slots, *hyper}))
            rows.append(hyper[-1])
        query = on_whole_arrays(one_run(cls, "query", slots, rows)) if cls.look_ahead else []
        update = on_whole_arrays(one_run(cls, "update", slots, rows))
        before, after = as_lines(query, library), as_lines(update, library)
    except ValueError as error:
        raise ValueError(f"{cls.title} cannot be written as a program: {error}.") from None
    if "point" in names_written(query):
        before.insert(0, f"point = {library}.empty_like(w)")
    return _Rule(before, after, hyper, slots, any("tau" in names_loaded(statement) for statement in update))


def _aliases_of_hyper(cls: type[Optimizer]) -> dict[int, str]:
    """Return {index: name} of the hyperparameters that a rule gives a name of its own, as in ``mu = hyper[0]``."""
    names: dict[int, str] = {}
    _, definition = kernel_source(cls, "update")
    hyper = definition.args.args[ROLES["update"].index("hyper")].arg
    for node in ast.walk(definition):
        for target, value in assigned_pairs(node) if isinstance(node, ast.Assign) else ():
            match target, value:
                case ast.Name(id=name), ast.Subscript(ast.Name(id=base), ast.Constant(value=int(index))):
                    if base == hyper:
                        names.setdefault(index, name)
    return names
