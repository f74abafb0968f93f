"""`dir:PATH`: the files of one folder on this machine.

In: a path. Out: its Python, text and licence files, leaving out what .gitignore names. The revision is git's commit
where the folder is a clean checkout, else a digest of the listing, so that an edited folder is a new revision.
Not covered: following links out of the folder; symbolic links are left out.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from triton_data.errors import Misuse
from triton_data.records import digest
from triton_data.sources.names import SKIPPED_FOLDERS, wanted


@dataclass(frozen=True)
class Folder:
    root: Path

    @classmethod
    def parse(cls, text: str) -> Folder:
        root = Path(text).expanduser()
        if not root.is_dir():
            raise Misuse(f"no folder {root} (looked in {Path.cwd()}): name a folder after dir:")
        return cls(root.resolve())

    @property
    def name(self) -> str:
        return self.root.name

    def paths(self) -> list[str]:
        """Wanted files, with forward slashes, in a stable order."""
        listed = self._from_git()
        names = self._from_disk() if listed is None else listed
        return sorted(name for name in names if wanted(name) and _is_plain(self.root / name))

    def revision(self) -> str:
        head = self._git("log", "-1", "--format=%H", "--", ".")  # the last that touched this folder
        changed = self._git("status", "--porcelain", "--untracked-files=all", "--", ".")
        if head and changed is not None and not changed.strip():
            return head.strip()
        stats = ((name, (self.root / name).stat()) for name in self.paths())
        return digest(*(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}" for name, stat in stats))

    def _from_git(self) -> list[str] | None:
        out = self._git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return None if out is None else [name for name in out.split("\0") if name]

    def _from_disk(self) -> Iterator[str]:
        for folder, subfolders, files in os.walk(self.root):
            subfolders[:] = sorted(d for d in subfolders if d not in SKIPPED_FOLDERS)
            for file in files:
                yield (Path(folder) / file).relative_to(self.root).as_posix()

    def _git(self, *args: str) -> str | None:
        """Git's answer about this folder, or None where there is no git or no checkout."""
        command = [
            "git",
            "-C",
            str(self.root),
            "-c",
            "core.quotepath=off",
            "-c",
            "core.fsmonitor=false",
            *args,
        ]
        try:
            done = subprocess.run(command, capture_output=True, check=False)
        except FileNotFoundError:
            return None
        return os.fsdecode(done.stdout) if done.returncode == 0 else None


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
