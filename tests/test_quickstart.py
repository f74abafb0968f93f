"""The main job, as a newcomer runs it: the minirepo becomes a training file, and nothing found is lost."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import browser
from tests.report.pages import awaited, complaints, count, opened, texts
from tests.test_docs import readme_commands
from triton_data.records import COMPARED, FRAGMENT, Capture, Kernel, Pair, Program, Verdict
from triton_data.store import Store

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "triton_data"]


def triton_data(*args: str, cwd: Path) -> str:
    done = subprocess.run([*COMMAND, *args], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


pytestmark = pytest.mark.timeout(900)  # the whole pipeline, verification included


# `make test` goes the whole way with a part of the folder; `make demo` and `pytest -m slow` take all of it.
LEFT_OUT = ("rows.py", "tiles.py", "attention.py", "conv.py", "losses.py", "model.py", "test_kernels.py")
WAYS = [pytest.param(LEFT_OUT, id="a part"), pytest.param((), id="whole", marks=pytest.mark.slow)]


@pytest.fixture(scope="module", params=WAYS)
def quickstart(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    place = tmp_path_factory.mktemp("a place with spaces")
    shutil.copytree(ROOT / "examples", place / "examples", ignore=shutil.ignore_patterns(*request.param))
    return place, json.loads(triton_data("run", "examples/quickstart.toml", "--json", cwd=place))


def whole(place: Path) -> bool:
    return (place / "examples/minirepo/kernels/rows.py").exists()


def test_the_numbers_that_are_promised(quickstart: tuple[Path, dict[str, Any]]) -> None:
    place, said = quickstart
    records = said["stages"]["extract"]["records"]
    assert records["kernels"] >= (12 if whole(place) else 4)
    assert said["captured_programs"] >= (8 if whole(place) else 3)
    assert all(stage["pending"] == 0 for stage in said["stages"].values())


def test_the_training_file_is_what_torchtune_reads(quickstart: tuple[Path, dict[str, Any]]) -> None:
    place, said = quickstart
    (exported,) = said["exported"]
    rows = json.loads((place / exported["path"]).read_text())
    assert len(rows) == exported["entries"] >= (12 + 8 if whole(place) else 4 + 3)
    assert exported["by_kind"]["rewritten"] >= (8 if whole(place) else 3)
    for row in rows:
        assert set(row) == {"input"}
        assert row["input"].startswith("```python\n") and row["input"].endswith("\n```")
        ast.parse(row["input"].removeprefix("```python\n").removesuffix("\n```"))
    assert len({row["input"] for row in rows}) == len(rows)


def definitions(root: Path) -> set[str]:
    """Counted without the code under test: kernels by decorator text, classes by their base's name."""
    found = set()
    for path in root.rglob("*.py"):
        try:
            tree = ast.parse(path.read_text())
        except SyntaxError:
            found.add(f"{path.relative_to(root).as_posix()}:")
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and any("jit" in ast.unparse(d) for d in node.decorator_list):
                found.add(f"{path.relative_to(root).as_posix()}:{node.name}")
            if isinstance(node, ast.ClassDef) and any("Module" in ast.unparse(b) for b in node.bases):
                found.add(f"{path.relative_to(root).as_posix()}:{node.name}")
    return found


def test_every_definition_is_a_record_or_a_counted_drop(quickstart: tuple[Path, dict[str, Any]]) -> None:
    place, said = quickstart
    with Store.read(place / "runs/quickstart") as store:
        made = {f"{k.origin.path}:{k.name.rsplit('.', 1)[-1]}" for k in store.records(Kernel)}
        made |= {f"{p.origin.path}:{p.entry}" for p in store.records(Program)}
        lost = {row[0] for row in store.db.execute("SELECT part FROM outcomes WHERE stage='extract' AND part != ''")}
        captured = {c.program for c in store.records(Capture)}
        uncaptured = store.db.execute("SELECT COUNT(*) FROM outcomes WHERE stage='capture' AND status='dropped'")
        own = (FRAGMENT, COMPARED)  # these have their Triton already
        whole = [p for p in store.records(Program) if p.inputs_from not in own]
        assert len(captured) + uncaptured.fetchone()[0] == len(whole) < store.count(Program)
    assert definitions(place / "examples/minirepo") <= made | lost
    assert not made & lost
    assert sum(said["stages"]["extract"]["dropped"].values()) == len(lost)


def test_what_foreign_code_was_confined_by_is_in_the_record(quickstart: tuple[Path, dict[str, Any]]) -> None:
    with Store.read(quickstart[0] / "runs/quickstart") as store:
        for layers in [each.layers for kind in (Program, Capture) for each in store.records(kind)]:
            held = " ".join(layers)
            assert "landlock" in held and "seccomp" in held


def test_provenance_is_whole(quickstart: tuple[Path, dict[str, Any]]) -> None:
    with Store.read(quickstart[0] / "runs/quickstart") as store:
        for origin in [each.origin for kind in (Kernel, Program) for each in store.records(kind)]:
            assert (origin.source, origin.repo, origin.licence) == ("dir", "minirepo", "MIT")
            assert origin.revision and origin.file_hash and origin.line_start and origin.time


def test_its_report_opens_and_shows_every_pair(quickstart: tuple[Path, dict[str, Any]]) -> None:
    place, said = quickstart
    page = place / said["report"]
    with Store.read(place / "runs/quickstart") as store:
        pairs = {pair.key: pair for pair in store.records(Pair)}
        passed = {verdict.subject for verdict in store.records(Verdict) if verdict.passed}
    assert len(passed & set(pairs)) >= (30 if whole(place) else 6)
    if why := browser.missing():
        pytest.skip(why)
    with browser.browser() as driver:
        opened(driver, page, "#pairs")
        awaited(driver, "document.querySelectorAll('.row').length")
        assert count(driver) == len(pairs)
        for key in list(pairs)[:: len(pairs) // 4]:
            opened(driver, page, f"#pair={key}")
            awaited(driver, "document.querySelectorAll('#page-entry .sides .code').length == 2")
            assert texts(driver, "#page-entry .sides .code")[1] == pairs[key].text.rstrip("\n").replace("\n", "")
            assert "registers" in texts(driver, "#page-entry .cards")[0] or key not in passed
        assert complaints(driver) == []


def test_twice_is_the_same_bytes_and_no_work(quickstart: tuple[Path, dict[str, Any]]) -> None:
    place, said = quickstart
    before = (place / said["exported"][0]["path"]).read_bytes()
    again = json.loads(triton_data("run", "examples/quickstart.toml", "--json", cwd=place))
    assert again["stages"] == said["stages"]
    assert (place / said["exported"][0]["path"]).read_bytes() == before


@pytest.mark.slow  # two more pipelines
def test_two_runs_from_nothing_give_the_same_bytes(tmp_path: Path) -> None:
    """Of a part of the folder: what becomes of programs is compared with golden files elsewhere."""
    for name in ("kernels/elementwise.py", "tinynet/pretrained.py"):
        (tmp_path / "some" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "examples" / "minirepo" / name, tmp_path / "some" / name)
    text = (ROOT / "examples" / "quickstart.toml").read_text("utf-8")
    (tmp_path / "some.toml").write_text(text.replace("dir:examples/minirepo", "dir:some"), "utf-8")
    written = []
    for name in ("a", "b"):
        said = json.loads(triton_data("run", "some.toml", "--json", "--run-dir", f"runs/{name}", cwd=tmp_path))
        written.append((tmp_path / said["exported"][0]["path"]).read_bytes())
    assert said["stages"]["extract"]["records"]["kernels"] and written[0] == written[1]


def test_readme_commands_run_in_their_order(quickstart: tuple[Path, dict[str, Any]]) -> None:
    """The first of them has been run from nothing, and has nothing left to do."""
    place, _ = quickstart
    (place / "triton-data").symlink_to(ROOT / "triton-data")
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin", "HOME": str(place)}
    for command in readme_commands():
        done = subprocess.run(command, shell=True, cwd=place, capture_output=True, text=True, env=environment)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
