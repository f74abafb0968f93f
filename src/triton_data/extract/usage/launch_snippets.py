"""Every place in a repository that may call a function that launches kernels.

In: a `Repo`, and the names that lead to such functions. Out: `Snippet`s as snippets.py makes them, and besides them
what only kernels' authors write: tests in the kernel's own file, functions that benchmark or demonstrate and need no
arguments, and what a file does at module level. Not covered: use through strings and registries.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from triton_data.extract.source.module import Broken, Module
from triton_data.extract.source.repo import Repo
from triton_data.extract.usage.snippets import (
    Snippet,
    at_module_level,
    beside,
    from_tests,
    is_test_file,
    moved,
    snippets,
    stem,
    with_home,
)
from triton_data.extract.wire import InputSource

_WORD = re.compile(r"[^\W\d]\w*")
_SHOWING = re.compile(r"^_*(test|check|bench|run|main|demo|example|verify|validate|profile|compare|perf|measure)", re.I)


def launch_snippets(repo: Repo, names: set[str]) -> Iterator[Snippet]:
    yield from snippets(repo)
    for path in repo.python_files():
        module = repo.module(path)
        if isinstance(module, Broken) or not names & set(_WORD.findall(module.text)):
            continue
        if b"def test" in repo.files[path] and not is_test_file(path):
            yield from from_tests(repo, path)
        if stem(path).isidentifier():
            yield from _from_showing(module, names)
            yield from at_module_level(module, lambda node: bool(names & _called(node)))


def _from_showing(module: Module, names: set[str]) -> Iterator[Snippet]:
    """Functions that benchmark or demonstrate, called as their authors do: with nothing."""
    for node in module.tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("test") or not names & _called(node):
            continue
        reports = any("perf_report" in ast.unparse(each) for each in node.decorator_list)
        required = len(node.args.args) - len(node.args.defaults)
        if reports or (_SHOWING.match(node.name) and not required):
            call = f"{node.name}.run()" if reports else f"{node.name}()"
            text = with_home(module, moved(call))
            yield Snippet(beside(module.path, f"show_{node.name}"), module.path, text, InputSource.USAGE)


def _called(node: ast.AST) -> set[str]:
    found = (inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call))
    return {f.attr if isinstance(f, ast.Attribute) else f.id for f in found if isinstance(f, ast.Attribute | ast.Name)}
