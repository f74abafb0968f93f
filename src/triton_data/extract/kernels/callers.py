"""Who shows how a function that launches kernels is called: the tests and examples worth running, nearest first.

In: a `Repo`. Out: for one launcher the snippets that lead to it: those that compare something, then those with fewer
functions between. Not covered: use through strings and registries.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from triton_data.extract.kernels.comparisons import COMPARING
from triton_data.extract.source.module import Broken
from triton_data.extract.source.repo import Repo
from triton_data.extract.usage.launch_snippets import launch_snippets
from triton_data.extract.usage.snippets import Snippet
from triton_data.extract.wire import InputSource

REACH = 4  # functions between a test and the one that launches
COMMON = 400  # a word that so many definitions mention says nothing
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(eq=False)
class Callers:
    repo: Repo
    launchers: frozenset[str]  # names of all launchers of the repository
    _mentions: dict[str, set[str]] = field(default_factory=dict)  # word → names of what mentions it
    _snippets: list[tuple[Snippet, frozenset[str], bool]] | None = None

    def of(self, names: set[str]) -> list[Snippet]:
        """Of a launcher that has these names."""
        far = self.distances(names)
        found = []
        for place, (snippet, words, compares) in enumerate(self._all()):
            steps = [far[word] for word in words & far.keys()]
            if steps:
                found.append((not compares, min(steps), place, snippet))
        return [snippet for *_, snippet in sorted(found, key=lambda each: each[:3])]

    def distances(self, names: set[str]) -> dict[str, int]:
        """Names of functions and classes that mention these, or mention one that does, with how far they are."""
        far = dict.fromkeys(names, 0)
        edge = set(names)
        for step in range(1, REACH + 1):
            edge = {one for name in edge for one in self._index().get(name, ()) if one not in far}
            far |= dict.fromkeys(edge, step)
        return far

    def _index(self) -> dict[str, set[str]]:
        if not self._mentions:
            index: dict[str, set[str]] = defaultdict(set)
            for path in self.repo.python_files():
                module = self.repo.module(path)
                if isinstance(module, Broken):
                    continue
                for unit in module.units if b"t" in self.repo.files[path] else ():
                    for word in set(_WORD.findall(unit.text)) if unit.binds else ():
                        index[word].update(unit.binds)
                for name, bindings in module.bindings.items():
                    for binding in bindings:  # from a import f as g
                        if binding.item is not None and binding.item.attribute not in ("", name):
                            index[binding.item.attribute].add(name)
            self._mentions = {word: names for word, names in index.items() if len(names) <= COMMON}
        return self._mentions

    def _all(self) -> list[tuple[Snippet, frozenset[str], bool]]:
        if self._snippets is None:
            self._snippets = []
            seen: set[str] = set()
            for snippet in launch_snippets(self.repo, set(self.distances(set(self.launchers)))):
                body = snippet.body
                marked = f"{snippet.origin}:{body}" if snippet.source is InputSource.TESTS else body
                if marked not in seen:
                    seen.add(marked)
                    compares = any(word in snippet.text for word in COMPARING)
                    self._snippets.append((snippet, frozenset(_WORD.findall(body)), compares))
        return self._snippets
