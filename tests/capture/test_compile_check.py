"""Triton's compiler on captured kernels, with no GPU."""

from __future__ import annotations

import pytest

from tests.capture.made import LINEAR_RELU
from triton_data.capture.compile_check import Compiled, check_levels, compile_all, compile_kernels
from triton_data.capture.headless.capture import capture_program
from triton_data.errors import Misuse
from triton_data.records import Capture, Drop, InductorKernel
from triton_data.targets import TARGETS, find_target


def kernel(target: str = "sm_90") -> InductorKernel:
    result = capture_program(LINEAR_RELU, target)
    assert isinstance(result, Capture)
    return result.kernels[0]


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path_factory.mktemp("triton")))


@pytest.mark.parametrize("target", ["sm_80", "sm_90", "sm_100"])
def test_to_cubin_with_resources(target: str) -> None:
    (result,) = compile_all([kernel()], find_target(target), ("ptx",))
    assert isinstance(result, Compiled), result
    assert result.registers is not None and 0 < result.registers < 256
    assert result.spilled == 0
    (level,) = result.levels
    assert f".target {target}" in level[1]


def test_amd_to_assembly() -> None:
    (result,) = compile_all([kernel("gfx942")], find_target("gfx942"), ("amdgcn",))
    assert isinstance(result, Compiled), result
    assert "gfx942" in result.levels[0][1]


def test_a_kernel_that_does_not_compile_is_a_drop_with_the_compilers_words() -> None:
    good = kernel()
    bad = InductorKernel(good.name, good.text.replace("tl.store(", "tl.no_such_thing("))
    (result,) = compile_all([bad], find_target("sm_90"))
    assert isinstance(result, Drop)
    assert result.reason == "kernel_compile"
    assert "no_such_thing" in result.detail


def test_the_jails_entry_answers_in_json() -> None:
    item = kernel()
    (answer,), _ = compile_kernels({"kernels": [{"name": item.name, "text": item.text}], "target": "sm_90"})
    assert answer["compiled"]["name"] == item.name


def test_levels_belong_to_the_target() -> None:
    with pytest.raises(Misuse, match="no level 'cubin'"):
        check_levels(["cubin"], TARGETS["gfx942"])
