"""A reference that is an expression, and the kernel with its launcher: the two texts of a pair.

In: a Kernel with its inputs and what each output of its launcher is, as expressions over the parameters. Out: the
text of a function of the launcher's name in KernelBench's form, and the candidate, whose entry has `_new` behind its
name; None where a name cannot be given without changing what the text means.
Not covered: whether the expressions are right (jailed/launchers/recognise.py).
"""

from __future__ import annotations

import ast
import re

from triton_data.extract.kernels.pair_texts import Named, renamed
from triton_data.extract.programs.program_text import assemble_with
from triton_data.extract.wire import Recognised
from triton_data.records import Kernel

HEAD = "import math\n\nimport torch\nimport torch.nn.functional as F\n"


def written_pair(
    kernel: Kernel, inputs: str, found: dict[str, str], plain: tuple[str, ...]
) -> tuple[Named, Named] | None:
    node = definition(kernel.text, kernel.launcher)
    if node is None:
        return None
    written = [name for name in found if not name.startswith("return")]
    silent = written if len(written) == len(found) and not plain else []  # it returns nothing, so the entry does
    suffix = "_written" if silent else "_applied" if isinstance(node, ast.ClassDef) else ""
    entry = f"{kernel.launcher}{suffix}"
    parameters = parameters_text(node)
    if parameters is None:
        return None
    new: str | None
    if suffix:
        names = ", ".join(_names(node))
        called = f"{kernel.launcher}{'.apply' if isinstance(node, ast.ClassDef) else ''}({names})"
        lines = [called, f"return {', '.join(silent)}"] if silent else [f"return {called}"]
        new = "\n    ".join([f"{kernel.text.rstrip()}\n\n\ndef {entry}_new({parameters}):", *lines]) + "\n"
    else:
        new = renamed(kernel.text, entry, f"{entry}_new")
    if new is None:
        return None
    last = [f"return {', '.join(silent)}"] if silent else []
    body = "\n".join(f"    {line}" for line in (*statements(found, plain), *last))
    reference = f"{HEAD}\n\ndef {entry}({parameters}):\n{body}\n"
    return (entry, assemble_with(reference, inputs)), (f"{entry}_new", new)


BACKWARD = """def {entry}({parameters}, incoming):
    {names}, = (each.detach().requires_grad_() for each in ({names},))
    with torch.enable_grad():
        result = {result}
    return torch.autograd.grad(result, ({names},), incoming)
"""


def backward_pair(kernel: Kernel, found: Recognised) -> tuple[Named, Named] | None:
    """The gradients of a function of autograd: its own, and autograd's of the expression that gives its result."""
    node = definition(kernel.text, kernel.launcher)
    call = _positional(kernel.inputs)
    if not isinstance(node, ast.ClassDef) or found.outputs != ("return",) or found.plain or call is None:
        return None
    (expression,) = found.expressions
    used = [name for name in found.differentiable if re.search(rf"\b{name}\b", expression)]
    names = _names(node)[: len(call)]
    if not used or len(names) != len(call):
        return None
    entry = f"{kernel.launcher}_backward"
    forms = {"parameters": ", ".join(names), "names": ", ".join(used)}
    reference = BACKWARD.format(entry=entry, result=expression, **forms)
    applied = f"{kernel.launcher}.apply({', '.join(names)})"
    new = f"{kernel.text}\n\n{BACKWARD.format(entry=f'{entry}_new', result=applied, **forms)}"
    inputs = (
        f"def get_inputs():\n    {', '.join(names)}, = [{', '.join(call)}]\n"
        f"    return [{', '.join(names)}, torch.randn_like({expression})]\n"
    )
    return (entry, assemble_with(f"{HEAD}\n\n{reference}", inputs)), (f"{entry}_new", new)


def _positional(inputs: str) -> list[str] | None:
    """The arguments that `get_inputs()` lists; None where some have names."""
    functions = [n for n in ast.parse(inputs).body if isinstance(n, ast.FunctionDef) and n.name == "get_inputs"]
    last = functions[-1].body[-1] if functions else None
    values = last.value.elts if isinstance(last, ast.Return) and isinstance(last.value, ast.List) else []
    named = len(values) == 2 and isinstance(values[0], ast.List) and isinstance(values[1], ast.Dict)
    return [ast.unparse(value) for value in values] if values and not named else None


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
    if function is None:
        return []
    places = [*function.args.posonlyargs, *function.args.args][isinstance(node, ast.ClassDef) :]
    return [*(each.arg for each in places), *(f"{each.arg}={each.arg}" for each in function.args.kwonlyargs)]
