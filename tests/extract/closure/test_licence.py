"""A record is under the licences of every file that it took lines from."""

from __future__ import annotations

import pytest

from triton_data.curate.licences import PERMISSIVE, allowed
from triton_data.extract.extract_repo import extract_repo
from triton_data.extract.source.repo import Repo
from triton_data.records import Kernel, Origin

HELPER = b"import triton\n\n\n@triton.jit\ndef twice(x):\n    return x * 2\n"
KERNEL = b"""import triton
import triton.language as tl
from helper import twice


@triton.jit
def double(x_ptr, y_ptr):
    at = tl.arange(0, 16)
    tl.store(y_ptr + at, twice(tl.load(x_ptr + at)))
"""


@pytest.mark.parametrize(
    ("own", "helper", "source", "whole"),
    [
        ("MIT", "GPL-3.0-only", "github", "GPL-3.0-only AND MIT"), ("MIT", "MIT", "github", "MIT"),
        ("MIT", "", "github", "LicenseRef-unknown AND MIT"), ("MIT", "", "dir", "MIT"),
        ("MIT OR GPL-2.0-only", "ISC", "github", "(MIT OR GPL-2.0-only) AND ISC"),
    ],
)  # fmt: skip
def test_the_licence_is_that_of_the_whole_closure(own: str, helper: str, source: str, whole: str) -> None:
    files = {"kernel.py": KERNEL, "helper.py": HELPER}
    origins = {
        "kernel.py": Origin(source, repo="o/r", path="kernel.py", licence=own),
        "helper.py": Origin(source, repo="o/r", path="helper.py", licence=helper),
    }
    found = {each.name: each for each in extract_repo(Repo(files), origins, None) if isinstance(each, Kernel)}
    assert "def twice" in found["double"].text
    assert sorted(found["double"].origin.licence.split(" AND ")) == sorted(whole.split(" AND "))
    assert allowed(found["double"].origin.licence, PERMISSIVE) is ("GPL-3" not in whole and "unknown" not in whole)
    assert found["twice"].origin.licence == helper
