"""The extract stage: one scraped repository becomes its kernels and programs, or Drops.

In: the files that one scrape item brought in. Out: Kernels, Programs, Pairs of a kernel with what a test compares
it with, and a Drop for everything else that was found.
The item is the whole repository, because evidence of how a class is used comes from any of its files, and because the
result must not depend on which worker saw which file first. Foreign code runs in the jail only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from triton_data.environments import Environment, Environments, shelf_of
from triton_data.errors import Misuse
from triton_data.extract.extract_file import Found
from triton_data.extract.extract_repo import extract_repo
from triton_data.extract.probe_client import JailProbe
from triton_data.extract.programs.llm_inputs import Ask
from triton_data.extract.references.expression import Expression
from triton_data.extract.source.installed_packages import provides
from triton_data.extract.source.repo import Repo
from triton_data.jail import Jail
from triton_data.records import Drop, Kernel, Program, SourceFile
from triton_data.store import Store

# a program runs in eager here, so that what it hands to torch.compile is not compiled but run
ENVIRONMENT = {"TRITON_INTERPRET": "1", "TORCHDYNAMO_DISABLE": "1"}
PRELOAD = ("torch", "triton_data.jail.vision_operators", "triton_data.extract.jailed.probe")
SLOW_TO_IMPORT = ("transformers.modeling_utils",)  # two seconds for each of a model library's classes, several times


def open_jail(allow_unsafe: bool = False, **more: Any) -> Jail:
    """Started, with what is slow to import loaded once, if that is installed and leaves a zygote that can be forked."""
    slow = tuple(module for module in SLOW_TO_IMPORT if provides(module, ""))
    jail = Jail((*PRELOAD, *slow), allow_unsafe=allow_unsafe, env=ENVIRONMENT, **more)
    try:
        jail.start()
    except Misuse:
        if not slow:
            raise
        jail = Jail(PRELOAD, allow_unsafe=allow_unsafe, env=ENVIRONMENT, **more)
        jail.start()
    return jail


@dataclass(frozen=True)
class Repository:
    """What one item of the scrape stage brought in."""

    key: str


@dataclass
class ExtractStage:
    run_dir: Path
    allow_unsafe: bool = False
    ask: Ask | None = None
    name: str = "extract"
    jail: Jail | None = None
    environments: Environments | None = None
    expressions: Callable[[], tuple[Expression, ...]] = tuple  # that a hand-written kernel may compute

    def todo(self, store: Store) -> Iterator[Repository]:
        for item in store.items_done("scrape", without=self.name):
            yield Repository(item)

    def count(self, store: Store) -> int:
        return sum(1 for _ in self.todo(store))

    def resources(self) -> AbstractContextManager[object]:
        self.jail = open_jail(self.allow_unsafe, shelf=shelf_of(self.environments))
        return self.jail

    def work(self, item: Repository) -> Iterator[Found]:
        assert self.jail is not None, "work() runs while the stage is held"
        with Store.read(self.run_dir) as store:
            files = {f.origin.path: f for f in store.products(SourceFile, "scrape", item.key)}
            read = {path: store.blobs.get(file.blob) for path, file in files.items()}
        origins = {path: file.origin for path, file in files.items()}
        environment = self.environments.of(read) if self.environments else Environment()
        repo = Repo(read, packages=environment.folder)
        probe = JailProbe(self.jail, environment.folder)
        for found in extract_repo(repo, origins, probe, self.ask, self.expressions()):
            yield in_environment(found, environment)


def in_environment(found: Found, environment: Environment) -> Found:
    """A record says what it was run with; a Drop, why what it needs is not there."""
    if isinstance(found, Drop):
        kind, _, package = found.reason.partition(":")
        why = environment.missing.get(package, "") if kind == "needs" else ""
        return replace(found, detail=f"{why}; {found.detail}") if why else found
    if isinstance(found, (Kernel, Program)) and (requires := environment.requires(found.text)):
        return replace(found, requires=requires, environment=environment.key)
    return found
