"""Syntax: Python's own parser, by one thread at a time.

CPython 3.11 counts the depth of a tree for all threads together (issue 106905): two that build one at the same time
may fail with "SystemError: AST constructor recursion depth mismatch".
"""

import ast
import threading

_parsing = threading.Lock()


def parse(source: str) -> list[ast.stmt]:
    """Return the statements of a source; SyntaxError where it is no Python."""
    with _parsing:
        return ast.parse(source).body
