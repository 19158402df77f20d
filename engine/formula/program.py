"""From a tree and the values of its constants to a program of the machine."""

from collections.abc import Mapping

import numpy as np

from engine.formula.grammar import OPERATIONS, Node
from engine.formula.machine import Op

Steps = list[tuple[Op, float]]
_OF_TWO = {"+": Op.ADD, "-": Op.SUBTRACT, "*": Op.MULTIPLY, "/": Op.DIVIDE, "^": Op.POWER, "min": Op.MIN, "max": Op.MAX}
_PUSH = (Op.CONSTANT, Op.X, Op.Y)


def program(tree: Node, constants: Mapping[str, float]) -> Steps:
    """Return the operations that evaluate a tree; whatever does not depend on x and y is one number."""
    steps = _steps(tree, constants)
    return [(Op.CONSTANT, steps)] if isinstance(steps, float) else steps


def packed(steps: Steps) -> np.ndarray:
    """Return what the machine receives, (1 + 2 steps,): how deep its stack is, then operations with their numbers."""
    height = deepest = 0
    for op, _ in steps:
        height += 1 if op in _PUSH else -1 if Op.ADD <= op <= Op.MAX else 0
        deepest = max(deepest, height)
    return np.array([deepest, *(number for step in steps for number in step)], dtype=np.float64)


def _steps(node: Node, constants: Mapping[str, float]) -> Steps | float:
    """Return the operations of a node, or its value where it depends on neither x nor y."""
    if node.value is not None:
        return node.value
    if node.kind == "constant":
        return constants[node.name]
    if not node.parts:
        return [(Op.X if node.kind == "x" else Op.Y, 0.0)]
    parts = [_steps(part, constants) for part in node.parts]
    numbers = [part for part in parts if isinstance(part, float)]
    if len(numbers) == len(parts):
        with np.errstate(all="ignore"):
            return float(OPERATIONS[node.kind](*np.array(numbers)))
    if len(parts) == 1:
        operation = (Op.SCALE, -1.0) if node.kind == "negative" else (Op[node.kind.upper()], 0.0)
        return [*_varying(parts[0]), operation]
    return _of_two(node.kind, *parts)


def _of_two(kind: str, left: Steps | float, right: Steps | float) -> Steps | float:
    """Return the operations of two arguments, shorter ones where one of them is a number."""
    match kind, left, right:
        case "^", _, 0.0:
            return 1.0
        case "+", _, float():
            return [*_varying(left), (Op.SHIFT, right)]
        case "+", float(), _:
            return [*_varying(right), (Op.SHIFT, left)]
        case "-", _, float():
            return [*_varying(left), (Op.SHIFT, -right)]
        case "-", float(), _:
            return [*_varying(right), (Op.SCALE, -1.0), (Op.SHIFT, left)]
        case "*", _, float():
            return [*_varying(left), (Op.SCALE, right)]
        case "*", float(), _:
            return [*_varying(right), (Op.SCALE, left)]
        case "/", _, float():
            return [*_varying(left), (Op.OVER, right)]
        case "^", _, float():
            return _power(_varying(left), right)
        case "^", float(), _:
            return [*_varying(right), (Op.RAISE, left)]
    return [*_varying(left), *_varying(right), (_OF_TWO[kind], 0.0)]


def _power(base: Steps, exponent: float) -> Steps:
    if not exponent.is_integer():
        return [*base, (Op.REAL_POWER, exponent)]
    if exponent < 0.0:
        return [(Op.CONSTANT, 1.0), *_power(base, -exponent), (Op.DIVIDE, 0.0)]
    return [*base, (Op.WHOLE_POWER, exponent)] if exponent > 1.0 else base


def _varying(steps: Steps | float) -> Steps:
    return [(Op.CONSTANT, steps)] if isinstance(steps, float) else steps
