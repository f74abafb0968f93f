"""The stage of given programs: files in KernelBench's form enter a run as Programs.

In: the files under the sources `given:PATH` (a file, or a folder with any depth). Out: a Program each, once it has run
in the jail, or a Drop. An item is a path with its content, so that an edited file is done again.
Not covered: finding inputs for what has none; that is what the extract stage does with a repository.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from triton_data.environments import Environment, Environments, shelf_of
from triton_data.errors import Misuse
from triton_data.extract.extract_file import Found
from triton_data.extract.probe_client import JailProbe
from triton_data.extract.programs.large import checked_at_some_size
from triton_data.extract.reasons import Reason
from triton_data.extract.stage import ENVIRONMENT, PRELOAD, in_environment
from triton_data.extract.user_files import read_file
from triton_data.formats.program_form import read_program
from triton_data.jail import Jail
from triton_data.records import Drop, Origin, digest
from triton_data.store import Store

KIND = "given:"
WARM = "triton_data.formats.on_fake_tensors:warm"
SKIPPED_FOLDERS = {"__pycache__", ".git", ".venv", "node_modules"}


@dataclass(frozen=True)
class File:
    root: str
    path: str  # below the root
    data: bytes | Drop  # a Drop: too large to be read

    @property
    def key(self) -> str:
        known = self.data if isinstance(self.data, bytes) else self.data.detail.encode()
        return digest("given", self.root, self.path, sha256(known).hexdigest())


@dataclass
class GivenStage:
    sources: tuple[str, ...]  # those of the run; others than given:PATH are not looked at
    allow_unsafe: bool = False
    name: str = "given"
    jail: Jail | None = None
    environments: Environments | None = None

    def todo(self, store: Store) -> Iterator[File]:
        for file in self._files():
            if not store.has_outcome(self.name, file.key):
                yield file

    def count(self, store: Store) -> int:
        return sum(1 for _ in self.todo(store))

    def resources(self) -> AbstractContextManager[object]:
        shelf = shelf_of(self.environments)
        self.jail = Jail(PRELOAD, warm=WARM, allow_unsafe=self.allow_unsafe, env=ENVIRONMENT, shelf=shelf)
        return self.jail

    def work(self, item: File) -> Iterator[Found]:
        if isinstance(item.data, Drop):
            yield item.data
            return
        assert self.jail is not None, "work() runs while the stage is held"
        try:
            text = item.data.decode("utf-8")
        except UnicodeDecodeError as error:
            yield Drop(Reason.ENCODING, f"{item.path}: {error}")
            return
        origin = Origin("given", repo=Path(item.root).name, path=item.path, file_hash=sha256(item.data).hexdigest())
        program = read_program(text, Path(item.path).stem, origin)
        if isinstance(program, Drop):
            yield program
            return
        environment = self.environments.of({item.path: item.data}) if self.environments else Environment()
        found = checked_at_some_size(program, JailProbe(self.jail, environment.folder))
        yield in_environment(found, environment)

    def _files(self) -> Iterator[File]:
        for source in self.sources:
            if source.startswith(KIND):
                # where it is gone by now its programs are in the run
                root = Path(source.removeprefix(KIND)).expanduser().resolve()
                folder = root if root.is_dir() else root.parent
                for path in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
                    name = path.relative_to(folder)
                    if path.is_file() and not SKIPPED_FOLDERS.intersection(name.parts):
                        yield File(str(folder), name.as_posix(), read_file(path))


def check(sources: tuple[str, ...]) -> None:
    for source in sources:
        root = Path(source.removeprefix(KIND)).expanduser()
        if source.startswith(KIND) and not root.exists():
            raise Misuse(f"no file or folder {root.absolute()}: name programs in KernelBench's form")
