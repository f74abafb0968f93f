"""Whole runs over nodes that share no folder: the command line on a real cluster of this machine."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.raylets import Raylets, raylets
from tests.environments.index import served, wheel

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
ROOT = Path(__file__).parents[2]
LAYERS = """import torch
from gamma_zz import FACTOR
""" + "".join(
    f"""

class Scaled{number}(torch.nn.Module):
    def forward(self, x):
        return torch.relu(x) * FACTOR + {number}


Scaled{number}()(torch.randn(8, 16))
"""
    for number in range(3)
)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Raylets, dict[str, Path]]]:
    """Each with a folder of its own, as on two machines."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("one", "two")}
    with raylets(tmp_path_factory.mktemp("nodes")) as made:
        for name, folder in folders.items():
            made.add(name, env={"TRITON_DATA_NODE_DIR": str(folder)})
        yield made, folders


def triton_data(*args: str, cwd: Path) -> str:
    done = subprocess.run([sys.executable, "-m", "triton_data", *args], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def stages(config: str, run_dir: str, cwd: Path, *names: str) -> None:
    """A part of what `run` does: verification takes minutes and is a stage like the others."""
    lines = (
        "from triton_data import config, pipeline",
        f"asked = config.with_flags(config.load(config.Path({config!r})), run_dir={run_dir!r})",
        f"pipeline.execute(pipeline.rooted(asked), {names!r})",
    )
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, done.stderr


def records(run_dir: Path) -> dict[str, list[Any]]:
    """Every table, without times, pids, how far a search got in its time, and what a run says of itself."""
    with sqlite3.connect(run_dir / "run.db") as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        found = {}
        for table in tables:
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            kept = [name for name in columns if name not in ("seconds", "worker", "finished", "time", "missing")]
            found[table] = sorted(map(repr, db.execute(f"SELECT {','.join(kept)} FROM {table}")))
    del found["meta"]
    return found


def test_a_run_gives_the_same_records_as_on_one_machine(two: tuple[Raylets, dict[str, Path]], tmp_path: Path) -> None:
    made, folders = two
    for name in ("kernels/elementwise.py", "LICENSE"):
        (tmp_path / "some" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "examples" / "minirepo" / name, tmp_path / "some" / name)
    text = (ROOT / "examples" / "quickstart.toml").read_text("utf-8").replace("dir:examples/minirepo", "dir:some")
    (tmp_path / "local.toml").write_text(text, "utf-8")
    (tmp_path / "ray.toml").write_text(f'{text}\n[engine]\nkind = "ray"\naddress = "{made.address}"\n', "utf-8")
    for name in ("local", "ray"):
        stages(f"{name}.toml", f"runs/{name}", tmp_path, "scrape", "extract", "capture", "rewrite", "label")
    local, ray = (records(tmp_path / "runs" / name) for name in ("local", "ray"))
    assert {table for table in local if local[table] != ray[table]} == set()
    assert ray["kernels"] and ray["programs"] and ray["pairs"] and ray["labels"]
    funnel = json.loads(triton_data("status", "--run-dir", "runs/ray", "--json", cwd=tmp_path))
    assert {node["name"] for node in funnel["nodes"]} == {"one", "two"}
    at_nodes = sum(funnel["stages"][name]["done"] for name in ("extract", "capture", "rewrite", "label"))
    assert sum(node["done"] for node in funnel["nodes"]) == at_nodes
    assert "runs/ray/logs" in triton_data("status", "--run-dir", "runs/ray", cwd=tmp_path)
    blobs = {path.name for folder in folders.values() for path in folder.glob("*/blobs/*/*")}
    assert blobs == {path.name for path in (tmp_path / "runs/ray/blobs").glob("*/*")}


def test_each_node_makes_the_environments_that_its_items_need(
    two: tuple[Raylets, dict[str, Path]], tmp_path: Path
) -> None:
    """From the lock that came with the item; the driver keeps it, and makes nothing."""
    made, folders = two
    wheel(tmp_path / "index", "gamma-zz", {"gamma_zz.py": "FACTOR = 3.0\n"})
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers/layers.py").write_text(LAYERS)
    (tmp_path / "layers/requirements.txt").write_text("gamma-zz\n")
    with served(tmp_path / "index") as url:
        settings = f'[scrape]\nsources = ["dir:layers"]\nindex = "{url}"\n'
        engine = f'[engine]\nkind = "ray"\naddress = "{made.address}"\n[export]\nout = "out"\n'
        (tmp_path / "run.toml").write_text(settings + engine)
        stages("run.toml", "run", tmp_path, "scrape", "extract", "capture")
    found = records(tmp_path / "run")
    assert len(found["captures"]) == 3
    assert not any("dropped" in row for row in found["outcomes"])
    (lock,) = (tmp_path / "run/environments/locks").iterdir()
    assert not (tmp_path / "run/environments" / lock.stem).exists()
    for folder in folders.values():
        assert (folder / "0/environments" / lock.stem / "gamma_zz.py").exists()
