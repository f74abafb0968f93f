"""Small kernels as Inductor writes them, for tests of one transform each."""

from __future__ import annotations

import ast
import textwrap

from triton_data.rewrite.kernel.emitted import Kernel

SIGNATURE = {"in_ptr0": "*fp32", "in_ptr1": "*fp16", "in_ptr2": "*i64", "out_ptr0": "*fp32", "xnumel": "i32"}


def kernel(body: str, signature: dict[str, str] | None = None) -> Kernel:
    """A pointwise or row kernel around `body`; XBLOCK and R0_BLOCK are there to be used."""
    signature = {**(signature or SIGNATURE), "r0_numel": "i32"}
    parameters = ", ".join([*signature, "XBLOCK: tl.constexpr", "R0_BLOCK: tl.constexpr"])
    text = f"def k({parameters}):\n{textwrap.indent(textwrap.dedent(body), '    ')}"
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    call = ast.parse("f()", mode="eval").body
    assert isinstance(call, ast.Call)
    return Kernel("k", function, [], "pointwise", {}, signature, {}, call)


def text_of(made: Kernel) -> str:
    return "\n".join(ast.unparse(ast.fix_missing_locations(statement)) for statement in made.function.body)


ROW = """
xindex = tl.program_id(0) * XBLOCK + tl.arange(0, XBLOCK)[:, None]
xmask = xindex < xnumel
r0_index = tl.arange(0, R0_BLOCK)[None, :]
r0_mask = r0_index < r0_numel
"""
FLAT = """
xindex = tl.program_id(0) * XBLOCK + tl.arange(0, XBLOCK)
xmask = xindex < xnumel
"""
