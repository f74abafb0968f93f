"""A pair as an entry of the templates' plan: id, python_code, triton_code, test_code, metadata.

In: a pair. Out: an entry whose test_code is a pytest file that runs beside the two programs, saved as
`python_code.py` and `triton_code.py`. Not covered: running it (pipeline/entry_tests.py), and the strict check
(verify/); a test here is one seed and one draw.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from triton_data.records import Label, Program

BATCH = 10  # entries in one process of the jail
TEST_FAILED = "test_failed"
_DIFFICULTY = ("easy", "easy", "medium", "medium", "hard")
_TEST = '''"""Do both programs compute the same? Save them as python_code.py and triton_code.py beside this file."""

import pytest
import torch

import python_code
import triton_code

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"  # on a CPU: TRITON_INTERPRET=1 pytest


def on_device(value):
    """A copy: one program may write into what it is given."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone().to(DEVICE)
    if isinstance(value, (list, tuple)):
        moved = [on_device(each) for each in value]
        return type(value)(*moved) if hasattr(value, "_fields") else type(value)(moved)
    return {{key: on_device(each) for key, each in value.items()}} if isinstance(value, dict) else value


def arguments(given):
    """`[x, y]` or `[[x, y], {{...}}]`."""
    if isinstance(given, dict):
        return [], given
    given = list(given) if isinstance(given, (list, tuple)) else [given]
    if len(given) == 2 and isinstance(given[0], (list, tuple)) and isinstance(given[1], dict):
        return list(given[0]), given[1]
    return given, {{}}


def build(module, name, made, named):
    entry = getattr(module, name)
    if not isinstance(entry, type):
        return entry
    torch.manual_seed(0)
    built = entry(*made, **named)
    return built.to(DEVICE).eval() if isinstance(built, torch.nn.Module) else built


def with_weights_of(model, reference):
    """By name; where the names differ, in order."""
    wanted, own = reference.state_dict(), model.state_dict()
    if wanted.keys() != own.keys() and len(wanted) == len(own):
        wanted = dict(zip(own, wanted.values()))
    model.load_state_dict(wanted)


def leaves(value):
    """What is compared: tensors and numbers, however they are packed."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [leaf for each in value for leaf in leaves(each)]
    return [] if value is None else [value]


@pytest.mark.parametrize("seed", [0])
def test_{name}(seed):
    made, made_by_name = arguments(getattr(python_code, "get_init_inputs", list)())
    expected = build(python_code, "{entry}", made, made_by_name)
    actual = build(triton_code, "{new}", made, made_by_name)
    if isinstance(expected, torch.nn.Module) and isinstance(actual, torch.nn.Module):
        with_weights_of(actual, expected)
    torch.manual_seed(seed)
    given = python_code.get_inputs()
    results = []
    for program in (expected, actual):
        args, kwargs = arguments(on_device(given))
        torch.manual_seed(seed)
        with torch.no_grad():
            results.append(leaves(program(*args, **kwargs)))
    want, got = results
    assert want, "nothing to compare"
    halves = any(getattr(leaf, "dtype", None) in (torch.float16, torch.bfloat16) for leaf in want)
    near = 1e-2 if halves else 1e-3
    torch.testing.assert_close(got, want, rtol=near, atol=near, equal_nan=True)
'''


@dataclass(frozen=True)
class Entry:
    id: str
    python_code: str
    triton_code: str
    test_code: str
    metadata: dict[str, object]


Tests: TypeAlias = Callable[[Sequence[Entry]], Mapping[str, str]]  # id to the first failure, '' where all passed


def entry_of(
    key: str, program: Program, new: str, triton: str, label: Label | None, source: Mapping[str, object]
) -> Entry:
    families = label.families if label else ()
    metadata = {
        "operation_type": families[0] if families else "unknown",
        "difficulty": _DIFFICULTY[label.difficulty] if label else "unknown",
        "tags": [*families, *(label.dtypes if label else ())],
        **source,
    }
    test = _TEST.format(name=program.entry.lower(), entry=program.entry, new=new)
    return Entry(key, program.text, triton, test, metadata)
