"""Who shows how a function that launches kernels is called: the tests and examples worth running.

In: a `Repo`. Out: the launchers of its kernels, names of all that leads to them, and the snippets that use
those.
Not covered: use through strings and registries.
"""

from __future__ import annotations

import re

from triton_data.extract.kernels.comparisons import COMPARING
from triton_data.extract.kernels.launcher import launching
from triton_data.extract.source.find import kernels_in, may_hold_kernels
from triton_data.extract.source.module import Broken, Module
from triton_data.extract.source.repo import Key, Repo
from triton_data.extract.usage.snippets import Snippet, snippets
from triton_data.extract.wire import InputSource

MAX_SNIPPETS = 80
REACH = 4  # functions between a test and the one that launches
_WORD = re.compile(r"[^\W\d]\w*")


def launchers_of(repo: Repo) -> set[Key]:
    found = set()
    for path in repo.python_files():
        module = repo.module(path) if may_hold_kernels(repo.files[path]) else None
        if isinstance(module, Module):
            for kernel in kernels_in(repo, module):
                found.add(launching(repo, path, kernel))
    return found


def reaching(repo: Repo, names: set[str]) -> set[str]:
    """Names of functions and classes that mention these, or mention one that does."""
    modules = [m for path in repo.python_files() if not isinstance(m := repo.module(path), Broken)]
    texts = [(unit.binds, set(_WORD.findall(unit.text))) for module in modules for unit in module.units if unit.kind]
    texts += [
        ({name}, {binding.item.attribute})  # from a import f as g
        for module in modules
        for name, bindings in module.bindings.items()
        for binding in bindings
        if binding.item is not None and binding.item.attribute not in ("", name)
    ]
    for _ in range(REACH):
        names = names | {name for binds, words in texts if words & names for name in binds}
    return names


def calling_snippets(repo: Repo, names: set[str]) -> list[Snippet]:
    """Those that compare first, then by their place."""
    chosen: list[Snippet] = []
    seen: set[str] = set()
    for snippet in snippets(repo):
        body = snippet.body
        called = re.search(r"(\w+)\(", body.partition("\n")[2])
        marked = f"{snippet.origin}:{body}" if snippet.source is InputSource.TESTS else body
        words = set(_WORD.findall(body)) | ({called[1]} if called else set())
        if words & names and marked not in seen:
            seen.add(marked)
            chosen.append(snippet)
    return sorted(chosen, key=lambda one: not any(word in one.text for word in COMPARING))[:MAX_SNIPPETS]
