"""A reference that is an expression, and the kernel with its launcher: the two texts of a pair.

In: a Kernel with its inputs and what each output of its launcher is, as expressions over the parameters. Out: the
text of a function of the launcher's name in KernelBench's form, and the candidate, whose entry has `_new` behind its
name; None where a name cannot be given without changing what the text means.
Not covered: whether the expressions are right (jailed/launchers/recognise.py).
"""

from __future__ import annotations

import ast

from triton_data.extract.kernels.pair_texts import Named, renamed
from triton_data.extract.programs.program_text import assemble_with
from triton_data.records import Kernel

HEAD = "import math\n\nimport torch\nimport torch.nn.functional as F\n"


def written_pair(kernel: Kernel, inputs: str, found: dict[str, str], plain: tuple[str, ...]) -> tuple[Named, Named] | None:  # fmt: skip  # noqa: E501
    node = definition(kernel.text, kernel.launcher)
    if node is None:
        return None
    entry = f"{kernel.launcher}_applied" if isinstance(node, ast.ClassDef) else kernel.launcher
    parameters = parameters_text(node)
    if parameters is None:
        return None
    new: str | None
    if isinstance(node, ast.ClassDef):
        names = ", ".join(_names(node))
        new = f"{kernel.text}\n\ndef {entry}_new({names}):\n    return {kernel.launcher}.apply({names})\n"
    else:
        new = renamed(kernel.text, entry, f"{entry}_new")
    if new is None:
        return None
    body = "\n".join(f"    {line}" for line in statements(found, plain))
    reference = f"{HEAD}\n\ndef {entry}({parameters}):\n{body}\n"
    return (entry, assemble_with(reference, inputs)), (f"{entry}_new", new)


def statements(found: dict[str, str], plain: tuple[str, ...]) -> list[str]:
    """What is written first, then what is returned: values that both need are those of before."""
    written = {name: text for name, text in found.items() if not name.startswith("return")}
    returned = {name: text for name, text in found.items() if name.startswith("return")}
    returned |= dict(each.split("=", 1) for each in plain)
    lines = [f"new_{name} = {text}" for name, text in written.items()] if len(written) + len(returned) > 1 else []
    values = [returned[name] for name in sorted(returned, key=_place)]
    if lines and values:
        lines += [f"returned = {_tuple(values) if 'return' not in returned else values[0]}"]
        values = ["returned"]
    elif values and "return" not in returned:
        values = [_tuple(values)]
    copies = [f"{name}.copy_({f'new_{name}' if lines else text})" for name, text in written.items()]
    return [*lines, *copies, *(f"return {value}" for value in values)]


def _place(name: str) -> int:
    return int(name.removeprefix("return").strip() or 0)


def _tuple(values: list[str]) -> str:
    return f"({', '.join(values)}{',' if len(values) == 1 else ''})"


def definition(text: str, name: str) -> ast.FunctionDef | ast.ClassDef | None:
    found = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name == name]
    return found[-1] if found else None


def parameters_text(node: ast.FunctionDef | ast.ClassDef) -> str | None:
    """As the launcher has them, without annotations; None where a default needs a name."""
    function = _function(node)
    if function is None:
        return None
    arguments = function.args
    defaults = [*arguments.defaults, *(each for each in arguments.kw_defaults if each is not None)]
    if any(isinstance(n, ast.Name) and n.id != "torch" for each in defaults for n in ast.walk(each)):
        return None
    places = [*arguments.posonlyargs, *arguments.args][isinstance(node, ast.ClassDef) :]
    bare = ast.arguments(
        [], [ast.arg(each.arg) for each in places], None, [ast.arg(each.arg) for each in arguments.kwonlyargs],
        arguments.kw_defaults, None, arguments.defaults,
    )  # fmt: skip
    return ast.unparse(bare)


def _function(node: ast.FunctionDef | ast.ClassDef) -> ast.FunctionDef | None:
    if isinstance(node, ast.FunctionDef):
        return node
    return next((n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "forward"), None)


def _names(node: ast.FunctionDef | ast.ClassDef) -> list[str]:
    function = _function(node)
    return [each.arg for each in function.args.args[1:]] if function is not None else []
