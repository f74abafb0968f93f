"""What a cubin says of itself, beside what NVIDIA's own tool reads from it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import triton

from tests.capture.test_compile_check import kernel
from triton_data.capture import compile_check
from triton_data.capture.compile_check import Compiled, compile_all
from triton_data.formats.cubin import usage
from triton_data.targets import find_target

TOOL = Path(triton.__file__).parent / "backends/nvidia/bin/cuobjdump"


@pytest.fixture(scope="module")
def cubin(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    (made,) = compile_all([kernel()], find_target("sm_90"), ("cubin",))
    assert isinstance(made, Compiled)
    return compile_check.binary("cubin", dict(made.levels)["cubin"])


def test_it_says_what_cuobjdump_says(cubin: bytes, tmp_path: Path) -> None:
    if not TOOL.exists():
        pytest.skip("this wheel of triton comes without cuobjdump")
    (tmp_path / "k.cubin").write_bytes(cubin)
    said = subprocess.run([TOOL, "--dump-resource-usage", tmp_path / "k.cubin"], capture_output=True, text=True).stdout
    wanted = re.search(r"REG:(\d+).*?STACK:(\d+)", said)
    found = usage(cubin)
    assert wanted and found and (found.registers, found.local) == (int(wanted[1]), int(wanted[2]))
    assert found.registers > 0


def test_what_is_no_cubin_says_nothing(cubin: bytes) -> None:
    assert usage(b"") is usage(b"no ELF") is usage(cubin[:100]) is usage(b"\x7fELF\x02" + b"\xff" * 200) is None
