"""Usage: every place in a repository that shows how its classes are constructed and called.

In: a `Repo`. Out: `Snippet`s, small files of our own that stand where the usage stood, with a function
`__usage__` to call: code blocks of README and docs, examples in docstrings, `__main__` blocks, tests, and what a file
does at module level from where it first constructs a module class of the repository.
Not covered: running them (`observe` of jailed/probe.py).
"""

from __future__ import annotations

import ast
import posixpath
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from triton_data.extract.source.find import is_module_class
from triton_data.extract.source.module import Broken, Module
from triton_data.extract.source.notebooks import SUFFIX
from triton_data.extract.source.repo import Defined, InRepo, Repo
from triton_data.extract.usage.parametrized import parametrized
from triton_data.extract.wire import InputSource

CALL = "__usage__"
_FENCE = re.compile(
    r"^([ \t]*)(```+|~~~+)[ \t]*(?:py|python|python3|pycon)\b[^\n]*\n(.*?)^[ \t]*\2", re.S | re.M | re.I
)
_RST = re.compile(r"^([ \t]*)\.\. code(?:-block)?:: *python[^\n]*\n((?:[ \t]*\n|\1[ \t]+[^\n]*\n)+)", re.M)
_DOC = re.compile(r"(readme|usage|quickstart|getting.?started|example|tutorial|docs?/|pkg-info)", re.I)


@dataclass(frozen=True, slots=True)
class Snippet:
    path: str  # of the file that is added to the repository
    origin: str  # where the usage stands
    text: str
    source: InputSource  # usage or tests

    @property
    def body(self) -> str:
        """What is called, without the imports before it."""
        return self.text[self.text.rindex(f"def {CALL}") :]


def snippets(repo: Repo) -> Iterator[Snippet]:
    """Documents first: an author's example says more than a test."""
    for path in sorted(repo.files):
        if path.lower().endswith((".md", ".rst", ".txt", "pkg-info", ".markdown")) and _DOC.search(path):
            yield from _from_document(repo, path)
    for path in repo.python_files():
        data = repo.files[path]
        test = is_test_file(path)
        if b"__main__" in data and not test:
            yield from _from_main(repo, path)
        if b">>>" in data:
            yield from _from_docstrings(repo, path)
        if test and b"def test" in data:
            yield from from_tests(repo, path)
    for path in repo.python_files():
        if b"torch" in repo.files[path]:
            yield from _from_module_level(repo, path)


def is_test_file(path: str) -> bool:
    return "test" in posixpath.basename(path).lower() or "/tests/" in f"/{path}"


def _from_document(repo: Repo, path: str) -> Iterator[Snippet]:
    text = repo.files[path].decode("utf-8", "replace").replace("\r\n", "\n")
    blocks = [textwrap.dedent(found[3]) for found in _FENCE.finditer(text)]
    blocks += [textwrap.dedent(found[2]) for found in _RST.finditer(text)]
    imports: list[str] = []
    folder = posixpath.dirname(path)
    for n, block in enumerate(blocks):
        wrapped = wrap(_without_prompts(block), imports)
        if wrapped is not None:
            yield Snippet(posixpath.join(folder, f"_usage_{n}.py"), path, wrapped, InputSource.USAGE)


def _without_prompts(block: str) -> str:
    if ">>>" not in block:
        return block
    lines = [line.strip()[4:] for line in block.splitlines() if line.strip().startswith((">>>", "..."))]
    return "\n".join(lines)


def wrap(code: str, imports: list[str]) -> str | None:
    """Imports at the top (with those of earlier blocks), the rest inside `__usage__`."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return None
    lines = code.split("\n")
    top, body = [], []
    for node in tree.body:
        part = "\n".join(lines[_first_line(node) - 1 : node.end_lineno])
        if isinstance(node, ast.Import | ast.ImportFrom):
            top.append(part)
        else:
            body.append(part)
    for line in top:
        if line not in imports:
            imports.append(line)
    if not body:
        return None
    inner = textwrap.indent("\n".join(body), "    ")
    return "\n".join([*imports, "", "", f"def {CALL}():", inner, ""])


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _from_main(repo: Repo, path: str) -> Iterator[Snippet]:
    module = repo.module(path)
    if isinstance(module, Broken):
        return
    for unit in module.units:
        node = unit.nodes[-1] if not unit.kind else None
        if isinstance(node, ast.If) and _asks_for_main(node):
            body = module.lines[node.body[0].lineno - 1 : node.body[-1].end_lineno]
            text = moved("\n".join(body))
            if stem(path).isidentifier():
                text = with_home(module, text)  # so that what is learnt is learnt about this file's own classes
            else:
                text = "\n".join([*module.lines[: unit.start - 1], text])
            yield Snippet(beside(path, "main"), path, text, InputSource.USAGE)


def stem(path: str) -> str:
    return posixpath.basename(path).removesuffix(".py").removesuffix(SUFFIX)


def _asks_for_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)


_DEFINING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _from_module_level(repo: Repo, path: str) -> Iterator[Snippet]:
    module = repo.module(path)
    if not isinstance(module, Broken) and stem(path).isidentifier():
        yield from at_module_level(module, lambda node: _constructs(repo, path, node))


def at_module_level(module: Module, begins: Callable[[ast.stmt], bool]) -> Iterator[Snippet]:
    """What the file does from the first statement on that `begins`."""
    path = module.path
    doing = [node for node in module.tree.body if not isinstance(node, _DEFINING) and not _asks_for_main(node)]
    first = next((n for n, node in enumerate(doing) if begins(node)), None)
    if first is None:
        return
    spans = dict.fromkeys((node.lineno - 1, node.end_lineno) for node in doing[first:])  # `a; b` is one line
    parts = ["\n".join(module.lines[start:end]) for start, end in spans]
    yield Snippet(beside(path, "script"), path, with_home(module, moved("\n".join(parts))), InputSource.USAGE)


def _constructs(repo: Repo, path: str, statement: ast.stmt) -> bool:
    """Whether it calls a module class of this repository, by its name or as `models.Net(...)`."""
    for node in ast.walk(statement):
        if not isinstance(node, ast.Call):
            continue
        target = None
        if isinstance(node.func, ast.Name):
            target = repo.lookup(path, node.func.id)
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            home = repo.lookup(path, node.func.value.id)
            target = repo.member(home, node.func.attr) if isinstance(home, InRepo) else None
        if isinstance(target, Defined) and _is_module_class(repo, target):
            return True
    return False


def _is_module_class(repo: Repo, target: Defined) -> bool:
    module = repo.module(target.path)
    if isinstance(module, Broken):
        return False
    nodes = module.units[module.bindings[target.name][-1].unit].nodes
    named = [node for node in nodes if isinstance(node, ast.ClassDef) and node.name == target.name]
    return any(is_module_class(repo, module, node) for node in named)


def moved(code: str) -> str:
    return f"\n\ndef {CALL}():\n" + textwrap.indent(textwrap.dedent(code), "    ") + "\n"


def beside(path: str, word: str) -> str:
    folder, name = posixpath.split(path)
    return posixpath.join(folder, f"_{word}_{stem(name)}.py")


def _from_docstrings(repo: Repo, path: str) -> Iterator[Snippet]:
    module = repo.module(path)
    if isinstance(module, Broken):
        return
    for n, node in enumerate(ast.walk(module.tree)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and ">>>" in (doc := ast.get_docstring(node) or ""):
            wrapped = wrap(_without_prompts(doc), [])
            if wrapped is not None:
                yield Snippet(beside(path, f"doc{n}"), path, with_home(module, wrapped), InputSource.USAGE)


def with_home(module: Module, text: str) -> str:
    """A docstring speaks of its own file's names without importing them."""
    words = set(re.findall(r"[^\W\d]\w*", text))
    home_stem = stem(module.path)
    home = "." if home_stem == "__init__" else f".{home_stem}"
    names = [name for name in module.bindings if name in words and f"import {name}" not in text]
    lines = [f"from {home} import *"] if module.stars else []
    lines += [f"from {home} import {name}" for name in names]
    for common in ("import torch", "from torch import nn"):
        if common.split()[-1] in words and common not in text and common.split()[-1] not in names:
            lines.append(common)
    return "\n".join([*lines, text])


def from_tests(repo: Repo, path: str) -> Iterator[Snippet]:
    module = repo.module(path)
    if isinstance(module, Broken):
        return
    n = 0
    for node in module.tree.body:
        for call in _test_calls(node):
            text = f"{module.text}\n\n\ndef {CALL}():\n    {call}\n"
            yield Snippet(beside(path, f"case{n}"), path, text, InputSource.TESTS)
            n += 1


def _test_calls(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
        arguments = parametrized(node)
        if arguments is not None:
            yield f"{node.name}({arguments})"
    elif isinstance(node, ast.ClassDef):
        case = any("TestCase" in ast.unparse(base) for base in node.bases)
        for inner in node.body:
            if isinstance(inner, ast.FunctionDef) and inner.name.startswith("test"):
                arguments = parametrized(inner)
                if case:
                    yield f'{node.name}("{inner.name}").debug()'
                elif arguments is not None:
                    yield f"{node.name}().{inner.name}({arguments})"
