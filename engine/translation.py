"""Translation of a kernel's source: what it does to R runs by plain loops, written for one run on whole arrays.

The loop over the run is its body. The loop over the weight becomes arithmetic on whole arrays where every statement in
it keeps to its own weight; otherwise it stays.
"""

import ast
import copy
import inspect
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from engine.kernel import kernel
from engine.syntax import parse

# What a kernel's arguments are called in a program, in their order, and the axes of the arrays: state slot S,
# weight D, run R, hyperparameter H, surface parameter P, the data's rows N and columns K.
ROLES = {
    "value_and_grad": ("w", "theta", "data", "error", "g"),
    "query": ("w", "state", "hyper", "point"),
    "update": ("w", "g", "state", "eta", "hyper", "tau"),
}
AXES = {
    "w": "DR",
    "g": "DR",
    "point": "DR",
    "state": "SDR",
    "eta": "R",
    "hyper": "HR",
    "error": "R",
    "theta": "P",
    "data": "NK",
}
LENGTHS = {"D": "len(w)", "R": "1", "P": "len(theta)", "N": "len(data)", "K": "len(data[0])"}
TAKEN = {name for names in ROLES.values() for name in names}
TAKEN |= {"start", "steps", "step", "weights", "error_and_gradient", "np", "torch", "math", "sqrt"}
TAKEN |= {"clip", "peak", "norm", "now", "best", "waited", "held_out", "held_out_theta", "held_out_error"}
BUILTINS = {"abs", "float", "int", "len", "max", "min", "range", "round"}
CONSTANTS = {"e", "inf", "nan", "pi"}
# named alike in NumPy and PyTorch, and of an array what they are of each of its elements
ELEMENTWISE = {"abs", "arctan", "cos", "cosh", "exp", "expm1", "hypot", "isfinite", "isnan", "log", "log1p"}
ELEMENTWISE |= {"maximum", "minimum", "sign", "sin", "sinh", "sqrt", "square", "tan", "tanh", "where"}


def kernel_source(cls: type, name: str) -> tuple[Any, ast.FunctionDef]:
    """Return a kernel's plain function, which stays uncompiled, and its definition; ValueError if there is none."""
    found = inspect.getattr_static(cls, name, None)
    if not isinstance(found, kernel):
        raise ValueError(f"its {name} is not a kernel")
    try:
        text = inspect.getsource(found.function)
    except (OSError, TypeError):
        raise ValueError(f"the source of its {name} is not at hand") from None
    definition = parse(textwrap.dedent(text))[0]
    assert isinstance(definition, ast.FunctionDef)
    return found.function, definition


def indented(lines: Iterable[str]) -> list[str]:
    """Return lines one level deeper."""
    return [f"    {line}" for line in lines]


def free_name(name: str, taken: set[str]) -> str:
    """Return the name, with underscores after it where it is taken."""
    return name if name not in taken else free_name(f"{name}_", taken)


def assigned_pairs(node: ast.Assign) -> list[tuple[ast.expr, ast.expr]]:
    """Return the assignments that ``a, b = c, d`` stands for."""
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]


def _assign(pairs: Sequence[tuple[ast.expr, ast.expr]]) -> ast.Assign:
    targets, values = [target for target, _ in pairs], [value for _, value in pairs]
    if len(pairs) == 1:
        return ast.Assign(targets, values[0], lineno=0)
    return ast.Assign([ast.Tuple(targets, ast.Store())], ast.Tuple(values, ast.Load()), lineno=0)


def _expression(text: str) -> ast.expr:
    (statement,) = parse(text)
    assert isinstance(statement, ast.Expr)
    return statement.value


def one_run(cls: type, name: str, slots: list[str], hyper: list[str | int]) -> list[ast.stmt]:
    """Return what a class's kernel does to one run, its state and hyperparameters by these names.

    A hyperparameter given as a number is a choice that is made: what the kernel does otherwise is left out.

    Raises ValueError, the end of a sentence on the class, where the kernel cannot be written so.
    """
    return _OneRun(cls, name, slots, hyper).body()


class _OneRun(ast.NodeTransformer):
    """A kernel's statements for a single run: without the loops over the run and without its index.

    What only names a row of an array or a length is put where it is used.
    """

    def __init__(self, cls: type, name: str, slots: list[str], hyper: list[str | int]):
        self.function, self.definition = kernel_source(cls, name)
        arguments = [argument.arg for argument in self.definition.args.args]
        self.roles = dict(zip(arguments, ROLES[name], strict=True))
        self.slots, self.hyper = slots, hyper
        self.runs: set[str] = set()  # variables of loops over the run
        self.rows: dict[str, tuple[str, list[ast.expr]]] = {}  # name -> array and first indices of what it stands for
        self.lengths: dict[str, str] = {}  # name -> axis
        stored = {n.id for n in ast.walk(self.definition) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        taken = TAKEN | {*slots, *(name for name in hyper if isinstance(name, str))}
        self.locals = {name: free_name(name, taken) for name in sorted(stored)}

    def body(self) -> list[ast.stmt]:
        """Return the statements."""
        return self._block(self.definition.body)

    def _block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        block: list[ast.stmt] = []
        for statement in statements:
            done = self.visit(statement)
            block += done if isinstance(done, list) else [done]
        return block

    def visit(self, node: ast.AST) -> Any:
        """Refuse what no kernel needs."""
        allowed = (ast.Assign, ast.AugAssign, ast.For, ast.While, ast.If, ast.Break, ast.Continue, ast.Pass, ast.Expr)
        if isinstance(node, ast.stmt) and not isinstance(node, allowed):
            raise ValueError(f"it has a line '{ast.unparse(node).splitlines()[0]}'")
        return super().visit(node)

    def visit_Expr(self, node: ast.Expr) -> Any:
        """Leave out a docstring."""
        if not isinstance(node.value, ast.Constant):
            raise ValueError(f"it has a line '{ast.unparse(node)}'")
        return []

    def visit_For(self, node: ast.For) -> Any:
        """Put the body of a loop over the run in the loop's place."""
        outside = dict(self.rows)
        match node:
            case ast.For(ast.Name(id=name), ast.Call(ast.Name(id="range"), bounds), orelse=[]):
                over_runs = len(bounds) == 1 and self._axis(bounds[0]) == "R"
            case _:
                raise ValueError(f"it has a loop other than over a range, '{ast.unparse(node).splitlines()[0]}'")
        if over_runs:
            if _leaves(node.body):
                raise ValueError("it leaves the loop over the runs")
            self.runs.add(name)
            done: Any = self._block(node.body)
            self.runs.discard(name)
        else:
            loop = ast.Name(self.locals[name], ast.Store())
            done = ast.For(loop, self.visit(node.iter), self._block(node.body), [], lineno=0)
        self.rows = outside
        return done

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        """Of a choice that is made what holds of it."""
        test = self.visit(node.test)
        if (made := _made(test)) is not None:
            return self.visit(node.body if made else node.orelse)
        return ast.IfExp(test, self.visit(node.body), self.visit(node.orelse))

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        """Leave out a zero that is added and a one that multiplies: what is left of a choice that is made."""
        left, right = self.visit(node.left), self.visit(node.right)
        match left, node.op, right:
            case (other, ast.Add() | ast.Sub(), ast.Constant(value=0.0)) | (ast.Constant(value=0.0), ast.Add(), other):
                return other
            case (other, ast.Mult() | ast.Div(), ast.Constant(value=1.0)) | (
                ast.Constant(value=1.0),
                ast.Mult(),
                other,
            ):
                return other
        return ast.BinOp(left, node.op, right)

    def visit_If(self, node: ast.If) -> Any:
        """A row that has its name from one branch only has no place of its own."""
        outside = dict(self.rows)
        branches = [self._block(branch) for branch in (node.body, node.orelse)]
        if self.rows != outside:
            raise ValueError("it names an array's row in one branch only")
        return ast.If(self.visit(node.test), *branches)

    def visit_Assign(self, node: ast.Assign) -> Any:
        """Remember names of rows and lengths; keep the rest."""
        if len(node.targets) > 1:
            raise ValueError(f"it has a line '{ast.unparse(node)}'")
        match node.targets[0], node.value:
            case ast.Tuple(elts=targets), ast.Attribute(value=array, attr="shape") if place := self._place(array):
                axes = AXES[place[0]][len(place[1]) :]
                self.lengths |= {ast.unparse(target): axis for target, axis in zip(targets, axes, strict=True)}
                return []
        kept, named = [], {}
        for target, value in assigned_pairs(node):
            if isinstance(target, ast.Name):
                self.rows.pop(target.id, None)
                place, axis = self._place(value), self._axis(value)
                if place and len(place[1]) < len(AXES[place[0]]):
                    named[target.id] = place
                    continue
                if axis:
                    self.lengths[target.id] = axis
                    continue
            kept.append((target, value))
        visited = [(value, self.visit(value)) for _, value in kept]
        self.rows |= named
        pairs = [(self.visit(target), value) for (target, _), (_, value) in zip(kept, visited, strict=True)]
        return _assign(pairs) if pairs else []

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        """``a += b`` as ``a = a + b``: a whole array must not change under another name."""
        value = ast.BinOp(_as_load(node.target), node.op, node.value)
        return ast.Assign([self.visit(node.target)], self.visit(value), lineno=0)

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        """Take the run's index away, and give rows of state and hyper their names."""
        if axis := self._axis(node):
            return _expression(LENGTHS[axis])
        place = self._place(node)
        if place is None:
            raise ValueError(f"it has an array of its own, '{ast.unparse(node.value)}'")
        base, index = place[0], list(place[1])
        if len(index) != len(AXES[base]) or any(isinstance(part, ast.Slice) for part in index):
            raise ValueError(f"it uses a part of {base} as a whole, '{ast.unparse(node)}'")
        if AXES[base].endswith("R"):
            run = index.pop()
            if not (isinstance(run, ast.Name) and run.id in self.runs):
                raise ValueError(f"it asks for another run, '{ast.unparse(node)}'")
        name = base
        if base in ("state", "hyper"):
            row = index.pop(0)
            if not (isinstance(row, ast.Constant) and isinstance(row.value, int)):
                raise ValueError(f"it counts through the rows of {base}")
            named = (self.slots if base == "state" else self.hyper)[row.value]
            if isinstance(named, int):
                return ast.Constant(named)
            name = named
        if not index:
            return ast.Name(name, node.ctx)
        parts = [self.visit(copy.deepcopy(part)) for part in index]
        return ast.Subscript(
            ast.Name(name, ast.Load()), parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load()), node.ctx
        )

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """Of NumPy what is known of an element; nothing of anything else."""
        known = isinstance(node.value, ast.Name) and self.function.__globals__.get(node.value.id) is np
        if not (known and node.attr in ELEMENTWISE | CONSTANTS):
            raise ValueError(f"it asks for '{ast.unparse(node)}'")
        return ast.Attribute(ast.Name("np", ast.Load()), node.attr, ast.Load())

    def visit_Name(self, node: ast.Name) -> Any:
        """A number's name in the program, or the number that a name of the kernel's module stands for."""
        if node.id in self.lengths:
            return _expression(LENGTHS[self.lengths[node.id]])
        if self._place(node) or node.id in self.runs:
            raise ValueError(f"it uses {node.id} as a whole")
        if node.id in self.roles:
            return ast.Name(self.roles[node.id], node.ctx)
        if node.id in self.locals:
            return ast.Name(self.locals[node.id], node.ctx)
        value = self.function.__globals__.get(node.id)
        if isinstance(value, (int, float)):
            return _expression(repr(float(value)))
        if node.id not in BUILTINS:
            raise ValueError(f"it uses {node.id}, which stands elsewhere")
        return node

    def _place(self, node: ast.expr) -> tuple[str, list[ast.expr]] | None:
        """Return the array and the indices that an expression stands for, None if it is no part of an argument."""
        if isinstance(node, ast.Name):
            role = self.roles.get(node.id)
            return self.rows.get(node.id) or ((role, []) if role in AXES else None)
        if not isinstance(node, ast.Subscript) or (inner := self._place(node.value)) is None:
            return None
        return inner[0], [*inner[1], *(node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice])]

    def _axis(self, node: ast.expr) -> str | None:
        """Return the axis whose length an expression is, None if it is none."""
        match node:
            case ast.Name(id=name):
                return self.lengths.get(name)
            case ast.Subscript(ast.Attribute(value=array, attr="shape"), ast.Constant(value=int(position))):
                place = self._place(array)
                return AXES[place[0]][len(place[1]) :][position] if place else None
        return None


def _made(test: ast.expr) -> bool | None:
    """Return what a test says of a choice that is made, None if it asks for something else."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Compare(ast.Constant(value=value), [ast.Eq()], [ast.Constant(value=other)]):
            return bool(value == other)
    return None


def _as_load(node: ast.expr) -> ast.expr:
    return _expression(ast.unparse(node))


def _leaves(statements: list[ast.stmt]) -> bool:
    """Whether a break or continue among the statements is about the loop they stand in."""
    for statement in statements:
        if isinstance(statement, (ast.Break, ast.Continue)):
            return True
        if isinstance(statement, ast.If) and _leaves([*statement.body, *statement.orelse]):
            return True
    return False


def names_loaded(node: ast.AST) -> set[str]:
    """Return the names that are read."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _stored(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def names_written(statements: Iterable[ast.stmt]) -> set[str]:
    """Return the arrays that are written element by element."""
    nodes = (node for statement in statements for node in ast.walk(statement))
    return {
        node.value.id
        for node in nodes
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)
    }


def _needed(statements: list[ast.stmt]) -> set[str]:
    """Return the names that are read before the statements themselves give them a value."""
    needed: set[str] = set()
    given: set[str] = set()
    for statement in statements:
        needed |= (_needed(statement.body) if isinstance(statement, ast.For) else names_loaded(statement)) - given
        if isinstance(statement, ast.Assign):
            given |= _stored(statement)
    return needed


def with_gathered_gradient(statements: list[ast.stmt], dim: int) -> tuple[list[ast.stmt], bool]:
    """Write ``g[0] = a``, ``g[1] = b`` as a last ``g = np.array([a, b])``; return whether it could be done."""
    parts: dict[int, ast.expr] = {}
    others: list[ast.stmt] = []
    for statement in statements:
        match statement:
            case ast.Assign([ast.Subscript(ast.Name(id="g"), ast.Constant(value=int(index)))], value):
                parts[index] = value
            case _:
                others.append(statement)
                if any(_stored(statement) & names_loaded(part) for part in parts.values()):
                    return statements, False
    mentioned = any("g" in names_loaded(node) | _stored(node) for node in (*others, *parts.values()))
    if sorted(parts) != list(range(dim)) or mentioned or len(parts) + len(others) != len(statements):
        return statements, False
    values = ", ".join(ast.unparse(parts[index]) for index in range(dim))
    return [*others, *parse(f"g = np.array([{values}])")], True


def on_whole_arrays(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Write each loop over the weight as arithmetic on whole arrays, if then no element is written by itself.

    An array that changes in place would change under its other names too.
    """
    block: list[ast.stmt] = []
    for statement in statements:
        others = [other for other in statements if other is not statement]
        whole = _without_loop(statement, others) if isinstance(statement, ast.For) else None
        block += whole if whole is not None else [statement]
    return statements if names_written(block) else block


def _without_loop(loop: ast.For, others: list[ast.stmt]) -> list[ast.stmt] | None:
    """Return the body for all weights at once, None where the weights do not keep apart."""
    if ast.unparse(loop.iter) != "range(len(w))" or not all(isinstance(line, ast.Assign) for line in loop.body):
        return None
    index, written = ast.unparse(loop.target), names_written(loop.body)
    vectors: set[str] = set()
    needed = _needed(loop.body) | _needed(others)
    for line in loop.body:
        assert isinstance(line, ast.Assign)
        for target, value in assigned_pairs(line):
            wide = _is_wide(value, index, written, vectors)
            match target:
                case ast.Name(id=name) if wide is not None and name not in needed:
                    vectors = vectors | {name} if wide else vectors - {name}
                case ast.Subscript(slice=ast.Name(id=place)) if wide and place == index:
                    pass
                case _:
                    return None
    return [_WithoutIndex(index).visit(copy.deepcopy(line)) for line in loop.body]


def _is_wide(node: ast.expr, index: str, written: set[str], vectors: set[str]) -> bool | None:
    """Return whether an expression differs between weights; None where it may mean something else of whole arrays."""
    match node:
        case ast.Constant():
            return False
        case ast.Name(id=name):
            return name in vectors if name != index else None
        case ast.Subscript(ast.Name(), ast.Name(id=place)):
            return True if place == index else None
        case ast.Subscript(ast.Name(id=name), ast.Constant()):
            return False if name not in written else None
        case ast.UnaryOp(ast.USub() | ast.UAdd(), operand):
            parts = [operand]
        case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right):
            parts = [left, right]
        case ast.Compare(left, [_], [right]):
            parts = [left, right]
        case ast.Call(ast.Attribute(), parts, []) | ast.Call(ast.Name(id="abs"), parts, []):
            pass
        case ast.Attribute():
            return False
        case _:
            return None
    wide = [_is_wide(part, index, written, vectors) for part in parts]
    return None if None in wide else any(wide)


class _WithoutIndex(ast.NodeTransformer):
    """``w[i]`` as ``w``."""

    def __init__(self, index: str):
        self.index = index

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        """Only where the index is the weight's."""
        if isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Name) and node.slice.id == self.index:
            return ast.Name(node.value.id, node.ctx)
        return node


class _Torch(ast.NodeTransformer):
    """The same in PyTorch, where a Python number and a tensor do not always meet as two tensors do."""

    def __init__(self, written: set[str]):
        self.written = written

    def visit_Call(self, node: ast.Call) -> Any:
        """A function's name and its arguments."""
        node = ast.Call(self.visit(node.func), [self.visit(argument) for argument in node.args], [])
        match node.func:
            case ast.Attribute(attr="array"):
                parts = node.args[0]
                assert isinstance(parts, ast.List)
                return ast.Call(_expression("torch.stack"), [ast.List([*map(_tensor, parts.elts)], ast.Load())], [])
            case ast.Attribute(attr=name):
                node.args = [_tensor(argument) for argument in node.args]
                node.func = ast.Name("sqrt", ast.Load()) if name == "sqrt" else node.func
        return node

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """A name of NumPy that PyTorch shares."""
        return ast.Attribute(ast.Name("torch", ast.Load()), node.attr, node.ctx)

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        """A quotient's numerator: PyTorch would multiply it by a rounded reciprocal."""
        left, right = self.visit(node.left), self.visit(node.right)
        return ast.BinOp(_tensor(left) if isinstance(node.op, ast.Div) else left, node.op, right)

    def visit_Assign(self, node: ast.Assign) -> Any:
        """A name's value: a number as a tensor, an element by itself."""
        pairs = []
        for target, value in assigned_pairs(node):
            done = self.visit(value)
            if isinstance(target, ast.Name):
                done = _tensor(done)
                # an element is a view, which would change with its array
                if isinstance(value, ast.Subscript) and ast.unparse(value.value) in self.written:
                    done = ast.Call(ast.Attribute(done, "clone", ast.Load()), [], [])
            pairs.append((target, done))
        return _assign(pairs)


def _tensor(node: ast.expr) -> ast.expr:
    """Return a number as a tensor, and anything that depends on a name as it is."""
    varies = isinstance(node, ast.Call) or names_loaded(node) - {"torch"}
    return node if varies else ast.Call(_expression("torch.tensor"), [node], [])


def as_lines(statements: list[ast.stmt], library: str, size: int = 0) -> list[str]:
    """Write statements; ``theta`` has ``size`` elements."""
    if library == "torch":
        translate = _Torch(names_written(statements))
        statements = [translate.visit(copy.deepcopy(statement)) for statement in statements]
    return [line for statement in statements for line in _text(statement, size)]


def _text(statement: ast.stmt, size: int) -> Iterator[str]:
    """Write a statement, parallel assignments without the brackets that ast.unparse gives them."""
    match statement:
        case ast.Assign([ast.Tuple(elts=targets)], ast.Tuple(elts=values)):
            names, texts = ", ".join(map(ast.unparse, targets)), [ast.unparse(value) for value in values]
            every = texts == [f"theta[{position}]" for position in range(size)]
            yield f"{names} = {'theta' if every else ', '.join(texts)}"
        case ast.For(target, length, body):
            yield f"for {ast.unparse(target)} in {ast.unparse(length)}:"
            for line in body:
                yield from indented(_text(line, size))
        case _:
            yield from ast.unparse(ast.fix_missing_locations(statement)).split("\n")
