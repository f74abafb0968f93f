"""The environments of one run: `RUN/environments/<key>`, made from what a repository asks for.

In: a repository's files. Out: an `Environment`: the folder with what could be had, and why the rest could not. A
requirement that cannot be met alone is left out and named; what then contradicts the others is left out as well.
Asked again with the same requirements, the same answer comes from disk, also after the index has changed.
Not covered: which tasks see it (jail/), and programs that need what is not there (extract/).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from threading import get_native_id

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from triton_data.environments.distributions import modules_of
from triton_data.environments.install import ABOUT, MIB, Limits, NotInstalled, install
from triton_data.environments.kept_locks import make_again
from triton_data.environments.lock import Lock, Unreachable, Unresolved, resolve, uv
from triton_data.environments.wanted import IMPORT, Wanted, wanted
from triton_data.errors import Misuse
from triton_data.records import digest

FOLDER = "environments"
DEPENDENCIES = ("install", "present")


@dataclass(frozen=True)
class Environment:
    """`key` is '' where nothing was wanted or nothing could be had."""

    key: str = ""
    folder: str = ""
    missing: dict[str, str] = field(default_factory=dict)  # module: why it is not there

    @cached_property
    def packages(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """distribution: (version, modules)"""
        if not self.folder:
            return {}
        about = json.loads((Path(self.folder) / ABOUT).read_text("utf-8"))
        return {name: (str(each["version"]), tuple(each["modules"])) for name, each in about["packages"].items()}

    def requires(self, text: str) -> tuple[str, ...]:
        """The distributions that a text imports from, pinned."""
        found: set[str] = set()
        for source, names in IMPORT.findall(text.encode("utf-8", "replace")):
            found.update(re.findall(r"\w+", source.decode() or names.decode("utf-8", "replace")))
        return tuple(
            f"{name}=={version}" for name, (version, modules) in self.packages.items() if found.intersection(modules)
        )


@dataclass(frozen=True)
class Environments:
    run_dir: Path
    install: bool = True
    index: str = ""
    deny: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    @property
    def root(self) -> Path:
        return self.run_dir.resolve() / FOLDER

    def folder(self, key: str) -> str:
        """'' for a record that needs none. What another machine has made is made again from its lock."""
        if key:
            make_again(self.root, key, self.limits, self.index)
        return str(self.root / key) if key else ""

    def of(self, files: Mapping[str, bytes]) -> Environment:
        asked = wanted(files, self.deny)
        missing = dict.fromkeys(asked.unknown, "in no metadata, and under no known distribution's name")
        missing |= dict.fromkeys(asked.refused, "never installed (see docs/extract.md)")
        if not self.install or not asked.requirements:
            return Environment(missing=missing)
        answer = self._remembered(asked)
        key = answer["key"]
        assert isinstance(key, str) and isinstance(answer["missing"], dict)
        return Environment(key, self.folder(key), {**missing, **answer["missing"]})

    def _remembered(self, asked: Wanted) -> dict[str, object]:
        """Not that a network was down: that is asked again."""
        name = digest("requirements", self.index, str(asdict(self.limits)), *asked.requirements)
        path = self.root / "answers" / f"{name[:32]}.json"
        if path.is_file():
            known: dict[str, object] = json.loads(path.read_text("utf-8"))
            if not known["key"] or Path(self.folder(str(known["key"]))).is_dir():
                return known
        try:
            uv()
            key, missing = self._made(asked.requirements)
        except (Misuse, Unreachable) as error:
            return {"key": "", "missing": _each(asked.requirements, str(error))}
        answer: dict[str, object] = {"requirements": asked.requirements, "key": key, "missing": missing}
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(f".{get_native_id()}")
        scratch.write_text(json.dumps(answer, indent=1))
        scratch.rename(path)
        return answer

    def _made(self, requirements: tuple[str, ...]) -> tuple[str, dict[str, str]]:
        lock, missing = self._together(requirements)
        if lock is not None and lock.packages:
            try:
                install(lock, self.root, self.cache, self.limits, self.index)
                return lock.key, missing
            except NotInstalled as error:
                missing |= _each(requirements, str(error))
        return "", missing

    def _together(self, requirements: tuple[str, ...]) -> tuple[Lock | None, dict[str, str]]:
        try:
            lock = self._resolve(requirements)
            if lock.size <= self.limits.download:
                return lock, {}
        except Unresolved:
            pass
        with ThreadPoolExecutor(4) as pool:
            alone = dict(zip(requirements, pool.map(self._alone, requirements), strict=True))
        missing: dict[str, str] = {}
        for line, found in alone.items():
            if isinstance(found, str):
                missing |= _each([line], found)
        return self._as_many([(line, found) for line, found in alone.items() if isinstance(found, Lock)], missing)

    def _as_many(self, alone: list[tuple[str, Lock]], missing: dict[str, str]) -> tuple[Lock | None, dict[str, str]]:
        """Small ones first; each joins if it then still resolves and fits."""
        kept: list[str] = []
        best: Lock | None = None
        waiting = sorted(alone, key=lambda each: each[1].size)
        if len(waiting) > 1:
            try:
                whole = self._resolve([_spelled(line, lock) for line, lock in waiting])
                if whole.size <= self.limits.download:
                    return whole, missing
            except Unresolved:
                pass
        for line, own in waiting:
            try:
                lock = self._resolve([*kept, _spelled(line, own)])
            except Unresolved as error:
                missing |= _each([line], f"it contradicts the others: {error}")
                continue
            if lock.size > self.limits.download:
                missing |= _each([line], f"its wheels have {lock.size / MIB:.0f} MiB with the others'")
                continue
            kept, best = [*kept, _spelled(line, own)], lock
        return best, missing

    def _alone(self, line: str) -> Lock | str:
        """As it is stated; else any version of it, as a version without a wheel for this Python is of no use."""
        try:
            return self._resolve([line])
        except Unresolved as error:
            bare = Requirement(line).name
            if bare == line:
                return str(error)
        try:
            return self._resolve([bare])
        except Unresolved as error:
            return str(error)

    def _resolve(self, requirements: list[str] | tuple[str, ...]) -> Lock:
        return resolve(requirements, self.cache, self.index)

    @property
    def cache(self) -> Path:
        return self.root / ".cache"


def shelf_of(environments: Environments | None) -> str:
    """For a Jail: made now, as it must be there when the jail starts."""
    if environments is None:
        return ""
    environments.root.mkdir(parents=True, exist_ok=True)
    environments.root.chmod(0o755)  # what root starts runs as somebody else, whatever the umask
    return str(environments.root)


def packages_of(environments: Environments | None, key: str) -> str:
    """For a policy."""
    return environments.folder(key) if environments is not None else ""


def check(dependencies: str) -> None:
    if dependencies not in DEPENDENCIES:
        raise Misuse(f"unknown [extract] dependencies {dependencies!r}: {' or '.join(DEPENDENCIES)}")


def _spelled(line: str, lock: Lock) -> str:
    """The requirement, or the bare name where only that could be met."""
    requirement = Requirement(line)
    proper = canonicalize_name(requirement.name)
    version = next((each.version for each in lock.packages if canonicalize_name(each.name) == proper), "")
    return line if not version or requirement.specifier.contains(version, prereleases=True) else requirement.name


def _each(lines: list[str] | tuple[str, ...], why: str) -> dict[str, str]:
    return {module: why for line in lines for module in modules_of(Requirement(line).name)}
