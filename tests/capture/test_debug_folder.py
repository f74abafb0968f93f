"""Debug folders of several ages, whole and damaged, made here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.test_output_code import CODE
from triton_data.capture.debug_folder import extract_debug_folder
from triton_data.errors import Misuse

TODAY = "run_2026_01_02_03_04_05-pid_7/torchinductor/model__0_inference_0.0"
LAYOUTS = {
    TODAY: "inference",
    "run_1/torchinductor/model__1_forward_2.0": "forward",
    "run_1/torchinductor/model__1_backward_3.0": "backward",
    "runs/resnet/aot_torchinductor/model___4_backward": "backward",
    "model__0_forward_1": "forward",
}


@pytest.mark.parametrize(("layout", "direction"), LAYOUTS.items())
def test_layouts(tmp_path: Path, layout: str, direction: str) -> None:
    folder = tmp_path / "torch_compile_debug" / layout
    folder.mkdir(parents=True)
    (folder / "output_code.py").write_text(CODE)
    summary = extract_debug_folder(tmp_path / "torch_compile_debug", tmp_path / "inductor_kernels")
    (trace,) = summary.traces
    assert (trace.graph.direction, summary.kernels) == (direction, 1)
    written = tmp_path / "inductor_kernels" / trace.model / trace.name
    assert (written / "triton_poi_fused_relu_0.py").read_text().startswith("import triton")
    assert not (written / "fx_graph_readable.py").exists()
    assert "1 kernels in 1 traces" in str(summary)


def test_the_code_says_what_the_folder_does_not(tmp_path: Path) -> None:
    (tmp_path / "output_code.py").write_text("# AOT ID: ['3_backward']\n" + CODE)
    (tmp_path / "fx_graph_readable.py").write_text("class GraphModule: ...")
    (trace,) = extract_debug_folder(tmp_path).traces
    assert trace.graph.direction == "backward"
    assert trace.graph.readable == "class GraphModule: ..."


def test_damaged_code_keeps_the_whole_kernels_and_is_never_run(tmp_path: Path) -> None:
    trap = "raise SystemExit('executed')\n"
    (tmp_path / "output_code.py").write_bytes(
        trap.encode() + CODE.encode() + b"\xff\x00 triton_cut = async_compile.triton('cut', '''"
    )
    summary = extract_debug_folder(tmp_path)
    assert [kernel.name for trace in summary.traces for kernel in trace.graph.kernels] == ["triton_poi_fused_relu_0"]


def test_kernels_in_files_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "triton_poi_fused_exp_0.py").write_text("@triton.jit\ndef triton_poi_fused_exp_0(): pass\n")
    assert extract_debug_folder(tmp_path).kernels == 1


def test_a_folder_without_triton_is_counted_and_one_without_traces_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="TORCH_COMPILE_DEBUG"):
        extract_debug_folder(tmp_path)
    (tmp_path / "output_code.py").write_text("def call(args): pass\n")
    (drop,) = extract_debug_folder(tmp_path).skipped
    assert drop.reason == "no_triton"


def test_names_cannot_leave_the_output_folder(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "..run" / "torchinductor" / "..x"
    folder.mkdir(parents=True)
    (folder / "output_code.py").write_text(CODE)
    extract_debug_folder(tmp_path / "in", tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["run"]
