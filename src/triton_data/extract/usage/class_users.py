"""Who shows how a class is used: other classes of the repository.

In: a `Repo`. Out: for a class the few classes that name it in their own code, largest first.
Not covered: use through strings and registries.
"""

from __future__ import annotations

from triton_data.extract.source.find import FoundClass, classes_in, may_hold_classes
from triton_data.extract.source.module import Broken, Module
from triton_data.extract.source.repo import Defined, Key, Repo

MAX_USERS = 2


class Users:
    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self._of: dict[Key, list[tuple[int, Module, FoundClass]]] | None = None

    def of(self, key: Key) -> list[tuple[Module, FoundClass]]:
        if self._of is None:
            self._of = self._index()
        found = sorted(self._of.get(key, ()), key=lambda user: -user[0])
        return [(module, klass) for _, module, klass in found[:MAX_USERS]]

    def _index(self) -> dict[Key, list[tuple[int, Module, FoundClass]]]:
        index: dict[Key, list[tuple[int, Module, FoundClass]]] = {}
        for module, found in all_classes(self.repo):
            if found.nested:
                continue
            for chain in {chain for uses in found.unit.uses for chain in uses.chains}:
                target = self.repo.lookup(module.path, chain.split(".")[0])
                if isinstance(target, Defined) and (target.path, target.name) != (module.path, found.name):
                    user = (len(found.unit.text), module, found)
                    index.setdefault((target.path, target.name), []).append(user)
        return index


def all_classes(repo: Repo) -> list[tuple[Module, FoundClass]]:
    """Found once for the repository: users, subclasses and examples ask."""
    return repo.once("all classes", lambda: _all_classes(repo))


def _all_classes(repo: Repo) -> list[tuple[Module, FoundClass]]:
    return [
        (module, found)
        for path in repo.python_files()
        if may_hold_classes(repo.files[path]) and not isinstance(module := repo.module(path), Broken)
        for found in classes_in(repo, module)
    ]
