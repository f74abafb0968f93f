"""A function's text as an `nn.Module`'s, and a rendered text with blank lines where PEP 8 wants them.

In: Python text. Out: Python text. Not covered: modules with weights; ours are functions of all that they read.
"""

from __future__ import annotations

import ast
import textwrap


def module_name(entry: str) -> str:
    """fused_softmax -> FusedSoftmax"""
    return "".join(part[:1].upper() + part[1:] for part in entry.split("_"))


def as_module(text: str, function: str, name: str) -> str:
    """The function `function` of `text` as the forward of a class `name`."""
    (node,) = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == function]
    assert node.end_lineno is not None and not node.decorator_list
    lines = text.splitlines(keepends=True)
    head, body = f"def {function}(", "".join(lines[node.lineno - 1 : node.end_lineno])
    assert body.startswith(head), function
    method = textwrap.indent(f"def forward(self, {body[len(head) :]}", "    ")
    imports = [n.end_lineno or 0 for n in ast.parse(text).body if isinstance(n, ast.Import | ast.ImportFrom)]
    lines[node.lineno - 1 : node.end_lineno] = [f"class {name}(nn.Module):\n", method]
    lines.insert(max(imports), "from torch import nn\n")
    return tidy("".join(lines))


def tidy(text: str) -> str:
    """Two blank lines around what is defined at the top, at most one elsewhere."""
    text = text.strip()
    end = text.find('"""', 3) + 3 if text.startswith('"""') else 0
    head = f"{text[:end]}\n\n" if end else ""
    return head + "\n".join(_spaced(text[end:].splitlines())).strip("\n") + "\n"


_IMPORT = ("import ", "from ")


def _spaced(lines: list[str]) -> list[str]:
    out: list[str] = []
    blank = 0
    for line in map(str.rstrip, lines):
        if not line:
            blank += 1
            continue
        last = out[-1] if out else ""
        at_top = not line.startswith((" ", ")", "]", "}"))
        if not out or (at_top and last.startswith(("@", "#"))):
            gap = 0
        elif at_top and (line.startswith(("def ", "class ", "@")) or last.startswith(" ")):
            gap = 2
        else:
            after_imports = last.startswith(_IMPORT) and not line.startswith(_IMPORT)
            gap = max(min(blank, 1), int(after_imports))
        out += [""] * gap + [line]
        blank = 0
    return out
