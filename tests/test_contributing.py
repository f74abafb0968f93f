"""CONTRIBUTING.md's recipes, followed to the letter in a copy of the package: what they name is all that is needed."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import triton_data

STAGE = """
from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum

from triton_data.records import Drop, Length, Program
from triton_data.store import Store


class Reason(StrEnum):
    EMPTY = "empty"


@dataclass(frozen=True)
class MeasureStage:
    name: str = "measure"

    def todo(self, store: Store) -> Iterator[Program]:
        return store.unfinished(Program, self.name)

    def count(self, store: Store) -> int:
        return store.count_unfinished(Program, self.name)

    def resources(self) -> AbstractContextManager[object]:
        return nullcontext()

    def work(self, item: Program) -> Iterator[Length | Drop]:
        lines = len(item.text.splitlines())
        yield Length(item.key, lines, item.origin) if lines > 9 else Drop(Reason.EMPTY, f"{lines} lines")
"""
RECORD = """
@dataclass(frozen=True, slots=True)
class Length:
    table: ClassVar[str] = "lengths"
    program: str
    lines: int
    origin: Origin

    @property
    def key(self) -> str:
        return digest("length", self.program)


"""
VERB = '''
from pathlib import Path

import click

from triton_data.commands import options
from triton_data.commands.stages import run_stages


@click.command()
@options.RUN_DIR
@options.JOBS
@options.JSON
def measure(run_dir: Path, jobs: int | None, as_json: bool) -> None:
    """Count the lines of programs."""
    run_stages(["measure"], run_dir, as_json, jobs=jobs)
'''
SOURCE = """
import zipfile
from dataclasses import dataclass
from pathlib import Path

from triton_data.errors import Misuse
from triton_data.records import digest


@dataclass(frozen=True)
class Zip:
    file: Path
    kind: str = "zip"

    @classmethod
    def parse(cls, text):
        if not zipfile.is_zipfile(text):
            raise Misuse(f"{text} is no zip file")
        return cls(Path(text).resolve())

    @property
    def place(self):
        return str(self.file)

    @property
    def name(self):
        return self.file.stem

    def revision(self):
        return digest(self.file.read_bytes().hex())

    def members(self, most):
        with zipfile.ZipFile(self.file) as archive:
            for name in sorted(archive.namelist()):
                yield name, archive.read(name)
"""
KERNEL = """import triton
import triton.language as tl


@triton.jit
def twice_kernel(x, out, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(out + at, 2 * tl.load(x + at, mask=at < n), mask=at < n)
"""
PROGRAM = """import torch


class Twice(torch.nn.Module):
    def __init__(self, factor: float = 2.0):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return torch.relu(x) * self.factor
"""


@pytest.fixture(scope="module")
def package() -> Iterator[Path]:
    """Where the jail's user may read it too, as it may not below pytest's own folder."""
    source, leave = Path(triton_data.__file__).parent, shutil.ignore_patterns("__pycache__")
    with tempfile.TemporaryDirectory(prefix="contributing-") as name:
        Path(name).chmod(0o755)
        shutil.copytree(source, Path(name) / "triton_data", ignore=leave)
        yield Path(name)


def change(file: Path, anchor: str, text: str) -> None:
    """`text` in place of `anchor`, which it repeats where it is kept."""
    was = file.read_text()
    assert was.count(anchor) == 1, (file.name, anchor)
    file.write_text(was.replace(anchor, text))


def ask(package: Path, *words: str | Path, status: int = 0) -> str:
    command = [sys.executable, "-m", "triton_data", *map(str, words)]
    env = {**os.environ, "PYTHONPATH": str(package)}
    done = subprocess.run(command, cwd=package, env=env, capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


@pytest.fixture(scope="module")
def scraped(package: Path) -> Path:
    """By a source of its own: a file of `sources/`, and its word in LOCAL."""
    room = package / "triton_data/sources"
    (room / "zipped.py").write_text(SOURCE)
    change(room / "spec.py", '{"dir": Folder.parse}', '{"dir": Folder.parse, "zip": Zip.parse}')
    change(room / "spec.py", "LOCAL: dict", "from triton_data.sources.zipped import Zip  # noqa: E402\n\nLOCAL: dict")
    with zipfile.ZipFile(package / "mine.zip", "w") as archive:
        archive.writestr("twice.py", PROGRAM)
        archive.writestr("LICENSE", "SPDX-License-Identifier: MIT\n")
    ask(package, "scrape", "zip:mine.zip", "--run-dir", "run", "--json")
    return package / "run"


def test_add_a_source(package: Path, scraped: Path) -> None:
    rows = _rows(scraped, "SELECT source, repo, path, licence FROM files ORDER BY path")
    assert ("zip", "mine", "twice.py", "MIT") in rows
    assert "is no zip file" in ask(package, "scrape", "zip:twice.py", "--run-dir", "other", status=2)
    ask(package, "scrape", "zip:mine.zip", "--run-dir", "run")
    assert rows == _rows(scraped, "SELECT source, repo, path, licence FROM files ORDER BY path")  # done is done


def test_add_a_stage(package: Path, scraped: Path) -> None:
    home = package / "triton_data"
    change(home / "records/records.py", "\nRecord: TypeAlias = (", f"{RECORD}Record: TypeAlias = (")
    change(home / "records/records.py", "    Sample, Attempt,\n)", "    Sample, Attempt, Length,\n)")
    change(home / "records/__init__.py", "    Kernel,\n", "    Kernel,\n    Length,\n")
    change(home / "store/schema.py", "\n)\nVERSION = ", "\n    _LENGTHS,\n)\nVERSION = ")
    table = "CREATE TABLE lengths (key TEXT NOT NULL UNIQUE, program TEXT NOT NULL, lines INTEGER NOT NULL, {_ORIGIN});"
    change(home / "store/schema.py", "\nMIGRATIONS:", f'\n_LENGTHS = f"{table}"\n\nMIGRATIONS:')
    (home / "capture/measure.py").write_text(STAGE)
    change(home / "pipeline/plan.py", '    "given",\n', '    "given",\n    "measure",\n')
    planned = (
        "from triton_data.capture.measure import MeasureStage\n\n            yield Planned(MeasureStage(), 60.0)\n"
    )
    other = "        elif name in CURATING:\n"
    change(home / "pipeline/plan.py", other, f'        elif name == "measure":\n            {planned}{other}')
    (home / "commands/measure.py").write_text(VERB)
    change(
        home / "cli.py", '    "merge":', '    "measure": ("commands.measure:measure", "Count lines."),\n    "merge":'
    )
    (package / "given").mkdir()
    text = PROGRAM.replace("(self, factor: float = 2.0)", "(self, factor=2.0)")
    inputs = "\n\ndef get_inputs():\n    return [torch.randn(4)]\n\n\ndef get_init_inputs():\n    return []\n"
    (package / "given/twice.py").write_text(text + inputs)
    ask(package, "scrape", f"given:{package / 'given'}", "--run-dir", "run")
    said = json.loads(ask(package, "measure", "--run-dir", "run", "--json"))
    assert _rows(scraped, "SELECT lines FROM lengths") == [(len((text + inputs).splitlines()),)]
    assert "measure" in json.dumps(said)
    assert "measure" in ask(package, "--help")


def test_add_an_export_format(package: Path) -> None:
    home = package / "triton_data/export"
    writer = "def plain(selection, folder, tally):\n    for row in selection.rows():\n"
    writer += "        (folder / f'{row.name}.py').write_text(row.triton)\n        tally.add(row.kind, row.split)\n\n\n"
    change(home / "folders.py", "WRITERS: ", f"{writer}WRITERS: ")
    change(home / "folders.py", '    "trl": trl,\n', '    "trl": trl,\n    "plain": plain,\n')
    change(home / "export.py", '"trl", ', '"trl", "plain", ')
    (package / "mine").mkdir()
    (package / "mine/kernel.py").write_text(KERNEL)
    ask(package, "scrape", "dir:mine", "--run-dir", "kernels")
    ask(package, "extract", "--run-dir", "kernels", "--offline")
    ask(package, "export", "--run-dir", "kernels", "--format", "plain", "--out", "out")
    assert any("@triton.jit" in file.read_text() for file in (package / "out").rglob("*.py"))


def _rows(run: Path, select: str) -> list[tuple[object, ...]]:
    return sqlite3.connect(run / "run.db").execute(select).fetchall()
