"""Capture on the GPU that is here: what can be told without one, and (marked gpu) the real thing against headless."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.capture.made import LINEAR_RELU
from triton_data.capture.debug_folder import extract_debug_folder, keep_files
from triton_data.capture.output_code import comparable, kernels_of


def _capture(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "triton_data", "capture", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "Model.py"
    path.write_text(LINEAR_RELU.text)
    return path


def test_without_a_gpu_one_line_says_what_to_type_instead(program: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    done = _capture(program, "--device", "cuda")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "--device cpu" in done.stderr


def test_the_debug_folder_is_a_gpu_runs(program: Path, tmp_path: Path) -> None:
    done = _capture(program, "--keep-debug", tmp_path / "debug")
    assert done.returncode == 2 and "--device cuda" in done.stderr


def test_a_kept_folder_stays_inside_its_own(tmp_path: Path) -> None:
    keep_files({"run/../../../escape/output_code.py": "x = 1", "/etc/passwd": "no"}, tmp_path / "kept")
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 2 and all(path.is_relative_to(tmp_path / "kept") for path in written)


@pytest.mark.gpu
def test_it_emits_what_a_headless_capture_emits(program: Path, tmp_path: Path) -> None:
    kernels = {}
    for device, more in (("cpu", ()), ("cuda", ("--keep-debug", tmp_path / "debug"))):
        done = _capture(program, "--device", device, "--out", tmp_path / device, "--json", *more)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["kernels"]
        codes = [path.read_text() for path in sorted((tmp_path / device).rglob("*.py"))]
        kernels[device] = [comparable(kernel.text) for code in codes for kernel in kernels_of(code)]
    assert kernels["cpu"] == kernels["cuda"]
    assert extract_debug_folder(tmp_path / "debug").kernels == len(kernels["cuda"])
