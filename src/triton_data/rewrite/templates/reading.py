"""What one template kernel computes, read from its text.

In: a kernel whose decorator is `template`. Out: its sizes and strides as expressions, what is loaded for each operand
(a plain load, or a fused prologue), and the fused epilogue. The loops around them are not kept: they are the same in
every kernel of a kind, and are written anew (matmul.py, convolution.py). Declined: templates of other kinds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from triton_data.rewrite import tree
from triton_data.rewrite.kernel.emitted import Kernel
from triton_data.rewrite.reasons import Declined, Reason

MATMUL = frozenset(["M", "N", "K", "stride_am", "stride_ak", "stride_bk", "stride_bn"])
CONVOLUTION = frozenset(["IN_C", "OUT_C", "KERNEL_H", "stride_xc", "stride_wc_out"])
_POINTERS = ("arg_", "in_ptr", "in_out_ptr", "out_ptr")


@dataclass
class Template:
    kind: str  # matmul, convolution
    sizes: dict[str, ast.expr]  # M, stride_am, ...; over numbers and the kernel's own symbols
    constants: dict[str, object]  # BLOCK_M, ALLOW_TF32, KERNEL_H, ...
    operands: dict[str, list[ast.stmt]]  # of a matmul, a and b: statements of which the last assigns it
    epilogue: list[ast.stmt]
    pointers: dict[str, str] = field(default_factory=dict)  # A -> arg_A
    offsets: dict[str, ast.expr] = field(default_factory=dict)  # A -> where in its memory the operand begins

    @property
    def is_batched(self) -> bool:
        return "stride_aq" in self.sizes and self.kind == "matmul"

    def number(self, name: str) -> int:
        value = self.constants[name]
        assert isinstance(value, int)
        return value


def is_template(kernel: Kernel) -> bool:
    return kernel.heuristic == "template"


def read(kernel: Kernel) -> Template:
    body = kernel.function.body
    sizes, constants, pointers = dict[str, ast.expr](), dict[str, object](), dict[str, str]()
    offsets: dict[str, ast.expr] = {}
    loops = [index for index, each in enumerate(body) if isinstance(each, ast.For)]
    if len(loops) != 1:
        raise Declined(Reason.OUTPUT_CODE, f"{kernel.name}: a template with {len(loops)} loops")
    for name, value in _assigned(body[: loops[0]]):
        pointer, offset = _pointer(value)
        if pointer:
            pointers[name] = pointer
            if offset is not None:
                offsets[name] = offset
        elif isinstance(value, ast.Constant):
            constants[name] = value.value
            sizes[name] = value
        else:
            constants[name] = ast.unparse(value)
            sizes[name] = value
    sizes.setdefault("BATCH", ast.Name("grid_1", ast.Load()))  # before torch 2.13 only the grid says how many
    known = sizes.keys()
    kind = "matmul" if known >= MATMUL else "convolution" if known >= CONVOLUTION else ""
    loop = body[loops[0]]
    if not kind or not isinstance(loop, ast.For):
        raise Declined(Reason.OUTPUT_CODE, f"{kernel.name}: a template that has no readable form")
    operands = _operands(loop.body, kernel.name) if kind == "matmul" else {}
    return Template(kind, sizes, constants, operands, _epilogue(body[loops[0] + 1 :], kernel.name), pointers, offsets)


def _pointer(value: ast.expr) -> tuple[str, ast.expr | None]:
    """`arg_A`, or `arg_A + 128` for an operand that begins inside of a tensor; '' for what is none."""
    match value:
        case ast.Name(id=name) if name.startswith(_POINTERS):
            return name, None
        case ast.BinOp(left=ast.Name(id=name), op=ast.Add(), right=offset) if name.startswith(_POINTERS):
            return name, offset
    return "", None


def _assigned(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for statement in body:
        if pair := tree.single(statement):
            yield pair


def _operands(body: list[ast.stmt], name: str) -> dict[str, list[ast.stmt]]:
    """`a = …` and `b = …` with the statements that only they need; the masks and indices before them are ours."""
    found: dict[str, list[ast.stmt]] = {}
    before: list[ast.stmt] = []
    for statement in body:
        if isinstance(statement, ast.If):  # bmm: with and without a mask along k
            statement_body = [each for each in statement.body if (pair := tree.single(each)) and pair[0] in "ab"]
            found |= {tree.assigned(each)[0]: [each] for each in statement_body}
            continue
        pair = tree.single(statement)
        if pair is None or pair[0] in ("idx_m", "idx_n", "a_mask", "b_mask", "a_k_idx_vals", "b_k_idx_vals"):
            continue
        before.append(statement)
        if pair[0] in ("a", "b"):
            found[pair[0]] = before
            before = []
    if found.keys() != {"a", "b"}:
        raise Declined(Reason.OUTPUT_CODE, f"{name}: no two operands in the loop")
    return found


def _epilogue(body: list[ast.stmt], name: str) -> list[ast.stmt]:
    """What follows the mask and the indices of the output."""
    masks = [index for index, each in enumerate(body) if "mask" in tree.assigned(each)]
    if not masks:
        raise Declined(Reason.OUTPUT_CODE, f"{name}: no mask of the output")
    rest = body[masks[0] + 1 :]
    return [each for each in rest if not {*tree.assigned(each)} & {"idx_n", "idx_c", "idx_h", "idx_w", "idx_d"}]
