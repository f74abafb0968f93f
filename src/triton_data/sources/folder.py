"""`dir:PATH`: the files of one folder on this machine.

In: a path. Out: its Python, text and licence files, leaving out what .gitignore names. The revision is git's commit
where the folder is a clean checkout, else a digest of the listing, so that an edited folder is a new revision.
The folder may be anyone's: of its git settings none may run a command.
Not covered: following links.
"""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from triton_data.errors import Misuse
from triton_data.records import Drop, digest
from triton_data.sources.fetching.wanted_paths import SKIPPED_FOLDERS, odd, wanted
from triton_data.sources.reasons import Reason


@dataclass(frozen=True)
class Folder:
    root: Path

    @classmethod
    def parse(cls, text: str) -> Folder:
        root = Path(text).expanduser()
        if not text or not root.is_dir():
            what = f"{root} is a file" if root.is_file() else f"no folder {root.absolute()}"
            raise Misuse(f"{what}: name a folder after dir:")
        if not os.access(root, os.R_OK | os.X_OK):
            raise Misuse(f"cannot read the folder {root.absolute()}: permission denied")
        return cls(root.resolve())

    @property
    def kind(self) -> str:
        return "dir"

    @property
    def place(self) -> str:
        return str(self.root)

    @property
    def name(self) -> str:
        return self.root.name

    def paths(self) -> list[str]:
        """Wanted files, with forward slashes, in a stable order."""
        return [name for name in self.listed() if _is_plain(self.root / name)]

    def listed(self) -> list[str]:
        """With what only has a wanted file's name: links, pipes."""
        return sorted(name for name in self._names() if wanted(name) and not _is_folder(self.root / name))

    def revision(self) -> str:
        head = self._git("rev-list", "-1", "HEAD", "--", ".")  # the last that touched this folder
        if head and head.strip() and self._is_clean():
            return head.strip()
        stats = ((name, os.lstat(self.root / name)) for name in self.listed())
        return digest(*(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}" for name, stat in stats))

    def members(self, most: int) -> Iterator[tuple[str, bytes] | Drop]:
        for name in self.listed():
            path = self.root / name
            if (reason := odd(name)) is not None:
                yield Drop(reason, "", ascii(name)[1:-1])
                continue
            try:
                mode, size = (found := path.lstat()).st_mode, found.st_size
                if not stat.S_ISREG(mode):
                    yield _not_a_file(path, mode, name)
                elif size > most:
                    yield Drop(Reason.TOO_LARGE, f"over {most} bytes", part=name)
                else:
                    yield name, path.read_bytes()
            except (PermissionError, FileNotFoundError) as error:
                yield Drop(Reason.UNREADABLE, error.strerror or "", part=name)

    def _names(self) -> Iterator[str]:
        listed = self._git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        if (
            listed is None or self._git("check-ignore", "--quiet", ".") is not None
        ):  # ignored from above, and yet asked for
            yield from self._from_disk()
            return
        for name in dict.fromkeys(listed.split("\0")):
            if name.endswith("/"):  # a repository of its own inside this one
                yield from (f"{name}{inner}" for inner in Folder(self.root / name)._names())
            elif name and os.path.lexists(self.root / name):
                yield name

    def _is_clean(self) -> bool:
        """Looking for changes runs the filters that the checkout's own settings name: with such, it is not looked."""
        if self._git("config", "--local", "--includes", "--get-regexp", r"^filter\.") is not None:
            return False
        changed = self._git("status", "--porcelain", "--untracked-files=all", "--ignore-submodules=all", "--", ".")
        return changed is not None and not changed.strip()

    def _from_disk(self) -> Iterator[str]:
        for folder, subfolders, files in os.walk(self.root, onerror=_refuse):
            subfolders[:] = sorted(d for d in subfolders if d not in SKIPPED_FOLDERS)
            for file in files:
                yield (Path(folder) / file).relative_to(self.root).as_posix()

    def _git(self, *args: str) -> str | None:
        """Git's answer about this folder, or None where there is no git, no checkout, or nothing to say."""
        settings = ("core.quotepath=off", "core.fsmonitor=false", "core.hooksPath=/dev/null")
        command = ["git", "-C", str(self.root), *(word for setting in settings for word in ("-c", setting)), *args]
        env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        env |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_ALLOW_PROTOCOL": "none"}  # writes nothing, fetches nothing
        try:
            done = subprocess.run(command, capture_output=True, check=False, env=env)
        except FileNotFoundError:
            return None
        return os.fsdecode(done.stdout) if done.returncode == 0 else None


def _refuse(error: OSError) -> None:
    """A folder that cannot be listed would else be one that has nothing in it."""
    raise Misuse(f"cannot read {error.filename}: {error.strerror}") from error


def _not_a_file(path: Path, mode: int, name: str) -> Drop:
    if stat.S_ISLNK(mode):
        return Drop(Reason.LINK, ascii(str(path.readlink()))[1:201], name)
    return Drop(Reason.UNREADABLE, "not a regular file", name)


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
