"""Which class or function of two files are the pair, and how one of them becomes something to call.

`names` reads texts and executes nothing. `load`, `arguments_of` and `instantiated` execute foreign code: only in the
jail. Not covered: programs of several files.
"""

from __future__ import annotations

import ast
import sys
import types
from pathlib import Path
from typing import Any

from triton_data.formats import program_form
from triton_data.records import Drop, Origin
from triton_data.verify.reasons import Reason

_PATTERNS = ("{}New", "{}_new", "{}_triton", "triton_{}", "{}Triton", "Triton{}", "{}")
_PLAIN = ("ModelNew", "Model_new")


def names(reference: str, candidate: str) -> tuple[str, str] | Drop:
    """(entry, candidate's entry): a pair of names that belong together, else the reference's entry and a best guess."""
    try:
        old, new = defined(reference), defined(candidate)
    except (SyntaxError, ValueError, RecursionError) as error:
        return Drop(Reason.SYNTAX, f"{type(error).__name__}: {error}")
    if "get_inputs" not in old:
        return Drop(Reason.REFERENCE_FAILED, "the reference has no get_inputs()")
    known = [name for name in reversed(old) if name not in program_form.INPUTS]  # what is defined last is the whole
    for entry in sorted(known, key=lambda name: name not in program_form.ENTRIES):
        for pattern in _PATTERNS[:-1]:
            if (name := pattern.format(entry)) in new:
                return entry, name
    program = program_form.read_program(reference, "", Origin("given"))
    entry = next(iter(known), "") if isinstance(program, Drop) else program.entry
    for name in (*_PLAIN, entry):
        if name in new:
            return entry, name
    ending = [name for name in new if name.endswith("New")]
    if entry and len(ending) == 1:
        return entry, ending[0]
    return Drop(Reason.SIGNATURE, f"the candidate defines neither {entry}New nor another name that fits {entry!r}")


def defined(text: str) -> dict[str, ast.stmt]:
    return {n.name: n for n in ast.parse(text).body if isinstance(n, ast.ClassDef | ast.FunctionDef)}


def load(text: str, name: str) -> types.ModuleType:
    """A real file in the scratch folder: triton reads the source of what it compiles."""
    path = Path.cwd() / f"{name}.py"
    path.write_text(text, "utf-8")
    module = types.ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    exec(compile(text, str(path), "exec"), module.__dict__)
    return module


def arguments_of(module: types.ModuleType, name: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What `get_inputs` or `get_init_inputs` of a text returns; nothing where it has none."""
    function = module.__dict__.get(name)
    return program_form.arguments(function()) if function else ((), {})


def instantiated(target: Any, init: tuple[tuple[Any, ...], dict[str, Any]], training: bool = False) -> Any:
    """A class becomes an instance; a function is one already."""
    if not isinstance(target, type):
        return target
    instance = target(*init[0], **init[1])
    if hasattr(instance, "train"):
        instance.train(training)
    return instance
