"""The folder with the modules that were found good: one file each, called like its class.

In: a Program. Out: the same Program, or one with a number behind its name where another module has the name already.
Several runs may write one folder at the same time. A file that holds exactly this text is this module's own: it was
written just before its run was killed. Not covered: deleting anything.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from triton_data.errors import Misuse
from triton_data.generate.llm_modules.form import renamed
from triton_data.records import Program


@dataclass
class Folder:
    path: Path
    given: dict[str, str] = field(default_factory=dict)  # names that this process has promised, and to which text

    def named(self, program: Program) -> Program:
        """With a name that nobody else has: what is compiled now is what is written later."""
        made, number = program, 1
        while not self._free(made):
            number += 1
            made = called(program, f"{program.entry}_{number}")
        self.given[made.entry] = made.text
        return made

    def release(self, program: Program) -> None:
        """It is not kept after all."""
        self.given.pop(program.entry, None)

    def put(self, program: Program) -> Program:
        while not self._written(self.path / f"{program.entry}.py", program.text):  # another process took the name
            program = self.named(program)
        return replace(program, origin=replace(program.origin, path=f"{program.entry}.py"))

    def _free(self, program: Program) -> bool:
        if self.given.get(program.entry, program.text) != program.text:
            return False
        path = self.path / f"{program.entry}.py"
        return not path.exists() or path.read_bytes() == program.text.encode()

    def _written(self, path: Path, text: str) -> bool:
        """By a link from a whole file: nobody sees a half, and of two writers one wins."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{path.name}.{os.getpid()}")
            part.write_text(text, "utf-8")
            try:
                os.link(part, path)
                return True
            except FileExistsError:
                return path.read_bytes() == text.encode()
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise Misuse(f"cannot write {path}: {error.strerror}; name another output_dir (--out)") from error


def called(program: Program, entry: str) -> Program:
    return replace(program, entry=entry, text=renamed(program.text, program.entry, entry))
