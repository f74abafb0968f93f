"""The two texts of a hand-written pair: what a test expects, and the kernel with the function that launches it.

In: a `Repo`, a `Comparison`, the function that launches, closed, and its arguments as text. Out: entry and text
of the reference in KernelBench's form, and of the candidate, whose entry has `_new` behind its name; or None where
the expected value needs a kernel, or a name cannot be given without changing what the text means.
"""

from __future__ import annotations

import ast
import io
import tokenize

from triton_data.extract.closure.closure import Closed, close
from triton_data.extract.kernels.comparisons import Comparison
from triton_data.extract.programs.interpreted import launches_triton
from triton_data.extract.programs.program_text import assemble
from triton_data.extract.source.module import Module
from triton_data.extract.source.repo import Key, Repo
from triton_data.extract.wire import Arguments, Call

Named = tuple[str, str]  # a name in a text, and the text


def paired(
    repo: Repo, comparison: Comparison, key: Key, path: str, call: Call, candidate: Closed
) -> tuple[Named, Named] | None:
    reference = close(repo, [(path, comparison.name)])
    if not isinstance(reference, Closed) or "triton" in candidate.needs or launches_triton(reference.text):
        return None
    entry = candidate.names[key]
    new = renamed(candidate.text, entry, f"{entry}_new")
    if is_class(repo, key):
        given = ", ".join(comparison.parameters)
        new = f"{candidate.text}\n\ndef {entry}_new({given}):\n    return {entry}.apply({given})\n"
    text = _named(reference.text, reference.names[path, comparison.name], entry)
    if text is None or new is None:
        return None
    arguments = Arguments((), {}, call.as_written())
    return (entry, assemble(text, arguments)), (f"{entry}_new", new)


def is_class(repo: Repo, key: Key) -> bool:
    module = repo.module(key[0])
    nodes = module.tree.body if isinstance(module, Module) else []
    return any(isinstance(node, ast.ClassDef) and node.name == key[1] for node in nodes)


def _named(text: str, old: str, entry: str) -> str | None:
    """The entry takes its name from a function of the repository that is called alike."""
    free = renamed(text, old, entry)
    moved = renamed(text, entry, f"{entry}_in_torch") if free is None else None
    return renamed(moved, old, entry) if moved is not None else free


def renamed(text: str, old: str, new: str) -> str | None:
    """The module-level name in another spelling; None where the new one is in use, or the old one has two meanings."""
    tree = ast.parse(text)
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    names += [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    arguments = [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg | ast.keyword)]
    imported = [(a.asname or a.name) for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)
                for a in n.names]  # fmt: skip
    if new in (*names, *arguments, *imported) or old in (*arguments, *imported):
        return None
    lines = text.splitlines(keepends=True)
    before = ""
    places = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME and token.string == old and before != ".":
            places.append(token.start)
        before = token.string
    for row, column in reversed(places):
        line = lines[row - 1]
        lines[row - 1] = line[:column] + new + line[column + len(old) :]
    return "".join(lines)
