"""The command that tries one thing by itself, as it would be typed.

In: a run and a thing. Out: a line for a shell; whatever of it is foreign is quoted. '' where nothing would be tried.
Not covered: whether the command succeeds, which is what people want to find out.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from triton_data.records import Candidate, Capture, Kernel, Origin, Pair, Program, SourceFile
from triton_data.store import Store
from triton_data.store.reading import Dropped

DEFAULT = Path("runs/default")
SHOWN = 12


def _file(name: str) -> str:
    """A name of a file for a text whose entry is called so; the entry is found by it."""
    return shlex.quote(f"{name.rpartition('.')[2] or 'program'}.py")


def _shown(store: Store, key: str, side: str, name: str) -> str:
    return f"{show(store, key)} --only {side} > {_file(name)}"


def show(store: Store, key: str) -> str:
    run = "" if store.run_dir == DEFAULT else f" --run-dir {shlex.quote(str(store.run_dir))}"
    return f"triton-data show {key[:SHOWN]}{run}"


def extract(store: Store, origin: Origin) -> str:
    """From the folder itself where it is still there; else from the bytes that the run has."""
    place = source_folder(store, origin.repo) if origin.source == "dir" else None
    if place is not None and (place / origin.path).is_file():
        return f"triton-data extract {shlex.quote(str(place / origin.path))}"
    found = store.first(SourceFile, "repo = ? AND path = ?", origin.repo, origin.path)
    if found is None:
        return ""
    name = Path(origin.path).stem
    return f"{_shown(store, found.key, 'file', name)} && triton-data extract {_file(name)}"


def source_folder(store: Store, repo: str) -> Path | None:
    sources = json.loads(store.meta("config") or "{}").get("scrape", {}).get("sources", [])
    folders = [Path(each.partition(":")[2]) for each in sources if each.startswith("dir:")]
    return next((folder for folder in folders if folder.name == repo), None)


def capture(store: Store, program: Program, target: str, mode: str, verb: str = "capture") -> str:
    file = _file(program.entry)
    typed = f"triton-data {verb} {file} --target {shlex.quote(target)} --mode {shlex.quote(mode)}"
    return f"{_shown(store, program.key, 'pytorch', program.entry)} && {typed}"


def of_capture(store: Store, made: Capture, verb: str = "capture") -> str:
    program = store.first(Program, "key = ?", made.program)
    return capture(store, program, made.target, made.mode, verb) if program else ""


def verify(store: Store, key: str) -> str:
    pair = store.first(Pair, "key = ?", key)
    if pair is not None:
        program = store.first(Program, "key = ?", pair.program)
        if program is None:
            return ""
        left, right = _shown(store, key, "pytorch", program.entry), _shown(store, key, "triton", pair.entry)
        made = store.first(Capture, "key = ?", pair.capture) if pair.capture else None
        externs = f" --externs {shlex.quote(','.join(made.externs))}" if made and made.externs else ""
        return f"{left} && {right} && triton-data verify {_file(program.entry)} {_file(pair.entry)}{externs}"
    kernel = store.first(Kernel, "key = ?", key)
    if kernel is None:
        return ""
    return f"{_shown(store, key, 'triton', kernel.name)} && triton-data verify {_file(kernel.name)}"


def of_candidate(made: Candidate) -> str:
    kind = made.origin.source
    name = made.origin.repo if kind in ("github", "pypi") else made.address
    return f"triton-data scrape {shlex.quote(f'{kind}:{name}')} --run-dir runs/alone"


def of_drop(store: Store, each: Dropped) -> str:
    """Of a class or kernel its file; of an item what it was made of."""
    key, _, variant = each.item.partition(":")
    if each.stage == "extract":
        scraped = "key IN (SELECT key FROM products WHERE stage = 'scrape' AND item = ?)"
        found = store.first(SourceFile, f"path = ? AND {scraped}", each.part.partition(":")[0], each.item)
        return extract(store, found.origin) if found else ""
    if each.stage == "capture":
        program = store.first(Program, "key = ?", key)
        target, _, mode = variant.partition(":")
        return capture(store, program, target or "sm_90", mode or "inference") if program else ""
    if each.stage == "rewrite":
        made = store.first(Capture, "key = ?", key)
        return of_capture(store, made, "rewrite") if made else ""
    if each.stage == "verify":
        return verify(store, key)
    return ""
