"""What the functions take: a program's text, a file, or a module that lives in this process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from triton_data.errors import Misuse
from triton_data.records import Drop, Origin, Program

if TYPE_CHECKING:
    from collections.abc import Callable

    Text = str | Path


def text_of(source: Text) -> str:
    """A Path, or a text of one line that ends in .py, is a file; any other text is the program itself."""
    if isinstance(source, str) and not (source.endswith(".py") and "\n" not in source):
        return source
    try:
        return Path(source).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"cannot read {source}: {error}") from error


def program_of(source: Text) -> Program:
    """KernelBench's form: an entry, get_inputs(), and get_init_inputs() for a class."""
    from triton_data.formats.program_form import read_program

    stem = Path(source).stem if not isinstance(source, str) or "\n" not in source else "Model"
    found = read_program(text_of(source), stem, Origin("given"))
    if isinstance(found, Drop):
        raise Misuse(f"{found.reason}: {found.detail}")
    return found


def name_of(module: Callable[..., object]) -> str:
    return getattr(module, "__name__", type(module).__name__)
