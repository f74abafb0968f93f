"""Read Inductor's output code without running it.

Enters: the text of an `output_code.py`. Leaves: its Triton kernels and its extern calls in order, and a form of
each that two machines can compare. Not covered: how the wrapper allocates and launches (rewrite/ reads that).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from triton_data.formats.machine_paths import relative
from triton_data.records import InductorKernel

_DEVICE = re.compile(r"DeviceProperties\((?:[^()]|\([^()]*\))*\)")
_HASH = re.compile(r"'backend_hash': '[^']*'")
_PATH = re.compile(r"^# kernel path: .*\n", re.MULTILINE)
_EXTERN_ROOTS = ("extern_kernels.", "torch.ops.", "aten.")
_NOT_EXTERN = ("torch.ops.inductor._reinterpret", "torch.ops.inductor._alloc")


def kernels_of(code: str) -> tuple[InductorKernel, ...]:
    """`name = async_compile.triton('name', '''text''', ...)` in the order of definition."""
    lines = code.splitlines()
    found = []
    for node in ast.parse(code).body:
        text = _triton_source(node)
        if text is None or not isinstance(node, ast.Assign):
            continue
        target = node.targets[0]
        if isinstance(target, ast.Name):
            found.append(InductorKernel(target.id, text.strip("\n") + "\n", _comment_above(lines, node.lineno)))
    return tuple(found)


def externs_of(code: str) -> tuple[str, ...]:
    """Calls in the wrapper that reach a library: `extern_kernels.mm`, `torch.ops.aten.sort.stable`, ..."""
    tree = ast.parse(code)
    calls = [node for part in _call_functions(tree) for node in ast.walk(part) if isinstance(node, ast.Call)]
    names = []
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = ast.unparse(call.func)
        if name.startswith(_EXTERN_ROOTS) and not name.startswith(_NOT_EXTERN):
            names.append(name)
    return tuple(names)


def without_paths(code: str) -> str:
    """Inductor notes where its cache keeps each kernel, and the files of the program's lines: facts about this machine
    and user, not about the code."""
    return relative(_PATH.sub("", code))


def comparable(kernel_text: str) -> str:
    """The kernel without what names the machine that emitted it."""
    return _HASH.sub("'backend_hash': ''", _DEVICE.sub("DeviceProperties()", kernel_text))


def runnable(kernel_text: str) -> str:
    """The kernel's text without the line that looks for a GPU when it is imported."""
    return kernel_text.replace("triton_helpers.set_driver_to_gpu()\n", "")


def _triton_source(node: ast.stmt) -> str | None:
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return None
    call = node.value
    if ast.unparse(call.func) != "async_compile.triton" or len(call.args) < 2:
        return None
    source = call.args[1]
    return source.value if isinstance(source, ast.Constant) and isinstance(source.value, str) else None


def _comment_above(lines: list[str], lineno: int) -> str:
    start = lineno - 1
    while start > 0 and lines[start - 1].startswith("#"):
        start -= 1
    return "\n".join(lines[start : lineno - 1])


def _call_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """`call(...)`, a module function or a method of `Runner`, and the partitions that it calls."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name not in ("benchmark_compiled_module", "get_args"):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from (item for item in node.body if isinstance(item, ast.FunctionDef))
