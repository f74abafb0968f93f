"""Everything that one text says of itself.

In: a Subject. Out: a Label. A text that Python cannot read is labelled too, `unparsable`: it is the decision that
leaves it out, with its reason. Not covered: other texts (decide.py) and running anything (benchmarks/trace.py).
"""

from __future__ import annotations

import ast
import re

from triton_data.curate import privacy
from triton_data.curate.reading import families, tokens, tree
from triton_data.curate.reading.computes import Computes, computes
from triton_data.curate.reading.steps import steps
from triton_data.curate.subjects import INDUCTOR, KERNEL, PAIR, PROGRAM, Subject
from triton_data.records import Label

_DTYPES = re.compile(r"\b(float16|bfloat16|float32|float64|float8\w+|int8|int16|int32|int64|uint8|complex64)\b")
_SHORT = {"fp16": "float16", "bf16": "bfloat16", "fp32": "float32", "fp64": "float64", "half": "float16"}
_SHORTS = re.compile(r"\b\*?(fp16|bf16|fp32|fp64|half)\b")
_JIT = re.compile(r"^\s*@(?:triton\.)?jit\b", re.MULTILINE)


LARGEST = 1_000_000  # characters that are read: what is longer is no program that people wrote, or a trap
_PER_TOKEN = 3.5


def label(subject: Subject) -> Label:
    if len(subject.text) > LARGEST:
        tokens_ = round(len(subject.text) / _PER_TOKEN)
        return Label(subject.key, subject.kind, "", "", "", "", (), (), 0, 0, tokens_, tokens.ESTIMATE, (), False,
                     False, ("too_large",), subject.origin)  # fmt: skip
    module = tree.parse(subject.text)
    form = tree.hashes(module) if module else tree.Hashes("", "")
    if subject.kind == INDUCTOR:  # its constants are the shapes of one program
        form = tree.Hashes(form.skeleton, form.skeleton)
    found = steps(module, subject.entry if subject.kind == PROGRAM else "") if module else ()
    own = computes(module, subject.entry, shapes_count=subject.kind != INDUCTOR) if module else Computes()
    flags = privacy.flags(subject.text)
    return Label(
        subject.key, subject.kind, form.tree, form.skeleton, own.closure, own.parts, found, families.families(found),
        families.difficulty(found), len(_JIT.findall(subject.text)), tokens.count(subject.text), tokens.counted_by(),
        _dtypes(subject.text), _generic(subject, module), subject.mode == "training",
        flags if form.tree else ("unparsable", *flags), subject.origin,
    )  # fmt: skip


def _dtypes(text: str) -> tuple[str, ...]:
    return tuple(sorted({*_DTYPES.findall(text), *(_SHORT[name] for name in _SHORTS.findall(text))}))


def _generic(subject: Subject, module: ast.Module | None) -> bool:
    """A program is; a kernel is where a size is an argument; Inductor bakes shapes in unless it was told not to,
    and even so a pair may be right at one alone."""
    if subject.kind in (PAIR, INDUCTOR):
        return subject.mode == "dynamic" and not subject.one_size
    if subject.kind == KERNEL and module:
        functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
        return any(_takes_size(function) for function in functions)
    return subject.kind == PROGRAM


def _takes_size(function: ast.FunctionDef) -> bool:
    for argument in function.args.args:
        pointer = re.search(r"ptr|pointer", argument.arg, re.IGNORECASE)
        if not pointer and "constexpr" not in ast.dump(argument):
            return True
    return False
