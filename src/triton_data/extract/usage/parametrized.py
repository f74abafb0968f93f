"""What a test is called with when pytest runs it: the first case of each of its lists.

In: a test function. Out: the keyword arguments of a call as source text, or None where it wants fixtures.
Not covered: `pytestmark`, indirect parameters.
"""

from __future__ import annotations

import ast
import re


def parametrized(node: ast.FunctionDef) -> str | None:
    given: dict[str, str] = {}
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and "parametrize" in ast.unparse(decorator.func):
            if len(decorator.args) < 2 or not isinstance(decorator.args[0], ast.Constant | ast.Tuple | ast.List):
                return None
            names = _names(decorator.args[0])
            given.update(zip(names, _first_case(decorator.args[1], len(names)), strict=False))
    wanted = [arg.arg for arg in node.args.args[: len(node.args.args) - len(node.args.defaults)] if arg.arg != "self"]
    if any(name not in given for name in wanted):
        return None
    return ", ".join(f"{name}={given[name]}" for name in wanted)


def _names(node: ast.expr) -> list[str]:
    """Of `"a, b"` and of `("a", "b")`."""
    words = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return re.findall(r"\w+", " ".join(words))


def _first_case(cases: ast.expr, count: int) -> list[str]:
    """Of a list that is written here, or of one that has a name or is computed."""
    if not isinstance(cases, ast.List | ast.Tuple):
        first = f"next(iter({ast.unparse(cases)}))"
        return [first] if count == 1 else [f"tuple({first})[{n}]" for n in range(count)]
    if not cases.elts:
        return []
    case = cases.elts[0]
    if isinstance(case, ast.Call) and ast.unparse(case.func).endswith("param") and len(case.args) == count:
        parts = list(case.args)
    else:
        parts = list(case.elts) if count > 1 and isinstance(case, ast.Tuple | ast.List) else [case]
    return [ast.unparse(part) for part in parts]
