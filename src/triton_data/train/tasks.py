"""What a model is asked: programs to rewrite, and the write-up's own question.

In: a folder of problems in KernelBench's form, programs of a run, or a file of prompts. Out: Tasks. Not covered: the
answers (complete.py).
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from triton_data.errors import Misuse
from triton_data.formats.program_form import read_program
from triton_data.formats.prompts import SYSTEM, ask
from triton_data.records import Drop, Origin, Program
from triton_data.train.presets import MATMUL

BEGAN = "```python\n"


@dataclass(frozen=True)
class Task:
    key: str
    prompt: str
    entry: str = ""  # '' where there is no reference: then nothing can be called right
    reference: str = ""
    began: str = BEGAN  # of the answer, for a model that goes on with text

    @property
    def messages(self) -> list[dict[str, str]]:
        return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": self.prompt}]

    @property
    def text(self) -> str:
        """For a model that goes on with text: its answer begins inside the fence."""
        return f"{self.prompt}\n\n{self.began}" if self.prompt else self.began


WRITE_UP = Task("write-up-matmul", MATMUL)


def of_program(key: str, program: Program) -> Task:
    return Task(key, ask(program.entry, program.text), program.entry, program.text)


def of_programs(programs: Iterable[Program]) -> Iterator[Task]:
    for program in programs:
        yield of_program(f"{program.entry}-{program.key[:8]}", program)


def of_kernels(kernels: Iterable[tuple[str, str]]) -> Iterator[Task]:
    """(key, text): what stands above the body of the text's last function is given, as an export spells it. It ends
    with the colon: a line break of its own would be cut into other tokens than those that the model learned."""
    for key, text in kernels:
        functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
        if functions:
            head = text.splitlines(keepends=True)[: functions[-1].body[0].lineno - 1]
            yield Task(key, "", began=BEGAN + "".join(head).rstrip())


def of_folder(folder: Path) -> Iterator[Task]:
    if not folder.is_dir():
        raise Misuse(f"no folder {folder}: name one with problems (`triton-data export --format kernelbench`)")
    found = False
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        program = read_program(path.read_text("utf-8", "replace"), path.stem, Origin("given", path=name))
        if not isinstance(program, Drop):
            found = True
            yield of_program(name, program)
    if not found:
        raise Misuse(f"no file under {folder} has get_inputs() and an entry: see `triton-data eval --help`")


def of_file(path: Path) -> Iterator[Task]:
    """JSON lines with `prompt`, and `key`, `entry`, `reference` and `began` where there are any."""
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        try:
            row = json.loads(line)
            yield Task(str(row.get("key", number)), str(row["prompt"]), str(row.get("entry", "")),
                       str(row.get("reference", "")), str(row.get("began", BEGAN)))  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Misuse(f"{path}, line {number + 1}: a task is a JSON object with `prompt` ({error})") from error
