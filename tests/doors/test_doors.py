"""The scripts under triton-data/: the names and options of the write-ups, and nothing but a call behind them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from triton_data import pipeline
from triton_data.commands.doors.door import COMMANDS
from triton_data.records import Capture
from triton_data.store import Store

ROOT = Path(__file__).parents[2]
DOORS = ROOT / "triton-data"

KERNELS = '''"""Two kernels."""
import triton
import triton.language as tl


@triton.jit  # the decorator's comment
def add( x_ptr,y_ptr, n,
         BLOCK: tl.constexpr):  # odd spacing stays
    """Adds."""
    # a comment inside
    i = tl.program_id(0)*BLOCK + tl.arange(0, BLOCK)
    tl.store(y_ptr + i, tl.load(x_ptr + i, mask=i < n) + 1, mask=i < n)


def not_a_kernel():
    return 1


@triton.autotune(configs=[triton.Config({"BLOCK": 64})], key=["n"])
@triton.jit
def twice(x_ptr, n, BLOCK: tl.constexpr):
    pass
'''

OUTPUT_CODE = """raise SystemExit("executed")
triton_poi_fused_0 = async_compile.triton('triton_poi_fused_0', '''
import triton
import triton.language as tl

@triton_heuristics.pointwise(
    triton_meta={'device': DeviceProperties(type='cuda', index=0, multi_processor_count=132, cc=90, major=9)},
)
@triton.jit
def triton_poi_fused_0(in_ptr0, out_ptr0, xnumel, XBLOCK : tl.constexpr):
    tl.store(out_ptr0, tl.load(in_ptr0))
''', device_str='cuda')
"""


def knock(door: str, *args: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHON": sys.executable}
    interpreter = [] if door.endswith(".sh") else [sys.executable]
    command = [*interpreter, str(DOORS / door), *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=env)


def test_there_is_a_script_for_every_door_and_none_besides() -> None:
    tracked = subprocess.run(["git", "ls-files", "."], cwd=DOORS, capture_output=True, text=True, check=True).stdout
    scripts = {name for name in tracked.splitlines() if name.endswith((".py", ".sh"))}  # not what doors wrote there
    beside = {f"synthetic_torch_modules/{name}.py" for name in ("operators", "utils")}  # imported, not run
    assert scripts == set(COMMANDS) | beside


@pytest.mark.parametrize("door", sorted(COMMANDS))
def test_a_door_is_short_and_knows_its_help(door: str) -> None:
    assert len((DOORS / door).read_text().splitlines()) <= 20
    done = knock(door, "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage:" in done.stdout


def test_create_json_keeps_the_text_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "inductor_kernels/m").mkdir(parents=True)
    (tmp_path / "inductor_kernels/m/k.py").write_text(KERNELS)
    (tmp_path / "inductor_kernels/m/same.py").write_text(KERNELS)
    (tmp_path / "inductor_kernels/m/old.py").write_text("print 'python 2'")
    done = knock("create_json.py", "inductor_kernels", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "old.py" in done.stderr
    rows = json.loads((tmp_path / "datasets/triton_functions.json").read_text())
    add = KERNELS[KERNELS.index("@triton.jit  #") : KERNELS.index("\n\n\ndef not_a_kernel")]
    twice = KERNELS[KERNELS.index("@triton.autotune") :].rstrip("\n")
    assert [set(row) for row in rows] == [{"input"}, {"input"}]
    assert [row["input"] for row in rows] == [f"```python\n{add}\n```", f"```python\n{twice}\n```"]


def test_create_json_options(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/k.py").write_text(KERNELS)
    out = tmp_path / "deep/er.json"
    assert knock("create_json.py", tmp_path / "a", "--plain", "--with-metadata", "--out", out).returncode == 0
    rows = json.loads(out.read_text())
    assert rows[0]["input"].startswith("@triton.jit")
    assert rows[0]["metadata"]["name"] == "add"
    assert rows[0]["metadata"]["origin"]["path"] == "k.py"


def test_create_json_of_nothing(tmp_path: Path) -> None:
    done = knock("create_json.py", tmp_path / "absent")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_get_kernels_lays_out_models_and_traces_counts_tokens_and_feeds_a_run(tmp_path: Path) -> None:
    for trace in ("model__0_forward_1.0", "model__0_backward_2.1"):
        folder = tmp_path / "torch_compile_debug/run_1-pid_7/torchinductor" / trace
        folder.mkdir(parents=True)
        (folder / "output_code.py").write_text(OUTPUT_CODE)
    (tmp_path / "torch_compile_debug/run_1-pid_7/torchinductor/model__9_inference_9.2").mkdir()
    empty = tmp_path / "torch_compile_debug/run_1-pid_7/torchinductor/model__9_inference_9.2/output_code.py"
    empty.write_text("def call(args): pass\n")
    for _ in range(2):  # the second time adds nothing
        done = knock("get_kernels_from_debug_info.py", "torch_compile_debug", "--run-dir", "run", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    found = sorted(p.relative_to(tmp_path / "inductor_kernels").as_posix() for p in tmp_path.rglob("triton_*.py"))
    assert found == [f"run_1-pid_7/model__0_{way}/triton_poi_fused_0.py" for way in ("backward_2.1", "forward_1.0")]
    assert "2 kernels in 2 traces of 1 models" in done.stdout
    tokens = re.search(r"(\d+) tokens \(", done.stdout)
    assert tokens is not None and int(tokens[1]) > 50
    assert "model__9_inference_9.2" in done.stderr
    with Store.read(tmp_path / "run") as store:
        kept = list(store.records(Capture))
        assert {(c.target, c.mode, c.origin.source, len(c.kernels)) for c in kept} == {
            ("sm_90", "training", "debug_folder", 1)
        }
        assert len(kept) == 2
        rewrite = pipeline.funnel(store)["stages"]["rewrite"]
        assert (rewrite["pending"], rewrite["dropped"]) == (0, {"no_program": 2})


def test_get_kernels_of_nothing(tmp_path: Path) -> None:
    done = knock("get_kernels_from_debug_info.py", tmp_path, "--run-dir", tmp_path / "run")
    assert done.returncode == 2
    assert "TORCH_COMPILE_DEBUG=1" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "run").exists()
