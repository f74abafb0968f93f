"""`triton_functions.json`: a JSON list of `{"input": …}`, as torchtune's `text_completion_dataset` reads it.

In: a run, or folders of Python files. Out: one entry a Triton function, its text as it was written.
The same text is listed once. Not covered: instruct and chat forms, and what is worth keeping (curate/).
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from triton_data import codec
from triton_data.config import ExportConfig
from triton_data.errors import Misuse
from triton_data.extract.find import find_kernels
from triton_data.records import Capture, Kernel, Origin, Pair
from triton_data.store import Store

FILE_NAME = "triton_functions.json"
SKIPPED_FOLDERS = {"__pycache__", "node_modules", ".git", ".venv"}


@dataclass(frozen=True)
class Entry:
    name: str
    text: str
    origin: Origin
    kind: str  # hand-written, rewritten, inductor, file


@dataclass(frozen=True)
class Exported:
    path: Path
    entries: int
    by_kind: dict[str, int]
    skipped: dict[str, str]  # file -> why nothing could be read from it


def export_run(store: Store, config: ExportConfig) -> Exported:
    return _write(_from_run(store), Path(config.out) / FILE_NAME, config.plain, config.with_metadata, {})


def create_json(folders: Iterable[Path], out: Path, plain: bool = False, with_metadata: bool = False) -> Exported:
    """Every `@triton.jit` function in the Python files under `folders`."""
    skipped: dict[str, str] = {}
    return _write(_from_folders(list(folders), skipped), out, plain, with_metadata, skipped)


def _from_run(store: Store) -> Iterator[Entry]:
    for kernel in store.sorted(Kernel):
        yield Entry(kernel.name, kernel.text, kernel.origin, "hand-written")
    rewritten = set()
    for pair in store.sorted(Pair):
        rewritten.add(pair.capture)
        yield Entry(pair.entry, pair.text, pair.origin, "rewritten")
    for capture in store.sorted(Capture):
        if capture.key in rewritten:  # its kernels are in the pair, in a form that people can read
            continue
        for generated in capture.kernels:
            yield Entry(generated.name, generated.text, capture.origin, "inductor")


def _from_folders(folders: list[Path], skipped: dict[str, str]) -> Iterator[Entry]:
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
                yield Entry(kernel.name, kernel.text, origin, "file")


def _python_files(folder: Path) -> Iterator[Path]:
    for where, subfolders, files in os.walk(folder):
        subfolders[:] = sorted(set(subfolders) - SKIPPED_FOLDERS)
        yield from (Path(where) / name for name in sorted(files) if name.endswith(".py"))


def _write(entries: Iterable[Entry], path: Path, plain: bool, with_metadata: bool, skipped: dict[str, str]) -> Exported:
    """Streams to a temporary name beside `path` and renames: a reader sees the old file or the whole new one."""
    seen: set[str] = set()
    by_kind: dict[str, int] = {}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    except OSError as error:
        raise Misuse(f"cannot write {path}: {error.strerror}; name another place with --out") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write("[")
            for entry in entries:
                text = entry.text.strip("\n")
                if text in seen:
                    continue
                out.write(("," if seen else "") + "\n" + json.dumps(_row(entry, text, plain, with_metadata)))
                seen.add(text)
                by_kind[entry.kind] = by_kind.get(entry.kind, 0) + 1
            out.write("\n]\n")
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return Exported(path, len(seen), by_kind, skipped)


def _row(entry: Entry, text: str, plain: bool, with_metadata: bool) -> dict[str, object]:
    row: dict[str, object] = {"input": text if plain else f"```python\n{text}\n```"}
    if with_metadata:
        row["metadata"] = {"name": entry.name, "kind": entry.kind, "origin": codec.to_json(entry.origin)}
    return row
