"""The standalone file: helpers, kernels, module, inputs, in that order and in one style.

In: what the other parts made. Out: the text of the Pair's program. It imports nothing private, runs on CUDA, and on the
CPU under TRITON_INTERPRET=1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from triton_data.rewrite import printer
from triton_data.rewrite.kernel.helpers import IMPORTS, closure
from triton_data.rewrite.kernel.written import Written
from triton_data.rewrite.module import Shell

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
    "attention_backward": '''
def attention_backward(grad_out, query, key, value, **options):
    """Gradients of query, key and value, by running the attention again."""
    inputs = [each.detach().requires_grad_() for each in (query, key, value)]
    with torch.enable_grad():
        out = F.scaled_dot_product_attention(*inputs, **options)
    return torch.autograd.grad(out, inputs, grad_out)
''',
    "tall_grid": '''
def tall_grid(cols, rows):
    """Rows beyond what the y axis of a grid can count go on along z."""
    return cols, min(rows, 65535), triton.cdiv(rows, 65535)
''',
    "best_of": '''
def best_of(*configs):
    """All of them where they can be measured, the first under the interpreter."""
    return list(configs) if torch.cuda.is_available() else list(configs[:1])
''',
}
_FUNCTIONAL = "import torch.nn.functional as F"


def file_text(shell: Shell, title: str, written: Sequence[Written], uses: set[str], body: Sequence[str]) -> str:
    """Support, helpers, kernels, `body` (the module or function), inputs."""
    if any(each.tuned for each in written):
        uses = uses | {"best_of"}
    if any(each.is_tall for each in written):
        uses = uses | {"tall_grid"}
    inner = {f.name: ["", "", "@triton.jit", *printer.function(f)] for each in written for f in each.kernel.callees}
    kernels = [line for each in written for line in ["", "", *each.text()]]
    needed = closure(set().union(*(each.helpers for each in written)))
    functions = [line for function in inner.values() for line in function]
    text = "\n".join(["\n\n\n".join(["", *needed]), *functions, *kernels, "", "", *body])
    support = [SUPPORT[n].strip("\n") for n in SUPPORT if n in uses]
    rest = "\n\n\n".join([*support, *shell.before])
    inputs = "\n\n\n".join(shell.inputs)
    parts = [f'"""{title}"""\n\n{_imports(shell, text + rest)}', rest, text.strip("\n"), inputs]
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
