"""The standalone file: helpers, kernels, module, inputs, in that order and in one style.

In: what the other parts made. Out: the text of the Pair's program. It imports nothing private, runs on CUDA, and on the
CPU under TRITON_INTERPRET=1.
"""

from __future__ import annotations

import ast
import re

from triton_data.rewrite import printer, tree
from triton_data.rewrite.configs import Config
from triton_data.rewrite.emitted import Kernel
from triton_data.rewrite.helpers import IMPORTS
from triton_data.rewrite.host import Host, Launch
from triton_data.rewrite.layout import is_contiguous
from triton_data.rewrite.module import Shell
from triton_data.rewrite.reasons import Declined, Reason

STEP = printer.STEP
LONGEST_HEAD = 76  # of `kernel[grid](`, beyond which the grid gets a line of its own
SUPPORT = {
    "strided_view": '''
def strided_view(x, size, stride, offset=0):
    """The memory of x from an offset on, read with other sizes and strides."""
    return torch.as_strided(x, size, stride, x.storage_offset() + offset)
''',
    "with_strides": '''
def with_strides(x, stride):
    """x itself where it lies in memory as the kernels expect, else a copy that does."""
    if all(n == 1 or a == b for n, a, b in zip(x.shape, x.stride(), stride)):
        return x
    return torch.empty_strided(x.shape, stride, dtype=x.dtype, device=x.device).copy_(x)
''',
    "best_of": '''
def best_of(*configs):
    """All of them where they can be measured, the first under the interpreter."""
    return list(configs) if torch.cuda.is_available() else list(configs[:1])
''',
}
_FUNCTIONAL = "import torch.nn.functional as F"
_GRIDS = {"Grid1D": "x", "Grid2D": "xy", "Grid3D": "xyz", "Grid2DWithYZOverflow": "xy"}
_MOST_BLOCKS = 65535  # along y and z of a CUDA grid


class Written:
    """A kernel as it stands in the file, and how to launch it."""

    def __init__(self, kernel: Kernel, title: str, names: dict[str, str], configs: list[Config]) -> None:
        self.kernel, self.title, self.names, self.configs = kernel, title, names, configs
        self.original = [*kernel.signature]  # parameters in the order in which the launch passes them

    def text(self, autotune: bool) -> list[str]:
        lines = [f"# {line}" for line in self._comment()]
        if autotune:
            lines += self._autotune()
        self.kernel.function.name = self.title
        return [*lines, "@triton.jit", *printer.function(self.kernel.function)]

    def _comment(self) -> list[str]:
        operations = ", ".join(dict.fromkeys(name.rsplit(".", 1)[-1].lstrip("_") for name in self.kernel.aten))
        nodes = ", ".join(self.kernel.nodes)
        return [f"{nodes or self.title}: {operations}"[: printer.WIDTH - 2]] if operations else []

    def _autotune(self) -> list[str]:
        configs = [f"{STEP * 2}{self._config(c)}," for c in self.configs]
        sizes = [n for n in self._parameters() if n.startswith("n_")]
        lines = ["@triton.autotune(", f"{STEP}configs=best_of(", *configs, f"{STEP}),", f"{STEP}key={sizes!r},"]
        changed = [self.names.get(n, n) for n in self.kernel.meta.get("mutated_arg_names", ())]
        if changed:
            lines.append(f"{STEP}restore_value={changed!r},")
        return [*lines, ")"]

    def _config(self, config: Config) -> str:
        blocks = ", ".join(f'"{self.names.get(k, k)}": {v}' for k, v in config.blocks)
        stages = f", num_stages={config.num_stages}" if config.num_stages != 1 else ""
        return f"triton.Config({{{blocks}}}, num_warps={config.num_warps}{stages})"

    def _parameters(self) -> list[str]:
        return [a.arg for a in self.kernel.function.args.args]

    def launch(self, arguments: list[ast.expr], autotune: bool) -> list[ast.stmt]:
        by_parameter = dict(zip(self.original, map(ast.unparse, arguments), strict=False))
        passed = [by_parameter[p] for p in self.original if p in by_parameter and self._is_used(p)]
        options = [f"{self.names.get(b, b)}={v}" for b, v in self.kernel.fixed.items() if self._is_used(b)]
        first = self.configs[0]
        if not autotune:
            options += [f"{self.names.get(b, b)}={v}" for b, v in first.blocks if self._is_used(b)]
            options += [f"num_warps={first.num_warps}"]
            options += [f"num_stages={first.num_stages}"] if first.num_stages != 1 else []
        grid = self._grid(by_parameter)
        call = f"({', '.join([*passed, *options])})"
        if len(self.title) + len(grid) <= LONGEST_HEAD:
            return [tree.statement(f"{self.title}[{grid}]{call}")]
        return [tree.statement(f"grid = {grid}"), tree.statement(f"{self.title}[grid]{call}")]

    def _is_used(self, parameter: str) -> bool:
        return self.names.get(parameter, parameter) in self._parameters()

    def _grid(self, sizes: dict[str, str]) -> str:
        kind = self.kernel.meta.get("grid_type", "")
        if kind not in _GRIDS:
            raise Declined(Reason.GRID, f"{self.kernel.name}: {kind}")
        parts = []
        blocks = {k for c in self.configs for k, _ in c.blocks} | set(self.kernel.fixed)
        for axis in _GRIDS[kind]:
            size, block = sizes.get(f"{axis}numel"), f"{axis.upper()}BLOCK"
            if size is None:
                raise Declined(Reason.GRID, f"{self.kernel.name}: no {axis}numel")
            used = block in blocks and self._is_used(block)
            parts.append(f"triton.cdiv({size}, meta['{self.names.get(block, block)}'])" if used else size)
        if kind == "Grid2DWithYZOverflow":  # rows beyond what y can count go on along z
            parts = [parts[0], f"min({parts[1]}, {_MOST_BLOCKS})", f"triton.cdiv({parts[1]}, {_MOST_BLOCKS})"]
        return f"lambda meta: ({', '.join(parts)},)"


def file_text(shell: Shell, host: Host, written: dict[str, Written], helpers: list[str], title: str, name: str,
              autotune: bool) -> str:  # fmt: skip
    tuned = {key: autotune and len(w.configs) > 1 for key, w in written.items()}
    kernels = [line for key, w in written.items() for line in ["", "", *w.text(tuned[key])]]
    if any(tuned.values()):
        host.uses.add("best_of")
    callees = [f for w in written.values() for f in w.kernel.callees]
    inner = {f.name: ["", "", "@triton.jit", *printer.function(f)] for f in callees}
    body = _forward(shell, host, written, tuned, name)
    text = "\n".join(
        ["\n\n".join(["", *helpers]), *[line for f in inner.values() for line in f], *kernels, "", "", *body]
    )
    support = [SUPPORT[n].strip("\n") for n in SUPPORT if n in host.uses]
    rest = "\n\n\n".join([*support, *shell.before])
    inputs = "\n\n\n".join(shell.inputs)
    parts = [f'"""{title}"""', _imports(shell, text + rest), rest, text.strip("\n"), inputs]
    return printer.double_quoted("\n\n\n".join(part for part in parts if part.strip()) + "\n")


def _imports(shell: Shell, text: str) -> str:
    lines = ["import torch", "import triton", "import triton.language as tl"]
    optional = {
        "import math": r"\bmath\.",
        _FUNCTIONAL: r"\bF\.",
        "from torch import nn": r"\bnn\.",
        "from triton.language.extra import libdevice": r"\blibdevice\.",
        "from math import inf, nan": r"\b(inf|nan)\b(?!['\"])",
    }
    lines += [line for line, needed in optional.items() if re.search(needed, text)]
    lines += [line for name, line in IMPORTS.items() if re.search(rf"\b{name}\b", text)]
    same = {"import torch.nn as nn": "from torch import nn", "from torch.nn import functional as F": _FUNCTIONAL}
    lines += [same.get(line, line) for line in shell.imports]
    plain = sorted(line for line in dict.fromkeys(lines) if line.startswith("import "))
    return "\n".join([*plain, *sorted(line for line in dict.fromkeys(lines) if line.startswith("from "))])


def _forward(shell: Shell, host: Host, written: dict[str, Written], tuned: dict[str, bool], name: str) -> list[str]:
    indent = STEP * 2 if shell.is_class else STEP
    head = [*shell.class_lines, "", f"{STEP}def forward({shell.arguments}):"] if shell.is_class else [
        f"def {name}({shell.arguments}):"]  # fmt: skip
    lines = [indent + line for line in _checks(host)]
    statements = [part for each in host.statements for part in _stated(each, written, tuned)]
    if any("device" in tree.used(each) for each in statements):
        lines.append(f"{indent}device = {_some_tensor(host, shell)}.device")
    for each in statements:
        lines += printer.statement(each, indent)
    return [*head, *lines, f"{indent}return {host.result}"]


def _stated(each: ast.stmt | Launch, written: dict[str, Written], tuned: dict[str, bool]) -> list[ast.stmt]:
    if isinstance(each, Launch):
        key = each.kernel.name
        return [ast.fix_missing_locations(part) for part in written[key].launch(each.arguments, tuned[key])]
    return [ast.fix_missing_locations(each)]


def _checks(host: Host) -> list[str]:
    """What the kernels take for granted about the arguments, said before they run."""
    lines = []
    for name, layout in host.layouts.arguments.items():
        size = ast.unparse(layout.size)
        if all(part.isdigit() for part in layout.sizes):
            lines.append(f"assert {name}.shape == {size}, f'made for {size}, not {{tuple({name}.shape)}}'")
        if name.isidentifier() and is_contiguous(layout.size, layout.stride):
            lines.append(f"{name} = {name}.contiguous()")
        elif name.isidentifier():
            host.uses.add("with_strides")
            lines.append(f"{name} = with_strides({name}, {ast.unparse(layout.stride)})")
    return lines


def _some_tensor(host: Host, shell: Shell) -> str:
    if host.layouts.arguments:
        return next(iter(host.layouts.arguments))
    if shell.is_class:
        return "next(self.parameters())"
    raise Declined(Reason.INPUTS, "no tensor says on which device to allocate")
