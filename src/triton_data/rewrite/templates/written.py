"""A template kernel as it stands in the new file, and its launch.

In: the launch of the host code. Out: what kernel/standalone.py makes of every other kernel: a text, helpers, and the
statements that launch it. Sizes and strides are read from the tensors where their layout is known.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from triton_data.block_sizes import Blocks, Problem, neighbours
from triton_data.rewrite import tree
from triton_data.rewrite.host.layout import Layout, is_contiguous, same
from triton_data.rewrite.host.read_call import Launch
from triton_data.rewrite.kernel.configs import Config
from triton_data.rewrite.kernel.emitted import Kernel
from triton_data.rewrite.naming import fresh
from triton_data.rewrite.templates import convolution, matmul
from triton_data.rewrite.templates.matmul import Body
from triton_data.rewrite.templates.on_host import OnHost
from triton_data.rewrite.templates.reading import Template, read

OPERANDS = {"convolution": {"arg_X": "x", "arg_W": "weight"}}  # what an operand is, wherever it comes from
_SYMBOL = re.compile(r"^[kp]s\d+$")
_DTYPES = {"*fp16": "float16", "*bf16": "bfloat16", "*fp32": "float32"}


@dataclass(frozen=True)
class Filled:
    """A template kernel before the passes: its new function, and what its launch has to know."""

    kernel: Kernel
    body: Body
    configs: list[Config]
    kind: str
    dims: int = 0  # of a convolution
    fused: tuple[ast.stmt, ...] = ()  # what stands before and behind the product, as Inductor wrote it


def fill(kernel: Kernel) -> Filled:
    template = read(kernel)
    fused = (*(each for part in template.operands.values() for each in part), *template.epilogue)
    body = matmul.write(kernel, template) if template.kind == "matmul" else convolution.write(kernel, template)
    pointers = [name for name, kind in kernel.signature.items() if kind.startswith("*")]
    symbols = [name for name in kernel.signature if _SYMBOL.match(name)]
    constants = [f"{name}: tl.constexpr" for name in (*body.fixed, *body.blocks)]
    parameters = [*pointers, *body.sizes, *body.strides.known, *symbols, *constants]
    function = ast.parse(f"def {kernel.name}({', '.join(parameters)}): pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = [*body.statements]
    kernel.function = ast.fix_missing_locations(function)
    kernel.callees = list(body.callees)
    dims = 3 if "KERNEL_D" in template.sizes else 2
    return Filled(kernel, body, _configs(kernel, template, body), template.kind, dims, fused)


def _configs(kernel: Kernel, template: Template, body: Body) -> list[Config]:
    """The choice that the capture holds, and its neighbours."""
    keywords = {k.arg: k.value for k in kernel.decorator.keywords}
    warps, stages = (int(ast.literal_eval(keywords[name])) for name in ("num_warps", "num_stages"))
    blocks = body.blocks
    first = Blocks(blocks["YBLOCK"], blocks["XBLOCK"], blocks["R0_BLOCK"], warps, stages, blocks.get("GROUP_M", 0))
    kinds = [kind for name, kind in kernel.signature.items() if name.startswith(("arg_", "in_ptr"))]
    dtype = next((_DTYPES[kind] for kind in kinds if kind in _DTYPES), "float32")
    found = neighbours(first, Problem(template.kind, 0, 0, 0, 1, dtype))
    return [Config(tuple(_named(each, blocks).items()), each.warps, each.stages) for each in found]


def _named(blocks: Blocks, there: Mapping[str, int]) -> dict[str, int]:
    values = {"YBLOCK": blocks.m, "XBLOCK": blocks.n, "R0_BLOCK": blocks.k, "GROUP_M": blocks.group}
    return {name: value for name, value in values.items() if name in there}


def after_passes(filled: Filled) -> None:
    """The index along K in the two shapes that it has; what stood for them goes."""
    along = {name: tree.expression(text) for name, text in filled.body.along_k.items()}
    if not along:
        return
    for block in tree.blocks(filled.kernel.function.body):
        block[:] = [each for each in block if not set(tree.assigned(each)) & along.keys()]
    tree.substitute(filled.kernel.function.body, along)
    wide = any("int64" in ast.unparse(each) for each in filled.kernel.function.body[:4])
    made = tree.statement("ks = k + tl.arange(0, R0_BLOCK)" + (".to(tl.int64)" if wide else ""))
    innermost = [loop for loop in _loops(filled.kernel.function.body) if "k" in tree.assigned(loop)][-1]
    innermost.body.insert(0, made)


def _loops(body: list[ast.stmt]) -> list[ast.For]:
    return [each for each in tree.statements(body) if isinstance(each, ast.For)]


def strides_named(filled: Filled, roles: Mapping[str, str]) -> dict[str, str]:
    """`stride_out_ptr1_m` is stride_om, `stride_in_ptr2_m` after what the pointer holds."""
    taken = {name for name in filled.body.strides.known if name.count("_") == 1}
    found: dict[str, str] = {}
    for name, (pointer, axis, _) in filled.body.strides.known.items():
        if name not in taken:
            role = roles.get(pointer, pointer)
            short = f"stride_o{axis.letter}" if role == "out" else f"stride_{role}_{axis.letter}"
            found[name] = fresh(short, taken)
    return found


class Launching:
    """What one launch passes for sizes and strides, and its grid."""

    def __init__(self, filled: Filled, launch: Launch) -> None:
        self.body = filled.body
        self.passed = dict(zip(filled.kernel.signature, launch.arguments, strict=False))
        if len(launch.arguments) > len(filled.kernel.signature) + 1:
            self.passed["grid_1"] = launch.arguments[len(filled.kernel.signature) + 1]
        self.layouts = dict(zip(filled.kernel.signature, launch.layouts, strict=False))

    def value(self, parameter: str) -> str:
        if parameter in self.body.strides.known:
            pointer, axis, number = self.body.strides.known[parameter]
            where = self._axis(pointer, axis.size, number)
            where = self._axis(pointer, None, number) if where < 0 else where
            return f"{ast.unparse(self.passed[pointer])}.stride({where})" if where >= 0 else self.spoken(number)
        size = self.body.sizes[parameter]
        if told := self._told(parameter, size):
            return told
        for stride in self.body.told_by.get(parameter, ()) if isinstance(size, ast.Constant) else ():
            if stride in self.body.strides.known:
                pointer, axis, number = self.body.strides.known[stride]
                if shape := self._shape(pointer, axis.size, number):
                    return shape
        return self.spoken(size)

    def _shape(self, pointer: str, size: ast.expr, stride: ast.expr) -> str:
        """`x.shape[1]`; `x.shape[0] * x.shape[1]` where two axes lie in memory as one."""
        name = ast.unparse(self.passed[pointer])
        if (where := self._axis(pointer, size, stride)) >= 0:
            return f"{name}.shape[{where}]"
        last, layout = self._axis(pointer, None, stride), self.layouts.get(pointer)
        if last < 0 or layout is None or not is_contiguous(layout.size, layout.stride):
            return ""
        total = 1
        for first in range(last, -1, -1):
            total *= int(layout.sizes[first]) if layout.sizes[first].isdigit() else 0
            if str(total) == ast.unparse(size):
                return " * ".join(f"{name}.shape[{axis}]" for axis in range(first, last + 1))
        return ""

    def _told(self, parameter: str, size: ast.expr) -> str:
        """A size, as the shapes of the tensors that have it; '' where those are not as expected."""
        found, lengths = list[str](), list[str]()
        for pointer, axis in self.body.shapes.get(parameter, ()):
            layout = self.layouts.get(pointer)
            if layout is None or len(layout.sizes) <= axis or isinstance(self.passed[pointer], ast.Call):
                return ""
            lengths.append(f"({layout.sizes[axis]})")
            found.append(f"{ast.unparse(self.passed[pointer])}.shape[{axis}]")
        return " * ".join(found) if found and same(" * ".join(lengths), self.spoken(size)) else ""

    def spoken(self, value: ast.expr) -> str:
        by = {name: argument for name, argument in self.passed.items() if _SYMBOL.match(name) or name == "grid_1"}
        return ast.unparse(OnHost().visit(tree.Substitute(by).visit(tree.expression(ast.unparse(value)))))

    def _axis(self, pointer: str, size: ast.expr | None, stride: ast.expr) -> int:
        """The axis of the tensor that has this stride, and this size where one is given; -1 where none has."""
        layout: Layout | None = self.layouts.get(pointer)
        if layout is None or isinstance(self.passed[pointer], ast.Call):
            return -1
        wanted = self.spoken(stride)
        for axis, (length, step) in enumerate(zip(layout.sizes, layout.strides, strict=True)):
            if same(step, wanted) and (length != "1" if size is None else same(length, self.spoken(size))):
                return axis
        return -1
