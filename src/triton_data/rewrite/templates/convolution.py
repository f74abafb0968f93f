"""A convolution as people write it: a product of pixels with channels, summed over the taps of the kernel.

In: what was read of a template kernel, of two or three dimensions, with or without groups. Out: the kernel's new body
and parameters, in the names that the passes know. Sizes and strides are arguments; what belongs to the layer (kernel,
stride, padding) is a constant of the kernel.
"""

from __future__ import annotations

import ast

from triton_data.rewrite import tree
from triton_data.rewrite.kernel.emitted import Kernel
from triton_data.rewrite.templates.epilogue import Axis, Fused, Strides
from triton_data.rewrite.templates.matmul import ALONG_K, Body, is_exact, is_wide
from triton_data.rewrite.templates.reading import Template

_NAMES = {
    "yindex": "pixels", "xindex": "channels", "ymask": "pixel_mask", "xmask": "channel_mask", "ynumel": "n_pixels",
    "xnumel": "OUT_C", "r0_numel": "IN_C", "YBLOCK": "BLOCK_M", "XBLOCK": "BLOCK_N", "R0_BLOCK": "BLOCK_K",
}  # fmt: skip
_BLOCKS = {"BLOCK_M": "YBLOCK", "BLOCK_N": "XBLOCK", "BLOCK_K": "R0_BLOCK"}


def write(kernel: Kernel, template: Template) -> Body:
    sizes, dims = template.sizes, "dhw" if "KERNEL_D" in template.sizes else "hw"
    groups = template.number("GROUPS")
    channels = [ast.BinOp(sizes[name], ast.FloorDiv(), ast.Constant(groups)) for name in ("IN_C", "OUT_C")]
    inside, outside = (_number(each) for each in channels)
    strides = Strides()
    axes = [
        Axis("idx_n", "batch", "n", "ymask", sizes["BATCH"]),
        *(Axis(f"idx_{d}", f"out_{d}", d, "ymask", sizes[f"OUT_{d.upper()}"]) for d in dims),
        Axis("idx_c", "xindex" if groups == 1 else "out_channels", "c", "xmask", sizes["OUT_C"]),
    ]
    statements = [*_indices(template, dims, groups), *_loops(kernel, template, dims, groups, strides)]
    statements += Fused(axes, strides, _BLOCKS, template.pointers).of(template.epilogue)
    pixels = " * ".join(f"({ast.unparse(sizes[name])})" for name in ("BATCH", *(f"OUT_{d.upper()}" for d in dims)))
    taken = {f"{side}_{d.upper()}": sizes[f"{side}_{d.upper()}"] for side in ("IN", "OUT") for d in dims}
    fixed = {f"{what}_{d.upper()}": template.number(f"{what}_{d.upper()}") for what in ("KERNEL", "STRIDE", "PADDING")
             for d in dims}  # fmt: skip
    grid = ("triton.cdiv(ynumel, meta['YBLOCK'])", "triton.cdiv(xnumel, meta['XBLOCK'])")
    return Body(
        statements,
        _NAMES,
        ALONG_K,
        (*grid, str(groups)) if groups > 1 else grid,
        {"ynumel": _number(tree.expression(pixels)), "xnumel": outside, "r0_numel": inside, **taken},
        strides,
        {ours: template.number(theirs) for theirs, ours in _BLOCKS.items()},
        fixed,
        shapes=_shapes(kernel, template, dims, groups),
    )


def _indices(template: Template, dims: str, groups: int) -> list[ast.stmt]:
    """What each program computes, and where that is in the image."""
    wide = ".to(tl.int64)" if is_wide(template) else ""
    lines = [
        f"yindex = (tl.program_id(0) * YBLOCK + tl.arange(0, YBLOCK)[:, None]){wide}",
        f"xindex = (tl.program_id(1) * XBLOCK + tl.arange(0, XBLOCK)[None, :]){wide}",
    ]
    rest = "yindex"
    for d in dims[::-1]:
        lines.append(f"out_{d} = {rest} % OUT_{d.upper()}")
        rest = f"{rest} // OUT_{d.upper()}"
    lines += [f"batch = {rest}", "ymask = yindex < ynumel", "xmask = xindex < xnumel"]
    if groups > 1:
        lines += ["group = tl.program_id(2)", "out_channels = group * xnumel + xindex"]
    lines.append("acc = tl.zeros([YBLOCK, XBLOCK], tl.float32)")
    return ast.parse("\n".join(lines)).body


def _loops(kernel: Kernel, template: Template, dims: str, groups: int, strides: Strides) -> list[ast.stmt]:
    sizes = template.sizes
    taps = {"h": "tap // KERNEL_W", "w": "tap % KERNEL_W"}
    if "d" in dims:
        taps = {"d": "tap // (KERNEL_H * KERNEL_W)", "h": "tap // KERNEL_W % KERNEL_H", "w": "tap % KERNEL_W"}
    x, w = template.pointers["X"], template.pointers["W"]
    for name, pointer, letter, size in [
        ("stride_xn", x, "n", "BATCH"),
        ("stride_xc", x, "c", "IN_C"),
        *((f"stride_x{d}", x, d, f"IN_{d.upper()}") for d in dims),
        ("stride_wo", w, "o", "OUT_C"),
        ("stride_wi", w, "c", "IN_C"),
        *((f"stride_w{d}", w, d, f"KERNEL_{d.upper()}") for d in dims),
    ]:
        there = {"stride_wo": "stride_wc_out", "stride_wi": "stride_wc_in"}.get(name, name)
        strides.known_as(name, pointer, Axis("", "", letter, "", sizes[size]), sizes[there])
    x, w = (_from(pointer, template.offsets.get(letter)) for letter, pointer in (("X", x), ("W", w)))
    where = " + ".join(f"in_{d} * stride_x{d}" for d in dims)
    tapped = " + ".join(f"k_{d} * stride_w{d}" for d in dims)
    of_group = "(group * r0_numel + r0_index)" if groups > 1 else "r0_index"
    out = "out_channels" if groups > 1 else "xindex"
    bounds = " & ".join(f"(in_{d} >= 0) & (in_{d} < IN_{d.upper()})" for d in dims)
    exact = ", input_precision='ieee'" if is_exact(kernel, template) else ""
    lines = [f"for tap in range({' * '.join(f'KERNEL_{d.upper()}' for d in dims)}):"]
    lines += [f"    k_{d} = {taps[d]}" for d in dims]
    lines += [f"    in_{d} = out_{d} * STRIDE_{d.upper()} - PADDING_{d.upper()} + k_{d}" for d in dims]
    lines += [
        f"    inside = ymask & {bounds}",
        f"    x_pixels = {x} + batch * stride_xn + {where}",
        f"    w_taps = {w} + {out} * stride_wo + {tapped}",
        "    for k in range(0, r0_numel, R0_BLOCK):",
        "        r0_index = k + tl.arange(0, R0_BLOCK)[None, :]",
        "        r1_index = k + tl.arange(0, R0_BLOCK)[:, None]",
        "        r0_mask = r0_index < r0_numel",
        "        r1_mask = r1_index < r0_numel",
        f"        a = tl.load(x_pixels + {of_group} * stride_xc, mask=inside & r0_mask, other=0.0)",
        "        b = tl.load(w_taps + r1_index * stride_wi, mask=r1_mask & xmask, other=0.0)",
        f"        acc = tl.dot(a, b, acc{exact})",
    ]
    return ast.parse("\n".join(lines)).body


def _from(pointer: str, offset: ast.expr | None) -> str:
    return pointer if offset is None else f"{pointer} + {ast.unparse(offset)}"


def _shapes(kernel: Kernel, template: Template, dims: str, groups: int) -> dict[str, tuple[tuple[str, int], ...]]:
    """Which axes of which tensors tell each size: pointer and position."""
    x, w = template.pointers["X"], template.pointers["W"]
    out = next(name for name in kernel.signature if "out_ptr" in name)
    found: dict[str, tuple[tuple[str, int], ...]]
    found = {f"IN_{d.upper()}": ((x, axis),) for axis, d in enumerate(dims, start=2)}
    found |= {f"OUT_{d.upper()}": ((out, axis),) for axis, d in enumerate(dims, start=2)}
    found |= {"ynumel": tuple((out, axis) for axis in (0, *range(2, len(dims) + 2))), "r0_numel": ((w, 1),)}
    return found | ({"xnumel": ((w, 0),)} if groups == 1 else {})


def _number(node: ast.expr) -> ast.expr:
    """What can be counted is counted."""
    if any(isinstance(each, ast.Name) for each in ast.walk(node)):
        return node
    value = eval(compile(ast.fix_missing_locations(ast.Expression(node)), "sizes", "eval"), {"__builtins__": {}})
    return ast.Constant(int(value))
