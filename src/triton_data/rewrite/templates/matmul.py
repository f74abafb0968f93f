"""A matrix product as people write it: grouped tiles, a loop along K with masks, the fused epilogue.

In: what was read of a template kernel. Out: the kernel's new body and parameters, in the names that the passes know;
`NAMES` says what they become. Operands that are loaded as they stand keep all four strides of the textbook.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from triton_data.rewrite import tree
from triton_data.rewrite.kernel.emitted import Kernel
from triton_data.rewrite.templates.epilogue import Axis, Fused, Strides
from triton_data.rewrite.templates.reading import Template

NAMES = {
    "yindex": "rows", "xindex": "cols", "zindex": "batch", "ymask": "row_mask", "xmask": "col_mask", "ynumel": "M",
    "xnumel": "N", "znumel": "B", "r0_numel": "K", "YBLOCK": "BLOCK_M", "XBLOCK": "BLOCK_N", "R0_BLOCK": "BLOCK_K",
    "R1_BLOCK": "BLOCK_K",
}  # fmt: skip
# What stands for the two shapes of the index along K while the passes look at shapes, and what is written for it.
ALONG_K = {
    "r0_index": "ks[None, :]", "r1_index": "ks[:, None]", "r0_mask": "(ks[None, :] < r0_numel)",
    "r1_mask": "(ks[:, None] < r0_numel)",
}  # fmt: skip
TOLD_BY = {
    "ynumel": ("stride_am",), "xnumel": ("stride_bn",), "r0_numel": ("stride_ak", "stride_bk"),
    "znumel": ("stride_ab", "stride_bb"),
}  # fmt: skip
GROUPED = """
def grouped_tile(pid, M, N, BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr, GROUP_M: tl.constexpr):
    tiles_m = tl.cdiv(M, BLOCK_M)
    tiles_n = tl.cdiv(N, BLOCK_N)
    first_m = pid // (GROUP_M * tiles_n) * GROUP_M
    rows = min(tiles_m - first_m, GROUP_M)
    pid_in_group = pid % (GROUP_M * tiles_n)
    return first_m + pid_in_group % rows, pid_in_group // rows
"""
_BLOCKS = {"BLOCK_M": "YBLOCK", "BLOCK_N": "XBLOCK", "BLOCK_K": "R0_BLOCK"}


@dataclass
class Body:
    """Statements with the parameters that they need besides their pointers and symbols."""

    statements: list[ast.stmt]
    names: dict[str, str]  # what the names of the passes become
    along_k: dict[str, str]  # what is written for the indices along K when the passes are through
    grid: tuple[str, ...]  # over parameters, and meta
    sizes: dict[str, ast.expr]  # parameter -> its value in numbers or symbols
    strides: Strides
    blocks: dict[str, int]  # constexpr parameter -> value
    fixed: dict[str, int] = field(default_factory=dict)  # the same, but never tuned
    callees: list[ast.FunctionDef] = field(default_factory=list)
    shapes: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)  # size -> axes that tell it
    told_by: dict[str, tuple[str, ...]] = field(default_factory=dict)  # size -> strides along it


def write(kernel: Kernel, template: Template) -> Body:
    sizes, strides = template.sizes, Strides()
    m = Axis("idx_m", "yindex", "m", "ymask", sizes["M"])
    n = Axis("idx_n", "xindex", "n", "xmask", sizes["N"])
    q = [Axis("idx_q", "zindex", "b", "", sizes["BATCH"])] if template.is_batched else []
    rows, cols = (
        Axis("idx_m", "r1_index", "k", "r1_mask", sizes["K"]),
        Axis("idx_n", "r0_index", "k", "r0_mask", sizes["K"]),
    )
    a = _operand("a", template, [m, cols, *q], strides, "r0_mask", {**_BLOCKS})
    b = _operand("b", template, [rows, n, *q], strides, "r1_mask", {**_BLOCKS, "BLOCK_K": "R1_BLOCK"})
    epilogue = Fused([m, n, *q], strides, _BLOCKS, template.pointers).of(template.epilogue)
    wide = ".to(tl.int64)" if is_wide(template) else ""
    exact = is_exact(kernel, template)
    text = f"""
pid_m, pid_n = grouped_tile(tl.program_id(0), ynumel, xnumel, YBLOCK, XBLOCK, GROUP_M)
{"zindex = tl.program_id(1)" + wide if q else ""}
yindex = (pid_m * YBLOCK + tl.arange(0, YBLOCK)[:, None]){wide}
xindex = (pid_n * XBLOCK + tl.arange(0, XBLOCK)[None, :]){wide}
ymask = yindex < ynumel
xmask = xindex < xnumel
acc = tl.zeros([YBLOCK, XBLOCK], tl.float32)
for k in range(0, r0_numel, R0_BLOCK):
    ks = (k + tl.arange(0, R0_BLOCK)){wide}
    r0_index = k + tl.arange(0, R0_BLOCK)[None, :]
    r1_index = k + tl.arange(0, R0_BLOCK)[:, None]
    r0_mask = r0_index < r0_numel
    r1_mask = r1_index < r0_numel
    acc = tl.dot(a, b, acc{", input_precision='ieee'" if exact else ""})
"""
    body = ast.parse(text).body
    loop = body[-1]
    assert isinstance(loop, ast.For)
    loop.body[-1:-1] = [*a, *b]
    group = template.constants.get("GROUP_M", 8)
    blocks = {ours: template.number(theirs) for theirs, ours in _BLOCKS.items()}
    tiles = "triton.cdiv(ynumel, meta['YBLOCK']) * triton.cdiv(xnumel, meta['XBLOCK'])"
    batch = {"znumel": sizes["BATCH"]} if q else {}
    names = {"ynumel": sizes["M"], "xnumel": sizes["N"], "r0_numel": sizes["K"], **batch}
    blocks["GROUP_M"] = group if isinstance(group, int) else 8
    callees = [each for each in ast.parse(GROUPED).body if isinstance(each, ast.FunctionDef)]
    return Body([*body, *epilogue], NAMES, ALONG_K, (tiles, *batch), names, strides, blocks, callees=callees,
                told_by=TOLD_BY)  # fmt: skip


def is_wide(template: Template) -> bool:
    return template.constants.get("INDEX_DTYPE") == "tl.int64"


def is_exact(kernel: Kernel, template: Template) -> bool:
    """float32 as it stands, and not rounded to what tensor cores take."""
    kinds = {kind for name, kind in kernel.signature.items() if name.startswith(("arg_", "in_ptr"))}
    return template.constants.get("ALLOW_TF32") is False and "*fp32" in kinds


def _operand(
    name: str, template: Template, axes: list[Axis], strides: Strides, k_mask: str, blocks: dict[str, str]
) -> list[ast.stmt]:
    statements = template.operands[name]
    pair = tree.single(statements[-1])
    assert pair is not None
    pointer = template.pointers.get(name.upper())
    if pointer and name.upper() in tree.used(pair[1]) and tree.called(_uncast(pair[1])) == "tl.load":
        return [_plain_load(name, pointer, template, axes, strides)]
    made = Fused(axes, strides, blocks, template.pointers).of(statements, numbered_from=1000 if name == "a" else 2000)
    last = made[-1]
    assert isinstance(last, ast.Assign)
    value = _unmasked(_uncast(last.value), k_mask)
    if load := _load(value, made):  # nothing is computed on the way: what lies outside is loaded as zero
        load.keywords.append(ast.keyword("other", ast.Constant(0.0)))
        last.value = value
        return made
    masks = [k_mask] if _has_both(made, [axis.ours for axis in axes]) else [axis.mask for axis in axes if axis.mask]
    last.value = tree.expression(f"tl.where({' & '.join(masks)}, {ast.unparse(value)}, 0.0)")
    return made


def _load(value: ast.expr, statements: list[ast.stmt]) -> ast.Call | None:
    """The load that an operand is, as it stands or by a name."""
    if isinstance(value, ast.Name):
        made = [pair[1] for each in statements if (pair := tree.single(each)) and pair[0] == value.id]
        value = made[-1] if made else value
    return value if isinstance(value, ast.Call) and tree.called(value) == "tl.load" else None


def _has_both(statements: list[ast.stmt], indices: list[str]) -> bool:
    read = {name for each in statements for call in ast.walk(each) if tree.called(call) == "tl.load"
            for name in tree.used(call)}  # fmt: skip
    return {*indices[:2]} <= read


def _plain_load(name: str, pointer: str, template: Template, axes: list[Axis], strides: Strides) -> ast.stmt:
    terms = []
    for axis in sorted(axes, key=lambda each: each.letter != "b"):
        parameter = f"stride_{name}{axis.letter}"
        there = f"stride_{name}{'q' if axis.letter == 'b' else axis.letter}"
        strides.known_as(parameter, pointer, axis, template.sizes[there])
        terms.append(f"{axis.ours} * {parameter}")
    masks = " & ".join(axis.mask for axis in axes if axis.mask)
    terms += [ast.unparse(template.offsets[name.upper()])] if name.upper() in template.offsets else []
    return tree.statement(f"{name} = tl.load({pointer} + {' + '.join(terms)}, mask={masks}, other=0.0)")


def _uncast(node: ast.expr) -> ast.expr:
    """Without `.broadcast_to(xindex.shape)`."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "broadcast_to":
        if tree.called(node) == "tl.broadcast_to":
            break
        node = node.func.value
    return node


def _unmasked(node: ast.expr, k_mask: str) -> ast.expr:
    """Inductor's own guard of the tail along K, which the new one replaces."""
    match node:
        case ast.Call(args=[ast.Name(id=mask), value, _]) if tree.called(node) == "tl.where" and mask == k_mask:
            return value
    return node
