"""Which of a repository's examples are run, and when.

In: a `Repo`. Out: the snippets that are run before any class is made, each text once; and for one class those of
the others that name it, when its turn comes, as packages have an example in hundreds of docstrings.
Not covered: running them (programs/observed_usage.py).
"""

from __future__ import annotations

import re

from triton_data.extract.source.repo import Repo
from triton_data.extract.usage.class_users import all_classes
from triton_data.extract.usage.snippets import Snippet, snippets
from triton_data.extract.wire import InputSource

AT_FIRST = 80
FOR_ONE_CLASS = 4
_TESTS_FOR_ONE_CLASS = 6


class Examples:
    def __init__(self, repo: Repo) -> None:
        self.names = {found.name for _, found in all_classes(repo)}
        useful = self._useful(repo)
        if len(useful) > AT_FIRST:  # then those that name no class are left out first
            useful = sorted(useful, key=lambda snippet: not self._named(snippet))
        self._first, self._later = useful[:AT_FIRST], useful[AT_FIRST:]

    def first(self) -> list[Snippet]:
        """Once."""
        first, self._first = self._first, []
        return first

    def naming(self, name: str) -> list[Snippet]:
        """Those not handed out so far that construct the class, before those that only mention it."""
        found = [snippet for snippet in self._later if name in self._named(snippet)]
        found.sort(key=lambda snippet: f"{name}(" not in snippet.body)
        chosen = found[:FOR_ONE_CLASS]
        self._later = [snippet for snippet in self._later if snippet not in chosen]
        return chosen

    def _useful(self, repo: Repo) -> list[Snippet]:
        chosen: list[Snippet] = []
        seen: set[str] = set()
        covered: dict[str, int] = {}
        for snippet in snippets(repo):
            text, names = snippet.body, self._named(snippet)
            test = snippet.source is InputSource.TESTS
            if text in seen and not test:
                continue
            seen.add(text)
            if test and all(covered.get(name, 0) >= _TESTS_FOR_ONE_CLASS for name in names):
                continue
            for name in names:
                covered[name] = covered.get(name, 0) + 1
            chosen.append(snippet)
        return chosen

    def _named(self, snippet: Snippet) -> set[str]:
        text = snippet.text if snippet.source is InputSource.TESTS else snippet.body
        return self.names.intersection(re.findall(r"[^\W\d]\w*", text))
