"""A pair as an entry of the templates' plan: id, python_code, triton_code, test_code, metadata.

In: a pair. Out: an entry whose test_code is a pytest file that runs beside the two programs, saved as
`python_code.py` and `triton_code.py`. Not covered: the strict check (verify/); a test here is one seed and one draw.
"""

from __future__ import annotations

from collections.abc import Mapping

from triton_data.records import Label, Program

_DIFFICULTY = ("easy", "easy", "medium", "medium", "hard")
_TEST = '''"""Do both programs compute the same? Save them as python_code.py and triton_code.py beside this file."""

import pytest
import torch

import python_code
import triton_code

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"  # on a CPU: TRITON_INTERPRET=1 pytest


def on_device(value):
    if isinstance(value, torch.Tensor):
        return value.to(DEVICE)
    if isinstance(value, (list, tuple)):
        return type(value)(map(on_device, value))
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
    return entry(*made, **named).to(DEVICE).eval()


@pytest.mark.parametrize("seed", [0])
def test_{name}(seed):
    made, made_by_name = arguments(getattr(python_code, "get_init_inputs", list)())
    expected = build(python_code, "{entry}", made, made_by_name)
    actual = build(triton_code, "{new}", made, made_by_name)
    if isinstance(expected, torch.nn.Module):
        actual.load_state_dict(expected.state_dict())
    torch.manual_seed(seed)
    given, named = arguments(on_device(python_code.get_inputs()))
    with torch.no_grad():
        torch.testing.assert_close(actual(*given, **named), expected(*given, **named), rtol=1e-3, atol=1e-3)
'''


def entry_of(
    key: str, program: Program, new: str, triton: str, label: Label | None, source: Mapping[str, object]
) -> dict[str, object]:
    families = label.families if label else ()
    return {
        "id": key,
        "python_code": program.text,
        "triton_code": triton,
        "test_code": _TEST.format(name=program.entry.lower(), entry=program.entry, new=new),
        "metadata": {
            "operation_type": families[0] if families else "unknown",
            "difficulty": _DIFFICULTY[label.difficulty] if label else "unknown",
            "tags": [*families, *(label.dtypes if label else ())],
            **source,
        },
    }
