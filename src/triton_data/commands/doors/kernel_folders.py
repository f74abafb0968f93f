"""Every `@triton.jit` function in the Python files under some folders, as a file for torchtune.

In: folders. Out: the file, and what could not be read. Nothing is executed. Not covered: what a kernel needs to run
(extract/).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from triton_data.config import ExportConfig
from triton_data.errors import Misuse
from triton_data.export.exported import Exported
from triton_data.export.rows import Row
from triton_data.export.torchtune import export_rows
from triton_data.extract.source.find import find_kernels
from triton_data.records import Origin

SKIPPED_FOLDERS = {"__pycache__", "node_modules", ".git", ".venv"}


def create_json(
    folders: Iterable[Path], out: Path, plain: bool = False, with_metadata: bool = False, force: bool = False
) -> Exported:
    """Every `@triton.jit` function in the Python files under `folders`."""
    folders, skipped = list(folders), dict[str, str]()
    config = ExportConfig(plain=plain, with_metadata=with_metadata, force=force)
    rows = _from_folders(folders, skipped)
    first = next(rows, None)
    if first is None:
        raise Misuse(
            f"no @triton.jit function under {', '.join(map(str, folders))}: nothing was written{_unread(skipped)}"
        )
    return export_rows(chain([first], rows), out, config, "create_json.py").exported(out, {}, skipped)


def _unread(skipped: dict[str, str]) -> str:
    return "".join(f"; skipped {path}: {why}" for path, why in skipped.items())


def _from_folders(folders: list[Path], skipped: dict[str, str]) -> Iterator[Row]:
    for folder in folders:
        if not folder.is_dir():
            raise Misuse(f"no folder {folder}: name folders with Python files that hold @triton.jit functions")
        for path in _python_files(folder):
            try:
                found = find_kernels(path.read_text("utf-8"))
            except (SyntaxError, ValueError, OSError) as error:  # ValueError: not UTF-8, or a NUL byte
                skipped[str(path)] = f"{type(error).__name__}: {error}"
                continue
            for kernel in found:
                origin = Origin("dir", repo=folder.name, path=path.relative_to(folder).as_posix())
                yield Row("", "file", kernel.name, kernel.text, origin)


def _python_files(folder: Path) -> Iterator[Path]:
    for where, subfolders, files in os.walk(folder):
        subfolders[:] = sorted(set(subfolders) - SKIPPED_FOLDERS)
        yield from (Path(where) / name for name in sorted(files) if name.endswith(".py"))
