"""The doors `scraper/generator/main.py` and `run_full_pipline.sh`, as the write-ups call them."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import pytest

from tests.doors.test_doors import ROOT, knock
from triton_data import pipeline
from triton_data.records import FRAGMENT, Pair, Program
from triton_data.store import Store

MAIN = "scraper/generator/main.py"
FULL = "scripts/run_full_pipline.sh"
DOUBLE = """import torch


class Double(torch.nn.Module):
    def forward(self, x):
        return x + x


def get_inputs():
    return [torch.rand(64)]
"""


@pytest.fixture
def given(tmp_path: Path) -> Path:
    folder = tmp_path / "programs"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep/Double.py").write_text(DOUBLE)
    (folder / "old.py").write_text("print 'python 2'")
    return folder


@pytest.mark.slow
def test_generate_all_writes_what_create_json_reads_from_where_the_write_ups_stand(tmp_path: Path) -> None:
    top = tmp_path / "triton-data"
    inside = top / "scraper/generator"
    inside.mkdir(parents=True)
    shutil.copytree(ROOT / "examples/minirepo/kernels", tmp_path / "kernels", ignore=shutil.ignore_patterns("__py*"))
    config = pipeline.grown(top / "runs/github", scrape__sources=(f"dir:{tmp_path / 'kernels'}",))
    pipeline.execute(config, pipeline.GATHERING)
    done = knock(MAIN, "--generate-all", cwd=inside)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("generated: ")
    written = sorted((inside / "generated/kernels/kernels").glob("*.py"))
    assert len(written) == 18
    softmax = next(path for path in written if path.stem == "softmax_kernel").read_text()
    names = {node.name for node in ast.parse(softmax).body if isinstance(node, ast.FunctionDef)}
    assert names > {"softmax_kernel"}, "the launcher came along"
    done = knock("create_json.py", "scraper/generator/generated", cwd=top)
    assert done.returncode == 0, done.stderr
    entries = json.loads((top / "datasets/triton_functions.json").read_text())
    assert sum("def softmax_kernel(" in entry["input"] for entry in entries) == 1


def test_one_folder_goes_in_and_the_rest_of_the_run_is_left_alone(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "k.py").write_text(f"import triton\n\n\n@triton.jit\ndef {name}(x):\n    pass\n")
    config = pipeline.grown(tmp_path / "run", scrape__sources=(f"dir:{tmp_path / 'two'}",))
    pipeline.execute(config, pipeline.GATHERING)
    done = knock(MAIN, "-g", tmp_path / "one", "--run-dir", "run", "--tests-dir", "out", "-j", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [p.relative_to(tmp_path / "out").as_posix() for p in tmp_path.glob("out/**/*.py")] == ["kernels/one/one.py"]
    with Store.read(tmp_path / "run") as store:
        assert pipeline.funnel(store)["stages"]["extract"]["pending"] == 1


def test_the_full_pipeline_takes_given_programs_to_the_export_and_goes_on_from_there(
    tmp_path: Path, given: Path
) -> None:
    args = ["--jobs=1", "--run-dir=run", "--json"]
    done = knock(FULL, *args, f"--synthetic-data-dir={given}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "--source github:" in done.stderr, "says that there were no repositories"
    report = json.loads(done.stdout)
    assert report["stages"]["given"]["dropped"] == {"syntax": 1}
    assert report["stages"]["given"]["records"] == {"programs": 1}
    assert report["exported"][0]["entries"] >= 1
    with Store.read(tmp_path / "run") as store:
        (program,) = (p for p in store.records(Program) if p.inputs_from != FRAGMENT)
        assert (program.entry, program.inputs_from, program.origin.path) == ("Double", "given", "deep/Double.py")
        assert program.layers, "it has run in the jail"
        assert len(list(store.records(Pair, "program = ?", (program.key,)))) == 1
    (given / "Wrong.py").write_text(DOUBLE.replace("Double", "Wrong").replace("x + x", "x @ 3"))
    done = knock(MAIN, "--evaluate-all", "--run-dir", "run", "--synthetic_data_dir", "programs", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with Store.read(tmp_path / "run") as store:
        stages = pipeline.funnel(store)["stages"]
        assert stages["given"]["dropped"] == {"syntax": 1, "forward_failed": 1}
        assert (stages["capture"]["done"], stages["capture"]["pending"]) == (1, 0)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "--generate-all"),
        (["--generate-all"], "scrape_github.py"),
        (["--evaluate-all"], "--synthetic_data_dir"),
        (["--evaluate-all", "--synthetic_data_dir", "absent"], "no file or folder"),
        (["--evaluate-all", "--compile_mode", "export"], "only dynamo"),
        (["--evaluate-all", "--backend", "eager"], "only inductor"),
        (["--evaluate-all", "--device", "tpu"], "unknown --device"),
        (["--generate-all", "--shard_num", "2", "--shard_total", "2"], "ends at 1"),
        (["-e", "absent.py"], "no file absent.py"),
    ],
)
def test_what_cannot_be_is_one_line(tmp_path: Path, args: list[str], said: str) -> None:
    done = knock(MAIN, *args, cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert said in done.stderr
    assert not list(tmp_path.iterdir())


def test_cuda_is_refused_where_there_is_none(tmp_path: Path, given: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    done = knock(MAIN, "-e", given / "deep/Double.py", "--device", "cuda", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--device cpu" in done.stderr


def test_the_full_pipeline_with_nothing_to_work_on(tmp_path: Path) -> None:
    done = knock(FULL, "--run-dir", "run", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--source github:" in done.stderr
    assert not list(tmp_path.iterdir())
