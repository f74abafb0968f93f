"""Names for what the host code allocates: `linear` and `softmax` instead of `buf0` and `buf7`.

In: the host's statements, each with the source nodes that Inductor wrote above it. Out: the same statements with every
buffer named after the first node that writes to it. Names never collide with arguments or with what the file imports.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterable, Iterator

from triton_data.rewrite import tree
from triton_data.rewrite.host.read_call import Host, Launch
from triton_data.rewrite.naming import fresh

_BUFFER = re.compile(r"^buf(\d+|_view(_\d+)?)$")
_NUMBERED = re.compile(r"_\d+$")
_TAKEN = frozenset(
    ("torch", "triton", "tl", "nn", "F", "math", "device", "self", "libdevice", "meta", "grid", *dir(builtins))
)


def rename(host: Host, arguments: Iterable[str]) -> None:
    taken = set(_TAKEN) | set(arguments)
    by: dict[str, ast.expr] = {}
    for buffer, word in _first_writers(host):
        if buffer not in by:
            by[buffer] = ast.Name(_name(word, taken), ast.Load())
    for each in host.statements:
        if isinstance(each, Launch):
            tree.substitute_in(each.arguments, by)
        else:
            _rename_statement(each, by)
    tree.substitute_in(host.returned, by)


def _first_writers(host: Host) -> Iterator[tuple[str, str]]:
    """(buffer, word) in the order in which the buffers are written."""
    for each, nodes in zip(host.statements, host.nodes, strict=True):
        word = _NUMBERED.sub("", nodes[-1]) if nodes else ""
        if isinstance(each, Launch):
            outputs = [a for p, a in zip(each.kernel.signature, each.arguments, strict=False) if "out_ptr" in p]
            for output in outputs:
                yield from ((name, word or "out") for name in tree.used(output) if _BUFFER.match(name))
        elif isinstance(each, ast.Assign) and not _allocates(each):
            word = _viewed(each) or word
            yield from ((name, word or "value") for name in tree.assigned(each) if _BUFFER.match(name))
        elif isinstance(each, ast.Expr):
            outs = [k.value for c in ast.walk(each) if isinstance(c, ast.Call) for k in c.keywords if k.arg == "out"]
            yield from ((name, word or "out") for out in outs for name in tree.used(out) if _BUFFER.match(name))


def _viewed(statement: ast.Assign) -> str:
    """`x.view(8, 16)` is x_2d."""
    match statement.value:
        case ast.Call(func=ast.Attribute(value=base, attr="view"), args=sizes) if isinstance(
            statement.targets[0], ast.Name
        ) and statement.targets[0].id.startswith("buf_view"):
            word = base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""
            return "" if _BUFFER.match(word) else f"{word}_{len(sizes)}d"
    return ""


def _allocates(statement: ast.Assign) -> bool:
    return tree.called(statement.value) in ("torch.empty", "torch.empty_strided")


_SHORT = {"scaled_dot_product_attention": "attention", "multi_head_attention_forward": "attention"}


def _name(word: str, taken: set[str]) -> str:
    word = _SHORT.get(word, word)
    return fresh(word if word.isidentifier() and not keyword.iskeyword(word) else "value", taken)


def _rename_statement(statement: ast.stmt, by: dict[str, ast.expr]) -> None:
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(known := by.get(node.id), ast.Name):
            node.id = known.id
